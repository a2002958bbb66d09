"""Job files: what a nightly run reads, where from, how gently, and where its results go (TOML).

::

    [job]
    name = "nightly"
    url = "postgresql://vigie@replica.example/ikos"   # or url_env = "VARIABLE"
    password_file = "vigie.password"                  # or password_env = "VARIABLE"; else VIGIE_DB_PASSWORD
    state = "state.db"                                # or a URL
    out = "out"
    policy = "vigie.toml"

    [limits]                                          # durations in seconds; all have defaults
    max_rows_per_second = 20000
    max_replica_lag = 60

    [[tables]]
    name = "public.commentaires"
    id = "NUM_COMMENTAIRE"
    texts = ["TEXTE"]
    where = "date_saisie >= DATE '2020-01-01'"
    purposes = {TEXTE = "caretaker"}

    [[tables.joins]]
    table = "public.sites"
    on = {CODE_SITE = "CODE"}
    columns = {site = "LIBELLE"}

Relative paths are relative to the folder of the file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from scanner.config_file import Table, read_toml
from scanner.databases.requests import Join, NumberedLines, ReadSettings, TableRequest
from scanner.databases.url import read_password
from scanner.policy import PURPOSES

_ROLES = ("tenant", "site", "author_group", "date")
_WHOLE = ("page_rows", "page_characters")


@dataclass(frozen=True, slots=True)
class Job:
    """What a job file says. ``password`` is ``None`` when nothing names one; ``state`` is a path or a URL; unset paths are ``None``."""

    name: str
    url: str = field(repr=False)
    password: str | None = field(repr=False)
    state: str | None
    out: Path | None
    policy: Path | None
    settings: ReadSettings
    tables: tuple[TableRequest, ...]


def load_job(path: Path, environment: Mapping[str, str] = os.environ) -> Job:
    """Return the job of the file at ``path``; ``environment`` holds the variables that it names.

    Raises :class:`ConfigError` naming file, line and reason, :class:`InputError` when the password file cannot be read.
    """
    root = read_toml(path)
    root.refuse_unknown(("job", "limits", "tables"))
    job = root.table("job")
    job.refuse_unknown(("name", "url", "url_env", "password_env", "password_file", "state", "out", "policy"))
    tables = tuple(_table(table) for table in root.tables("tables"))
    if not tables:
        raise root.error("no table to read: write one under [[tables]]")
    folder = path.parent
    state = job.text("state")
    return Job(
        name=job.required("name"),
        url=_url(job, environment),
        password=_password(job, folder, environment),
        state=(state if "://" in state else str(folder / state)) if state else None,
        out=_path(job, "out", folder),
        policy=_path(job, "policy", folder),
        settings=_settings(root.table("limits")),
        tables=tables,
    )


def _url(job: Table, environment: Mapping[str, str]) -> str:
    _refuse_both(job, "url", "url_env")
    return _variable(job, "url_env", environment) if "url_env" in job.values else job.required("url")


def _password(job: Table, folder: Path, environment: Mapping[str, str]) -> str | None:
    _refuse_both(job, "password_env", "password_file")
    if "password_env" in job.values:
        return _variable(job, "password_env", environment)
    return read_password(_path(job, "password_file", folder), environment)


def _variable(job: Table, key: str, environment: Mapping[str, str]) -> str:
    name = job.required(key)
    if not environment.get(name):
        raise job.error(f"the environment has no variable {name}, which {key!r} names: set it", key)
    return environment[name]


def _refuse_both(job: Table, one: str, other: str) -> None:
    if one in job.values and other in job.values:
        raise job.error(f"give {one!r} or {other!r}, not both", other)


def _path(table: Table, key: str, folder: Path) -> Path | None:
    return folder / table.text(key) if table.text(key) else None


def _settings(limits: Table) -> ReadSettings:
    known = tuple(item.name for item in fields(ReadSettings))
    limits.refuse_unknown(known)
    values = {key: int(_positive(limits, key)) if key in _WHOLE else _positive(limits, key) for key in limits.values}
    return ReadSettings(**values)  # type: ignore[arg-type]


def _positive(table: Table, key: str) -> float:
    value = table.values[key]
    kinds = int if key in _WHOLE else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not 0 < value < float("inf"):
        raise table.error(f"{key!r} must be a {'whole ' if key in _WHOLE else ''}number above 0", key)
    return float(value)


def _table(table: Table) -> TableRequest:
    table.refuse_unknown(("name", "id", "texts", "names", *_ROLES, "purposes", "where", "joins", "lines"))
    purposes = table.table("purposes")
    return TableRequest(
        name=table.required("name"),
        id_column=table.text("id") or None,
        text_columns=_names(table, "texts"),
        tenant_column=table.text("tenant") or None,
        site_column=table.text("site") or None,
        author_group_column=table.text("author_group") or None,
        date_column=table.text("date") or None,
        name_columns=_names(table, "names"),
        purposes={column: purposes.one_of(column, purposes.text(column), tuple(PURPOSES)) for column in purposes.values},
        where=table.text("where") or None,
        joins=tuple(_join(join) for join in table.tables("joins")),
        lines=_lines(table.table("lines")) if "lines" in table.values else None,
    )


def _join(join: Table) -> Join:
    join.refuse_unknown(("table", "on", "columns"))
    columns = join.table("columns")
    columns.refuse_unknown(_ROLES)
    return Join(join.required("table"), _required_texts(join, "on"), _required_texts(join, "columns"))


def _lines(lines: Table) -> NumberedLines:
    lines.refuse_unknown(("group", "number", "text"))
    group = _names(lines, "group")
    if not group:
        raise lines.error("'group' is missing or empty")
    return NumberedLines(group, lines.required("number"), lines.required("text"))


def _required_texts(table: Table, key: str) -> Mapping[str, str]:
    inner = table.table(key)
    if not inner.values:
        raise table.error(f"{key!r} is missing or empty", key if key in table.values else None)
    return {name: inner.required(name) for name in inner.values}


def _names(table: Table, key: str) -> tuple[str, ...]:
    value = table.values.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise table.error(f"{key!r} must be a list of column names in quotes", key)
    return tuple(value)
