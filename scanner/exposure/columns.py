"""Which column of an audit's table is what: the header patterns of ``data/exposure.toml``, and what the user named, which wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from scanner.columns import find_column, fold_header
from scanner.errors import InputError
from scanner.exposure.settings import Patterns, settings
from scanner.exposure.tables import Table

Kind = Literal["records", "rights", "should", "accesses", "page"]
KINDS: tuple[Kind, ...] = ("records", "rights", "should", "accesses", "page")


def find_roles(kind: Kind, table: Table, asked: Mapping[str, str]) -> dict[str, int]:
    """Return the index of the column of each role that ``table`` has; ``asked`` maps roles to the columns that the user named.

    A column has one role. Raises :class:`InputError`, naming the columns, when one named does not exist or a role is none of ``kind``.
    """
    roles = settings().tables[kind]
    for role in asked:
        if role not in roles:
            raise InputError(f"--column {kind}.{role}: {kind} have no such column; they have: {', '.join(roles)}")
    try:
        found = {role: table.columns.index(find_column(table.columns, name)) for role, name in asked.items()}
    except InputError as error:
        raise InputError(f"{table.name}: {error}") from None
    folded = [fold_header(column) for column in table.columns]
    for role in roles:
        ranked = [
            (rank, at)
            for at, name in enumerate(folded)
            if at not in found.values() and (rank := _rank(settings().columns[role], name)) >= 0
        ]
        if role not in found and ranked:
            found[role] = min(ranked)[1]
    return found


def require(kind: Kind, table: Table, roles: Mapping[str, int], *alternatives: str) -> None:
    """Raise :class:`InputError`, saying how to name one, when ``roles`` holds none of ``alternatives``."""
    if not any(role in roles for role in alternatives):
        options = " or ".join(f"--column {kind}.{role}=NAME" for role in alternatives)
        raise InputError(
            f"{table.name}: no column of {' or '.join(alternatives)} found; name it with {options}; "
            f"the columns are: {', '.join(table.columns)}"
        )


def entity_of(header: str) -> str:
    """Return the entity that a filled cell under ``header`` reveals, ``""`` for none that a header tells."""
    folded = fold_header(header)
    return next((entity for entity, patterns in settings().data.items() if _rank(patterns, folded) >= 0), "")


def dimension_named(word: str) -> str:
    """Return the dimension that ``word`` names, as a header or a cell does, ``""`` for none."""
    folded = fold_header(word)
    return next((name for name in settings().dimensions if name == folded or _rank(settings().columns[name], folded) >= 0), "")


def _rank(patterns: Patterns, folded: str) -> int:
    return next((rank for rank, pattern in enumerate(patterns) if pattern.fullmatch(folded)), -1)


def asked_columns(options: Sequence[str]) -> dict[Kind, dict[str, str]]:
    """Return what ``--column TABLE.ROLE=NAME`` options say; raises :class:`InputError` for one that says nothing."""
    asked: dict[Kind, dict[str, str]] = {kind: {} for kind in KINDS}
    for option in options:
        where, _, name = option.partition("=")
        table, _, role = where.strip().partition(".")
        kind = next((known for known in KINDS if known == table), None)
        if kind is None or not role or not name.strip():
            raise InputError(f"--column {option!r}: write TABLE.ROLE=NAME, where TABLE is one of {', '.join(KINDS)}")
        asked[kind][role] = name.strip()
    return asked
