"""A production database, opened for reading only."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from scanner.databases.connection import Connector
from scanner.databases.pace import Pace, Timer
from scanner.databases.requests import ReadSettings, TableRequest
from scanner.databases.resolve import resolve_table
from scanner.databases.table import DatabaseTable
from scanner.databases.url import parse_url, with_password

_DEFAULTS = ReadSettings()
_TIMER = Timer()


class Database:
    """An open database; a context manager. ``name`` says which, for people and the store: dialect, host and database, no user."""

    def __init__(self, connector: Connector) -> None:
        self.name = connector.name
        self.connector = connector
        self._pace = Pace(connector.settings, connector.timer)

    def table(self, request: TableRequest) -> DatabaseTable:
        """Return the table or view that ``request`` names.

        Raises :class:`InputError` when it or a column does not exist, no column holds free text, or no key identifies its rows.
        """
        connector = self.connector
        plan = connector.run(lambda connection: resolve_table(connection, connector.dialect, request), f"table {request.name}")
        return DatabaseTable(connector, plan, self._pace)

    def close(self) -> None:
        """Close the connection."""
        self.connector.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_database(url: str, settings: ReadSettings = _DEFAULTS, password: str | None = None, timer: Timer = _TIMER) -> Database:
    """Connect to the database at ``url``, for reading only, and return it; ``password`` wins over the one in the URL.

    A URL without driver takes ours. Raises :class:`InputError` when the URL is malformed, the driver is missing or the server refuses,
    :class:`NotReadOnlyError` when the connection is not proven read-only.
    """
    target, dialect = parse_url(url)
    database = Database(Connector(with_password(target, password), dialect, settings, timer))
    database.connector.run(lambda connection: None)
    return database
