import datetime
import time

import pytest
from fakes import KEY

from scanner.clock import utc_now
from scanner.store.engine import open_store
from scanner.store.runs import begin_run, comparison, end_run

DAYS = ["2026-11-22T01:00:00+00:00", "2026-11-21T01:00:00+00:00", "2026-11-23T01:00:00+00:00"]


@pytest.fixture
def auckland(monkeypatch):
    """Put the machine into a zone that is half a day ahead."""
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_the_time_is_utc_to_the_second_whatever_the_zone_of_the_machine(auckland):
    before = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    now = utc_now()
    after = datetime.datetime.now(datetime.UTC)
    assert (len(now), now[-6:]) == (25, "+00:00")
    assert before <= datetime.datetime.fromisoformat(now) <= after


def test_runs_follow_one_another_though_the_clock_was_set_back_a_day(tmp_path, monkeypatch):
    runs, previous = [], []
    with open_store(tmp_path / "state.sqlite") as store:
        for now in DAYS:
            monkeypatch.setattr("scanner.store.runs.utc_now", lambda now=now: now)
            with store.begin() as connection:
                run = begin_run(connection, "nightly", rules="r", version="v", key=KEY)
                previous.append(comparison(connection, run, 0)["previous_run"])
                end_run(connection, run, "complete", {})
            runs.append(run)
    assert [(run.number, run.started, run.resumed) for run in runs] == [(1, DAYS[0], False), (2, DAYS[1], False), (3, DAYS[2], False)]
    assert previous == [None, runs[0].id, runs[1].id]
