"""Statements for many rows, given to the driver as they are: SQLAlchemy's own handling of each parameter costs more than the database."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Executable

Row = dict[str, Any]


def run_many(connection: Connection, statement: Executable, rows: Sequence[Row]) -> None:
    """Run ``statement``, an insert or update, once for each of ``rows``, which map all its parameters to values the driver takes."""
    if not rows:
        return
    compiled: Any = statement.compile(dialect=connection.dialect, column_keys=list(rows[0]))  # type: ignore[attr-defined]
    if compiled.positional:
        values = itemgetter(*compiled.positiontup)
        connection.exec_driver_sql(compiled.string, [values(row) for row in rows])
    else:
        connection.exec_driver_sql(compiled.string, list(rows))
