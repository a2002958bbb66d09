"""The results of a job, read back from the store: findings in one order, and the statistics of the summary.

They depend on what the store holds, not on how it came there: a run that was killed and resumed gives what one that was not gives.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, func, select

from recognizers.finding import Finding
from scanner.judgement import JudgedFinding, Judgement
from scanner.keys import SecretKey, pseudonym
from scanner.memos.lines import Place
from scanner.policy import Policy
from scanner.records import NO_ROW, Record
from scanner.scoring import Risk
from scanner.statistics import NAMED_ROWS, Statistics, count
from scanner.store.runs import Coverage
from scanner.store.schema import findings, records, source_tables

NO_KEY = "no-key"
"""Reason of rows that have no key: they are counted, they cannot be named."""

_CHUNK = 2_000


def judged_records(connection: Connection, table_ids: Sequence[int]) -> Iterator[tuple[Record, Judgement]]:
    """Yield every record of the tables that has findings which stand, in order of table name and key, with what was made of it.

    ``tenant`` of a record is its pseudonym.
    """
    columns = [column.label(f"record_{column.name}") for column in records.c]
    query = (
        select(source_tables.c.name.label("table_name"), *columns, findings)
        .join_from(findings, records, findings.c.record_id == records.c.id)
        .join(source_tables, records.c.table_id == source_tables.c.id)
        .where(records.c.table_id.in_(table_ids), findings.c.dismissed.is_(None))
        .order_by(source_tables.c.name, records.c.key, findings.c.id)
    )
    rows: Iterable[Any] = connection.execution_options(yield_per=_CHUNK).execute(query)
    for _, group in groupby(rows, key=lambda row: row.record_id):
        yield _judged(list(group))


def statistics_of(
    connection: Connection, coverages: Mapping[int, Coverage], names: Mapping[int, str], policy: Policy, key: SecretKey
) -> Statistics:
    """Return the statistics of the tables whose coverage is given by id; ``names`` are those of the tables."""
    statistics = Statistics()
    here = records.c.table_id.in_(list(coverages))
    for state in coverages.values():
        statistics.rows_read += state.rows_read
        statistics.rows_scanned += state.rows_scanned
        statistics.rows_skipped += state.rows_skipped
        statistics.rows_not_scanned += state.rows_not_scanned
    _count_read(connection, here, statistics)
    _count_not_scanned(connection, here, names, statistics)
    for table_id, state in coverages.items():
        if state.rows_without_key:
            count(statistics.reason_records, NO_KEY, times=state.rows_without_key)
            missing = {"source": names[table_id], "row": None, "record_id": "", "reason": NO_KEY}
            statistics.not_scanned.append({**missing, "rows": state.rows_without_key})
    purposes = _purposes(connection, names)
    for record, judgement in judged_records(connection, list(coverages)):
        statistics.add_judged(record, judgement, pseudonym(record.id, key), purposes[record.source].__getitem__)
        statistics.alerts += policy.alerts(judgement.risk.level, judgement.action)
    statistics.rows_unsettled = statistics.rows_not_scanned - _judged_with_problem(connection, here)
    return statistics


def _count_read(connection: Connection, here: Any, statistics: Statistics) -> None:
    clean = records.c.problem == ""
    totals = select(func.coalesce(func.sum(records.c.texts), 0), func.coalesce(func.sum(records.c.characters), 0)).where(here)
    statistics.texts, statistics.characters = map(int, connection.execute(totals).one())
    statistics.allowed = int(connection.execute(select(func.coalesce(func.sum(records.c.allowed), 0)).where(here)).scalar_one())
    none = select(func.count()).where(here, clean, records.c.level == "none")
    statistics.levels["none"] = connection.execute(none).scalar_one()
    for site, rows in _grouped(connection, records.c.site, here):
        count(statistics.site_records, site, times=rows)
    _count_tenants(connection, here, statistics)
    month = func.substr(records.c.date, 1, 7)
    for name, rows in _grouped(connection, month, here & (records.c.date != "")):
        count(statistics.month_read, name, times=rows)


def _count_tenants(connection: Connection, here: Any, statistics: Statistics) -> None:
    nameless = select(func.count()).where(here, records.c.tenant == "")
    tenants = select(records.c.tenant).where(here, records.c.tenant != "").distinct()
    for part in connection.execution_options(yield_per=_CHUNK).execute(tenants).scalars().partitions():
        statistics.persons.add_read(part)
    statistics.persons.records_without = connection.execute(nameless).scalar_one()


def _purposes(connection: Connection, names: Mapping[int, str]) -> dict[str, dict[str, str]]:
    """Return the purpose of each field, by name of the table, as the last run weighed it."""
    rows = connection.execute(select(source_tables.c.name, source_tables.c.purposes).where(source_tables.c.id.in_(list(names))))
    return {name: defaultdict(str, json.loads(purposes)) for name, purposes in rows}


def _count_not_scanned(connection: Connection, here: Any, names: Mapping[int, str], statistics: Statistics) -> None:
    problem = here & (records.c.problem != "")
    for reason, rows in _grouped(connection, records.c.problem, problem):
        count(statistics.reason_records, reason, times=rows)
    first: Select[Any] = (
        select(records.c.table_id, records.c.record, records.c.problem)
        .where(problem)
        .order_by(records.c.table_id, records.c.key)
        .limit(NAMED_ROWS)
    )
    for table_id, record, reason in connection.execute(first):
        statistics.not_scanned.append({"source": names[table_id], "row": None, "record_id": record, "reason": reason})


def _judged_with_problem(connection: Connection, here: Any) -> int:
    return connection.execute(select(func.count()).where(here, records.c.problem != "", records.c.level != "none")).scalar_one()


def _grouped(connection: Connection, column: Any, where: Any) -> list[tuple[str, int]]:
    return [(name, rows) for name, rows in connection.execute(select(column, func.count()).where(where).group_by(column).order_by(column))]


def _judged(rows: Sequence[Any]) -> tuple[Record, Judgement]:
    first = rows[0]
    record = Record(
        id=first.record_record,
        row=NO_ROW,
        source=first.table_name,
        texts={},
        site=first.record_site,
        author_group=first.record_author_group,
        tenant=first.record_tenant,
        date=first.record_date,
        problem=first.record_problem,
    )
    fields: dict[str, list[JudgedFinding]] = {}
    for row in rows:
        finding = Finding(
            entity=row.entity,
            start=row.start,
            end=row.end,
            score=row.score,
            rule=row.rule,
            assertion=row.assertion,
            subject=row.subject,
            term=row.term,
        )
        continued = tuple(Place(*place) for place in json.loads(row.continued)) if row.continued else ()
        fields.setdefault(row.field, []).append(JudgedFinding(finding, row.severity, row.action, row.line, continued))
    judgement = Judgement(fields, Risk(first.record_risk, first.record_level), first.record_action, first.record_allowed)
    return record, judgement
