"""Runs of jobs as lists show them, within a perimeter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, true

from scanner.accounts.perimeter import Perimeter
from scanner.store.review_tables import tallies
from scanner.store.runs import COMPLETE
from scanner.store.schema import coverage, jobs, runs


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run. ``read`` and ``not_scanned`` are rows, ``new`` and ``gone`` findings against the run before.

    ``started`` and ``ended`` are UTC in ISO form, ``ended`` ``""`` before the end; ``has_report`` tells that there is a summary.
    """

    id: str
    job: str
    number: int
    started: str
    ended: str
    status: str
    read: int
    not_scanned: int
    new: int
    gone: int
    has_report: bool


def run_page(connection: Connection, perimeter: Perimeter, *, job: str = "", after: str = "", limit: int = 25) -> tuple[list[RunRow], str]:
    """Return runs, newest first, those that follow the run ``after``, and the id after which the next page begins (``""`` at the end)."""
    read, not_scanned = (
        select(func.coalesce(func.sum(column), 0)).where(coverage.c.run_id == runs.c.id).scalar_subquery()
        for column in (coverage.c.rows_read, coverage.c.rows_not_scanned)
    )
    query = (
        select(
            *(runs.c[name] for name in ("id", "number", "started", "ended", "status", "findings_new", "findings_gone")),
            runs.c.summary.is_not(None).label("has_report"),  # a summary itself may be large
            jobs.c.name.label("job"),
            read.label("read"),
            not_scanned.label("not_scanned"),
        )
        .join(jobs, jobs.c.id == runs.c.job_id)
        .where(_within(perimeter), jobs.c.name == job if job else true(), _follows(connection, after))
        .order_by(runs.c.started.desc(), runs.c.id.desc())
        .limit(limit + 1)
    )
    found = connection.execute(query).all()
    rows = [
        RunRow(
            id=row.id,
            job=row.job,
            number=row.number,
            started=row.started,
            ended=row.ended or "",
            status=row.status,
            read=row.read,
            not_scanned=row.not_scanned,
            new=row.findings_new,
            gone=row.findings_gone,
            has_report=row.has_report,
        )
        for row in found[:limit]
    ]
    return rows, rows[-1].id if len(found) > limit else ""


def job_names(connection: Connection, perimeter: Perimeter) -> Sequence[str]:
    """Return the names of the jobs that have run within ``perimeter``."""
    query = select(jobs.c.name).join(runs, runs.c.job_id == jobs.c.id).where(_within(perimeter)).distinct().order_by(jobs.c.name)
    return connection.execute(query).scalars().all()


def findings_by_job(connection: Connection, perimeter: Perimeter) -> dict[str, int]:
    """Return how many findings stood within ``perimeter`` at the end of the last complete run of each job that had one."""
    last = (
        select(runs.c.job_id, func.max(runs.c.number).label("number")).where(runs.c.status == COMPLETE).group_by(runs.c.job_id).subquery()
    )
    query = (
        select(jobs.c.name, func.sum(tallies.c.findings))
        .join_from(runs, last, (runs.c.job_id == last.c.job_id) & (runs.c.number == last.c.number))
        .join(jobs, jobs.c.id == runs.c.job_id)
        .join(tallies, tallies.c.run_id == runs.c.id)
        .where(tallies.c.kind == "site", perimeter.condition(tallies.c.site))
        .group_by(jobs.c.name)
    )
    return {name: int(count) for name, count in connection.execute(query)}


def _within(perimeter: Perimeter) -> ColumnElement[bool]:
    """Return what a run must fulfil: in a limited perimeter one of its sites was read, and the run is complete."""
    if perimeter.sites is None:
        return true()
    seen = select(tallies.c.run_id).where(tallies.c.run_id == runs.c.id, tallies.c.kind == "site", perimeter.condition(tallies.c.site))
    return and_(runs.c.status == COMPLETE, seen.exists())


def _follows(connection: Connection, after: str) -> ColumnElement[bool]:
    started = connection.execute(select(runs.c.started).where(runs.c.id == after)).scalar() if after else None
    if started is None:
        return true()
    return or_(runs.c.started < started, and_(runs.c.started == started, runs.c.id < after))
