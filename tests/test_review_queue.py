"""The queue: every record once, in one order, through indexes."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, insert, text
from stores import KINDS, new_place

from scanner.accounts import Perimeter
from scanner.errors import InputError
from scanner.review import ways
from scanner.review.cursors import read_cursor, write_cursor
from scanner.review.queue import QueueFilter, next_record, queue_page
from scanner.scoring import level_of
from scanner.store.engine import Store, open_store
from scanner.store.schema import findings, jobs, records, runs, source_tables
from scanner.store.topics import refresh_topics

ENTITIES = ("HEALTH", "ADDICTION", "OFFENCE")
SITES = ("Lilas", "Tour", "", "Roses")
PURPOSES = {1: '{"note": "caretaker", "suivi": "general"}', 2: '{"note": "general"}'}
COUNT = 160


@pytest.fixture(scope="module", params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with open_store(new_place(request.param, request, tmp_path_factory.mktemp("queue"))) as opened:
        fill(opened)
        yield opened


FACTS: list[dict[str, Any]] = []


def fill(store: Store) -> None:
    """Write two jobs of a table each, and records that differ in everything that filters ask."""
    chosen = random.Random(7)
    FACTS.clear()
    with store.begin() as connection:
        for number in (1, 2):
            connection.execute(insert(jobs).values(id=number, name=f"job{number}", created="2026-11-01T00:00:00+00:00"))
            table = {"id": number, "job_id": number, "name": f"t{number}", "key_columns": "[]", "text_columns": "[]"}
            connection.execute(insert(source_tables).values(**table, purposes=PURPOSES[number]))
            for run_number in (1, 3):
                run = {"id": f"{number:08}{run_number:08}", "number": run_number, "job_id": number, "started": "2026-11-02T00:00:00+00:00"}
                connection.execute(insert(runs).values(**run, status="complete", rules="", version="", key_id=""))
        for number in range(1, COUNT + 1):
            risk = chosen.choice((10, 30, 60, 60, 90))
            table_id = chosen.choice((1, 2))
            found = [
                (chosen.choice(ENTITIES), "suivi" if table_id == 1 and chosen.random() < 0.4 else "note")
                for _ in range(chosen.choice((1, 2, 3)))
            ]
            facts = {
                "id": number,
                "risk": risk,
                "level": level_of(risk),
                "date": chosen.choice(("", "2026-10-01", "2026-10-02", "2025-01-31")),
                "site": chosen.choice(SITES),
                "table_id": table_id,
                "newest": chosen.choice((1, 3)),
                "state": chosen.choice(("open", "open", "proposed", "decided", "corrected")),
            }
            FACTS.append({**facts, "found": found})
            known = {"key": f"{number:04}", "record": f"L-{number}", "digest": bytes(16), "version": "v", "run": 3, "action": "redact"}
            connection.execute(insert(records).values(**facts, **known))
            common = {"start": 0, "end": 1, "score": 0.9, "assertion": "", "subject": "", "rule": "r", "severity": 3, "action": "redact"}
            rows = [{"record_id": number, "entity": entity, "field": field, "first_run": 1, **common} for entity, field in found]
            connection.execute(insert(findings), rows)
        refresh_topics(connection, range(1, COUNT + 1))


def expected(wanted: QueueFilter, sites: frozenset[str] | None) -> list[int]:
    """Return the ids that fit, in the order of the queue, as plain Python finds them."""
    purposes = {(1, "note"): "caretaker", (1, "suivi"): "general", (2, "note"): "general"}

    def fits(one: dict[str, Any]) -> bool:
        fields = {field for _, field in one["found"]}
        return (
            wanted.state in ("", one["state"])
            and (sites is None or one["site"] in sites)
            and wanted.site in ("", one["site"])
            and (not wanted.entity or wanted.entity in {entity for entity, _ in one["found"]})
            and (not wanted.field or wanted.field in fields)
            and (not wanted.purpose or wanted.purpose in {purposes[one["table_id"], field] for field in fields})
            and wanted.level in ("", one["level"])
            and (not wanted.date_from or one["date"] >= wanted.date_from)
            and (not wanted.date_to or "0" <= one["date"] <= wanted.date_to)
            and wanted.job in ("", f"job{one['table_id']}")
            and wanted.source in ("", f"t{one['table_id']}")
            and (not wanted.new or one["newest"] == 3)
        )

    chosen = [one for one in FACTS if fits(one)]
    return [one["id"] for one in sorted(chosen, key=lambda one: (one["risk"], one["date"], one["id"]), reverse=True)]


def paged(store: Store, perimeter: Perimeter, wanted: QueueFilter, limit: int) -> tuple[list[int], int]:
    """Return the ids of all pages, and the total that the first one tells."""
    found: list[int] = []
    after, total = "", -1
    with store.connect() as connection:
        while True:
            page = queue_page(connection, perimeter, wanted, after=after, limit=limit)
            total = page.total if total < 0 else total
            found += [row.id for row in page.rows]
            after = page.next
            if not after:
                return found, total


FILTERS = st.builds(
    QueueFilter,
    state=st.sampled_from(("", "open", "decided")),
    entity=st.sampled_from(("", "", *ENTITIES, "RELIGION")),
    site=st.sampled_from(("", "", "Lilas", "ailleurs")),
    field=st.sampled_from(("", "", "note", "suivi")),
    purpose=st.sampled_from(("", "", "general", "caretaker", "litigation")),
    level=st.sampled_from(("", "", "low", "high", "critical")),
    date_from=st.sampled_from(("", "2026-01-01")),
    date_to=st.sampled_from(("", "2026-10-01")),
    job=st.sampled_from(("", "job1")),
    source=st.sampled_from(("", "t2")),
    new=st.booleans(),
)


@pytest.mark.parametrize("few", [0, 10_000], ids=["walked", "collected"])
@given(wanted=FILTERS, sites=st.sampled_from((None, ("Lilas",), ("Lilas", "Roses"), ())), limit=st.integers(1, 60))
def test_pages_hold_every_record_once_in_order(store: Store, few: int, wanted: QueueFilter, sites: Any, limit: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ways, "FEW", few)
        right = expected(wanted, None if sites is None else frozenset(sites))
        perimeter = Perimeter.everything() if sites is None else Perimeter.of(sites)
        assert paged(store, perimeter, wanted, limit) == (right, len(right))


def test_totals_are_counted_so_far(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "COUNTED", 20)
    monkeypatch.setattr("scanner.review.queue.COUNTED", 20)
    monkeypatch.setattr(ways, "FEW", 0)
    with store.connect() as connection:
        page = queue_page(connection, Perimeter.everything(), QueueFilter(state="open"), limit=5)
    assert (len(page.rows), page.total, page.capped) == (5, 20, True)


def test_the_next_record_of_a_queue(store: Store) -> None:
    wanted = QueueFilter(entity="HEALTH")
    ids = expected(wanted, None)
    with store.connect() as connection:
        rows = queue_page(connection, Perimeter.everything(), wanted, limit=len(ids)).rows
        assert [next_record(connection, Perimeter.everything(), wanted, row) for row in rows] == [*ids[1:], 0]


@pytest.mark.parametrize("cursor", ["x", "W10", write_cursor("a", "b", "c"), write_cursor(1, "b"), "é", "=" * 9])
def test_a_cursor_that_is_none(cursor: str) -> None:
    with pytest.raises(InputError) as caught:
        read_cursor(cursor, int, str, int)
    assert str(caught.value) == "this page of the list does not exist: start again from the first"


INDEXED = {
    "open": (QueueFilter(), "ix_records_state_risk_date_id"),
    "entity": (QueueFilter(entity="HEALTH"), "ix_record_topics_queue"),
    "field": (QueueFilter(field="note"), "ix_record_topics_queue"),
    "site": (QueueFilter(site="Lilas"), "ix_records_site_state_risk_date_id"),
    "level": (QueueFilter(level="high"), "ix_records_state_risk_date_id"),
    "date": (QueueFilter(date_from="2026-01-01"), "ix_records_state_date"),
    "new": (QueueFilter(new=True), "ix_records_table_id_state_newest"),
    "several": (QueueFilter(entity="HEALTH", level="high", date_from="2026-01-01"), "ix_record_topics_queue"),
}


@pytest.mark.parametrize(("wanted", "index"), INDEXED.values(), ids=INDEXED)
@pytest.mark.parametrize("few", [0, 10_000], ids=["walked", "collected"])
def test_no_page_reads_all_records(store: Store, monkeypatch: pytest.MonkeyPatch, wanted: QueueFilter, index: str, few: int) -> None:
    monkeypatch.setattr(ways, "FEW", few)
    statements: list[tuple[str, Any]] = []
    event.listen(store.engine, "before_cursor_execute", lambda *call: statements.append((call[2], call[3])))
    with store.connect() as connection:
        queue_page(connection, Perimeter.everything(), wanted, limit=5)
        big = [one for one in statements if "FROM records" in one[0] or "record_topics" in one[0] or "FROM findings" in one[0]]
        if store.engine.dialect.name == "sqlite":
            plans = [row[3] for sql, values in big for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
        else:
            connection.execute(text("SET enable_seqscan = off"))  # on a hundred rows reading them all is cheapest
            plans = [row[0] for sql, values in big for row in connection.exec_driver_sql(f"EXPLAIN {sql}", values)]
    names = ("records", "record_topics", "findings")
    full = [line for line in plans if any(line.strip() == f"SCAN {name}" or f"Seq Scan on {name}" in line for name in names)]
    assert full == []
    if store.engine.dialect.name == "sqlite":  # PostgreSQL chooses by its statistics
        assert any(index in line for line in plans)
