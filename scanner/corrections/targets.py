"""What must hold before a plan touches a database: that it is the right one, that it can be changed, that the texts fit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.types import TypeEngine

from scanner.corrections.connection import WritableDatabase
from scanner.corrections.ledger import Change, PlanRow
from scanner.errors import InputError

_NAMED_LINES = 10


def check_database(plan: PlanRow, database: WritableDatabase) -> None:
    """Raise :class:`InputError` when ``database`` is of another kind or name than that of ``plan``.

    The server may be another: a scan reads a replica, corrections go to the primary.
    """
    if _kind_and_name(plan.database) != _kind_and_name(database.name):
        raise InputError(f"plan {plan.id} corrects {plan.database}, not {database.name}")


def check_targets(database: WritableDatabase, changes: Sequence[Change]) -> None:
    """Raise :class:`InputError` when a column that ``changes`` name cannot be changed."""
    for source, field in dict.fromkeys((change.source, change.field) for change in changes):
        database.check_writable(source, field)


def check_lengths(database: WritableDatabase, file: Path, texts: Sequence[tuple[int, Change, str]]) -> None:
    """Raise :class:`InputError`, naming lines of ``file``, when one of ``texts`` (line, change, new text) is too long for its column."""
    if not database.dialect.enforces_types:
        return
    too_long = []
    with database.begin() as connection:
        for line, change, text in texts:
            kind = database.table(connection, change.source).types[change.field]
            length = _length(text.rstrip(" "), database.dialect.name)  # databases cut blanks that do not fit
            if (limit := _limit(kind)) is not None and length > limit:
                too_long.append(f"line {line}: the new text has {length} characters, column {change.field} holds {limit}")
    if too_long:
        more = f"; and {len(too_long) - _NAMED_LINES} more" if len(too_long) > _NAMED_LINES else ""
        raise InputError(
            f"{file}: nothing was changed: shorten these texts or delete their rows: {'; '.join(too_long[:_NAMED_LINES])}{more}"
        )


def _kind_and_name(database: str) -> tuple[str, str]:
    kind, _, place = database.partition("://")
    return kind, place.rpartition("/")[2]


def _limit(kind: TypeEngine[Any]) -> int | None:
    length = getattr(kind, "length", None)
    return length if isinstance(length, int) else None


def _length(text: str, dialect_name: str) -> int:
    """Return the length of ``text`` as the database counts it: SQL Server in units of UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 if dialect_name == "mssql" else len(text)
