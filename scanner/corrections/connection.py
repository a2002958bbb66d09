"""The connection that corrections are written through: the only one that may change a production database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy import types as sql
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from scanner.corrections.statements import probe_statement
from scanner.databases.catalog import TableInfo, find_table
from scanner.databases.cells import text_or_raw
from scanner.databases.dialects import Dialect
from scanner.databases.requests import ReadSettings
from scanner.databases.url import parse_url, shown, with_password
from scanner.errors import InputError

_MAY_NOT_WRITE = "this user may not change it: grant it SELECT and UPDATE"
_READ_ONLY = "it is read-only: name the primary server, or a file that this user may write"
_VIEW = "it is a view that the database cannot change: plan and apply on the table beneath it"
_MYSQL: Mapping[str | int, str] = {1142: _MAY_NOT_WRITE, 1143: _MAY_NOT_WRITE, 1290: _READ_ONLY, 1836: _READ_ONLY, 1288: _VIEW, 1348: _VIEW}
_REFUSALS: Mapping[str, Mapping[str | int, str]] = {
    "postgresql": {"42501": _MAY_NOT_WRITE, "25006": _READ_ONLY, "55000": _VIEW, "0A000": _VIEW},
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "sqlite": {"SQLITE_READONLY": _READ_ONLY, "SQLITE_ERROR": _VIEW},
    "oracle": {
        "ORA-01031": _MAY_NOT_WRITE,
        "ORA-41900": _MAY_NOT_WRITE,
        "ORA-16000": _READ_ONLY,
        "ORA-01732": _VIEW,
        "ORA-01733": _VIEW,
        "ORA-01779": _VIEW,
    },
    "mssql": {229: _MAY_NOT_WRITE, 230: _MAY_NOT_WRITE, 3906: _READ_ONLY, 4403: _VIEW, 4405: _VIEW, 4406: _VIEW},
}
"""Why a database refuses to change a table at all, by the code of its error."""

_LOCKED: Mapping[str, frozenset[str | int]] = {
    "postgresql": frozenset({"55P03"}),
    "mysql": frozenset({1205, 3572}),
    "mariadb": frozenset({1205}),
    "oracle": frozenset({"ORA-00054"}),
    "mssql": frozenset({1222}),
}
"""Codes that say that somebody else is changing the row right now."""

_BUSY_SECONDS = 10  # for another program that writes to a SQLite file
_TRANSACTIONAL_ENGINES = frozenset({"innodb", "rocksdb", "ndbcluster"})


class WritableDatabase:
    """A database that is open for changes; a context manager. ``name`` is what :mod:`scanner.databases` calls it."""

    def __init__(self, url: str, password: str | None = None, settings: ReadSettings | None = None) -> None:
        """Prepare to connect; raise :class:`InputError` when the URL cannot work or the driver is missing."""
        target, self.dialect = parse_url(url)
        self.name = shown(target)
        self._tables: dict[str, TableInfo] = {}
        location, arguments = _target(with_password(target, password), self.dialect, settings or ReadSettings())
        try:
            self.engine = create_engine(location, hide_parameters=True, pool_size=1, max_overflow=0, connect_args=arguments)
        except ModuleNotFoundError:
            raise InputError(f"{self.name}: its driver is not installed: pip install 'vigie[{self.dialect.extra}]'") from None
        except NoSuchModuleError:
            raise InputError(f"{self.name}: unknown driver in the URL: leave it out, as in {self.dialect.name}://") from None
        if self.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))

    @contextmanager
    def begin(self, about: str = "") -> Iterator[Connection]:
        """Give one transaction, committed at the end of the block, rolled back when it raises.

        Errors of the database become :class:`InputError`, which names what they are ``about``.
        """
        try:
            with self.engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise InputError(f"{self.name}{about and f', {about}'}: {self._reason(error)}") from None

    def table(self, connection: Connection, name: str) -> TableInfo:
        """Return what the database says of the table ``name``; raise :class:`InputError` when it is not there."""
        if name not in self._tables:
            try:
                self._tables[name] = find_table(connection, name)
            except InputError as error:
                raise InputError(f"{self.name}, table {name}: {error}") from None
        return self._tables[name]

    def check_writable(self, source: str, field: str) -> None:
        """Raise :class:`InputError` when ``field`` of the table ``source`` cannot be changed, or not safely. Changes nothing."""
        about = f"table {source}, column {field}"
        with self.begin(about) as connection:
            info = self.table(connection, source)
            reason = self._unsafe(connection, info, field)
            if reason:
                raise InputError(f"{self.name}, {about}: {reason}")
            connection.execute(probe_statement(info, field))
            connection.rollback()

    def is_lock(self, error: DBAPIError) -> bool:
        """Tell whether a statement met a row that somebody else is changing."""
        return self.dialect.code(error.orig or error) in _LOCKED.get(self.dialect.name, ())

    def is_lost(self, error: DBAPIError) -> bool:
        """Tell whether the transaction cannot go on after ``error``: the connection is lost, the server stops, a statement hangs."""
        failure = self.dialect.failure(error.orig or error)
        return error.connection_invalidated or (failure is not None and failure.passes and not self.is_lock(error))

    def close(self) -> None:
        """Close the connection."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _unsafe(self, connection: Connection, info: TableInfo, field: str) -> str:
        """Return why ``field`` cannot be changed safely, ``""`` when it can."""
        if field not in info.types:
            return "the column is not there any more"
        kind = info.types[field]
        if self.dialect.enforces_types and (not isinstance(kind, sql.String) or isinstance(kind, sql.Enum)):
            return f"its type is {kind}, which is no plain text: correct it by hand"
        if self.dialect.name == "postgresql" and connection.scalar(text("SHOW server_encoding")) == "SQL_ASCII":
            return "the database does not know its own encoding (SQL_ASCII): correct it by hand"
        if self.dialect.name in ("mysql", "mariadb"):
            engine = _storage_engine(connection, info)
            if engine and engine.lower() not in _TRANSACTIONAL_ENGINES:
                return f"its storage engine {engine} has no transactions: correct it by hand, or convert it to InnoDB"
        return ""

    def _reason(self, error: DBAPIError) -> str:
        cause = error.orig or error
        code = self.dialect.code(cause)
        if code is not None and (refusal := _REFUSALS[self.dialect.name].get(code)):
            return refusal
        if failure := self.dialect.failure(cause):
            return failure.reason
        if error.connection_invalidated:
            return "the connection was lost"
        return f"the database refused a statement ({type(cause).__name__}{'' if code is None else f', {code}'})"


def _target(url: URL, dialect: Dialect, settings: ReadSettings) -> tuple[URL, dict[str, Any]]:
    location, arguments = dialect.target(url, settings)  # checks the URL as well
    arguments.pop("read_only", None)
    if dialect.name != "sqlite":
        return location, arguments
    file = f"file:{quote(str(Path(url.database or '').absolute()))}"
    return URL.create(url.drivername, database=file, query={"mode": "rw", "uri": "true"}), {}


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's documented way to have the transactions begin and end where it says
    connection.text_factory = text_or_raw
    connection.execute(f"PRAGMA busy_timeout = {1000 * _BUSY_SECONDS}")


def _storage_engine(connection: Connection, info: TableInfo) -> str:
    options = inspect(connection).get_table_options(info.clause.name, schema=info.clause.schema)
    return next((str(value) for name, value in options.items() if name.endswith("_engine")), "")
