"""The last runs of jobs, and what they read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from scanner.store.results import NO_KEY
from scanner.store.review_tables import tallies
from scanner.store.runs import COMPLETE
from scanner.store.schema import coverage, jobs, runs, source_tables


@dataclass(frozen=True, slots=True)
class LastRun:
    """A run of a job; of the last one also which run was the last that was complete, and when that ended (``""``: none was)."""

    job_id: int
    job: str
    id: str
    number: int
    status: str
    started: str
    ended: str
    complete_id: str = ""
    last_complete: str = ""


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """Rows of one table that a run read, and why some of them could not be scanned."""

    source: str
    read: int
    scanned: int
    skipped: int
    not_scanned: int
    complete: bool
    reasons: Mapping[str, int] = field(default_factory=dict)


_COLUMNS = (jobs.c.id.label("job_id"), jobs.c.name.label("job"), runs.c.id, runs.c.number, runs.c.status, runs.c.started, runs.c.ended)


def last_runs(connection: Connection, job: str = "") -> list[LastRun]:
    """Return the last run of each job, or of ``job``, in the order of their names."""
    newest = select(runs.c.job_id, func.max(runs.c.number).label("number")).group_by(runs.c.job_id).subquery()
    complete = (
        select(runs.c.job_id, func.max(runs.c.number).label("number")).where(runs.c.status == COMPLETE).group_by(runs.c.job_id).subquery()
    )
    of_number = (runs.c.job_id == newest.c.job_id) & (runs.c.number == newest.c.number)
    query = select(*_COLUMNS).join_from(runs, jobs).join(newest, of_number).order_by(jobs.c.name)
    ended = select(runs.c.job_id, runs.c.id, runs.c.ended).join_from(
        runs, complete, (runs.c.job_id == complete.c.job_id) & (runs.c.number == complete.c.number)
    )
    last_complete = {row.job_id: row for row in connection.execute(ended)}
    found = []
    for row in connection.execute(query.where(jobs.c.name == job) if job else query).mappings():
        known = last_complete.get(row["job_id"])
        found.append(
            LastRun(
                **{**row, "ended": row["ended"] or ""}, complete_id=known.id if known else "", last_complete=known.ended if known else ""
            )
        )
    return found


def complete_runs(connection: Connection, of_jobs: Sequence[LastRun], limit: int) -> list[LastRun]:
    """Return the last ``limit`` complete runs of each job of ``of_jobs``, in the order in which they ended."""
    found: list[LastRun] = []
    for job in of_jobs:
        complete = runs.c.job_id == job.job_id, runs.c.status == COMPLETE
        query = select(*_COLUMNS).join_from(runs, jobs).where(*complete).order_by(runs.c.number.desc()).limit(limit)
        found += [LastRun(**row) for row in connection.execute(query).mappings()]
    return sorted(found, key=lambda run: (run.ended, run.job, run.number))


def source_counts(connection: Connection, run: LastRun) -> list[SourceCounts]:
    """Return what ``run`` read of each table, all sites together; reasons are told once it is complete."""
    problems: dict[int, dict[str, int]] = {}
    told = select(tallies.c.table_id, tallies.c.name, func.sum(tallies.c.records)).where(
        tallies.c.run_id == run.id, tallies.c.kind == "problem"
    )
    for table_id, reason, count in connection.execute(told.group_by(tallies.c.table_id, tallies.c.name).order_by(tallies.c.name)):
        problems.setdefault(table_id, {})[reason] = int(count)
    query = select(coverage, source_tables.c.name).join_from(coverage, source_tables).where(coverage.c.run_id == run.id)
    return [
        SourceCounts(
            source=row.name,
            read=row.rows_read,
            scanned=row.rows_scanned,
            skipped=row.rows_skipped,
            not_scanned=row.rows_not_scanned,
            complete=row.complete,
            reasons=problems.get(row.table_id, {}) | ({NO_KEY: row.rows_without_key} if row.rows_without_key else {}),
        )
        for row in connection.execute(query.order_by(source_tables.c.name))
    ]
