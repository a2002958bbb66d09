"""The part of ``vigie scan`` that reads databases: tables named on the command line, or those of a job file."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.cli.scan_exports import key_of_scan, workers_of
from scanner.cli.scan_options import Mode
from scanner.cli.scan_progress import shown_progress
from scanner.errors import InputError

if TYPE_CHECKING:
    from scanner.databases import ReadSettings, TableRequest
    from scanner.sources import ReadOptions

STATE = "state.sqlite"
"""The state store in the folder of the outputs, where no other is named."""


@dataclass(frozen=True, slots=True)
class DatabaseOptions:
    """The options of the command line that only databases have."""

    tables: tuple[str, ...] = ()
    state: str | None = None
    job: str | None = None
    password_file: Path | None = None
    max_rows_per_second: float | None = None
    max_replica_lag: float | None = None
    statement_timeout: float | None = None

    def refuse_for_exports(self) -> None:
        """Raise :class:`InputError` when one is given though exports are read."""
        self._refuse(("tables", "state", "job", *_READING), "is for databases: give a database URL or a job file, or leave it out")

    def refuse_for_job_file(self) -> None:
        """Raise :class:`InputError` when one is given that the job file says already."""
        self._refuse(("tables", "job", *_READING), "stands in the job file: change it there")

    def settings(self) -> ReadSettings:
        """Return how the database is to be read."""
        from scanner.databases import ReadSettings

        limits = {name: getattr(self, name) for name in ("max_rows_per_second", "max_replica_lag", "statement_timeout")}
        return ReadSettings(**{name: limit for name, limit in limits.items() if limit is not None})

    def _refuse(self, names: Sequence[str], why: str) -> None:
        for name in names:
            if getattr(self, name):
                raise InputError(f"--{'table' if name == 'tables' else name.replace('_', '-')} {why}")


_USER_AND_PASSWORD = re.compile(r":[^/@]+@")  # never shown
_READING = tuple(item.name for item in fields(DatabaseOptions) if item.name not in ("tables", "state", "job"))


@dataclass(frozen=True, slots=True)
class DatabaseJob:
    """A job with everything settled: where it reads, where it keeps its state, where its outputs go."""

    name: str
    url: str
    password: str | None
    settings: ReadSettings
    tables: tuple[TableRequest, ...]
    state: str
    out: Path
    policy: Path | None


def is_database(inputs: Sequence[str]) -> bool:
    """Tell whether ``inputs`` name a database, by URL or by job file, rather than exports.

    Raises :class:`InputError` when they name a database and something else, or one looks like a URL that is written wrong.
    """
    named = any("://" in text or text.endswith(".toml") for text in inputs)
    if named and len(inputs) > 1:
        raise InputError("one database at a time: give one URL or one job file, and no export with it")
    if not named and any(_USER_AND_PASSWORD.search(text) and not Path(text).exists() for text in inputs):
        raise InputError("that looks like the URL of a database; write it as postgresql://USER@HOST:PORT/DATABASE")
    return named


def make_job(
    where: str, options: DatabaseOptions, read: ReadOptions, out: Path | None, policy: Path | None, mode: Mode | None
) -> DatabaseJob:
    """Return the job of the database URL or job file ``where``; options of the command line win over a job file where both may say it.

    Raises :class:`InputError` and :class:`ConfigError` for what is missing, or for options that do not fit.
    """
    if mode or read.encoding or read.delimiter:
        raise InputError("--mode, --encoding and --delimiter are for exports: `vigie plan --mode` says how a database is corrected")
    return _from_file(Path(where), options, read, out, policy) if "://" not in where else _from_url(where, options, read, out, policy)


def _from_file(path: Path, options: DatabaseOptions, read: ReadOptions, out: Path | None, policy: Path | None) -> DatabaseJob:
    from scanner.databases.job_file import load_job

    options.refuse_for_job_file()
    if read.requested().all() or read.purposes:
        raise InputError("columns stand in the job file: change them there")
    job = load_job(path)
    folder = _folder(out or job.out)
    state = options.state or job.state or str(folder / STATE)
    return DatabaseJob(job.name, job.url, job.password, job.settings, job.tables, state, folder, policy or job.policy)


def _from_url(url: str, options: DatabaseOptions, read: ReadOptions, out: Path | None, policy: Path | None) -> DatabaseJob:
    from scanner.databases import TableRequest
    from scanner.databases.url import parse_url, read_password, shown

    if not options.tables:
        raise InputError("name the table to read with --table; `vigie discover` proposes some")
    columns = {item.name: getattr(read, item.name) for item in fields(read) if item.name.endswith(("_column", "_columns"))}
    tables = tuple(TableRequest(name=name, purposes=read.purposes, **columns) for name in options.tables)
    folder = _folder(out)
    return DatabaseJob(
        name=options.job or shown(parse_url(url)[0]),
        url=url,
        password=read_password(options.password_file),
        settings=options.settings(),
        tables=tables,
        state=options.state or str(folder / STATE),
        out=folder,
        policy=policy,
    )


def scan_tables(job: DatabaseJob, key_file: Path | None, workers: int | None, *, quiet: bool) -> dict[str, Any]:
    """Scan the tables of ``job``, or go on with its run that did not end, showing how far it is unless ``quiet``."""
    from recognizers.detector import default_detector
    from scanner.catalogue import default_catalogue
    from scanner.cli.vault import acting
    from scanner.database_scan import DatabasePlan, scan_database
    from scanner.databases import open_database
    from scanner.policy import load_policy
    from scanner.store.engine import open_store

    catalogue = default_catalogue()
    policy = load_policy(job.policy, catalogue.entities, datetime.date.today())
    key = key_of_scan(key_file)
    with open_store(job.state) as store, shown_progress(quiet=quiet) as progress:
        plan = DatabasePlan(
            job=job.name,
            connect=lambda: open_database(job.url, job.settings, job.password),
            tables=job.tables,
            store=store,
            out=job.out,
            detector=default_detector(),
            catalogue=catalogue,
            policy=policy,
            key=key,
            actor=acting(""),
            workers=workers_of(workers),
        )
        return scan_database(plan, progress)


def _folder(out: Path | None) -> Path:
    if out is None:
        raise InputError("name the folder of the outputs with --out")
    return out
