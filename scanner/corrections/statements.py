"""The statements that corrections are written by, for every dialect.

A row is read under a lock that does not wait: somebody else who is changing it is a conflict to report, not a reason to hold up their work
and that of others behind the rows locked already.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, TextClause, Update, select, text, update
from sqlalchemy import types as sql

from scanner.databases.catalog import TableInfo
from scanner.databases.dialects import Dialect

_SQL_SERVER_LOCK = "WITH (UPDLOCK, ROWLOCK, NOWAIT)"


def read_statement(info: TableInfo, field: str, key: Mapping[str, Any], dialect: Dialect, *, lock: bool) -> Select[Any]:
    """Return the statement that reads ``field`` of the row with ``key``, locked where ``lock`` and the dialect have it."""
    statement = select(dialect.readable(info.clause.c[field])).where(*_is_row(info, key, dialect))
    return statement.with_for_update(nowait=True).with_hint(info.clause, _SQL_SERVER_LOCK, "mssql") if lock else statement


def update_statement(info: TableInfo, field: str, key: Mapping[str, Any], dialect: Dialect, old_text: str, new_text: str) -> Update:
    """Return the statement that writes ``new_text`` where the row with ``key`` holds ``old_text``."""
    column = info.clause.c[field]
    unchanged = [column == dialect.bound(old_text, column.type)] if _compares(column, dialect) else []
    return update(info.clause).values({column: new_text}).where(*_is_row(info, key, dialect), *unchanged)


def probe_statement(info: TableInfo, field: str) -> Update:
    """Return a statement that changes no row, and that the database refuses when it would refuse to change one."""
    column = info.clause.c[field]
    nothing: TextClause = text("1 = 0")
    return update(info.clause).values({column: column}).where(nothing)


def _is_row(info: TableInfo, key: Mapping[str, Any], dialect: Dialect) -> list[ColumnElement[bool]]:
    return [info.clause.c[name] == dialect.bound(value, info.types[name]) for name, value in key.items()]


def _compares(column: ColumnElement[Any], dialect: Dialect) -> bool:
    """Tell whether the database compares such texts by ``=``; where it does not, the lock alone holds the row as it was read."""
    if dialect.name == "oracle":
        return not isinstance(column.type, sql.Text)
    return dialect.name != "mssql" or column.type.__visit_name__ not in ("TEXT", "NTEXT")
