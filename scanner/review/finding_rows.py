"""The findings that stand, as rows of a table for a spreadsheet: a page of the store at a time, and never a text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from scanner.accounts.perimeter import Perimeter
from scanner.report.labels import ASSERTIONS, FINDING_COLUMNS, LEVELS, SUBJECTS, TREATMENTS, entity_label
from scanner.spreadsheets import Cell
from scanner.store.engine import Store
from scanner.store.schema import findings, jobs, records, source_tables

HEADER = ("traitement", "table", "fiche", "site", "date", *FINDING_COLUMNS, "risque de la fiche")

_PAGE = 2_000
_RECORD = tuple(records.c[name] for name in ("id", "record", "site", "date", "level", "risk"))


def finding_rows(store: Store, perimeter: Perimeter, job: str, name_of: Callable[[str], str]) -> Iterator[Sequence[Cell]]:
    """Yield a row for each finding that stands in ``job`` within ``perimeter``, in the order in which they were found.

    A page is read by the findings' ids alone, then its records: no join has to be sorted, however many there are. Each page is a query of
    its own: who takes long to download keeps nobody waiting. ``name_of`` returns what stands for the id of a record.
    """
    last = 0
    while True:
        query = select(findings).where(findings.c.id > last, findings.c.dismissed.is_(None)).order_by(findings.c.id).limit(_PAGE)
        with store.connect() as connection:
            page = connection.execute(query).all()
            known = _records(connection, perimeter, job, {row.record_id for row in page})
        for row in page:
            if row.record_id in known:
                yield _cells(row, known[row.record_id], job, name_of)
        if len(page) < _PAGE:
            return
        last = page[-1].id


def _records(connection: Connection, perimeter: Perimeter, job: str, ids: Collection[int]) -> dict[int, Any]:
    query = (
        select(*_RECORD, source_tables.c.name.label("source"))
        .join(source_tables, source_tables.c.id == records.c.table_id)
        .join(jobs, jobs.c.id == source_tables.c.job_id)
        .where(records.c.id.in_(ids), jobs.c.name == job, perimeter.condition(records.c.site))
    )
    return {row.id: row for row in connection.execute(query)}


def _cells(row: Any, record: Any, job: str, name_of: Callable[[str], str]) -> Sequence[Cell]:
    return (
        job,
        record.source,
        name_of(record.record),
        record.site,
        record.date,
        row.field,
        row.line,
        entity_label(row.entity),
        row.start,
        row.end,
        row.score,
        row.severity,
        ASSERTIONS[row.assertion],
        SUBJECTS[row.subject],
        row.rule,
        row.term,
        TREATMENTS[row.action],
        LEVELS[record.level],
        record.risk,
    )
