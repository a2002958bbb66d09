"""Arguments and options of commands that read exports or a database as ``vigie scan`` does, declared once."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.cli import scan_options as options
from scanner.cli.gathered import gathered
from scanner.cli.options import PolicyOption
from scanner.cli.read_options import read_options
from scanner.errors import InputError

if TYPE_CHECKING:
    from scanner.cli.scan_database import DatabaseJob, DatabaseOptions
    from scanner.policy import Policy
    from scanner.sources import ReadOptions
    from scanner.subject.stream import Stream


@dataclass(frozen=True)
class Asked:
    """What the command line says of the sources to read."""

    inputs: Sequence[str]
    read: ReadOptions
    database: DatabaseOptions
    policy_file: Path | None

    @property
    def job(self) -> DatabaseJob | None:
        """The database to read and where its state is kept; ``None`` for exports. Raises :class:`InputError` on what does not fit."""
        from scanner.cli.scan_database import is_database, make_job

        if is_database(self.inputs):
            return make_job(self.inputs[0], self.database, self.read, Path(), self.policy_file, None)
        self.database.refuse_for_exports()
        return None

    def stream(self, others: Sequence[str] = ()) -> Stream:
        """Return the sources, with the columns ``others``. Raises :class:`InputError` when one cannot be opened."""
        from scanner.subject.stream import DatabaseStream, ExportStream

        if job := self.job:
            return DatabaseStream(job.url, job.tables, job.settings, job.password, others)
        return ExportStream([Path(name) for name in self.inputs], self.read, others)

    def policy(self) -> Policy:
        """Return the policy, which knows what fields are for."""
        from scanner.catalogue import default_catalogue
        from scanner.policy import load_policy

        job = self.job
        return load_policy(job.policy if job else self.policy_file, default_catalogue().entities, datetime.date.today())


def _ask(
    inputs: options.InputsArgument,
    read: ReadOptions,
    table: options.TableOption = None,
    password_file: options.PasswordFileOption = None,
    policy: PolicyOption = None,
) -> Asked:
    from scanner.cli.scan_database import DatabaseOptions

    return Asked(inputs, read, DatabaseOptions(tables=tuple(table or ()), password_file=password_file), policy)


asks_for_sources = gathered("asked", gathered("read", read_options)(_ask))
"""Decorates a command whose parameter ``asked`` is an :class:`Asked`."""


def one_database(asked: Asked) -> DatabaseJob:
    """Return the database that is asked for; raise :class:`InputError`, saying what to do, for exports."""
    job = asked.job
    if job is None:
        raise InputError(
            "an export cannot be corrected in place: correct the records in the business software, whose ids the access file names, and "
            "export again; or give the URL of the database with --table, so that the change can be reviewed, applied and undone"
        )
    return job
