"""How far remarks reach: what the weights say, what no weight allows, and that nothing else of a finding changes."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognizers.cues import CONTEXT_DIR, CueFile
from recognizers.detector import IDENTIFIERS, Detector
from recognizers.document import Document
from recognizers.examples import parse_example
from recognizers.finding import Finding
from recognizers.reach import STEPS, WEIGHTS_FILE, Range, Reach, Weights, joined, load_reach, word_classes
from recognizers.rulepack import load_lexicons
from tests.conftest import ROOT

EXAMPLES = CueFile.load("reach.toml").data["examples"]
BARE, WIDE = Detector(reach=False, learned=False), Detector(learned=False)
THING = {"thing": CueFile.load("reach.toml").cue(["robinet"])}


def weights(**tables: dict[str, float]) -> Weights:
    """Return weights that take every word but what ``tables`` say."""
    return Weights(9.0, **{"word": {}, "behind": {}, "ahead": {}, "way": {}, **tables})


def reached(text: str, *words: str, barred: tuple[str, ...] = (), **tables: dict[str, float]) -> list[str]:
    """Return what remarks that are betrayed by ``words`` reach over in ``text``."""
    doc = Document(text)
    cores = [range_of(doc, word) for word in words]
    places = [(text.index(word), text.index(word) + len(word)) for word in barred]
    reach = Reach({side: weights(**tables) for side in STEPS}, THING, 0.5, THING["thing"], THING["thing"])
    return [text[doc.starts[first] : doc.ends[last - 1]] for first, last in reach.of(doc, cores, places)]


def range_of(doc: Document, words: str) -> Range:
    first = doc.starts.index(doc.text.index(words))
    return first, first + len(words.split())


@pytest.mark.parametrize(
    ("text", "words", "reaches"),
    [
        ("un deux CORE trois quatre", ["CORE"], ["un deux CORE trois quatre"]),
        ("avant. un CORE deux ! après", ["CORE"], ["un CORE deux"]),
        ("(CORE), ", ["CORE"], ["CORE"]),
        ("un, CORE, deux", ["CORE"], ["un, CORE, deux"]),
        ("a b\n\nc CORE d\n\ne", ["CORE"], ["c CORE d"]),
        ("vu hier\nLoc CORE\nRappeler demain", ["CORE"], ["Loc CORE"]),
        ("c'est un core qui a été\ncoupé ici", ["core"], ["c'est un core qui a été\ncoupé ici"]),
        ("UN CORE QUI A ETE\nCOUPE ICI", ["CORE"], ["UN CORE QUI A ETE\nCOUPE ICI"]),
        (20 * "un " + "CORE" + 20 * " un", ["CORE"], [14 * "un " + "CORE" + 14 * " un"]),
        ("a ONE b TWO c", ["ONE", "TWO"], ["a ONE b", "TWO c"]),
        ("a ONE b TWO c", ["TWO", "ONE"], ["TWO c", "a ONE b"]),
        ("a ONE TWO c", ["ONE TWO", "TWO"], ["a ONE TWO c", "TWO c"]),
        ("a ONE TWO THREE c", ["ONE TWO", "TWO THREE"], ["a ONE TWO", "TWO THREE c"]),
        ("a ONE b", ["ONE", "ONE"], ["a ONE b", "a ONE b"]),
        ("a ONE b TWO c ONE", ["TWO"], ["a ONE b TWO c ONE"]),
    ],
)  # fmt: skip
def test_a_remark_stays_in_its_sentence_and_leaves_to_others_what_is_theirs(text: str, words: list[str], reaches: list[str]) -> None:
    assert reached(text, *words) == reaches


def test_who_is_spoken_of_business_times_and_joints_are_bare() -> None:
    doc = Document("Mme et son fils malades, rappeler lundi")
    assert [doc.tokens[at] for at in sorted(load_reach().bare(doc))] == ["mme", "et", "son", "fils", "rappeler", "lundi"]
    assert [doc.tokens[at] for at in sorted(load_reach().walls(doc))] == ["mme"]


def test_an_identifier_is_never_taken() -> None:
    assert reached("son fils Paul CORE depuis le 06 12 34 ici", "CORE", barred=("Paul", "06 12 34")) == ["CORE depuis le"]


@pytest.mark.parametrize(
    ("tables", "reach"),
    [
        ({"word": {"{thing}": -20.0}}, "Mme a un CORE au"),
        ({"word": {"-e": -20.0}}, "a un CORE au robinet 3 mois"),
        ({"word": {"#": -20.0}}, "Mme a un CORE au robinet"),
        ({"behind": {"#": -20.0}}, "Mme a un CORE au robinet 3"),
        ({"ahead": {"#": -20.0}}, "Mme a un CORE au"),
        ({"ahead": {"^": -20.0}}, "a un CORE au robinet 3"),
        ({"way": {"2^": -20.0}}, "un CORE au robinet"),
        ({"word": {"robinet": -20.0}}, "Mme a un CORE au robinet 3 mois"),  # it counts as its class does
    ],
)
def test_each_sign_speaks_for_or_against_a_word(tables: dict[str, dict[str, float]], reach: str) -> None:
    assert reached("Mme a un CORE au robinet 3 mois", "CORE", **tables) == [reach]


def test_a_date_is_not_cut() -> None:
    doubtful = {"word": {"#": -8.7}}  # taken at 0.57, so that two are at 0.33
    assert reached("vu le 3/4/26 CORE le 12/03-14/03 et 5 6 7", "CORE", **doubtful) == ["vu le 3/4/26 CORE le 12/03-14/03 et"]


def test_several_doubtful_words_add_up() -> None:
    doubtful = {"word": {"un": -8.7}}  # taken at 0.57, so that two are at 0.33
    assert reached("CORE un deux trois", "CORE", **doubtful) == ["CORE un deux trois"]
    assert reached("CORE un deux un trois", "CORE", **doubtful) == ["CORE un deux"]


def test_joined_cores() -> None:
    assert joined([(5, 7), (0, 2), (2, 3), (6, 9), (6, 7)]) == [(0, 2), (2, 3), (5, 9)]


@pytest.mark.parametrize("marked", EXAMPLES)
def test_examples_reach_as_far_as_they_are_marked(detector: Detector, marked: str) -> None:
    text, spans = parse_example(marked)
    found = [(f.start, f.end) for f in detector.find(text) if f.entity not in IDENTIFIERS]
    assert (text, [text[a:b] for a, b in found], found) == (text, [text[a:b] for a, b in spans], spans)


def test_weights_are_of_classes_and_of_words_that_stand_everywhere() -> None:
    tables = tomllib.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    signs = {sign for side in STEPS for table in ("word", "behind", "ahead") for sign in tables[side][table]}
    assert {sign[1:-1] for sign in signs if sign[0] == "{"} == set(word_classes())
    assert {sign for sign in signs if not sign.isalpha() and sign[0] not in "{-"} == {"#", ",", ".", "^"}
    assert max(len(sign) for sign in signs if sign[0] == "-") == 2


def test_a_class_holds_no_word_twice() -> None:
    for name, patterns in tomllib.loads((CONTEXT_DIR / "reach.toml").read_text(encoding="utf-8"))["classes"].items():
        assert len(set(patterns)) == len(patterns), name


def _check(text: str, bare: list[Finding], wide: list[Finding]) -> None:
    """Check that ``wide`` are the findings ``bare``, with the reach that each may have."""
    assert sorted((replace(f, start=f.words[0], end=f.words[1], core=None) for f in wide), key=_order) == sorted(bare, key=_order)
    doc = Document(text)
    identifiers = [f for f in wide if f.entity in IDENTIFIERS]
    remarks = [f for f in wide if f.entity not in IDENTIFIERS]
    assert [f.core for f in identifiers] == [None] * len(identifiers)
    for f in remarks:
        assert f.start <= f.words[0] < f.words[1] <= f.end
        assert f.core is None or f.core != (f.start, f.end)
        for start, end in ((f.start, f.words[0]), (f.words[1], f.end)):
            taken = [at for at in range(len(doc.starts)) if start <= doc.starts[at] < end]
            assert "." not in [doc.tokens[at] for at in taken]
            assert all(doc.ends[at] <= end for at in taken)
            assert start == end or not any(other.start < end and start < other.end for other in identifiers)
            assert start == end or not any(other.words[0] < end and start < other.words[1] for other in remarks)
        for other in remarks:
            if other.start < f.end and f.start < other.end:
                assert other is f or _share_reach(f, other, remarks)


def _order(finding: Finding) -> tuple[int, int, str, str]:
    return finding.start, finding.end, finding.entity, finding.rule


def _share_reach(one: Finding, other: Finding, remarks: list[Finding]) -> bool:
    """Tell whether the words of the two overlap, directly or by others between them."""
    run = joined(f.words for f in remarks)
    return any(all(first <= f.words[0] and f.words[1] <= last for f in (one, other)) for first, last in run)


def test_nothing_but_the_reach_changes_in_the_labelled_comments() -> None:
    paths = sorted((ROOT / "samples" / "gold").glob("*.jsonl"))
    texts = [json.loads(line)["text"] for path in paths for line in path.read_text(encoding="utf-8").splitlines()[::4]]
    for text, bare, wide in zip(texts, BARE.find_many(texts), WIDE.find_many(texts), strict=True):
        _check(text, bare, wide)


WORDS = [
    "Mme", "est", "suivie", "pour", "un", "cancer", "du sein", "alcoolique", "boit", "trop", "et", "depuis 3 ans", "M. Terrier",
    "06 12 34 56 78", "RSA", "rdv", "clés", "voisin", "se\u0301ropositive", "dépres&shy;sion", "c\u00adancer", "alc00lique", "divorcÃ©e",
    "son mari", "l'a frappée", "violences conjugales", "de nationalité malienne",
]  # fmt: skip
JOINS = [" ", " ", " ", ", ", ". ", "\n", "\n\n", " - ", "'", "<br>", "&nbsp;", " (", ") "]


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(JOINS)), max_size=14))
def test_nothing_but_the_reach_changes_whatever_the_disguise(pieces: list[tuple[str, str]]) -> None:
    text = "".join(word + join for word, join in pieces)
    _check(text, BARE.find(text), WIDE.find(text))


def test_explain_tells_the_reach_that_find_gives(detector: Detector) -> None:
    texts = [parse_example(marked)[0] for lexicon in load_lexicons() for rule in lexicon.rules for marked in rule.yes[:1]]
    for text in texts:
        told = {(c.finding.entity, c.finding.start, c.finding.end) for c in detector.explain(text) if c.fate == "found"}
        assert told == {(f.entity, f.start, f.end) for f in detector.find(text)}, text
