"""A few rows of a table, the beginnings of their cells only: enough to tell what each column holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select
from sqlalchemy import types as sql

from scanner.databases.catalog import TableInfo
from scanner.databases.cells import cells_as_text
from scanner.databases.dialects import Dialect
from scanner.sources.base import SAMPLE_ROWS

BEGINNING = 400  # characters of a cell that are looked at
_NEVER_TEXT = (sql.Integer, sql.Numeric, sql.Date, sql.DateTime, sql.Time, sql.Interval, sql.Boolean, sql.Uuid)


def sample_rows(connection: Connection, dialect: Dialect, info: TableInfo) -> Sequence[Sequence[str]]:
    """Return the beginnings of the cells of some rows, those of the oldest and of the newest keys, one per column of ``info``.

    Without a key they are the first rows that the database gives.
    """
    beginnings = select(*(dialect.beginning(info.clause.c[name], BEGINNING) for name in info.columns)).select_from(info.clause)
    if info.keys:
        key = [info.clause.c[name] for name in info.keys[0]]
        half = beginnings.limit(SAMPLE_ROWS // 2)
        ends = (half.order_by(*key), half.order_by(*(column.desc() for column in key)))
        rows = list(dict.fromkeys(tuple(row) for statement in ends for row in connection.execute(statement)))
    else:
        rows = [tuple(row) for row in connection.execute(beginnings.limit(SAMPLE_ROWS))]
    columns = [cells_as_text(column)[0] for column in zip(*rows, strict=True)]
    return list(zip(*columns, strict=True))


def holding_text(dialect: Dialect, info: TableInfo, sample: Sequence[Sequence[str]], names: Collection[str]) -> tuple[str, ...]:
    """Return those of the columns ``names`` that can hold text.

    A column of another type is left out, unless its database takes any value for any type, as SQLite does, and ``sample`` has some.
    """
    positions = {name: at for at, name in enumerate(info.columns)}
    return tuple(
        name
        for name in names
        if not isinstance(info.types[name], _NEVER_TEXT)
        or (not dialect.enforces_types and any(row[positions[name]].strip() for row in sample))
    )
