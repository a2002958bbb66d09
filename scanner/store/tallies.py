"""Counts that a complete run leaves behind, by site: dashboards add them up and never group the records and findings of a store.

Kinds: ``site`` (every record read, by level, and the findings that stand), ``problem`` (records that could not be scanned in full, by
reason), ``entity``, ``field`` and ``purpose`` (records with findings that stand, and these findings). The last three are kept of the last
complete run of a job only, the others of the last :data:`KEPT_RUNS`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, delete, func, insert, literal, select

from scanner.store.bulk import Row, run_many
from scanner.store.review_tables import tallies
from scanner.store.runs import COMPLETE, Run
from scanner.store.schema import coverage, findings, records, runs, source_tables

KEPT_RUNS = 400
"""A year of nights, and some more."""

_COLUMNS = ("run_id", "kind", "site", "table_id", "name", "level", "records", "findings")
_HAS_FINDINGS = records.c.level != "none"


def counted(connection: Connection, run: Run) -> list[Row]:
    """Return the rows of what stands at the end of ``run`` in the tables that it read.

    This groups every finding of them: read it apart from the transaction that saves it, for which every other writer would wait.
    """
    read = select(source_tables.c.id, source_tables.c.purposes).join_from(coverage, source_tables).where(coverage.c.run_id == run.id)
    tables = connection.execute(read).all()
    table_ids = [table.id for table in tables]
    no_findings: tuple[ColumnElement[int], ColumnElement[int]] = func.count(), literal(0)
    queries = [
        _query(run, "site", literal(""), no_findings, table_ids),
        _query(run, "problem", records.c.problem, no_findings, table_ids).where(records.c.problem != ""),
    ]
    for kind, name in (("entity", findings.c.entity), ("field", findings.c.field), ("purpose", _purpose(tables))):
        counts = func.count(func.distinct(records.c.id)), func.count()
        joined = _query(run, kind, name, counts, table_ids).join_from(findings, records, findings.c.record_id == records.c.id)
        queries.append(joined.where(findings.c.dismissed.is_(None), _HAS_FINDINGS))
    rows = [dict(zip(_COLUMNS, row, strict=True)) for query in queries for row in connection.execute(query)]
    found: Counter[tuple[str, int, str]] = Counter()
    for row in rows:
        if row["kind"] == "entity":
            found[row["site"], row["table_id"], row["level"]] += row["findings"]
    for row in rows:
        if row["kind"] == "site":
            row["findings"] = found[row["site"], row["table_id"], row["level"]]
    return rows


def write_tallies(connection: Connection, run: Run, rows: Sequence[Row]) -> None:
    """Save the rows that :func:`counted` returned for ``run``, in place of those of an earlier process of it."""
    connection.execute(delete(tallies).where(tallies.c.run_id == run.id))
    run_many(connection, insert(tallies), rows)
    _forget_old(connection, run)


def _purpose(tables: Sequence[Any]) -> ColumnElement[str]:
    """Return the purpose of the field of a finding."""
    purposes = [(table.id, field, purpose) for table in tables for field, purpose in json.loads(table.purposes).items()]
    whens = [((records.c.table_id == table_id) & (findings.c.field == field), literal(purpose)) for table_id, field, purpose in purposes]
    return case(*whens, else_=literal("")) if whens else literal("")


def _query(
    run: Run, kind: str, name: ColumnElement[str], counts: tuple[ColumnElement[int], ColumnElement[int]], table_ids: Sequence[int]
) -> Select[Any]:
    by = records.c.site, records.c.table_id, name, records.c.level
    grouped = [column for column in by if column is not name or kind != "site"]
    return select(literal(run.id), literal(kind), *by, *counts).where(records.c.table_id.in_(table_ids)).group_by(*grouped)


def _forget_old(connection: Connection, run: Run) -> None:
    complete = runs.c.job_id == run.job_id, runs.c.status == COMPLETE
    kept = select(runs.c.number).where(*complete).order_by(runs.c.number.desc()).offset(KEPT_RUNS).limit(1)
    before = select(runs.c.id).where(runs.c.job_id == run.job_id, runs.c.number < run.number)
    connection.execute(delete(tallies).where(tallies.c.run_id.in_(before), tallies.c.kind.in_(("entity", "field", "purpose"))))
    oldest = connection.execute(kept).scalar()
    if oldest is not None:
        past = select(runs.c.id).where(runs.c.job_id == run.job_id, runs.c.number <= oldest)
        connection.execute(delete(tallies).where(tallies.c.run_id.in_(past)))
