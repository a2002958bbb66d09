"""MySQL and MariaDB, by PyMySQL."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Connection, RowMapping, text
from sqlalchemy import types as sql
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, ProgrammingError

from scanner.databases.dialects.base import BYTES, CONNECT_TIMEOUT, GONE, SLOW, UNREACHABLE, Dialect, Failure, Failures
from scanner.databases.errors import NotReadOnlyError
from scanner.databases.requests import ReadSettings
from scanner.errors import InputError

_NOT_ALLOWED = 1227  # a privilege is lacking
_MARGIN = 10  # seconds that the client waits beyond the server's own timeout
_DENIED = Failure("this user may not read it: grant it SELECT")


class MySQL(Dialect):
    """MySQL."""

    name = "mysql"
    driver = "pymysql"
    extra = "mysql"
    key_types = (sql.Integer, sql.Numeric, sql.String, sql.Date, sql.DATETIME, sql.Uuid, *BYTES)
    statement_timeout = "SET SESSION max_execution_time = {milliseconds}"
    failures: ClassVar[Failures] = {
        1040: Failure("the server has no connection left", passes=True),
        1044: Failure("this user may not use this database"),
        1045: Failure("the user or the password is wrong"),
        1049: Failure("there is no such database on the server"),
        1053: Failure("the server is shutting down", passes=True),
        1054: Failure("a column does not exist; check the filter"),
        1064: Failure("the filter is no valid SQL condition"),
        1142: _DENIED,
        1143: _DENIED,
        1146: Failure("the table does not exist any more"),
        1205: Failure("a lock was not obtained in time", passes=True),
        1213: Failure("a deadlock stopped a statement", passes=True),
        1317: Failure("a statement was stopped", passes=True),
        1792: Failure("the filter calls a function that writes: nothing is written, and nothing read"),
        1927: GONE,
        1969: SLOW,
        2003: UNREACHABLE,
        2006: GONE,
        2013: GONE,
        3024: SLOW,
    }

    def target(self, url: URL, settings: ReadSettings) -> tuple[URL, dict[str, Any]]:
        """Return PyMySQL's own timeouts, for a network that swallows packets, and the character set."""
        timeouts = {"connect_timeout": CONNECT_TIMEOUT, "read_timeout": round(settings.statement_timeout) + _MARGIN}
        return url, {name: value for name, value in {**timeouts, "charset": "utf8mb4"}.items() if name not in url.query}

    def prepare(self, connection: Any, settings: ReadSettings) -> None:
        """Make every transaction of the session ``READ ONLY``, checked by the session's variables."""
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION TRANSACTION READ ONLY")
            cursor.execute(self.statement_timeout.format(milliseconds=round(settings.statement_timeout * 1000)))
            cursor.execute("SHOW SESSION VARIABLES WHERE Variable_name IN ('tx_read_only', 'transaction_read_only')")
            values = {value for _, value in cursor.fetchall()}
        if values != {"ON"}:
            raise NotReadOnlyError("the server did not make the session read-only")
        connection.rollback()

    def code(self, error: BaseException) -> int | None:
        """Return the number of the error."""
        number = error.args[0] if error.args else None
        return number if isinstance(number, int) else None

    def replica_lag(self, connection: Connection) -> float | None:
        """Return what the replication threads say of themselves, ``None`` when they do not run."""
        try:
            row = _replica_status(connection)
        except DBAPIError as error:
            if self.code(error.orig or error) != _NOT_ALLOWED:
                raise
            raise InputError("this user may not see the replica's lag: grant it REPLICA MONITOR, or set no limit to the lag") from None
        if row is None:
            return 0.0
        lag = next((value for name, value in row.items() if name.lower() in ("seconds_behind_source", "seconds_behind_master")), None)
        return None if lag is None else float(lag)


def _replica_status(connection: Connection) -> RowMapping | None:
    try:
        return connection.execute(text("SHOW REPLICA STATUS")).mappings().first()
    except ProgrammingError:  # the words of servers before MariaDB 10.5 and MySQL 8.0.22
        return connection.execute(text("SHOW SLAVE STATUS")).mappings().first()


class MariaDB(MySQL):
    """MariaDB."""

    name = "mariadb"
    statement_timeout = "SET SESSION max_statement_time = {milliseconds} / 1000"
