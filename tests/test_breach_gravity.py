from dataclasses import replace

import pytest
from breaches import moment
from hypothesis import given
from hypothesis import strategies as st

from scanner.breach.gravity import gravity_of
from scanner.breach.incident import NATURES, Incident
from scanner.breach.knowledge import load_knowledge
from scanner.breach.people import UNKNOWN, exactly
from scanner.catalogue import default_catalogue
from scanner.scoring import UNKNOWN_SEVERITY

READ = Incident(natures=("confidentiality",), aware=moment(2, 10))
GONE = Incident(natures=("availability",), aware=moment(2, 10))
FEW = exactly(10)


def told(incident, categories, persons=FEW, *, free_text=False):
    gravity = gravity_of(incident, categories, persons, free_text=free_text)
    return gravity.level, gravity.reasons, [kind.key for kind in gravity.heaviest]


@pytest.mark.parametrize(
    ("incident", "categories", "persons", "expected"),
    [
        (READ, ["HEALTH", "contact"], FEW, (4, ("category",), ["HEALTH"])),
        (READ, ["contact", "FINANCIAL", "JUDGEMENT"], FEW, (3, ("category",), ["JUDGEMENT", "FINANCIAL"])),
        (READ, ["contact"], FEW, (2, ("category",), ["contact"])),
        (READ, ["contact"], exactly(9_999), (2, ("category",), ["contact"])),
        (READ, ["contact"], exactly(10_000), (3, ("category", "many"), ["contact"])),
        (replace(READ, vulnerable=True), ["contact"], exactly(10_000), (3, ("category", "vulnerable", "many"), ["contact"])),
        (replace(READ, vulnerable=True), ["HEALTH"], FEW, (4, ("category", "vulnerable"), ["HEALTH"])),
        (READ, [], UNKNOWN, (None, ("unknown_data",), [])),
        (READ, ["OF_A_USER"], FEW, (UNKNOWN_SEVERITY, ("category",), ["OF_A_USER"])),
        (replace(READ, encrypted=True, keys_safe=True), ["HEALTH"], FEW, (1, ("encrypted",), [])),
        (replace(READ, encrypted=True, keys_safe=True, vulnerable=True), ["HEALTH"], exactly(20_000), (1, ("encrypted",), [])),
        (replace(READ, encrypted=True), ["HEALTH"], FEW, (4, ("category",), ["HEALTH"])),
        (replace(READ, encrypted=True, keys_safe=False), ["HEALTH"], FEW, (4, ("category",), ["HEALTH"])),
        (GONE, ["HEALTH"], FEW, (2, ("availability",), [])),
        (replace(GONE, vulnerable=True), ["HEALTH"], FEW, (3, ("availability", "vulnerable"), [])),
        (replace(GONE, not_excluded=("confidentiality",)), ["HEALTH"], FEW, (4, ("category", "availability", "not_excluded"), ["HEALTH"])),
        (replace(GONE, not_excluded=("confidentiality",)), [], FEW, (2, ("availability", "not_excluded", "unknown_data"), [])),
        (replace(GONE, encrypted=True, keys_safe=True), ["HEALTH"], FEW, (2, ("availability",), [])),
        (replace(READ, natures=("integrity",), identification="hard"), ["HEALTH"], FEW, (2, ("integrity",), [])),
        (replace(READ, identification="easy"), ["contact"], FEW, (2, ("category", "easy"), ["contact"])),
    ],
)
def test_the_arithmetic(incident, categories, persons, expected):
    assert told(incident, categories, persons) == expected


def test_free_text_is_a_reason_only_where_it_was_read():
    assert told(READ, ["HEALTH"], free_text=True) == (4, ("category", "free_text"), ["HEALTH"])
    assert told(GONE, ["HEALTH"], free_text=True) == (2, ("availability",), [])


ANY_CATEGORY = st.sampled_from([*default_catalogue().entities, *load_knowledge().families])


@given(
    natures=st.sets(st.sampled_from(NATURES), min_size=1),
    categories=st.sets(ANY_CATEGORY, min_size=1),
    more=ANY_CATEGORY,
    persons=st.integers(0, 20_000),
    vulnerable=st.booleans(),
)
def test_more_never_lowers_it(natures, categories, more, persons, vulnerable):
    incident = replace(READ, natures=tuple(natures), vulnerable=vulnerable)
    level, _, _ = told(incident, categories, exactly(persons))
    others = [
        told(incident, {*categories, more}, exactly(persons)),
        told(incident, categories, exactly(persons + 10_000)),
        told(replace(incident, vulnerable=True), categories, exactly(persons)),
        told(replace(incident, not_excluded=NATURES), categories, exactly(persons)),
    ]
    assert 1 <= level <= 4
    assert [other for other, _, _ in others if other < level] == []


def test_every_entity_has_an_entry_of_its_own_with_a_topic_and_consequences():
    known = load_knowledge()
    kinds = [known.category(key) for key in (*default_catalogue().entities, *known.families)]
    assert [
        kind.key for kind in kinds if not (kind.label and kind.topic in known.topics and kind.consequences and 1 <= kind.gravity <= 4)
    ] == []
    assert [level.label for level in known.scale] == ["négligeable", "limitée", "importante", "maximale"]


def test_no_entity_weighs_less_than_its_severity():
    known, catalogue = load_knowledge(), default_catalogue()
    assert [entity for entity in catalogue.entities if known.category(entity).gravity < catalogue.severities[entity]] == []
