"""Microsoft SQL Server, by pymssql."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from sqlalchemy import ColumnElement, Connection, cast, func
from sqlalchemy import types as sql
from sqlalchemy.engine import URL
from sqlalchemy.types import TypeEngine

from scanner.databases.dialects.base import BYTES, CONNECT_TIMEOUT, GONE, SLOW, UNREACHABLE, Dialect, Failure, Failures
from scanner.databases.errors import NotReadOnlyError
from scanner.databases.requests import ReadSettings
from scanner.errors import InputError

WRITABLE = (
    "SELECT CASE WHEN DATABASEPROPERTYEX(DB_NAME(), 'Updateability') = 'READ_ONLY' THEN 0 "
    "WHEN IS_MEMBER('db_denydatawriter') = 1 AND HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'UPDATE') = 0 THEN 0 ELSE 1 END"
)


class SQLServer(Dialect):
    """SQL Server."""

    name = "mssql"
    driver = "pymssql"
    extra = "mssql"
    system_schemas = "sys|INFORMATION_SCHEMA|guest|db_.*"
    key_types = (sql.Integer, sql.Numeric, sql.String, sql.Date, sql.Uuid, *BYTES)
    failures: ClassVar[Failures] = {
        102: Failure("the filter is no valid SQL condition"),
        207: Failure("a column does not exist; check the filter"),
        208: Failure("the table does not exist any more"),
        229: Failure("this user may not read it: grant it SELECT"),
        230: Failure("this user may not read it: grant it SELECT"),
        1205: Failure("a deadlock stopped a statement", passes=True),
        1222: Failure("a lock was not obtained in time", passes=True),
        4060: Failure("there is no such database on the server, or this user may not use it"),
        18456: Failure("the user or the password is wrong"),
        20002: Failure("the server cannot be reached: check host, port, user and password", passes=True),
        20003: SLOW,
        20009: UNREACHABLE,
        20047: GONE,
    }

    def target(self, url: URL, settings: ReadSettings) -> tuple[URL, dict[str, Any]]:
        """Return the driver's timeouts and the intent that leads to a readable secondary."""
        return url, {"login_timeout": CONNECT_TIMEOUT, "timeout": round(settings.statement_timeout), "read_only": True}

    def prepare(self, connection: Any, settings: ReadSettings) -> None:
        """Check that the database, or this user, cannot write: SQL Server has no read-only transaction."""
        with connection.cursor() as cursor:
            cursor.execute(WRITABLE)
            (writable,) = cursor.fetchone()
        if writable:
            raise NotReadOnlyError(
                "SQL Server has no read-only transaction: name a readable secondary, or a user who is a member of db_denydatawriter"
            )
        connection.rollback()

    def code(self, error: BaseException) -> int | None:
        """Return the number of the error, which DB-Library puts beside its words."""
        number = error.args[0] if error.args else None
        if isinstance(number, tuple):
            number = number[0]
        return number if isinstance(number, int) else None

    def replica_lag(self, connection: Connection) -> NoReturn:
        """Refuse: a secondary does not tell its lag to plain users."""
        raise InputError("the lag of a SQL Server secondary cannot be read: set no limit to it")

    def beginning(self, column: ColumnElement[Any], length: int) -> ColumnElement[Any]:
        """Return the first characters, or bytes, by way of the one type that every other can be cast to."""
        return func.substring(cast(column, sql.VARBINARY() if isinstance(column.type, BYTES) else sql.Unicode()), 1, length)

    def bound(self, value: Any, kind: TypeEngine[Any]) -> ColumnElement[Any]:
        """Return ``value`` as the very type of the column: a comparison of ``varchar`` with ``nvarchar`` follows another order."""
        return cast(super().bound(value, kind), kind)
