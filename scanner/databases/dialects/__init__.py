"""What each database does in its own way: drivers, read-only sessions, timeouts, replica lag, errors."""

from __future__ import annotations

from scanner.databases.dialects.base import Dialect, Failure
from scanner.databases.dialects.mysql import MariaDB, MySQL
from scanner.databases.dialects.oracle import Oracle
from scanner.databases.dialects.postgresql import PostgreSQL
from scanner.databases.dialects.sqlite import SQLite
from scanner.databases.dialects.sqlserver import SQLServer
from scanner.errors import InputError

__all__ = ["Dialect", "Failure", "dialect_named"]

_DIALECTS: tuple[type[Dialect], ...] = (PostgreSQL, MySQL, MariaDB, SQLite, Oracle, SQLServer)


def dialect_named(name: str) -> Dialect:
    """Return the dialect that a URL calls ``name``; raise :class:`InputError`, listing them all, when there is none."""
    for dialect in _DIALECTS:
        if name in (dialect.name, *dialect.aliases):
            return dialect()
    raise InputError(f"databases of the kind {name!r} cannot be read; a URL begins with {', '.join(f'{d.name}://' for d in _DIALECTS)}")
