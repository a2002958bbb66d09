"""The detector on its own lexicons: overlaps, capitals, cues, explanations, and the screen that must never drop a finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognizers.detector import Detector
from recognizers.lexicon import Lexicon, load_lexicon
from tests.conftest import ROOT

TOY = """
entity = "{entity}"
label = "x"
tag = "X"
severity = 4
legal = []
why = "x"
instead = ""
{rules}
"""


def toy(tmp_path: Path, entity: str, rules: str) -> Lexicon:
    path = tmp_path / f"{entity}.toml"
    path.write_text(TOY.format(entity=entity, rules=rules))
    return load_lexicon(path)


@pytest.fixture
def toys(tmp_path: Path) -> Detector:
    drink = """
[[rules]]
id = "strong"
score = 0.9
terms = ["alcooli*", "boit <2> trop"]
unless = ["alcoolique a bruler"]
yes = ["x"]
[[rules]]
id = "joint"
score = 0.8
terms = ["joint"]
needs = ["fum*"]
unless_near = ["robinet"]
yes = ["x"]
[[rules]]
id = "glass"
score = 0.8
terms = ["gobelet !(de table|vide)"]
yes = ["x"]
[[rules]]
id = "weak"
score = 0.4
terms = ["verre"]
yes = ["x"]
[[rules]]
id = "care"
score = 0.8
terms = ["CSAPA"]
yes = ["x"]
[[rules]]
id = "bottle"
score = 0.8
terms = ["rechute"]
needs_anywhere = ["bouteille"]
unless_anywhere = ["bouteille de gaz"]
yes = ["x"]
[[rules]]
id = "over"
score = 0.8
terms = ["ne boit plus"]
reveals_when_negated = true
yes = ["x"]
"""
    violence = """
[[rules]]
id = "drunk-husband"
score = 0.95
terms = ["mari alcoolique <3> frapp*"]
yes = ["x"]
"""
    return Detector(
        [toy(tmp_path, "ADDICTION", drink), toy(tmp_path, "DOMESTIC_VIOLENCE", violence)], identifiers=False, reach=False, learned=False
    )


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("Mme est alcoolique", [("ADDICTION.strong", "alcoolique", 0.9)]),
        ("Mme n'est pas alcoolique", [("ADDICTION.strong", "alcoolique", 0.9)]),
        ("alcoolique à brûler", []),
        ("fume des joints", [("ADDICTION.joint", "joints", 0.8)]),
        ("joint du robinet, fume", []),
        ("joint à refaire", []),
        ("un verre", []),
        ("un gobelet vide", []),
        ("un gobelet de rhum", [("ADDICTION.glass", "gobelet", 0.8)]),
        ("suivi CSAPA", [("ADDICTION.care", "CSAPA", 0.8)]),
        ("suivi csapa", []),
        ("SUIVI CSAPA", []),
        ("MME SUIVIE CSAPA", [("ADDICTION.care", "CSAPA", 0.8)]),
        ("mari alcoolique, l'a frappée", [("DOMESTIC_VIOLENCE.drunk-husband", "mari alcoolique, l'a frappée", 0.95)]),
        ("alcoolique, boit trop", [("ADDICTION.strong", "alcoolique", 0.9), ("ADDICTION.strong", "boit trop", 0.9)]),
    ],
)
def test_find(toys: Detector, text: str, findings: list[tuple[str, str, float]]) -> None:
    assert [(f.rule, text[f.start : f.end], f.score) for f in toys.find(text)] == findings


@pytest.mark.parametrize(
    ("text", "fate"),
    [
        ("Rechute hier. Le voisin a vu. Une bouteille sur le palier.", "found"),
        ("Une bouteille sur le palier ! Rechute hier.", "found"),
        ("Rechute hier. Un verre sur le palier.", "needs_anywhere"),
        ("Rechute de la panne. Une bouteille de gaz sur le palier.", "unless_anywhere"),
    ],
)
def test_a_cue_may_stand_in_another_sentence(toys: Detector, text: str, fate: str) -> None:
    assert [c.fate for c in toys.explain(text) if c.finding.rule == "ADDICTION.bottle"] == [fate]
    assert [f.rule for f in toys.find(text)] == ["ADDICTION.bottle"] * (fate == "found")


@pytest.mark.parametrize(
    ("severity", "found"),
    [("", ["DOMESTIC_VIOLENCE.drunk-husband"]), ("severity = 3", ["ADDICTION.strong", "DOMESTIC_VIOLENCE.drunk-husband"])],
)
def test_a_milder_remark_does_not_hide_a_graver_one_inside_it(tmp_path: Path, severity: str, found: list[str]) -> None:
    drink = '[[rules]]\nid = "strong"\nscore = 0.9\nterms = ["alcooli*"]\nyes = ["x"]\n'
    violence = f'[[rules]]\nid = "drunk-husband"\nscore = 0.95\nterms = ["mari alcoolique <3> frapp*"]\n{severity}\nyes = ["x"]\n'
    detector = Detector(
        [toy(tmp_path, "ADDICTION", drink), toy(tmp_path, "DOMESTIC_VIOLENCE", violence)], identifiers=False, reach=False, learned=False
    )
    assert sorted(f.rule for f in detector.find("son mari alcoolique la frappe")) == found


def test_explain_names_what_was_and_was_not_found(toys: Detector) -> None:
    text = "Fume. Joint à refaire, un verre. Mari alcoolique, l'a frappée."
    assert [(c.finding.rule, text[c.finding.start : c.finding.end], c.fate) for c in toys.explain(text)] == [
        ("ADDICTION.joint", "Joint", "needs"),
        ("ADDICTION.weak", "verre", "too weak"),
        ("DOMESTIC_VIOLENCE.drunk-husband", "Mari alcoolique, l'a frappée", "found"),
        ("ADDICTION.strong", "alcoolique", "covered"),
    ]


@pytest.mark.parametrize(
    ("text", "term"),
    [("Mme alcoolisée", "alcooli*"), ("il boit vraiment trop", "boit"), ("il ne boit plus", "ne boit plus"), ("fume des joints", "joints")],
)
def test_term_is_of_the_lexicon_never_free_words_of_the_comment(toys: Detector, text: str, term: str) -> None:
    assert [f.term for f in toys.find(text)] == [term]


def gold_texts() -> list[str]:
    paths = sorted((ROOT / "samples" / "gold").glob("*.jsonl"))
    return [json.loads(line)["text"] for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def test_many_texts_give_what_each_text_gives(detector: Detector) -> None:
    texts = gold_texts()
    assert detector.find_many(texts) == [detector.find(text) for text in texts]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_screen_never_drops_what_a_rule_would_find(detector: Detector, data: st.DataObject) -> None:
    words = [
        "alcoolique",
        "RSA",
        "O.Q.T.F.",
        "se\u0301ropositif",
        "dépres&shy;sion",
        "c\u00adancer",
        "alc00lique",
        "cannnncer",
        "sœur",
        "SDF",
        "divorcÃ©e",
    ]
    pieces = st.lists(st.one_of(st.sampled_from(words), st.text(max_size=12)), max_size=6)
    joins = st.sampled_from([" ", ".", ",", "'", "-", "\n", "\u00a0", "<br>", "&nbsp;", "/", "("])
    texts = [data.draw(joins).join(data.draw(pieces)) for _ in range(data.draw(st.integers(1, 5)))]
    assert detector.find_many(texts) == [detector.find(text) for text in texts]


def test_words_of_an_address_are_no_remark(detector: Detector) -> None:
    text = "écrire à zoulou@exemple.fr"
    assert [f.entity for f in detector.find(text)] == ["EMAIL_ADDRESS"]
    assert [f.entity for f in detector.find("traité de zoulou")] == ["ETHNIC_ORIGIN"]
    assert detector.find_many([text] * 20) == [detector.find(text)] * 20
