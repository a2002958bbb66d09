"""The figures of dashboards equal those of the store, recomputed here in plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import KEY
from reviews import Bench, viewer
from sqlalchemy import select
from stores import KINDS, new_place
from vaults import audited

from scanner import database_scan
from scanner.accounts import Perimeter
from scanner.errors import NotAllowedError
from scanner.review.counts import Figure, dashboard, shown, site_page
from scanner.review.search import by_record, by_tenant
from scanner.store import tallies as tallies_module
from scanner.store.engine import open_store
from scanner.store.review_tables import tallies
from scanner.store.schema import findings, records

PURPOSES = {"note": "caretaker", "suivi": "social_follow_up"}


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with open_store(new_place(request.param, request, tmp_path)) as store:
        yield Bench(store, tmp_path)


def told(bench: Bench, perimeter: Perimeter, **options: Any) -> dict[str, Any]:
    """Return the figures of a dashboard as plain numbers."""
    with bench.store.connect() as connection:
        board = dashboard(connection, perimeter, **options)
        sites = site_page(connection, perimeter, limit=50)
    return {
        "read": board.records_read.value,
        "records": board.records_with_findings.value,
        "findings": board.findings.value,
        "levels": {level: figure.value for level, figure in board.levels.items() if figure.value},
        "entities": {bar.name: (bar.records.value, bar.findings.value) for bar in board.entities},
        "fields": {(bar.source, bar.name): (bar.records.value, bar.findings.value) for bar in board.fields},
        "purposes": {bar.name: (bar.records.value, bar.findings.value) for bar in board.purposes},
        "sites": {bar.name: (bar.records.value, bar.findings.value) for bar in sites.rows},
        "progress": {name: getattr(board.progress, name).value for name in ("open", "proposed", "decided", "corrected")},
    }


def recomputed(bench: Bench, sites: Iterable[str] | None) -> dict[str, Any]:
    """Return the same from every record and finding of the store."""
    with bench.store.connect() as connection:
        here = [row for row in connection.execute(select(records)) if sites is None or row.site in sites]
        ids = {row.id for row in here}
        found = [row for row in connection.execute(select(findings)) if row.record_id in ids and row.dismissed is None]
    site_of = {row.id: row.site for row in here}

    def counted(name: Any) -> dict[Any, tuple[int, int]]:
        named = Counter(map(name, found))
        return {key: (len({item.record_id for item in found if name(item) == key}), count) for key, count in named.items()}

    sites_read = {row.site: (0, 0) for row in here}
    return {
        "read": len(here),
        "records": len({item.record_id for item in found}),
        "findings": len(found),
        "levels": dict(Counter(row.level for row in here if row.level != "none")),
        "entities": counted(lambda item: item.entity),
        "fields": counted(lambda item: ("comments", item.field)),
        "purposes": counted(lambda item: PURPOSES[item.field]),
        "sites": {**sites_read, **counted(lambda item: site_of[item.record_id])},
        "progress": {name: sum(row.state == name for row in here) for name in ("open", "proposed", "decided", "corrected")},
    }


@pytest.mark.parametrize("sites", [None, ("Lilas",), ("Lilas", "Tour"), (), ("nulle part",)])
def test_figures_equal_those_of_the_store(bench: Bench, sites: tuple[str, ...] | None) -> None:
    perimeter = Perimeter.everything() if sites is None else Perimeter.of(sites)
    assert told(bench, perimeter) == recomputed(bench, sites)
    bench.desk.decide(viewer(), bench.shown("L-1"), "false_alarm", why="rue")
    bench.desk.decide(viewer(), bench.shown("L-5"), "redact", why="trop")
    bench.run()
    assert told(bench, perimeter) == recomputed(bench, sites)


def test_one_site_of_a_perimeter(bench: Bench) -> None:
    figures = told(bench, Perimeter.everything(), site="Lilas")
    assert {**figures, "sites": ""} == {**recomputed(bench, ["Lilas"]), "sites": ""}
    assert told(bench, Perimeter.of(["Tour"]), site="Lilas")["findings"] == 0


def test_what_was_read_and_what_not(bench: Bench) -> None:
    bench.put({"L-8": ("Tour", "T-8", "2026-10-08", "BOUM", ""), "L-9": ("Lilas", "T-9", "2026-10-08", "BOUM", "")})
    bench.run()
    counts = {}
    for name, perimeter in (("all", Perimeter.everything()), ("Tour", Perimeter.of(["Tour"]))):
        with bench.store.connect() as connection:
            (job,) = dashboard(connection, perimeter).jobs
        (source,) = job.sources
        reasons = {reason: figure.value for reason, figure in source.reasons.items()}
        counts[name] = (
            source.rows_read.value,
            source.rows_scanned.value,
            source.rows_skipped.value,
            source.rows_not_scanned.value,
            reasons,
        )
        assert (job.job, job.number, job.status, source.source, source.complete) == ("night", 2, "complete", "comments", True)
    assert counts == {
        "all": (8, 0, 6, 2, {"analysis-error: ValueError": 2}),
        "Tour": (3, 2, 0, 1, {"analysis-error: ValueError": 1}),
    }


def test_the_trend_is_that_of_complete_runs(bench: Bench) -> None:
    bench.put({"L-1": ("Lilas", "T-1", "2026-10-01", "rien", "rien"), "L-7": ("Tour", "T-7", "", "prison", "")})
    bench.run()
    with bench.store.connect() as connection:
        trend = dashboard(connection, Perimeter.everything()).trend
        limited = dashboard(connection, Perimeter.of(["Lilas"]), runs=1).trend
    assert [(point.records.value, point.findings.value) for point in trend] == [(5, 10), (5, 10)]
    assert [(point.records.value, point.findings.value) for point in limited] == [(2, 6)]


def test_small_numbers_are_protected(bench: Bench) -> None:
    assert [shown(count, 5) for count in (0, 1, 4, 5, 14)] == [
        Figure(0, 5),
        Figure(0, 5, few=True),
        Figure(0, 5, few=True),
        Figure(5, 5),
        Figure(10, 5),
    ]
    assert shown(3, 0) == Figure(3)
    with bench.store.connect() as connection:
        board = dashboard(connection, Perimeter.of(["Lilas"]), hide_below=5)
        sites = site_page(connection, Perimeter.of(["Lilas"]), hide_below=5)
    figures = [board.records_read, board.findings, *board.levels.values(), *(bar.findings for bar in (*board.entities, *sites.rows))]
    assert {(figure.value % 5, figure.below) for figure in figures} == {(0, 5)}
    assert bench.policy.review.hidden_below(sees_records=False) == 5
    assert bench.policy.review.hidden_below(sees_records=True) == 0


def test_sites_are_paged(bench: Bench) -> None:
    found, after = [], ""
    with bench.store.connect() as connection:
        while True:
            page = site_page(connection, Perimeter.everything(), after=after, limit=1)
            found += [(bar.name, bar.findings.value) for bar in page.rows]
            after = page.next
            if not after:
                break
    assert (found, page.total) == ([("Lilas", 7), ("Tour", 2), ("", 1)], 3)


def test_nobody_waits_while_they_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(str(tmp_path / "state.sqlite")) as store:
        bench = Bench(store, tmp_path)
        count = database_scan.counted
        decided = []

        def counting(connection: Any, run: Any) -> Any:
            decided.append(bench.desk.decide(viewer(), bench.shown("L-1"), "release", why="utile").done)
            return count(connection, run)

        monkeypatch.setattr(database_scan, "counted", counting)
        bench.run()
        assert (decided, bench.state("L-1")[:2]) == ([tuple(bench.ids("L-1"))], ("decided", "release"))


def test_old_tallies_are_forgotten(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies_module, "KEPT_RUNS", 2)
    for _ in range(3):
        bench.run()
    with bench.store.connect() as connection:
        kept = set(connection.execute(select(tallies.c.run_id, tallies.c.kind)))
    assert Counter(kind for _, kind in kept) == {"site": 2, "entity": 1, "field": 1, "purpose": 1}


def test_search_by_tenant_and_by_record(bench: Bench) -> None:
    dpo, inside = viewer(), viewer("tour", "reviewer", ["Tour"])
    found = by_tenant(bench.store, dpo, " T-2 ", KEY)
    assert ([row.record for row in found.rows], found.total) == (["L-2", "L-3"], 2)
    assert audited(bench.store)[-1] == ("tenant-searched", {"records": 2})
    first = by_tenant(bench.store, dpo, "T-2", KEY, limit=1)
    second = by_tenant(bench.store, dpo, "T-2", KEY, limit=1, after=first.next)
    assert [row.record for row in (*first.rows, *second.rows)] == ["L-2", "L-3"]
    assert by_tenant(bench.store, inside, "T-2", KEY).rows == ()
    with bench.store.connect() as connection:
        assert [row.record for row in by_record(connection, dpo, "L-5").rows] == ["L-5"]
        assert by_record(connection, viewer("lilas", "reviewer", ["Lilas"]), "L-5").rows == ()
        assert by_record(connection, dpo, "L-4").rows == ()
        with pytest.raises(NotAllowedError):
            by_record(connection, viewer("x", "site_manager"), "L-5")
