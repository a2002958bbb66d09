"""Jobs, their runs, and how far each run has read each table."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from scanner.clock import utc_now
from scanner.errors import InputError, SecretKeyError
from scanner.keys import SecretKey
from scanner.store.schema import coverage, jobs, records, runs, source_tables, vault

RUNNING = "running"
COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a job. ``number`` counts from 1 within the job; ``resumed`` tells that an earlier process began it."""

    id: str
    number: int
    job_id: int
    started: str
    resumed: bool


@dataclass(slots=True)
class Coverage:
    """How much of one table a run has read. ``cursor`` is the key of the last row done, as JSON, ``None`` before the first."""

    cursor: str | None = None
    rows_read: int = 0
    rows_scanned: int = 0
    rows_skipped: int = 0
    rows_not_scanned: int = 0
    rows_without_key: int = 0
    complete: bool = False


def job_of(connection: Connection, name: str) -> tuple[int, str]:
    """Return id and name of the job ``name``, of the only one when ``""``; raises :class:`InputError` when that names none, or several."""
    known = {row.name: row.id for row in connection.execute(select(jobs.c.name, jobs.c.id).order_by(jobs.c.name))}
    if (name and name not in known) or not known:
        raise InputError(f"the state store knows no job {name}; its jobs: {', '.join(known) or 'none'}")
    if not name and len(known) > 1:
        raise InputError(f"the state store has several jobs: name one with --job: {', '.join(known)}")
    job = name or next(iter(known))
    return known[job], job


def begin_run(connection: Connection, job: str, *, rules: str, version: str, key: SecretKey) -> Run:
    """Return the run of ``job`` to go on with: its last one when that did not end and decided by the same ``version``, else a new one.

    Call it with the lock of the job. Raises :class:`SecretKeyError` when the vault was written with another key.
    """
    _check_key(connection, key)
    job_id = _row_id(connection, jobs, name=job, created=utc_now())
    last = connection.execute(select(runs).where(runs.c.job_id == job_id).order_by(runs.c.number.desc()).limit(1)).one_or_none()
    if last and last.status != COMPLETE and (last.version, last.key_id) == (version, key.id):
        connection.execute(update(runs).where(runs.c.id == last.id).values(status=RUNNING, ended=None))
        return Run(last.id, last.number, job_id, last.started, resumed=True)
    run = Run(secrets.token_hex(8), last.number + 1 if last else 1, job_id, utc_now(), resumed=False)
    connection.execute(
        insert(runs).values(
            id=run.id, number=run.number, job_id=job_id, started=run.started, status=RUNNING, rules=rules, version=version, key_id=key.id
        )
    )
    return run


def end_run(connection: Connection, run: Run, status: str, summary: dict[str, Any]) -> None:
    """Write down how ``run`` ended, with its summary."""
    changed = {"status": status, "ended": utc_now(), "summary": json.dumps(summary)}
    connection.execute(update(runs).where(runs.c.id == run.id).values(changed))


def comparison(connection: Connection, run: Run, findings: int) -> dict[str, Any]:
    """Return how the ``findings`` that stand after ``run`` compare with those of the last complete run before it."""
    before = select(runs.c.id).where(runs.c.job_id == run.job_id, runs.c.number < run.number, runs.c.status == COMPLETE)
    previous = connection.execute(before.order_by(runs.c.number.desc()).limit(1)).scalar()
    new, gone = connection.execute(select(runs.c.findings_new, runs.c.findings_gone).where(runs.c.id == run.id)).one()
    return {"previous_run": previous, "new": new, "gone": gone, "unchanged": findings - new}


def table_id_of(
    connection: Connection,
    run: Run,
    database: str,
    name: str,
    key_columns: Sequence[str],
    text_columns: Sequence[str],
    purposes: Mapping[str, str],
) -> int:
    """Return the id of the table ``name`` of the job, in the database of that name, entered when new. ``purposes`` are those of its fields.

    A table whose key has changed since ``run`` began is read from its beginning.
    """
    columns = {"database": database, "key_columns": json.dumps(key_columns), "text_columns": json.dumps(text_columns)}
    columns["purposes"] = json.dumps(purposes)
    table_id = _row_id(connection, source_tables, job_id=run.job_id, name=name, **columns)
    before = connection.execute(select(source_tables.c.key_columns).where(source_tables.c.id == table_id)).scalar_one()
    if before != columns["key_columns"]:
        connection.execute(delete(coverage).where(coverage.c.run_id == run.id, coverage.c.table_id == table_id))
        connection.execute(update(records).where(records.c.table_id == table_id).values(run=0))
    connection.execute(update(source_tables).where(source_tables.c.id == table_id).values(columns))
    return table_id


def load_coverage(connection: Connection, run: Run, table_id: int) -> Coverage:
    """Return how far ``run`` has read the table, entered when new."""
    where = (coverage.c.run_id == run.id) & (coverage.c.table_id == table_id)
    row = connection.execute(select(coverage).where(where)).one_or_none()
    if row is None:
        connection.execute(insert(coverage).values(run_id=run.id, table_id=table_id))
        return Coverage()
    return Coverage(**{name: value for name, value in row._mapping.items() if name not in ("run_id", "table_id")})


def save_coverage(connection: Connection, run: Run, table_id: int, state: Coverage) -> None:
    """Write down how far ``run`` has read the table."""
    values = {name: getattr(state, name) for name in state.__slots__}
    connection.execute(update(coverage).where(coverage.c.run_id == run.id, coverage.c.table_id == table_id).values(values))


def _row_id(connection: Connection, table: Any, **values: Any) -> int:
    """Return the id of the row whose unique columns have ``values``, inserted when there is none."""
    unique = [column for column in ("job_id", "name") if column in values]
    found = connection.execute(select(table.c.id).where(*(table.c[column] == values[column] for column in unique))).scalar()
    if found is None:
        found = connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
    return int(found)


def _check_key(connection: Connection, key: SecretKey) -> None:
    sealed_otherwise = (vault.c.key_id != key.id) & vault.c.sealed.is_not(None)
    row = connection.execute(select(vault.c.key_id, func.count()).where(sealed_otherwise).group_by(vault.c.key_id)).first()
    if row:
        raise SecretKeyError(
            f"{row[1]} quarantined originals of this store are sealed with key {row[0]}; the key given is {key.id}: "
            "give that key, or rotate to the new one with `vigie quarantine rotate`"
        )
