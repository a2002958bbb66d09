"""How fast, how patiently, and how far behind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from databases import FakeTime
from hypothesis import given
from hypothesis import strategies as st

from scanner.databases import ReadSettings
from scanner.databases.errors import ReadingStoppedError
from scanner.databases.pace import Pace, Timer, TokenBucket, delays


@given(st.floats(1, 10_000), st.lists(st.integers(1, 5_000), max_size=20))
def test_a_bucket_keeps_the_rate_it_was_given(rate, pages):
    time = FakeTime()
    bucket = TokenBucket(rate, Timer(time.now, time.sleep))
    for rows in pages:
        bucket.take(rows)
    # What was read fits the time that passed, and one second's worth that may come at once.
    assert sum(pages) <= rate * (time.at - 1000.0) + rate + 1e-3


def test_time_that_passes_by_itself_counts():
    time = FakeTime()
    bucket = TokenBucket(10, Timer(time.now, time.sleep))
    bucket.take(10)
    time.at += 0.5
    bucket.take(10)
    time.at += 60
    bucket.take(10)
    assert time.slept == [0.5]


def test_delays_grow_and_end_with_the_patience():
    time = FakeTime()
    for delay in delays(100, Timer(time.now, time.sleep)):
        time.sleep(delay)
    longest = [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30, 30]
    assert all(delay <= most for delay, most in zip(time.slept, longest, strict=False))
    assert all(delay >= most / 2 for delay, most in zip(time.slept[:-1], longest, strict=False))
    assert sum(time.slept) == pytest.approx(100)


def connector(lags: list[float | None]) -> Any:
    dialect = SimpleNamespace(replica_lag=lambda connection: lags.pop(0) if len(lags) > 1 else lags[0])
    return SimpleNamespace(name="postgresql://replica/ikos", dialect=dialect, run=lambda work: work(None))


def test_the_reading_waits_while_the_replica_is_behind():
    time = FakeTime()
    Pace(ReadSettings(max_replica_lag=5), Timer(time.now, time.sleep)).wait_for_replica(connector([30.0, None, 6.0, 5.0]))
    assert time.slept == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(("lag", "words"), [(42.4, "is 42 s behind"), (None, "does not say how far behind it is")])
def test_the_patience_with_a_replica_ends(lag, words):
    time = FakeTime()
    with pytest.raises(ReadingStoppedError) as raised:
        Pace(ReadSettings(max_replica_lag=5, lag_patience=10), Timer(time.now, time.sleep)).wait_for_replica(connector([lag]))
    assert str(raised.value) == (
        f"postgresql://replica/ikos: the replica {words}, more than the 5 s allowed, for 10 s; "
        "what was read is safe: run again to go on from there"
    )
    assert time.slept == [1.0] * 10


def test_without_limits_nothing_waits():
    time = FakeTime()
    pace = Pace(ReadSettings(), Timer(time.now, time.sleep))
    pace.wait_for_replica(connector([]))
    pace.took(10**9)
    assert (pace.page_rows, time.slept) == (2_000, [])


@pytest.mark.parametrize(("rate", "rows"), [(0.5, 1), (1, 1), (10.9, 10), (1e6, 2_000)])
def test_pages_are_no_larger_than_what_one_second_allows(rate, rows):
    assert Pace(ReadSettings(max_rows_per_second=rate), Timer()).page_rows == rows
