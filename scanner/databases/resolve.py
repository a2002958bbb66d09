"""From what the user asked of a table to what is read of it: columns, roles, key."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, literal_column, select
from sqlalchemy import types as sql
from sqlalchemy.types import TypeEngine

from scanner.columns import ColumnRoles, detect_roles, find_column
from scanner.databases.catalog import TableInfo, find_table
from scanner.databases.dialects import Dialect
from scanner.databases.joins import join_tables
from scanner.databases.keyset import duplicates_statement, is_filled
from scanner.databases.requests import TableRequest
from scanner.databases.sampling import holding_text, sample_rows
from scanner.errors import InputError
from scanner.sources.base import Layout

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TablePlan:
    """What is read of a table: ``key`` columns, then the ``cells``, which are those of ``layout.columns``, of all ``rows``.

    ``group`` is how many of the first key columns identify a record that is spread over several rows, 0 when each row is one.
    """

    layout: Layout
    key_columns: tuple[str, ...]
    key: tuple[ColumnElement[Any], ...]
    cells: tuple[ColumnElement[Any], ...]
    rows: Select[Any]
    key_can_be_null: bool
    group: int = 0


def resolve_table(connection: Connection, dialect: Dialect, request: TableRequest) -> TablePlan:
    """Return the plan of reading what ``request`` asks for.

    Raises :class:`InputError` when the table or a column does not exist, no column holds free text, or no key identifies the rows.
    """
    info = find_table(connection, request.name)
    roles = find_roles(connection, dialect, request, info)
    joined = join_tables(connection, info, request.joins)
    roles = _with_joined(roles, joined.roles)
    rows = select().select_from(joined.source)
    if request.where:
        rows = rows.where(literal_column(f"({request.where}\n)"))
    key_columns = _key_columns(connection, dialect, request, info, rows)
    key = tuple(info.clause.c[name] for name in key_columns)
    used = {roles.id, roles.tenant, roles.site, roles.author_group, roles.date, *roles.names, *roles.texts}
    names = tuple(name for name in info.columns if name in used)
    layout = Layout(
        source=info.name,
        format=connection.dialect.name,
        columns=(*names, *joined.columns),
        roles=roles,
        purposes=MappingProxyType({find_column(info.columns, column): purpose for column, purpose in request.purposes.items()}),
    )
    return TablePlan(
        layout=layout,
        key_columns=key_columns,
        key=key,
        cells=tuple(dialect.readable(column) for column in (*(info.clause.c[name] for name in names), *joined.columns.values())),
        rows=rows,
        key_can_be_null=bool(info.nullable.intersection(key_columns)),
        group=len(request.lines.group) if request.lines else 0,
    )


def find_roles(connection: Connection, dialect: Dialect, request: TableRequest, info: TableInfo) -> ColumnRoles:
    """Return the roles of the columns of ``info``: those that were named, the others by their names and by a sample."""
    requested = request.requested()
    sample = [] if requested.texts else sample_rows(connection, dialect, info)
    roles = detect_roles(info.columns, sample, requested)
    if not requested.texts:
        roles = replace(roles, texts=holding_text(dialect, info, sample, roles.texts))
    if not roles.texts:
        raise InputError(f"no free-text column found; name it with --text-column, one of: {', '.join(info.columns)}")
    # A header says little of what identifies a row; the key does.
    return roles if request.id_column else replace(roles, id=None)


def _with_joined(roles: ColumnRoles, joined: Mapping[str, str]) -> ColumnRoles:
    return replace(
        roles,
        tenant=joined.get("tenant", roles.tenant),
        site=joined.get("site", roles.site),
        author_group=joined.get("author_group", roles.author_group),
        date=joined.get("date", roles.date),
    )


def _key_columns(connection: Connection, dialect: Dialect, request: TableRequest, info: TableInfo, rows: Select[Any]) -> tuple[str, ...]:
    if request.lines:
        asked = tuple(find_column(info.columns, name) for name in (*request.lines.group, request.lines.number))
        return _proven(connection, dialect, info, rows, asked)
    for key in info.keys:
        if all(_can_be_key(dialect, info.types[name]) for name in key):
            return key
    if not request.id_column:
        known = f"the type of its key ({', '.join(info.keys[0])}) cannot be read in pages" if info.keys else "it has no primary key"
        raise InputError(f"{known}: name a column that identifies the rows with --id-column")
    return _proven(connection, dialect, info, rows, (find_column(info.columns, request.id_column),))


def _proven(connection: Connection, dialect: Dialect, info: TableInfo, rows: Select[Any], key: tuple[str, ...]) -> tuple[str, ...]:
    named = ", ".join(key)
    for name in key:
        if not _can_be_key(dialect, info.types[name]):
            raise InputError(f"column {name}: rows cannot be identified by its type ({info.types[name]}); name another with --id-column")
    if not any(set(key) >= known for known in info.unique):
        columns = [info.clause.c[name] for name in key]
        if connection.execute(duplicates_statement(rows.where(is_filled(columns)), columns)).first():
            raise InputError(f"column {named} does not identify the rows: some have the same value; name another with --id-column")
    if key[0] not in info.indexed and info.indexed:
        _log.warning("table %s: no index on %s: each page reads the whole table", info.name, named)
    return key


def _can_be_key(dialect: Dialect, kind: TypeEngine[Any]) -> bool:
    return isinstance(kind, dialect.key_types) and not isinstance(kind, sql.Float | sql.Enum) and kind.__visit_name__ != "SET"
