"""Comments made of phrases: each alternative is taken, places are where phrases stand, and what ships is whole."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from models.lessons import Lesson, Place, labels
from models.phrases import LONG, phrase_lessons, wordings
from scanner.evaluate import SENSITIVE
from tests.conftest import ROOT

ALTERNATIVES = st.lists(st.sampled_from(["mal", "un doigt", "la main", "rien", ""]), min_size=1, max_size=4, unique=True)


def test_wordings_are_the_phrase_with_one_alternative_of_each_group() -> None:
    assert wordings("mal au dos", Random(1)) == ["mal au dos"]
    assert wordings("{mal|peine} au {dos}", Random(1)) == ["mal au dos", "peine au dos"]
    assert wordings("{|très} las", Random(1)) == ["las", "très las"]


@given(first=ALTERNATIVES, second=ALTERNATIVES, seed=st.integers(0, 99))
def test_each_alternative_is_taken(first: list[str], second: list[str], seed: int) -> None:
    taken = wordings(f"a {{{'|'.join(first)}}} - {{{'|'.join(second)}}} b", Random(seed))
    assert len(taken) == max(len(first), len(second))
    said = [words.removeprefix("a ").removesuffix(" b") for words in taken]
    pairs = [[part.strip() for part in re.split(r"(?:^| )-(?: |$)", words)] for words in said]
    assert ({pair[0] for pair in pairs}, {pair[1] for pair in pairs}) == (set(first), set(second))


def bank(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_phrase_by_itself_is_a_comment(tmp_path: Path) -> None:
    path = bank(tmp_path / "a.jsonl", {"phrase": "{dort|mange} mal", "entities": ["HEALTH"], "unsure": ["OFFENCE"]})
    told = labels(["HEALTH"], ["OFFENCE"])
    assert phrase_lessons([path]) == [
        Lesson("", "", "dort mal", told, (Place(0, 8, told),)),
        Lesson("", "", "mange mal", told, (Place(0, 9, told),)),
    ]


def test_where_a_long_phrase_tells_of_its_entities_is_not_known(tmp_path: Path) -> None:
    told, unknown = labels(["HEALTH"], ["OFFENCE"]), labels([], ["HEALTH", "OFFENCE"])
    for words, of_each_word in ((LONG, told), (LONG + 1, unknown)):
        text = " ".join(["dort"] * words)
        path = bank(tmp_path / "a.jsonl", {"phrase": text, "entities": ["HEALTH"], "unsure": ["OFFENCE"]})
        assert phrase_lessons([path]) == [Lesson("", "", text, told, (Place(0, len(text), of_each_word),))]


def test_phrases_stand_among_others_and_their_places_are_marked(tmp_path: Path) -> None:
    ill, other = labels(["HEALTH"], ()), labels(["RELIGION"], ["HEALTH"])
    path = bank(
        tmp_path / "a.jsonl",
        *({"phrase": f"malade {number}", "entities": ["HEALTH"]} for number in range(40)),
        *({"phrase": f"prie {number}.", "entities": ["RELIGION"], "unsure": ["HEALTH"]} for number in range(40)),
        *({"phrase": f"fuite {number}", "entities": []} for number in range(40)),
    )
    lessons = phrase_lessons([path])
    assert (len(lessons), lessons) == (120, phrase_lessons([path]))
    for lesson in lessons:
        expected = {match.span(): ill if match[0][0] == "m" else other for match in re.finditer(r"malade \d+|prie \d+\.", lesson.text)}
        assert {(place.start, place.end): place.labels for place in lesson.places or ()} == expected
        told = {"HEALTH"} if ill in expected.values() else set[str]()
        told |= {"RELIGION"} if other in expected.values() else set()
        assert lesson.labels == labels(told, {"HEALTH"} if other in expected.values() else ())
    counts = [len(re.findall(r"malade|prie|fuite", lesson.text)) for lesson in lessons]
    assert set(counts) == {1, 2, 3}


def test_the_phrases_that_ship_are_whole() -> None:
    paths = sorted((ROOT / "samples" / "phrases").glob("*.jsonl"))
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(rows) > 4_000
    assert {frozenset(row) for row in rows} <= {frozenset(("phrase", "entities", *more)) for more in ((), ("unsure",))}
    assert len({row["phrase"].casefold() for row in rows}) == len(rows)
    assert [row for row in rows if not {*row["entities"], *row.get("unsure", ())} <= {*SENSITIVE}] == []
    assert [row for row in rows if {*row["entities"]} & {*row.get("unsure", ())}] == []
    assert [row for row in rows if set("{}|") & set(re.sub(r"\{[^{}]+\}", "", row["phrase"]))] == []
