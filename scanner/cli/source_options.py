"""Arguments and options of commands that read exports or a database as ``vigie scan`` does, declared once."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from scanner.cli import scan_options as options
from scanner.cli.options import PolicyOption
from scanner.errors import InputError

if TYPE_CHECKING:
    from scanner.cli.scan_database import DatabaseJob, DatabaseOptions
    from scanner.policy import Policy
    from scanner.sources import ReadOptions
    from scanner.subject.stream import Stream

OrganisationOption = Annotated[
    Path | None, typer.Option("--organisation", help="Controller, DPO and readers (TOML); `vigie init FILE --for organisation`.")
]


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


def _gather(
    inputs: options.InputsArgument,
    id_column: options.IdOption = None,
    text_column: options.TextOption = None,
    tenant_column: options.TenantOption = None,
    site_column: options.SiteOption = None,
    author_group_column: options.AuthorOption = None,
    date_column: options.DateOption = None,
    name_column: options.NameOption = None,
    mapping: options.MappingOption = None,
    encoding: options.EncodingOption = None,
    delimiter: options.DelimiterOption = None,
    table: options.TableOption = None,
    password_file: options.PasswordFileOption = None,
    policy: PolicyOption = None,
) -> Asked:
    from scanner.cli.scan_database import DatabaseOptions
    from scanner.sources import ReadOptions, with_mapping

    read = ReadOptions(
        encoding=encoding,
        delimiter=delimiter,
        text_columns=tuple(text_column or ()),
        name_columns=tuple(name_column or ()),
        id_column=id_column,
        tenant_column=tenant_column,
        site_column=site_column,
        author_group_column=author_group_column,
        date_column=date_column,
    )
    database = DatabaseOptions(tables=tuple(table or ()), password_file=password_file)
    return Asked(inputs, with_mapping(read, mapping) if mapping else read, database, policy)


def asks_for_sources(command: Callable[..., None]) -> Callable[..., None]:
    """Return ``command``, whose parameter ``asked`` is an :class:`Asked`, with the arguments and options that this is gathered from."""
    gathered, own = inspect.signature(_gather), inspect.signature(command)
    hints = get_type_hints(_gather, include_extras=True) | get_type_hints(command, include_extras=True)

    @wraps(command)
    def run(**given: Any) -> None:
        asked = _gather(**{name: given.pop(name) for name in gathered.parameters})
        command(asked=asked, **given)

    parameters = [*(p for p in own.parameters.values() if p.name != "asked"), *gathered.parameters.values()]
    ordered = sorted(parameters, key=lambda parameter: parameter.default is not inspect.Parameter.empty)
    keyword = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[parameter.name]) for parameter in ordered]
    run.__signature__ = own.replace(parameters=keyword, return_annotation=None)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: hints[parameter.name] for parameter in ordered}
    return run


def one_database(asked: Asked) -> DatabaseJob:
    """Return the database that is asked for; raise :class:`InputError`, saying what to do, for exports."""
    job = asked.job
    if job is None:
        raise InputError(
            "an export cannot be corrected in place: correct the records in the business software, whose ids the access file names, and "
            "export again; or give the URL of the database with --table, so that the change can be reviewed, applied and undone"
        )
    return job


def day_of(text: str, option: str) -> datetime.date:
    """Return the day that ``option`` gives as ``text``, in ISO form; raise :class:`InputError` when it is none."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option} {text!r} is no day: write it as 2026-11-22") from None
