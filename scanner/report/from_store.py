"""The dossier of a run, or of a period, of a job in a state store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from scanner.audit import head_of
from scanner.clock import utc_now
from scanner.errors import InputError
from scanner.organisation import Organisation
from scanner.report.comparing import compare, run_line
from scanner.report.decided import corrections_of, decisions_of, standing_of
from scanner.report.dossier import Comparison, Dossier, Period, Proof, RunLine, StoreFacts
from scanner.report.period import bounds
from scanner.review.seen_precision import seen_precision
from scanner.store.engine import Store
from scanner.store.runs import COMPLETE, job_of
from scanner.store.schema import coverage, jobs, runs

SERIES = 12
"""Complete runs that a report lists at most, the newest ones."""

_FACTS = tuple(runs.c[name] for name in ("id", "number", "job_id", "status", "started", "ended", "rules", "version"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to report on: a job (``""``: the only one of the store), a run by its number, or a period; neither: the last complete run."""

    job: str = ""
    run: int | None = None
    period: Period | None = None


def dossier_of_store(store: Store, wanted: Wanted, organisation: Organisation) -> Dossier:
    """Return the dossier of what is ``wanted``. Memory does not grow with the number of records.

    The figures are those at the end of the run; of a period, at the end of its last complete run, which is held against its first one.
    Raises :class:`InputError`, saying what there is, when there is no such job or run.
    """
    since, until = bounds(wanted.period)
    head = head_of(store)
    with store.connect() as connection:
        job_id, job = job_of(connection, wanted.job)
        run = _run(connection, job_id, job, wanted, since, until)
        text, summary = _summary(connection, run.id)
        tables = list(connection.execute(select(coverage.c.table_id).where(coverage.c.run_id == run.id)).scalars())
        series = _series(connection, run, since)
        facts = StoreFacts(
            job=job,
            standing=standing_of(connection, tables) if _is_newest(connection, run) else None,
            decisions=decisions_of(connection, job_id, since, until),
            corrections=corrections_of(connection, job_id),
            seen=seen_precision(connection, job, since, until),
            audit=(head["seq"], head["mac"]),
        )
    return Dossier(
        summary=summary,
        organisation=organisation,
        made=utc_now(),
        period=wanted.period,
        store=facts,
        series=series,
        comparisons=_comparisons(series, summary, run.number, wanted.period),
        proofs=_proofs(run, text),
    )


def wanted_run(connection: Connection, run_id: str) -> Wanted | None:
    """Return what names the run ``run_id``, ``None`` when there is no such run or it has no summary."""
    query = select(jobs.c.name, runs.c.number).join_from(runs, jobs).where(runs.c.id == run_id, runs.c.summary.is_not(None))
    row = connection.execute(query).one_or_none()
    return Wanted(row.name, row.number) if row else None


def summary_of_run(connection: Connection, run_id: str) -> dict[str, Any] | None:
    """Return the ``summary.json`` of a run, ``None`` when there is no such run or it has none. It covers every site."""
    text = connection.execute(select(runs.c.summary).where(runs.c.id == run_id)).scalar()
    summary: dict[str, Any] | None = json.loads(text) if text else None
    return summary


def _run(connection: Connection, job_id: int, job: str, wanted: Wanted, since: str, until: str) -> Row[Any]:
    """Return the run to report on."""
    query = select(*_FACTS).where(runs.c.job_id == job_id, runs.c.summary.is_not(None)).order_by(runs.c.number.desc()).limit(1)
    if wanted.run is not None:
        row = connection.execute(query.where(runs.c.number == wanted.run)).one_or_none()
        if row is None:
            raise InputError(f"job {job!r} has no run {wanted.run} that ended; the console and `--job` alone show the last one")
        return row
    ended = _between(since, until)
    row = connection.execute(query.where(runs.c.status == COMPLETE, *ended)).one_or_none()
    row = row or connection.execute(query.where(*ended)).one_or_none()
    if row is None:
        raise InputError(f"no run of job {job!r} ended {'in this period' if ended else 'yet'}: choose other days, or run `vigie scan`")
    return row


def _between(since: str, until: str) -> list[ColumnElement[bool]]:
    return [*([runs.c.ended >= since] if since else []), *([runs.c.ended < until] if until else [])]


def _summary(connection: Connection, run_id: str) -> tuple[str, dict[str, Any]]:
    text: str = connection.execute(select(runs.c.summary).where(runs.c.id == run_id)).scalar_one()
    return text, json.loads(text)


def _is_newest(connection: Connection, run: Row[Any]) -> bool:
    """Tell whether ``run`` is the last of its job to have changed the store, and complete."""
    later = select(runs.c.id).where(runs.c.job_id == run.job_id, runs.c.number > run.number)
    return run.status == COMPLETE and connection.execute(later.limit(1)).first() is None


def _series(connection: Connection, run: Row[Any], since: str) -> list[RunLine]:
    """Return the complete runs up to ``run``, oldest first; one summary at a time is held."""
    complete = runs.c.job_id == run.job_id, runs.c.status == COMPLETE, runs.c.number <= run.number, *_between(since, "")
    newest = select(runs.c.id, runs.c.number).where(*complete).order_by(runs.c.number.desc()).limit(SERIES)
    found = connection.execute(newest).all()
    return [run_line(_summary(connection, row.id)[1], row.number) for row in reversed(found)]


def _comparisons(series: Sequence[RunLine], summary: dict[str, Any], number: int, period: Period | None) -> list[Comparison]:
    """Return the comparison with the run before or, in a period, with its first run."""
    earlier = [line for line in series if line.number is not None and line.number < number]
    if not earlier:
        return []
    before = earlier[0] if period else earlier[-1]
    counts = summary["comparison"]
    changes = (counts["new"], counts["gone"], counts["unchanged"]) if counts["previous_run"] == before.id else None
    return [compare(before, run_line(summary, number), changes)]


def _proofs(run: Row[Any], summary: str) -> list[Proof]:
    return [
        Proof("Chiffres de l'analyse, tels que le magasin d'état les tient (SHA-256)", hashlib.sha256(summary.encode()).hexdigest()),
        Proof("Règles, politique et réglages ensemble", run.version),
    ]
