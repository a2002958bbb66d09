"""Keyset pagination: each page begins after the key of the last row, so that it costs the same wherever it stands in the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, tuple_

from scanner.databases.dialects import Dialect
from scanner.databases.key_values import Key

Columns = Sequence[ColumnElement[Any]]


def page_statement(rows: Select[Any], key: Columns, dialect: Dialect, after: Key | None, limit: int) -> Select[Any]:
    """Return ``rows`` in the order of the columns ``key``, from the first row after the key ``after``, ``limit`` of them at most."""
    statement = rows if after is None else rows.where(_is_after(key, after, dialect))
    return statement.order_by(*key).limit(limit)


def duplicates_statement(rows: Select[Any], key: Columns) -> Select[Any]:
    """Return a statement that gives a row when two of ``rows`` have equal columns ``key``."""
    return rows.with_only_columns(func.count()).group_by(*key).having(func.count() > 1).limit(1)


def is_filled(key: Columns) -> ColumnElement[bool]:
    """Return the condition that no column of ``key`` is ``NULL``."""
    return and_(*(column.is_not(None) for column in key))


def count_statement(rows: Select[Any]) -> Select[Any]:
    """Return a statement that counts ``rows``."""
    return rows.with_only_columns(func.count())


def _is_after(key: Columns, after: Key, dialect: Dialect) -> ColumnElement[bool]:
    values = [dialect.bound(value, column.type) for value, column in zip(after, key, strict=True)]
    if len(key) == 1:
        return key[0] > values[0]
    if dialect.compares_rows:
        return tuple_(*key) > tuple_(*values)
    # (a, b, c) > (x, y, z) written out; the first condition, implied by the second, is what an index is searched with.
    cases = [
        and_(*(column == value for column, value in zip(key[:at], values[:at], strict=True)), key[at] > values[at])
        for at in range(len(key))
    ]
    return and_(key[0] >= values[0], or_(*cases))
