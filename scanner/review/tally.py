"""Sums over the tallies of runs, and over the states of the review, within a perimeter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, false, func, literal, select, tuple_

from scanner.accounts.perimeter import Perimeter
from scanner.review.run_counts import LastRun, SourceCounts
from scanner.store.review_tables import tallies
from scanner.store.schema import records, source_tables


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked for: a perimeter, one site of it and one job (``""``: all), and the last runs of these jobs."""

    perimeter: Perimeter
    site: str
    job: str
    runs: Sequence[LastRun]

    @property
    def everything(self) -> bool:
        """Whether every site is asked for."""
        return self.perimeter.sites is None and not self.site

    def condition(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """Return what a query must ask of ``column``, which holds the site of its rows."""
        if self.site:
            return column == self.site if self.perimeter.holds(self.site) else false()
        return self.perimeter.condition(column)


class Tally:
    """The tallies of the last complete runs of ``scope``."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self.scope = scope
        self._connection = connection
        self._complete = [run.complete_id for run in scope.runs if run.complete_id]

    def records_by_level(self, run_ids: Sequence[str]) -> dict[str, int]:
        """Return the records read by level, those without findings under ``none``."""
        query = select(tallies.c.level, _sum(tallies.c.records)).where(*self._of("site", run_ids)).group_by(tallies.c.level)
        return {level: int(count) for level, count in self._connection.execute(query)}

    def bars(self, kind: str) -> list[tuple[str, str, int, int]]:
        """Return name, table (for fields), records and findings, most findings first."""
        by = (tallies.c.name, source_tables.c.name.label("source")) if kind == "field" else (tallies.c.name, literal("").label("source"))
        query = select(*by, _sum(tallies.c.records).label("records"), _sum(tallies.c.findings).label("findings"))
        query = query.join_from(tallies, source_tables).where(*self._of(kind, self._complete))
        rows = self._connection.execute(query.group_by(tallies.c.name, *(by[1:] if kind == "field" else ())))
        found = [(row.name, row.source, int(row.records), int(row.findings)) for row in rows]
        return sorted(found, key=lambda row: (-row[3], row[0], row[1]))

    def sites(self) -> int:
        """Return how many sites have records."""
        query = select(func.count(func.distinct(tallies.c.site))).where(*self._of("site", self._complete))
        return self._connection.execute(query).scalar_one()

    def site_rows(self, after: tuple[int, str] | None, limit: int) -> tuple[Sequence[Any], int]:
        """Return up to ``limit`` sites with ``records`` (with findings) and ``findings``, most findings first, and how many there are."""
        with_findings = case((tallies.c.level == "none", 0), else_=tallies.c.records)
        grouped = (
            select(tallies.c.site, _sum(with_findings).label("records"), _sum(tallies.c.findings).label("findings"))
            .where(*self._of("site", self._complete))
            .group_by(tallies.c.site)
            .subquery()
        )
        total = self._connection.execute(select(func.count()).select_from(grouped)).scalar_one()
        query = select(grouped).order_by(grouped.c.findings.desc(), grouped.c.site).limit(limit)
        if after is not None:
            query = query.where(tuple_(-grouped.c.findings, grouped.c.site) > tuple_(-after[0], after[1]))
        return self._connection.execute(query).all(), total

    def levels_by_run(self, run_ids: Sequence[str]) -> Mapping[tuple[str, str], int]:
        """Return the records by run and level."""
        by = tallies.c.run_id, tallies.c.level
        query = select(*by, _sum(tallies.c.records)).where(*self._of("site", run_ids)).group_by(*by)
        return {(run_id, level): int(count) for run_id, level, count in self._connection.execute(query)}

    def findings_by_run(self, run_ids: Sequence[str]) -> Mapping[str, int]:
        """Return the findings by run."""
        query = select(tallies.c.run_id, _sum(tallies.c.findings)).where(*self._of("site", run_ids)).group_by(tallies.c.run_id)
        return {run_id: int(count) for run_id, count in self._connection.execute(query)}

    def source_counts(self, run: LastRun) -> list[SourceCounts]:
        """Return the records of the perimeter by table, as the last complete run of the job left them."""
        by = source_tables.c.name, tallies.c.kind, tallies.c.name.label("reason")
        query = select(*by, _sum(tallies.c.records).label("records")).join_from(tallies, source_tables)
        query = query.where(tallies.c.run_id == run.complete_id, self.scope.condition(tallies.c.site))
        read: dict[str, int] = {}
        reasons: dict[str, dict[str, int]] = {}
        for source, kind, reason, count in self._connection.execute(query.where(tallies.c.kind.in_(("site", "problem"))).group_by(*by)):
            if kind == "site":
                read[source] = int(count)
            else:
                reasons.setdefault(source, {})[reason] = int(count)
        missing = {source: sum(of_source.values()) for source, of_source in reasons.items()}
        return [
            SourceCounts(source, count, count - missing.get(source, 0), 0, missing.get(source, 0), True, reasons.get(source, {}))
            for source, count in sorted(read.items())
        ]

    def _of(self, kind: str, run_ids: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
        return tallies.c.run_id.in_(run_ids), tallies.c.kind == kind, self.scope.condition(tallies.c.site)


def review_states(connection: Connection, scope: Scope) -> dict[str, int]:
    """Return the records of the jobs of ``scope`` by state of their review."""
    query = select(records.c.state, func.count()).where(*_to_review(scope)).group_by(records.c.state)
    return {state: count for state, count in connection.execute(query)}  # noqa: C416


def oldest_open(connection: Connection, scope: Scope) -> str:
    """Return since when the oldest open record has been so, ``""`` when none is open."""
    query = select(records.c.opened).where(records.c.state == "open", records.c.opened.is_not(None), *_to_review(scope))
    return connection.execute(query.order_by(records.c.opened).limit(1)).scalar() or ""


def _to_review(scope: Scope) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [records.c.state.is_not(None)]
    if not scope.everything:
        conditions.append(scope.condition(records.c.site))
    if scope.job:
        job_ids = [run.job_id for run in scope.runs]
        conditions.append(records.c.table_id.in_(select(source_tables.c.id).where(source_tables.c.job_id.in_(job_ids))))
    return conditions


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), 0)
