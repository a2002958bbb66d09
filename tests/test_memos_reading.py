"""From the cells of a record to what is found in them, and back."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fakes import EXPLODES, KEY, WORDS, FakeDetector

from recognizers.finding import Finding
from scanner.judgement import JudgedFinding, Judgement
from scanner.memos.line_columns import LineGroup
from scanner.memos.lines import Place
from scanner.memos.reading import read_record
from scanner.recognition import find_in_readings
from scanner.records import Record
from scanner.redaction import Redactor
from scanner.scoring import Risk

LIG = LineGroup("LIG", ("LIG1", "LIG2", "LIG3"))


def record(**texts):
    return Record("L-1", 0, "export.csv", texts)


def finding(word, start, end):
    entity, rule = WORDS[word]
    return Finding(entity, start, end, 0.9, rule, term=word)


def read(cells, groups=(), detector=None):
    """Return the reading of ``cells`` and what is found in it, by field."""
    ((reading, found),) = find_in_readings([read_record(record(**cells), groups)], detector or FakeDetector())
    return reading, found


def stored(reading, found):
    """Return the findings as they are stored: field, line, start, end, further parts."""
    judgement = Judgement(
        {name: [JudgedFinding(f, 3, "redact") for f in items] for name, items in found.items()}, Risk(50, "high"), "redact", 0
    )
    return [
        (name, item.line, item.finding.start, item.finding.end, item.continued)
        for name, items in reading.stored(judgement).fields.items()
        for item in items
    ]


def redacted(reading, found):
    """Return the cells that redaction changes."""
    redactor = Redactor("label", {"HEALTH": "SANTÉ", "ADDICTION": "ADDICTION"}, {}, {}, KEY)
    cells = {}
    for name, items in found.items():
        cells |= reading.rewritten(name, redactor.redact(reading.record.texts[name], items))
    return cells


def test_plain_cells_are_read_as_they_are():
    plain = record(A="un cancer", B="")
    reading = read_record(plain)
    assert reading.record is plain
    assert (reading.cells, reading.fields, reading.second) == (plain.texts, {}, None)
    reading, found = read({"A": "un cancer", "B": ""})
    assert found == {"A": [finding("cancer", 3, 9)]}
    assert stored(reading, found) == [("A", "", 3, 9, ())]
    assert redacted(reading, found) == {"A": "un [SANTÉ]"}


def test_memos_are_read_and_redacted_in_their_own_format():
    cells = {"A": "un cancer", "B": r"{\rtf1 un can{\b cer} vu}", "C": "<p>can<b>cer</b></p>"}
    reading, found = read(cells)
    assert reading.record == record(A="un cancer", B="un cancer vu", C="\ncancer\n")
    assert stored(reading, found) == [("A", "", 3, 9, ()), ("B", "", 10, 20, ()), ("C", "", 3, 12, ())]
    assert cells["B"][10:20] == r"can{\b cer"
    assert redacted(reading, found) == {
        "A": "un [SANTÉ]", "B": r"{\rtf1 un [SANT{\uc1\u201?}]{\b } vu}", "C": "<p>[SANTÉ]<b></b></p>",
    }  # fmt: skip


def test_lines_are_one_text_and_a_cut_word_is_found():
    cells = {"ID": "note", "LIG1": "suivi d'un can", "LIG2": "cer, alcoo", "LIG3": "lique et cancer"}
    reading, found = read(cells, [LIG])
    assert reading.record == record(ID="note", LIG="suivi d'un can cer, alcoo lique et cancer")
    assert found == {"LIG": [finding("cancer", 35, 41)]}  # the longest line is the last: the others are not full
    cells["LIG3"] = "lique"
    reading, found = read(cells, [LineGroup("LIG", LIG.columns, width=10)])
    assert reading.record == record(ID="note", LIG="suivi d'un cancer, alcoolique")
    assert found == {"LIG": [finding("cancer", 11, 17), finding("alcoolique", 19, 29)]}
    assert stored(reading, found) == [
        ("LIG", "LIG1", 11, 14, (Place("LIG2", 0, 3),)),
        ("LIG", "LIG2", 5, 10, (Place("LIG3", 0, 5),)),
    ]
    assert redacted(reading, found) == {"LIG1": "suivi d'un [SANTÉ]", "LIG2": ", [ADDICTION]", "LIG3": ""}
    assert (reading.cells_of("ID"), reading.cells_of("LIG")) == ({"ID": "note"}, {name: cells[name] for name in LIG.columns})


def test_the_second_reading_adds_only_what_a_cut_hides():
    reading, found = read({"LIG1": "cancer et cancer et ostéocan", "LIG2": "cers", "LIG3": ""}, [LIG])
    assert reading.record == record(LIG="cancer et cancer et ostéocan cers")
    assert reading.second == record(LIG="cancer et cancer et ostéocancers")
    assert found == {"LIG": [finding("cancer", 0, 6), finding("cancer", 10, 16), finding("cancer", 25, 32)]}
    reading, found = read({"LIG1": "rien du zut", "LIG2": "ici", "LIG3": ""}, [LIG])
    assert (reading.second, found) == (record(LIG="rien du zutici"), {})


def test_what_both_readings_find_is_found_once():
    class Finder(FakeDetector):
        def find(self, text, names=()):
            return [finding("cancer", *match.span()) for match in re.finditer("cancer.*", text)]

    reading, found = read({"LIG1": "un cancer en f", "LIG2": "in", "LIG3": ""}, [LIG], Finder())
    assert reading.second == record(LIG="un cancer en fin")
    assert found == {"LIG": [finding("cancer", 3, len("un cancer en f in"))]}


def test_what_a_remark_reaches_over_hides_no_other_remark():
    class Finder(FakeDetector):
        def find(self, text, names=()):
            return [replace(found, start=0, end=len(text), core=(found.start, found.end)) for found in super().find(text)]

    _, found = read({"LIG1": "un cancer en fin, ostéocan", "LIG2": "cers", "LIG3": ""}, [LIG], Finder())
    whole = len("un cancer en fin, ostéocan cers")
    assert [(f.start, f.end, f.words) for f in found["LIG"]] == [(0, whole, (3, 9)), (0, whole, (23, 30))]


def test_a_memo_cut_into_lines_is_put_together_first():
    cells = {"LIG1": r"{\rtf1 un c", "LIG2": r"an{\b cer\u", "LIG3": "8217?}"}
    reading, found = read(cells, [LIG])
    assert reading.record == record(LIG="un cancer’")
    assert reading.second is None
    assert stored(reading, found) == [("LIG", "LIG1", 10, 11, (Place("LIG2", 0, 9),))]
    assert redacted(reading, found) == {"LIG1": r"{\rtf1 un [SANT{\uc1\u201?}]", "LIG2": r"{\b \u"}
    (field,) = reading.fields.values()
    assert field.span_back("LIG1", 10, 11) == (3, 4)
    assert field.span_back("LIG2", 0, 9) == (4, 9)


def test_lines_do_not_hide_a_column_of_their_name():
    reading, found = read({"LIG": "cancer", "LIG1": "alcoolique", "LIG2": "", "LIG3": ""}, [LIG])
    assert reading.record == record(**{"LIG": "cancer", "LIG1-LIG3": "alcoolique"})
    assert stored(reading, found) == [("LIG", "", 0, 6, ()), ("LIG1-LIG3", "LIG1", 0, 10, ())]


@pytest.mark.parametrize(
    "cells", [{"LIG1": EXPLODES, "LIG2": "rien", "LIG3": ""}, {"LIG1": EXPLODES[:2], "LIG2": EXPLODES[2:], "LIG3": ""}]
)
def test_a_text_that_a_recognizer_fails_on_is_the_problem_of_its_record(cells):
    readings = [read_record(record(**texts), [LIG]) for texts in ({"LIG1": "cancer"}, cells, {"LIG1": "cancer"})]
    results = [(reading.record.problem, found) for reading, found in find_in_readings(readings, FakeDetector())]
    sound = ("", {"LIG": [finding("cancer", 0, 6)]})
    assert results == [sound, ("analysis-error: ValueError", {}), sound]


@pytest.mark.parametrize(
    "cell",
    [
        "M. est séro<b>positif</b>.",
        r"{\rtf1 M. est s\'e9ro{\b posi}tif.}",
        "<p title='M. est s&eacute;ropositif.'>",
        "M. est s=C3=A9ropositif.",
    ],
)
def test_a_remark_is_found_in_every_kind_of_memo(detector, cell):
    reading, found = read({"A": cell}, detector=detector)
    ((item,),) = found.values()
    assert (item.entity, reading.record.texts["A"][slice(*item.words)]) == ("HEALTH", "séropositif")


def test_a_remark_is_found_across_lines(detector):
    reading, found = read({"LIG1": "Passage du gardien. M. est séroposi", "LIG2": "tif.", "LIG3": ""}, [LIG], detector)
    assert [(f.entity, f.rule.split(".")[0]) for f in found["LIG"]] == [("HEALTH", "HEALTH")]
    assert stored(reading, found) == [("LIG", "LIG1", 27, 35, (Place("LIG2", 0, 3),))]


def test_a_judgement_without_memos_is_left_alone():
    judgement = Judgement({"A": [JudgedFinding(finding("cancer", 0, 6), 3, "redact")]}, Risk(50, "high"), "redact", 0)
    assert read_record(record(A="cancer")).stored(judgement) is judgement
