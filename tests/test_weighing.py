"""What rules found and what all words tell, weighed together: what is outweighed, what is added, and what each sign is."""

from __future__ import annotations

import json
from dataclasses import replace
from math import exp
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.note_evidence import noted_lines, read_evidence
from models.train_weighing import written
from recognizers import weighing as module
from recognizers.detector import Considered, Detector
from recognizers.document import Document
from recognizers.examples import parse_example
from recognizers.fates import fate_of, fired, resolve
from recognizers.judge import SURE_OF_ITSELF, evidence_of
from recognizers.matcher import Matcher
from recognizers.network import network_words
from recognizers.rulepack import load_lexicons, load_rulepack
from recognizers.weighing import FAINT, NO_EVIDENCE, SIGNS, UNLIKELY, Evidence, Weighing, load_weighing, signs_of
from tests.conftest import ROOT
from tests.toys import READ_ALONE, only, toy_detector, toy_judge

HEALTH_ONLY = replace(READ_ALONE, keep=0.4)


def detector(words: dict[str, int], weighing: Weighing = HEALTH_ONLY) -> Detector:
    return toy_detector(words, weighing)


def rules_of(texts: list[str], scanner: Detector) -> list[list[str]]:
    return [[f.rule for f in findings] for findings in scanner.find_many(texts)]


def lone_example(least: float, most: float) -> tuple[str, str]:
    """Return an example of a rule of HEALTH, scored ``least`` to ``most``, of which no other rule knows anything, and the rule's id."""
    (health,) = (lexicon for lexicon in load_lexicons() if lexicon.entity == "HEALTH")
    ruled = Detector(identifiers=False, learned=False)
    for rule in health.rules:
        for marked in rule.yes if least <= rule.score <= most else ():
            text = marked.replace("{{", "").replace("}}", "")
            if [f.rule for f in ruled.find(text)] == [rule.id] and [c.finding.score for c in ruled.explain(text)] == [rule.score]:
                return text, rule.id
    raise AssertionError


def test_a_rule_is_outweighed() -> None:
    text, rule = lone_example(SURE_OF_ITSELF, 1)
    known = dict.fromkeys(network_words(Document(text)), 0)
    quiet, loud = detector(known), detector(known, replace(HEALTH_ONLY, keep=0.001))
    assert ([f.rule for f in quiet.find(text)], [f.rule for f in loud.find(text)]) == ([], [rule])
    assert [(c.finding.rule, c.fate) for c in quiet.explain(text)] == [(rule, "outweighed")]
    assert [(c.finding.rule, c.fate) for c in loud.explain(text)] == [(rule, "found")]


@pytest.mark.parametrize(("least", "most", "fate"), [(SURE_OF_ITSELF, 1, "found"), (0, SURE_OF_ITSELF - 0.01, "outweighed")])
def test_only_doubtful_rules_are_outweighed_where_their_words_were_never_learnt(least: float, most: float, fate: str) -> None:
    text, rule = lone_example(least, most)
    assert [(c.finding.rule, c.fate) for c in detector({"zorglub": 1}).explain(text)] == [(rule, fate)]


def test_what_is_certain_is_never_outweighed() -> None:
    (health,) = (lexicon for lexicon in load_lexicons() if lexicon.entity == "HEALTH")
    medicines = [rule for rule in health.rules if rule.certain]
    examples = [(parse_example(marked)[0], rule.id) for rule in medicines for marked in rule.yes]
    scanner = detector({word: -100 for text, _ in examples for word in network_words(Document(text))})
    assert [text for text, rule in examples if rule not in {f.rule for f in scanner.find(text)}] == []
    assert len(examples) > len(medicines) > 1


def test_a_finding_of_another_entity_stays() -> None:
    scanner = detector({"zorglub": 100}, replace(HEALTH_ONLY, biases={"HEALTH": 0.0}))
    assert [f.rule for f in scanner.find("Le fils zorglub, alcoolique")][-1].startswith("ADDICTION.")


def test_rules_have_the_last_word_where_they_know_the_words() -> None:
    financial = toy_judge({"apurement": 100}, entity="FINANCIAL")
    plan = "plan d'apurement respecté"
    ruled = Detector(identifiers=False, learned=False)
    assert [(c.finding.entity, c.fate) for c in ruled.explain(plan)] == [("FINANCIAL", "unless")] * len(ruled.explain(plan))
    without_rules = [replace(lexicon, rules=()) for lexicon in load_lexicons()]
    detectors = [Detector(lexicons, identifiers=False, learned=financial) for lexicons in (None, without_rules)]
    assert [[f.rule for f in scanner.find(plan)] for scanner in detectors] == [[], ["FINANCIAL.learned"]]
    health = detector({"alcoolique": 100, "zorglub": 100})
    assert [[f.entity for f in health.find(text)] for text in ("Un fils alcoolique", "Un fils zorglub")] == [["ADDICTION"], ["HEALTH"]]


def test_what_no_rule_found_is_added_as_learned() -> None:
    scanner = detector({"zorglub": 100})
    (finding,) = scanner.find("Mme zorglub")
    assert (finding.entity, finding.rule, finding.cues[0]) == ("HEALTH", "HEALTH.learned", "learned")
    assert scanner.explain("Mme zorglub") == [Considered(finding, "found")]


def test_many_comments_are_weighed_as_each_is() -> None:
    paths = sorted((ROOT / "samples" / "gold").glob("*.jsonl"))
    texts = [json.loads(line)["text"] for path in paths for line in path.read_text(encoding="utf-8").splitlines()[::9]]
    scanner = Detector()
    found = scanner.find_many(texts)
    assert found == [scanner.find(text) for text in texts]
    ruled = Detector(learned=False).find_many(texts)
    assert any(f.rule.endswith(".learned") for findings in found for f in findings)
    assert any({f.entity for f in before} - {f.entity for f in after} for before, after in zip(ruled, found, strict=True))


def test_the_signs() -> None:
    evidence = Evidence(0.8, 2, frozenset({"needs", "covered"}))
    signs = dict(zip(SIGNS, signs_of(evidence, 1.0, -3.0, 89), strict=True))
    ones = {"found", "found 0.65", "found 0.75", "found twice", "needs", "covered", "told", "told 0.0", "found and told", "read -4.0"}
    expected = {sign: 1.0 if sign in ones else 0.0 for sign in SIGNS} | {"told -4.0": 5.0, "told -2.0": 3.0}
    expected |= {"read": -3.0, "found and read": -3.0, "told and read": -3.0}
    expected |= {"length": pytest.approx(0.0, abs=0.001), "found and length": pytest.approx(0.0, abs=0.001)}
    assert signs == expected
    beside = dict(zip(SIGNS, signs_of(NO_EVIDENCE, -9.0, 2.0, 89), strict=True))
    names = ("found", "found and read", "read", "read 0.0", "told and read")
    assert [beside[name] for name in names] == [0, 0, 2.0, 2.0, -6.0]


@given(odds=st.lists(st.tuples(st.floats(-15, 15), st.floats(-15, 15)), min_size=14, max_size=14), length=st.integers(0, 10_000))
def test_likelihoods_are_probabilities(odds: list[tuple[float, float]], length: int) -> None:
    entities = tuple(load_weighing().biases)
    told, read = zip(*odds, strict=True)
    likely = load_weighing().likelihoods(entities, told, read, {entities[0]: Evidence(0.9, 1)}, length)
    assert list(likely) == [entity for entity, own in zip(entities, odds, strict=True) if entity == entities[0] or max(own) >= UNLIKELY]
    assert all(0 <= likelihood <= 1 for likelihood in likely.values())


def test_what_is_told_and_read_against_a_finding_is_bounded() -> None:
    found, nothing = {"HEALTH": Evidence(0.8, 1)}, {"HEALTH": NO_EVIDENCE}
    for name, odds in (("told", lambda value: ([value], [0.0])), ("read", lambda value: ([0.0], [value]))):
        steps = [(value, evidence) for value in (-9.0, FAINT) for evidence in (found, nothing)]
        likely = [only(name).likelihoods(["HEALTH"], *odds(value), evidence, 100)["HEALTH"] for value, evidence in steps]
        assert likely == [likely[2], pytest.approx(1 / (1 + exp(9))), pytest.approx(1 / (1 + exp(-FAINT))), likely[2]]


def test_more_evidence_never_makes_the_shipped_weighing_doubt() -> None:
    weighing, odds = load_weighing(), [-3.0] * 14
    steps = [NO_EVIDENCE, *(Evidence(score, places) for score, places in ((0.6, 1), (0.7, 1), (0.8, 1), (0.9, 1), (0.95, 1), (0.95, 2)))]
    for entity in weighing.biases:
        likely = [weighing.likelihoods(tuple(weighing.biases), odds, odds, {entity: evidence}, 100)[entity] for evidence in steps]
        assert likely == sorted(likely)


def test_evidence_is_what_became_of_the_places_of_rules() -> None:
    rulepack = load_rulepack()
    matcher = Matcher(rulepack.rules, rulepack.index, rulepack.person)
    trials = list(matcher.trials(Document("Mme est sous chimio, cancer du sein")))
    ruled = resolve(fired(trials))
    health = [(hit, fate_of(hit, ruled)) for hit in trials if hit.rule.entity == "HEALTH"]
    found = [hit.score for hit, fate in health if fate == "found"]
    cancelled = frozenset(fate for _, fate in health if fate != "found")
    assert len(found) > 1
    assert evidence_of(trials, ruled)["HEALTH"] == Evidence(max(found), len(found), cancelled)
    assert evidence_of([], []) == {}


def test_evidence_is_noted_once(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "a-1", "text": "Mme sous chimio", "spans": []}\n{"id": "a-2", "text": "RAS", "spans": []}\n', encoding="utf-8")
    (line,) = noted_lines([path], {"a-1": {}})
    assert json.loads(line) == {"id": "a-2", "evidence": {}}


def test_every_noted_comment_has_labels() -> None:
    paths = [path for folder in ("gold", "lessons") for path in (ROOT / "samples" / folder).glob("*.jsonl")]
    assert set(read_evidence()) <= {json.loads(line)["id"] for path in paths for line in path.read_text("utf-8").splitlines()}


def test_the_weighing_that_is_written_reads_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "weighing.toml"
    path.write_text(written(load_weighing()), encoding="utf-8")
    shipped = load_weighing()
    monkeypatch.setattr(module, "WEIGHTS_FILE", path)
    assert load_weighing.__wrapped__() == shipped
