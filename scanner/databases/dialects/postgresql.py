"""PostgreSQL, by psycopg 3."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Connection, Text, cast, text
from sqlalchemy import types as sql
from sqlalchemy.engine import URL

from scanner.databases.cells import RawText, text_or_raw
from scanner.databases.dialects.base import BYTES, CONNECT_TIMEOUT, GONE, SLOW, UNREACHABLE, Dialect, Failure, Failures
from scanner.databases.errors import NotReadOnlyError
from scanner.databases.requests import ReadSettings

_CONNECT = {
    "application_name": "vigie",
    "connect_timeout": str(CONNECT_TIMEOUT),
    "client_encoding": "utf8",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
_LAG = """
SELECT CASE
  WHEN NOT pg_is_in_recovery() THEN 0
  WHEN EXISTS (SELECT FROM pg_stat_wal_receiver) AND pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() THEN 0
  ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
END
"""
# The driver gives no code for what fails before the connection stands: only libpq's words, which the server's language can change.
_WORDS = (
    (re.compile(r"password authentication failed|no password supplied"), Failure("the user or the password is wrong")),
    (re.compile(r'FATAL: +database ".*" does not exist'), Failure("there is no such database on the server")),
    (re.compile(r'FATAL: +role ".*" does not exist|no pg_hba.conf entry|authentication failed'), Failure("the server refuses this user")),
    (re.compile(r"could not translate host name|failed to resolve host"), Failure("the host is unknown: check its name", passes=True)),
    (re.compile(r"the database system is|too many (clients|connections)"), Failure("the server takes no connection now", passes=True)),
)


class PostgreSQL(Dialect):
    """PostgreSQL."""

    name = "postgresql"
    aliases = ("postgres",)
    driver = "psycopg"
    extra = "postgresql"
    compares_rows = True
    system_schemas = "pg_.*|information_schema"
    key_types = (sql.Integer, sql.Numeric, sql.String, sql.Date, sql.DateTime, sql.Uuid, *BYTES, sql.Boolean)
    failures: ClassVar[Failures] = {
        "42501": Failure("this user may not read it: grant it SELECT"),
        "42P01": Failure("the table does not exist any more"),
        "42703": Failure("a column does not exist; check the filter"),
        "42601": Failure("the filter is no valid SQL condition"),
        "42804": Failure("the filter is no condition: it must be true or false"),
        "22021": Failure("a text holds bytes that are invalid in the encoding of the database: repair the row"),
        "25006": Failure("the filter calls a function that writes: nothing is written, and nothing read"),
        "40001": Failure("a conflict with the replication stopped a statement", passes=True),
        "40P01": Failure("a deadlock stopped a statement", passes=True),
        "53300": Failure("the server has no connection left", passes=True),
        "55P03": Failure("a lock was not obtained in time", passes=True),
        "57014": SLOW,
        "57P01": GONE,
        "57P02": Failure("the server crashed", passes=True),
        "57P03": Failure("the server takes no connection now", passes=True),
        "57P05": Failure("the server closed the idle connection", passes=True),
        "58030": Failure("the server cannot read its disk", passes=True),
    }

    def target(self, url: URL, settings: ReadSettings) -> tuple[URL, dict[str, Any]]:
        """Return libpq's parameters; those in the URL win. No statement is prepared: poolers between may not keep them."""
        return url, {**{name: value for name, value in _CONNECT.items() if name not in url.query}, "prepare_threshold": None}

    def prepare(self, connection: Any, settings: ReadSettings) -> None:
        """Make every transaction of the session ``READ ONLY``, checked by ``SHOW``."""
        connection.read_only = True  # each BEGIN says so too: a pooler may give each transaction another session
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = on")
            cursor.execute(f"SET statement_timeout = {round(settings.statement_timeout * 1000)}")
            read_only = cursor.execute("SHOW transaction_read_only").fetchone()
            default = cursor.execute("SHOW default_transaction_read_only").fetchone()
            if (read_only[0], default[0]) != ("on", "on"):
                raise NotReadOnlyError("the server did not make the session read-only")
            encoding = cursor.execute("SHOW server_encoding").fetchone()[0]
        connection.commit()
        if encoding == "SQL_ASCII":
            _read_any_bytes(connection)

    def code(self, error: BaseException) -> str | None:
        """Return the SQLSTATE."""
        return getattr(error, "sqlstate", None)

    def failure(self, error: BaseException) -> Failure | None:
        """Return what an error means, by its SQLSTATE, else by libpq's words."""
        if self.code(error) is not None:
            return super().failure(error)
        if type(error).__name__ != "OperationalError" and type(error).__name__ != "ConnectionTimeout":
            return None
        return next((failure for words, failure in _WORDS if words.search(str(error))), UNREACHABLE)

    def replica_lag(self, connection: Connection) -> float | None:
        """Return 0 when all that was received is replayed, else the age of the last transaction replayed."""
        lag = connection.scalar(text(_LAG))
        return None if lag is None else float(lag)

    def readable(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return texts and bytes as they are and the rest as the server writes it: Python has no date as late as ``infinity``."""
        if isinstance(column.type, (sql.String, *BYTES)):
            return super().readable(column)
        return cast(column, Text)


def _read_any_bytes(connection: Any) -> None:
    """Make a connection to a database without encoding give texts that are not UTF-8 as bytes; they are compared byte by byte anyway."""
    from psycopg.adapt import Loader

    class AnyText(Loader):
        def load(self, data: Any) -> str | RawText:
            return text_or_raw(bytes(data))

    connection.execute("SET client_encoding = 'SQL_ASCII'")
    connection.commit()
    for name in ("text", "varchar", "bpchar", "name"):
        connection.adapters.register_loader(name, AnyText)
