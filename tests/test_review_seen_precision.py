"""The precision seen on the spot: which decisions count, and for what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from reviews import COMMENTS, Bench, viewer

from scanner.intervals import rate
from scanner.review.seen_precision import seen_precision
from scanner.store.engine import open_store

DPO = viewer()
OTHERS = {"ADDICTION": (1, 1), "FINANCIAL": (1, 1)}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_store(tmp_path / "state.sqlite") as store:
        yield Bench(store, tmp_path)


def seen(bench: Bench, *period: str, job: str = "night") -> Mapping[str, tuple[int, int]]:
    """Return how many were confirmed of how many by entity."""
    with bench.store.connect() as connection:
        found = seen_precision(connection, job, *period)
    assert found == {entity: rate(share.count, share.total) for entity, share in found.items()}
    return {entity: (share.count, share.total) for entity, share in found.items()}


def decide(bench: Bench) -> None:
    """Decide on every record that waits, but for L-3; take one decision back."""
    desk = bench.desk
    desk.decide(DPO, bench.shown("L-1"), "false_alarm", why="nom d'une rue")
    desk.decide(DPO, bench.shown("L-2"), "redact", why="excessif")
    desk.decide(DPO, bench.shown("L-5"), "false_alarm", why="son métier", entity="OFFENCE")
    desk.decide(DPO, bench.shown("L-5"), "redact", why="excessif")
    desk.decide(DPO, bench.shown("L-6"), "release", why="à garder")
    desk.undo(DPO, bench.shown("L-6"), why="erreur")


def test_each_entity_of_a_record_was_confirmed_or_was_not(bench: Bench) -> None:
    assert seen(bench) == {}
    decide(bench)
    assert seen(bench) == {"": (5, 7), "HEALTH": (2, 3), "OFFENCE": (1, 2), **OTHERS}
    bench.desk.decide(DPO, bench.shown("L-6"), "release", why="à garder")
    assert seen(bench) == {"": (6, 8), "HEALTH": (3, 4), "OFFENCE": (1, 2), **OTHERS}


def test_what_was_confirmed_is_known_after_the_text_was_corrected(bench: Bench) -> None:
    decide(bench)
    site, tenant, entered, *_ = COMMENTS["L-2"]
    bench.put({"L-1": (*COMMENTS["L-1"][:3], "rien", ""), "L-2": (site, tenant, entered, "rien", "")})
    bench.run()
    assert seen(bench) == {"": (5, 6), "HEALTH": (2, 2), "OFFENCE": (1, 2), **OTHERS}


def test_only_decisions_of_the_period_and_the_job_count(bench: Bench) -> None:
    decide(bench)
    assert seen(bench, "2026-01-01", "2126-01-01") == seen(bench)
    assert seen(bench, "2126-01-01") == seen(bench, "", "2026-01-01") == seen(bench, job="another") == {}
