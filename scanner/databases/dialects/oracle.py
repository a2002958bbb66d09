"""Oracle, by python-oracledb."""

from __future__ import annotations

from contextlib import closing
from typing import Any, ClassVar, NoReturn

from sqlalchemy import ColumnElement, Connection, func
from sqlalchemy import types as sql
from sqlalchemy.engine import URL

from scanner.databases.dialects.base import BYTES, CONNECT_TIMEOUT, GONE, SLOW, UNREACHABLE, Dialect, Failure, Failures
from scanner.databases.errors import NotReadOnlyError
from scanner.databases.requests import ReadSettings
from scanner.errors import InputError

READ_ONLY = "SET TRANSACTION READ ONLY"
BINARY_ORDER = "ALTER SESSION SET NLS_SORT = BINARY NLS_COMP = BINARY"
_ALREADY_SET = "ORA-01453"  # SET TRANSACTION must be the first statement of a transaction


class Oracle(Dialect):
    """Oracle."""

    name = "oracle"
    driver = "oracledb"
    extra = "oracle"
    key_types = (sql.Integer, sql.Numeric, sql.String, sql.DateTime, *BYTES)
    failures: ClassVar[Failures] = {
        "ORA-00028": GONE,
        "ORA-00904": Failure("a column does not exist; check the filter"),
        "ORA-00936": Failure("the filter is no valid SQL condition"),
        "ORA-00942": Failure("the table does not exist any more, or this user may not read it: grant it SELECT"),
        "ORA-01013": SLOW,
        "ORA-01017": Failure("the user or the password is wrong"),
        "ORA-01031": Failure("this user may not read it: grant it SELECT"),
        "ORA-01033": Failure("the server takes no connection now", passes=True),
        "ORA-01089": Failure("the server is shutting down", passes=True),
        "ORA-01456": Failure("the filter calls a function that writes: nothing is written, and nothing read"),
        "ORA-01555": Failure("the server no longer knows the data as it was when the page began", passes=True),
        "ORA-03113": GONE,
        "ORA-03114": GONE,
        "ORA-03136": Failure("the server takes no connection now", passes=True),
        "ORA-12514": Failure("there is no such service on the server", passes=True),
        "ORA-12541": UNREACHABLE,
        "DPY-1001": GONE,
        "DPY-4011": GONE,
        "DPY-4024": SLOW,
        "DPY-6001": Failure("there is no such service on the server", passes=True),
        "DPY-6005": UNREACHABLE,
    }

    def target(self, url: URL, settings: ReadSettings) -> tuple[URL, dict[str, Any]]:
        """Return the driver's timeout."""
        return url, {"tcp_connect_timeout": CONNECT_TIMEOUT}

    def prepare(self, connection: Any, settings: ReadSettings) -> None:
        """Begin a ``READ ONLY`` transaction, as each one begins; proven by Oracle's refusal to set it a second time."""
        connection.call_timeout = round(settings.statement_timeout * 1000)
        with closing(connection.cursor()) as cursor:
            cursor.execute(BINARY_ORDER)  # else texts can be ordered by a language's rules, yet compared by bytes
            cursor.execute(READ_ONLY)
            try:
                cursor.execute(READ_ONLY)
            except Exception as error:
                if self.code(error) != _ALREADY_SET:
                    raise
            else:
                raise NotReadOnlyError("the server did not keep the transaction read-only")
        connection.rollback()

    def begin(self, connection: Connection, settings: ReadSettings) -> None:
        """Make the transaction ``READ ONLY``: Oracle knows no read-only session."""
        connection.exec_driver_sql(READ_ONLY)

    def code(self, error: BaseException) -> str | None:
        """Return the code, ``ORA-…`` of the server or ``DPY-…`` of the driver."""
        return getattr(error.args[0], "full_code", None) if error.args else None

    def beginning(self, column: ColumnElement[Any], length: int) -> ColumnElement[Any]:
        """Return the first characters; bytes as the characters that they are, in the character set of the database."""
        if isinstance(column.type, BYTES):
            return func.utl_raw.cast_to_varchar2(func.dbms_lob.substr(column, length, 1))
        return super().beginning(column, length)

    def replica_lag(self, connection: Connection) -> NoReturn:
        """Refuse: only administrators can see the lag of a standby."""
        raise InputError("the lag of an Oracle standby cannot be read: set no limit to it")
