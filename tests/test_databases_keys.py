"""Keys of rows: as JSON, and as texts that sort as they do."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.databases import key_from_json, key_to_json, sort_key

INTEGERS = st.one_of(st.integers(), st.integers(-(2**63), 2**64))
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**30), max_value=10**30)
DATES = st.dates()
PLAIN_TIMES = st.datetimes()
ZONED_TIMES = st.datetimes(timezones=st.sampled_from([datetime.UTC, datetime.timezone(datetime.timedelta(hours=2))]))
TEXTS = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]))
KINDS = [INTEGERS, DECIMALS, DATES, PLAIN_TIMES, ZONED_TIMES, TEXTS, st.booleans(), st.binary()]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind)[:20])
def test_texts_sort_as_keys_do(kind):
    @given(kind, kind, st.integers(0, 3), st.integers(0, 3))
    def check(first, second, more, other):
        assert (sort_key((first, more)) < sort_key((second, other))) == ((first, more) < (second, other))

    check()


@given(st.lists(st.one_of(*KINDS, st.uuids(), st.text()), min_size=1, max_size=3).map(tuple))
def test_json_gives_the_key_back(key):
    assert key_from_json(key_to_json(key)) == key
    assert list(map(type, key_from_json(key_to_json(key)))) == list(map(type, key))


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_different_texts_sort_differently_whatever_they_hold(first, second):
    assert (sort_key(first) == sort_key(second)) == (first == second)


def test_what_keys_look_like():
    identifier = uuid.UUID("12345678-1234-5678-1234-567812345678")
    key = (
        7,
        "B",
        Decimal("1.50"),
        datetime.date(2024, 2, 3),
        datetime.datetime(2024, 2, 3, 4, 5, tzinfo=datetime.UTC),
        identifier,
        b"\xe9",
    )
    assert key_to_json(key) == (
        '[7, "B", {"decimal": "1.50"}, {"date": "2024-02-03"}, {"datetime": "2024-02-03T04:05:00+00:00"}, '
        '{"uuid": "12345678-1234-5678-1234-567812345678"}, {"bytes": "e9"}]'
    )
    assert sort_key(key).split("\x1f") == [
        "000000000000000000007",
        "B",
        "000000000000000000001.5",
        "2024-02-03",
        "2024-02-03T04:05:00+00:00",
        "12345678-1234-5678-1234-567812345678",
        "e9",
    ]


def test_an_instant_sorts_alike_whatever_the_zone_of_the_session():
    noon = datetime.datetime(2024, 7, 1, 12, tzinfo=datetime.UTC)
    assert sort_key((noon,)) == sort_key((noon.astimezone(datetime.timezone(datetime.timedelta(hours=2))),)) == "2024-07-01T12:00:00+00:00"


def test_a_type_that_no_key_has_is_refused():
    with pytest.raises(TypeError, match=r"^no key can hold a float$"):
        key_to_json((1.5,))
