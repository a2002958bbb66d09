from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizers.finding import Finding
from recognizers.lazy import LazySequence
from recognizers.lexicon import Lexicon, Rule
from scanner.scoring import (
    ASSERTION_WEIGHT,
    LEVELS,
    Risk,
    RiskPart,
    at_least,
    level_of,
    record_risk,
    revealing_rules,
    severity_of,
    severity_table,
)

ENTITIES = ["HEALTH", "ADDICTION", "JUDGEMENT", "PERSON"]
findings = st.builds(
    lambda entity, rule, score, assertion: Finding(entity, 0, 5, score, f"{entity}.{rule}", assertion),
    st.sampled_from(ENTITIES),
    st.sampled_from("abc"),
    st.floats(0, 1),
    st.sampled_from(sorted(ASSERTION_WEIGHT)),
)
severities = st.fixed_dictionaries({entity: st.integers(1, 4) for entity in ENTITIES})


def finding(rule, score=1.0, assertion="affirmed"):
    return Finding(rule.partition(".")[0], 0, 5, score, rule, assertion)


def risk(*found, revealing=(), **severity):
    return record_risk(found, {"HEALTH": 4, "JUDGEMENT": 3, "PRIVATE_LIFE": 2, "PERSON": 1, **severity}, revealing)


def test_no_finding_is_no_risk():
    assert risk() == Risk(0, "none", ())


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([finding("PERSON.name")], (10, "low")),
        ([finding("PRIVATE_LIFE.separation")], (25, "low")),
        ([finding("JUDGEMENT.insult")], (50, "medium")),
        ([finding("HEALTH.cancer")], (70, "high")),
        ([finding("HEALTH.cancer", 0.5)], (35, "medium")),
        ([finding("HEALTH.cancer", assertion="past")], (63, "high")),
        ([finding("HEALTH.cancer", assertion="hypothetical")], (60, "high")),
        ([finding("HEALTH.cancer", assertion="reported")], (60, "high")),
        ([finding("HEALTH.cancer", assertion="negated")], (35, "medium")),
        ([finding("HEALTH.cancer"), finding("HEALTH.cancer")], (70, "high")),
        ([finding("HEALTH.cancer"), finding("HEALTH.chemo")], (76, "high")),
        ([finding("HEALTH.cancer"), finding("JUDGEMENT.insult")], (85, "critical")),
        ([finding("HEALTH.cancer", 0.0)], (1, "low")),
    ],
)
def test_risk_of_a_record(found, expected):
    result = risk(*found)
    assert (result.value, result.level) == expected


def test_parts_explain_the_risk_heaviest_first():
    result = risk(finding("JUDGEMENT.insult", 0.8), finding("HEALTH.chemo", 0.9), finding("HEALTH.cancer"), finding("HEALTH.cancer", 0.6))
    assert result.parts == (
        RiskPart("HEALTH", "HEALTH.cancer", 4, 1.0, "affirmed", 0.7),
        RiskPart("JUDGEMENT", "JUDGEMENT.insult", 3, 0.8, "affirmed", 0.4),
        RiskPart("HEALTH", "HEALTH.chemo", 4, 0.9, "affirmed", 0.1575),
    )


def test_a_denial_that_reveals_counts_in_full():
    denied = finding("HEALTH.sober", assertion="negated")
    assert (risk(denied).value, risk(denied, revealing=["HEALTH.sober"]).value) == (35, 70)


def test_a_rule_has_its_own_severity_before_its_entity_s():
    assert (risk(finding("HEALTH.need"), **{"HEALTH.need": 1}).value, risk(finding("HEALTH.need")).value) == (10, 70)


def test_an_entity_without_a_severity_is_important():
    assert severity_of(finding("DATE_TIME.x"), {}) == 3


@pytest.mark.parametrize("wrong", [replace(finding("HEALTH.cancer"), score=1.01), finding("OTHER.x")])
def test_impossible_scores_and_severities_are_refused(wrong):
    with pytest.raises(ValueError, match=r"must be 1, 2, 3 or 4 and score .* in \[0, 1\]"):
        record_risk([wrong], {"HEALTH": 4, "OTHER": 5})


def test_levels():
    assert [level_of(value) for value in (0, 1, 29, 30, 54, 55, 79, 80, 100)] == [
        "none", "low", "low", "medium", "medium", "high", "high", "critical", "critical",
    ]  # fmt: skip
    assert [at_least("medium", floor) for floor in LEVELS] == [True, True, True, False, False]


def test_tables_come_from_the_lexicons():
    rules = (
        Rule("X.a", "X", 0.8, LazySequence(), severity=2),
        Rule("X.b", "X", 0.8, LazySequence(), severity=4, reveals_when_negated=True),
    )
    lexicon = Lexicon("X", "X", "X", 4, (), "", "", rules)
    table = severity_table([lexicon])
    assert {key: table[key] for key in table if key.startswith("X")} == {"X": 4, "X.a": 2}
    assert {key: table[key] for key in table if not key.startswith("X")} == {
        "NIR": 4, "IBAN_CODE": 3, "CREDIT_CARD": 3, "ACCESS_CODE": 3, "PHONE_NUMBER": 1, "EMAIL_ADDRESS": 1, "PERSON": 1,
    }  # fmt: skip
    assert revealing_rules([lexicon]) == {"X.b"}


@given(st.lists(findings, max_size=12), findings, severities)
def test_one_more_finding_never_lowers_the_risk(found, one_more, table):
    assert record_risk([*found, one_more], table).value >= record_risk(found, table).value


@given(st.lists(findings, min_size=1, max_size=12), severities, st.floats(0, 1))
def test_a_higher_score_never_lowers_the_risk(found, table, score):
    raised = replace(found[0], score=max(score, found[0].score))
    assert record_risk([raised, *found[1:]], table).value >= record_risk(found, table).value


@given(st.lists(findings, min_size=1, max_size=12), severities, st.sampled_from(ENTITIES))
def test_a_higher_severity_never_lowers_the_risk(found, table, entity):
    raised = {**table, entity: 4}
    assert record_risk(found, raised).value >= record_risk(found, table).value


@given(st.lists(findings, min_size=1, max_size=12), severities, st.randoms())
def test_risk_is_within_bounds_and_does_not_depend_on_the_order(found, table, random):
    shuffled = random.sample(found, len(found))
    result = record_risk(found, table)
    assert 1 <= result.value <= 100
    assert (record_risk(shuffled, table).value, result.level) == (result.value, level_of(result.value))
