"""Tables of perimeters: who may read what (rights), and who should (assignments). A row opens the records that fulfil all its cells."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from scanner.errors import InputError
from scanner.exposure.categories import RECORD, Categories
from scanner.exposure.columns import dimension_named, find_roles, require
from scanner.exposure.records import NONE, RecordSet, fold_value
from scanner.exposure.settings import settings
from scanner.exposure.tables import Table
from scanner.exposure.unjudged import Unjudged
from scanner.sources.base import Problem
from scanner.sources.dates import parse_date

FIRST_DAY, LAST_DAY = 0, datetime.date.max.toordinal()
_MOST_ROLES = 50
NOWHERE = -2
"""Code of a value that no record has."""

Scope = tuple[tuple[str, int], ...]
"""Dimensions with the code that a record must have in each; empty: every record."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The categories ``bits`` of the records in ``scope``, from the day ``since`` to the day ``until``, both included (ordinals)."""

    scope: Scope
    bits: int
    since: int = FIRST_DAY
    until: int = LAST_DAY

    def holds_on(self, day: int) -> bool:
        """Tell whether the grant is in force on ``day``."""
        return self.since <= day <= self.until


@dataclass(slots=True)
class Holder:
    """A user: the id as first written, roles in order, grants."""

    user: str
    roles: dict[str, None] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)

    @property
    def role(self) -> str:
        """The role as documents print it."""
        return " + ".join(self.roles)


def read_grants(
    table: Table,
    kind: Literal["rights", "should"],
    asked: Mapping[str, str],
    records: RecordSet,
    categories: Categories,
    unjudged: Unjudged,
) -> dict[str, Holder]:
    """Return the users of ``table`` by folded id. Rows that cannot be understood are told to ``unjudged``; they grant nothing.

    Raises :class:`InputError` when the table has no column of users, none that bounds a perimeter, or one of roles that
    holds something else.
    """
    roles = find_roles(kind, table, asked)
    require(kind, table, roles, "user")
    require(kind, table, roles, "value", *(name for name in settings().dimensions if name in settings().tables[kind]))
    reader = _RowReader(records, categories, roles)
    holders: dict[str, Holder] = {}
    for rows in table.rows():
        for number, (cells, problem) in enumerate(zip(rows.cells, rows.problems, strict=True), start=rows.first):
            if problem:
                unjudged.add("row", problem.replace("-", "_"), "", table.name, number)
            if problem == Problem.FIELD_COUNT:
                continue
            by_role = {role: cells[at].strip() for role, at in roles.items()}
            if not by_role["user"]:
                unjudged.add("right", "no_user", "", table.name, number)
                continue
            holder = holders.setdefault(fold_value("account", by_role["user"]), Holder(by_role["user"]))
            if by_role.get("role"):
                holder.roles[by_role["role"]] = None
            grant, reasons = reader.read(by_role)
            if grant:
                holder.grants.append(grant)
            for reason, value in reasons:
                unjudged.add("right", reason, value, table.name, number)
    _refuse_names({role for holder in holders.values() for role in holder.roles}, len(holders), kind, table)
    return holders


def _refuse_names(roles: set[str], users: int, kind: str, table: Table) -> None:
    """Raise :class:`InputError` when nearly everybody has a role of their own: names would be printed as roles."""
    if len(roles) > _MOST_ROLES and 2 * len(roles) > users:
        raise InputError(f"{table.name}: {len(roles)} roles for {users} users; name the right column with --column {kind}.role=NAME")


class _RowReader:
    def __init__(self, records: RecordSet, categories: Categories, roles: Mapping[str, int]) -> None:
        self._records = records
        self._categories = categories
        self._dimensions = [name for name in settings().dimensions if name in roles]

    def read(self, row: Mapping[str, str]) -> tuple[Grant | None, list[tuple[str, str]]]:
        """Return the grant of ``row``, if it gives one, and what is wrong with it: reason and value."""
        reasons: list[tuple[str, str]] = []
        bits = self._bits(row.get("category", ""), reasons)
        since, until = _day(row.get("from", ""), FIRST_DAY, reasons), _day(row.get("until", ""), LAST_DAY, reasons)
        scope = self._scope(row, reasons)
        if scope is None or any(reason == "unreadable_date" for reason, _ in reasons):
            return None, reasons
        return Grant(scope, bits, since, until), reasons

    def _scope(self, row: Mapping[str, str], reasons: list[tuple[str, str]]) -> Scope | None:
        wanted = {name: row[name] for name in self._dimensions if row[name]}
        explicit = False
        if row.get("value") or row.get("kind"):
            explicit = _is_everything(row.get("value", "")) or (not row.get("value") and _is_everything(row.get("kind", "")))
            if not explicit:
                named = self._dimension(row.get("kind", ""), row.get("value", ""), reasons)
                if not named:
                    return None
                wanted[named] = row.get("value", "")
        if not wanted and not explicit:
            reasons.append(("no_scope", row["user"]))
            return None
        wanted = {name: value for name, value in wanted.items() if not _is_everything(value)}
        if foreign := [value for name, value in wanted.items() if name not in self._records.dimensions]:
            reasons += (("unknown_scope", value) for value in foreign)
            return None
        scope = {name: self._code(name, value, reasons) for name, value in wanted.items()}
        return tuple(sorted(scope.items()))

    def _dimension(self, kind: str, value: str, reasons: list[tuple[str, str]]) -> str:
        """Return the dimension that ``kind`` names or, where there is none, in which alone ``value`` occurs; ``""`` when none does."""
        if kind:
            if not (named := dimension_named(kind)):
                reasons.append(("unknown_kind", kind))
            elif not value:
                reasons.append(("no_scope", kind))
                return ""
            return named
        found = [name for name, dimension in self._records.dimensions.items() if dimension.code(value) != NONE]
        if len(found) != 1:
            reasons.append(("ambiguous_scope" if found else "unknown_scope", value))
        return found[0] if len(found) == 1 else ""

    def _code(self, name: str, value: str, reasons: list[tuple[str, str]]) -> int:
        code = self._records.dimensions[name].code(value)
        if code == NONE:
            reasons.append(("unknown_scope", value))
            return NOWHERE
        return code

    def _bits(self, cell: str, reasons: list[tuple[str, str]]) -> int:
        if not cell or _is_everything(cell):
            return self._categories.everything
        known, unknown = self._categories.listed(cell)
        reasons += (("unknown_category", word) for word in unknown)
        return RECORD | known


def _is_everything(cell: str) -> bool:
    return cell.casefold() in settings().everything


def _day(cell: str, absent: int, reasons: list[tuple[str, str]]) -> int:
    if not cell:
        return absent
    if not (iso := parse_date(cell)):
        reasons.append(("unreadable_date", cell))
        return absent
    return datetime.date.fromisoformat(iso).toordinal()
