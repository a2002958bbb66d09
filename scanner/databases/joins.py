"""Columns of other tables that belong to the record: joined so that no row is lost and none comes twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, select

from scanner.columns import find_column
from scanner.databases.catalog import TableInfo, find_table
from scanner.databases.keyset import duplicates_statement, is_filled
from scanner.databases.requests import Join
from scanner.errors import InputError


@dataclass(frozen=True, slots=True)
class Joined:
    """A table with others joined to it. ``columns`` are the joined ones by name, ``alias.column``; ``roles`` maps roles to those names."""

    source: FromClause
    columns: Mapping[str, ColumnElement[Any]]
    roles: Mapping[str, str]


def join_tables(connection: Connection, info: TableInfo, joins: Sequence[Join]) -> Joined:
    """Return ``info`` with ``joins``, each joined table called by its bare name in filters, ``name_2`` when that is taken, and so on.

    Raises :class:`InputError` when a table or column does not exist, or when several rows of a joined table can fit one record.
    """
    source: FromClause = info.clause
    columns: dict[str, ColumnElement[Any]] = {}
    roles: dict[str, str] = {}
    taken = [info.clause.name]
    for join in joins:
        other = find_table(connection, join.table)
        pairs = {find_column(info.columns, own): find_column(other.columns, theirs) for own, theirs in join.on.items()}
        _require_one_row(connection, other, tuple(pairs.values()))
        taken.append(other.clause.name)
        copy = taken.count(other.clause.name)
        alias = other.clause.alias(other.clause.name if copy == 1 else f"{other.clause.name}_{copy}")
        source = source.outerjoin(alias, and_(*(info.clause.c[own] == alias.c[theirs] for own, theirs in pairs.items())))
        for role, asked in join.columns.items():
            name = find_column(other.columns, asked)
            roles[role] = f"{alias.name}.{name}"
            columns[roles[role]] = alias.c[name]
    return Joined(source, columns, roles)


def _require_one_row(connection: Connection, other: TableInfo, names: Sequence[str]) -> None:
    if any(set(names) >= key for key in other.unique):
        return
    columns = [other.clause.c[name] for name in names]
    rows = select().select_from(other.clause).where(is_filled(columns))
    if connection.execute(duplicates_statement(rows, columns)).first():
        raise InputError(f"the join to {other.name} is ambiguous: several of its rows have the same {', '.join(names)}")
