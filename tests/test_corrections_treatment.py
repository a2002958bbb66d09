"""What becomes of texts: the policy, people's decisions, memos."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

import pytest
from correcting import redactor
from fakes import WORDS
from hypothesis import given
from hypothesis import strategies as st

from recognizers.finding import Finding
from scanner.corrections.treatment import Corrector, Decision, NewText, StoredFinding
from scanner.memos.line_columns import LineGroup
from scanner.memos.lines import Place
from scanner.memos.memo import read_memo

TEXTS = {"NOTE": "un cancer, une dette", "SUIVI": "la prison"}
DAY = datetime.date(2026, 11, 22)
REMOVED = "[Commentaire retiré le 22/11/2026, réf. 3f2a]"
ERASED = "[Commentaire effacé le 22/11/2026, réf. 3f2a]"


def stored(column: str, start: int, end: int, entity: str = "HEALTH", rule: str = "HEALTH.cancer") -> StoredFinding:
    action = "warn" if entity == "FINANCIAL" else "redact"
    return StoredFinding(Finding(entity, start, end, 0.9, rule), column, (Place(column, start, end),), action)


def found_in(texts: Mapping[str, str]) -> list[StoredFinding]:
    """Return the findings of the four words; "dette" is only worth a warning."""
    return [
        stored(column, m.start(), m.end(), entity, rule)
        for column, text in texts.items()
        for m in re.finditer("|".join(WORDS), text)
        for entity, rule in [WORDS[m.group()]]
    ]


def new_texts(action: str, *decisions: tuple[str, str, str], texts: Mapping[str, str] = TEXTS, mode: Any = "label") -> list[NewText]:
    corrector = Corrector(redactor(mode), DAY)
    return corrector.new_texts(texts, (), action, found_in(texts), [Decision(*decision) for decision in decisions], "3f2a")


REDACTED = [
    NewText("NOTE", "redact", "un [SANTÉ], une dette", ("HEALTH",)),
    NewText("SUIVI", "redact", "la [INFRACTION]", ("OFFENCE",)),
]
QUARANTINED = [
    NewText("NOTE", "quarantine", REMOVED, ("FINANCIAL", "HEALTH")),
    NewText("SUIVI", "quarantine", REMOVED, ("OFFENCE",)),
]
ALL_ERASED = [
    NewText("NOTE", "erase", ERASED, ("FINANCIAL", "HEALTH")),
    NewText("SUIVI", "erase", ERASED, ("OFFENCE",)),
]


@pytest.mark.parametrize(
    ("action", "decisions", "expected"),
    [
        ("redact", [], REDACTED),
        ("quarantine", [], QUARANTINED),
        ("redact", [("", "", "erase")], ALL_ERASED),
        ("quarantine", [("", "", "redact")], REDACTED),
        ("quarantine", [("", "", "erase"), ("", "", "redact")], REDACTED),
        ("quarantine", [("", "", "false_alarm")], []),
        ("redact", [("", "", "release")], []),
        ("redact", [("", "HEALTH", "false_alarm")], REDACTED[1:]),
        ("redact", [("SUIVI", "HEALTH", "false_alarm")], REDACTED),
        ("redact", [("NOTE", "", "false_alarm")], REDACTED[1:]),
        ("redact", [("", "HEALTH", "false_alarm"), ("NOTE", "HEALTH", "redact")], REDACTED),
        ("redact", [("NOTE", "", "erase")], [ALL_ERASED[0], REDACTED[1]]),
        (
            "redact",
            [("", "FINANCIAL", "redact")],
            [NewText("NOTE", "redact", "un [SANTÉ], une [FINANCES]", ("FINANCIAL", "HEALTH")), REDACTED[1]],
        ),
        ("redact", [("", "OFFENCE", "erase")], REDACTED),
        ("quarantine", [("", "HEALTH", "false_alarm")], QUARANTINED),
        ("quarantine", [("", "HEALTH", "false_alarm"), ("", "OFFENCE", "false_alarm")], []),
    ],
)
def test_decisions_win_over_the_policy(action: str, decisions: list[tuple[str, str, str]], expected: list[NewText]) -> None:
    assert new_texts(action, *decisions) == expected


@pytest.mark.parametrize(
    ("mode", "text"), [("mask", "un ******, une dette"), ("remove", "un, une dette"), ("label", "un [SANTÉ], une dette")]
)
def test_modes(mode: str, text: str) -> None:
    assert new_texts("redact", texts={"NOTE": TEXTS["NOTE"]}, mode=mode) == [NewText("NOTE", "redact", text, ("HEALTH",))]


def test_texts_without_anything_to_correct_do_not_change() -> None:
    assert new_texts("redact", texts={"NOTE": "une dette", "SUIVI": "rien"}) == []


def test_a_finding_outside_its_text() -> None:
    finding = stored("NOTE", 2, 90)
    with pytest.raises(ValueError, match=r"lies outside a text of 5 characters$"):
        Corrector(redactor(), DAY).new_texts({"NOTE": "court"}, (), "redact", [finding], [], "3f2a")


def test_a_finding_in_none_of_the_texts() -> None:
    with pytest.raises(ValueError, match=r"^a finding stands in none of the texts$"):
        Corrector(redactor(), DAY).new_texts({"NOTE": "cancer"}, (), "redact", [stored("SUIVI", 0, 6)], [], "3f2a")


LINES = {"LIG1": "M. est alco", "LIG2": "olique, a un", "LIG3": "cancer", "NOTE": "rien"}
GROUP = LineGroup("LIG", ("LIG1", "LIG2", "LIG3"))
IN_LINES = [
    StoredFinding(Finding("ADDICTION", 7, 11, 0.9, "ADDICTION.alcoholic"), "LIG", (Place("LIG1", 7, 11), Place("LIG2", 0, 6)), "redact"),
    StoredFinding(Finding("HEALTH", 0, 6, 0.9, "HEALTH.cancer"), "LIG", (Place("LIG3", 0, 6),), "redact"),
]


def test_a_finding_that_goes_on_in_the_next_line() -> None:
    assert Corrector(redactor(), DAY).new_texts(LINES, [GROUP], "redact", IN_LINES, [], "3f2a") == [
        NewText("LIG1", "redact", "M. est [ADDICTION]", ("ADDICTION", "HEALTH")),
        NewText("LIG2", "redact", ", a un", ("ADDICTION", "HEALTH")),
        NewText("LIG3", "redact", "[SANTÉ]", ("ADDICTION", "HEALTH")),
    ]


def test_lines_that_are_taken_out_leave_one_mark() -> None:
    entities = ("ADDICTION", "HEALTH")
    assert Corrector(redactor(), DAY).new_texts(LINES, [GROUP], "quarantine", IN_LINES, [], "3f2a") == [
        NewText("LIG1", "quarantine", REMOVED, entities),
        NewText("LIG2", "quarantine", "", entities),
        NewText("LIG3", "quarantine", "", entities),
        NewText("NOTE", "quarantine", REMOVED, ()),
    ]


RTF = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Mme a un {\b can}cer\par rappeler\par}"


def test_a_memo_in_rtf_stays_one() -> None:
    start, end = RTF.index("can}"), RTF.index("cer") + 3
    finding = stored("NOTE", start, end)
    [new] = Corrector(redactor(), DAY).new_texts({"NOTE": RTF}, (), "redact", [finding], [], "3f2a")
    assert new.text == RTF.replace("can}cer", r"[SANT{\uc1\u201?}]}")
    assert read_memo(new.text).text == read_memo(RTF).text.replace("cancer", "[SANTÉ]")


def test_nothing_of_a_memo_that_is_taken_out_remains() -> None:
    finding = stored("NOTE", RTF.index("can}"), RTF.index("cer") + 3)
    [new] = Corrector(redactor(), DAY).new_texts({"NOTE": RTF}, (), "quarantine", [finding], [], "3f2a")
    assert new.text == r"{\rtf1\ansi " + REMOVED.replace("é", r"{\uc1\u233?}") + "}"
    assert read_memo(new.text).text == REMOVED


def test_a_memo_in_html_stays_one() -> None:
    cell = "<p>Mme a un <b>cancer</b></p><p>rappeler &amp; voir</p>"
    finding = stored("NOTE", cell.index("cancer"), cell.index("</b>"))
    [new] = Corrector(redactor(), DAY).new_texts({"NOTE": cell}, (), "redact", [finding], [], "3f2a")
    assert new.text == "<p>Mme a un <b>[SANTÉ]</b></p><p>rappeler &amp; voir</p>"


WORDS_AND_OTHERS = st.lists(st.sampled_from([*WORDS, "fuite", "é", " ", ", ", "\r\n", "'", ";", "="]), max_size=12).map("".join)


@given(st.dictionaries(st.sampled_from("ABC"), WORDS_AND_OTHERS), st.sampled_from(["redact", "quarantine"]))
def test_no_word_that_is_to_go_remains(texts: dict[str, str], action: str) -> None:
    gone = {word for word, (entity, _) in WORDS.items() if entity != "FINANCIAL"}
    new = {item.cell: item.text for item in new_texts(action, texts=texts)}
    assert not [word for text in {**texts, **new}.values() for word in gone if word in text]
