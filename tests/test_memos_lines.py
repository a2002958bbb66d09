"""Numbered lines are one text, and findings know their line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.memos.line_columns import LineGroup, group_columns
from scanner.memos.line_rows import LinedRecord, LineRow, records_of_rows
from scanner.memos.lines import Place, join_lines
from scanner.records import Record


def joined(*texts, **options):
    """Join lines named 1, 2, 3 …; return the two readings."""
    lines = join_lines([(str(number), text) for number, text in enumerate(texts, start=1)], **options)
    return lines.text, lines.glued


@pytest.mark.parametrize(
    ("texts", "text", "glued"),
    [
        (["est séroposi", "tif depuis"], "est séroposi tif depuis", "est séropositif depuis"),
        (["est suivie ", "depuis"], "est suivie depuis", "est suivie depuis"),
        (["est suivie", " depuis"], "est suivie depuis", "est suivie depuis"),
        (["un zut", "plus long que zut", "zut"], "un zut plus long que zut zut", "un zut plus long que zutzut"),
        (["appelle", "Zut"], "appelle Zut", "appelle Zut"),
        (["APPELLE", "ZUT"], "APPELLE ZUT", "APPELLEZUT"),
        (["06 12 34 5", "6 78"], "06 12 34 5 6 78", "06 12 34 56 78"),
        (["a.b@c", ".fr"], "a.b@c .fr", "a.b@c.fr"),
        (["séroposi-", "tif"], "séroposi-tif", "séropositif"),
        (["vu -", "absent"], "vu - absent", "vu - absent"),
        (["Jean-", "Paul"], "Jean- Paul", "Jean-Paul"),
        (["fin.", "", "suite"], "fin. suite", "fin. suite"),
        (["", "   ", "seul", ""], "seul", "seul"),
        ([], "", ""),
        (["été", "suite longue"], "été suite longue", "été suite longue"),
        # common words tell
        (["il est", "malade"], "il est malade", "il est malade"),
        (["les loc", "ataires"], "les locataires", "les locataires"),
        (["LES LOC", "ATAIRES"], "LES LOCATAIRES", "LES LOCATAIRES"),
        (["porte", "fenêtre"], "porte fenêtre", "porte fenêtre"),
        # another line tells that breaks take no blanks away
        (["zut zu", "t", " zut"], "zut zut zut", "zut zut zut"),
        (["zut", "zut", "zut"], "zut zut zut", "zutzutzut"),
    ],
)
def test_how_lines_are_joined(texts, text, glued):
    assert joined(*texts) == (text, glued)


@pytest.mark.parametrize(
    ("texts", "width", "glued"),
    [
        (["est séroposi", "tif"], 12, "est séropositif"),
        (["est séroposi", "tif"], 13, "est séropositif"),  # in bytes of UTF-8
        (["est séroposi", "tif"], 14, "est séroposi tif"),
        (["est cach", "ézut"], 9, "est cachézut"),  # "é" would take two bytes
        (["est cach", "ezut"], 9, "est cach ezut"),
    ],
)
def test_the_width_tells_whether_a_line_is_full(texts, width, glued):
    assert joined(*texts, width=width)[1] == glued


def test_pieces_of_markup_are_joined_as_they_are():
    assert joined("{\\rtf1 Mme D", "upont {\\b", "x}", cut_anywhere=True) == ("{\\rtf1 Mme Dupont {\\b x}",) * 2


def test_a_finding_that_goes_on_in_the_next_line():
    lines = join_lines([("LIG1", "est séroposi"), ("LIG2", ""), ("LIG3", "tif depuis zu"), ("LIG4", "ts")])
    assert lines.text == "est séroposi tif depuis zu ts"
    assert lines.doubtful == (26,)
    assert lines.locate(4, 16) == [Place("LIG1", 4, 12), Place("LIG3", 0, 3)]
    assert lines.locate(12, 13) == []
    assert lines.unglued(0, 26) == (0, 26)
    assert lines.unglued(24, 28) == (24, 29)
    assert lines.unglued(26, 28) == (27, 29)
    assert (lines.offset_of("LIG1"), lines.offset_of("LIG3")) == (0, 13)
    with pytest.raises(ValueError, match="LIG2"):
        lines.offset_of("LIG2")
    assert lines.edits([(4, 16, "[SANTÉ]"), (24, 29, "X")]) == {
        "LIG1": [(4, 12, "[SANTÉ]")], "LIG3": [(0, 3, ""), (11, 13, "X")], "LIG4": [(0, 2, "")],
    }  # fmt: skip


@given(st.lists(st.text("aé -B.", max_size=8), max_size=6), st.none() | st.integers(1, 9))
def test_every_character_knows_its_line(texts, width):
    parts = [(str(number), text) for number, text in enumerate(texts)]
    lines = join_lines(parts, width)
    for place in lines.lines:
        assert lines.text[place.start : place.end] == dict(parts)[place.line]
        assert lines.locate(place.start, place.end) == [Place(place.line, 0, place.end - place.start)]
    assert [place.line for place in lines.lines] == [name for name, text in parts if text.strip()]
    assert "".join(lines.text[slice(*lines.unglued(at, at + 1))] for at in range(len(lines.glued))) == lines.glued
    assert len(lines.text) - len(lines.glued) == len(lines.doubtful)


@pytest.mark.parametrize(
    ("columns", "groups"),
    [
        (["ID", "LIG1", "LIG2", "LIG3", "DATE"], [LineGroup("LIG", ("LIG1", "LIG2", "LIG3"))]),
        (["TXT00", "TXT01", "TXT02"], [LineGroup("TXT", ("TXT00", "TXT01", "TXT02"))]),
        (["Comment_1", "COMMENT_2"], [LineGroup("Comment", ("Comment_1", "COMMENT_2"))]),
        (["N1", "N2", "Ligne 1", "Ligne 2"], [LineGroup("N", ("N1", "N2")), LineGroup("Ligne", ("Ligne 1", "Ligne 2"))]),
        (["LIG9", "LIG10"], []),
        (["LIG", "LIG1", "LIG2"], [LineGroup("LIG1-LIG2", ("LIG1", "LIG2"))]),
        (["LIG1"], []),
        (["LIG1", "LIG3"], []),
        (["LIG1", "DATE", "LIG2"], []),
        (["LIG1", "LIG2", "TXT3"], [LineGroup("LIG", ("LIG1", "LIG2"))]),
        (["OBS2000", "OBS2001"], []),
        (["COMMENTAIRE", "COMMENTAIRE_2", "COMMENTAIRE_3"], []),
        (["1", "2"], []),
        ([], []),
    ],
)
def test_families_of_numbered_columns(columns, groups):
    assert list(group_columns(columns)) == groups


def row(group, number, text, **others):
    return LineRow(Record("D-7", -1, "MEMOS", {"TEXTE": text}, **others), group, number)


def test_rows_of_a_group_are_one_record():
    rows = [
        row(7, "10", "fin", names=("Martin",), problem="undecodable"),
        row(7, "2", "est séroposi", site="Tilleuls", names=("Corneboeuf",)),
        row(7, "2", "tif"),
        row(8, None, "un", date="2026-01-02"),
        row(8, None, "deux"),
        row(7, 1, "de nouveau"),
    ]
    record = Record(
        "D-7", -1, "MEMOS", {"2": "est séroposi", "2 (2)": "tif", "10": "fin"}, site="Tilleuls", names=("Corneboeuf", "Martin"),
        problem="undecodable",
    )  # fmt: skip
    assert list(records_of_rows(rows, "TEXTE")) == [
        LinedRecord(record, LineGroup("TEXTE", ("2", "2 (2)", "10"))),
        LinedRecord(
            Record("D-7", -1, "MEMOS", {"NULL": "un", "NULL (2)": "deux"}, date="2026-01-02"), LineGroup("TEXTE", ("NULL", "NULL (2)"))
        ),
        LinedRecord(Record("D-7", -1, "MEMOS", {"1": "de nouveau"}), LineGroup("TEXTE", ("1",))),
    ]


def test_one_group_at_a_time_is_read():
    read = []

    def rows():
        for group in range(3):
            for number in range(2):
                read.append((group, number))
                yield row(group, number, "x")

    records = records_of_rows(rows(), "TEXTE")
    next(records)
    assert read == [(0, 0), (0, 1), (1, 0)]
