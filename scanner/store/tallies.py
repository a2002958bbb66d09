"""Counts that a complete run leaves behind, by site: dashboards add them up and never group the records and findings of a store.

Kinds: ``site`` (every record read, by level, and the findings that stand), ``problem`` (records that could not be scanned in full, by
reason), ``entity``, ``field`` and ``purpose`` (records with findings that stand, and these findings). Of each job the last
:data:`KEPT_RUNS` complete runs are kept.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, delete, func, insert, literal, select, update

from scanner.store.review_tables import tallies
from scanner.store.runs import COMPLETE, Run
from scanner.store.schema import coverage, findings, records, runs, source_tables

KEPT_RUNS = 400
"""A year of nights, and some more."""

_COLUMNS = ["run_id", "kind", "site", "table_id", "name", "level", "records", "findings"]
_ENTITIES = tallies.alias()
_HAS_FINDINGS = records.c.level != "none"


def write_tallies(connection: Connection, run: Run) -> None:
    """Count what stands at the end of ``run`` in the tables that it read, in place of what an earlier process of it counted."""
    connection.execute(delete(tallies).where(tallies.c.run_id == run.id))
    read = select(source_tables.c.id, source_tables.c.purposes).join_from(coverage, source_tables).where(coverage.c.run_id == run.id)
    tables = connection.execute(read).all()
    table_ids = [table.id for table in tables]
    for kind, name in (("entity", findings.c.entity), ("field", findings.c.field), ("purpose", _purpose(tables))):
        counts = func.count(func.distinct(records.c.id)), func.count()
        joined = _query(run, kind, name, counts, table_ids).join_from(findings, records, findings.c.record_id == records.c.id)
        _insert(connection, joined.where(findings.c.dismissed.is_(None), _HAS_FINDINGS))
    no_findings: tuple[ColumnElement[int], ColumnElement[int]] = func.count(), literal(0)
    _insert(connection, _query(run, "site", literal(""), no_findings, table_ids))
    of_site = _ENTITIES.c.kind == "entity", *(_ENTITIES.c[name] == tallies.c[name] for name in ("run_id", "site", "table_id", "level"))
    found = select(func.coalesce(func.sum(_ENTITIES.c.findings), 0)).where(*of_site).scalar_subquery()
    connection.execute(update(tallies).where(tallies.c.run_id == run.id, tallies.c.kind == "site").values(findings=found))
    _insert(connection, _query(run, "problem", records.c.problem, no_findings, table_ids).where(records.c.problem != ""))
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


def _insert(connection: Connection, query: Select[Any]) -> None:
    connection.execute(insert(tallies).from_select(_COLUMNS, query))


def _forget_old(connection: Connection, run: Run) -> None:
    complete = runs.c.job_id == run.job_id, runs.c.status == COMPLETE
    kept = select(runs.c.number).where(*complete).order_by(runs.c.number.desc()).offset(KEPT_RUNS).limit(1)
    oldest = connection.execute(kept).scalar()
    if oldest is not None:
        past = select(runs.c.id).where(runs.c.job_id == run.job_id, runs.c.number <= oldest)
        connection.execute(delete(tallies).where(tallies.c.run_id.in_(past)))
