"""SQLite files."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from sqlalchemy import Connection
from sqlalchemy import types as sql
from sqlalchemy.engine import URL

from scanner.databases.cells import text_or_raw
from scanner.databases.dialects.base import SLOW, Dialect, Failure, Failures
from scanner.databases.errors import NotReadOnlyError
from scanner.databases.requests import ReadSettings
from scanner.errors import InputError

_STEPS = 100_000  # of SQLite's virtual machine between two looks at the clock: some milliseconds


class SQLite(Dialect):
    """SQLite."""

    name = "sqlite"
    driver = "pysqlite"
    compares_rows = True
    enforces_types = False
    key_types = (sql.TypeEngine,)
    failures: ClassVar[Failures] = {
        "SQLITE_ERROR": Failure("a column or table does not exist, or the filter is no valid SQL condition"),
        "SQLITE_BUSY": Failure("another program locks the file", passes=True),
        "SQLITE_LOCKED": Failure("another program locks the file", passes=True),
        "SQLITE_INTERRUPT": SLOW,
        "SQLITE_IOERR": Failure("the disk cannot be read", passes=True),
        "SQLITE_CANTOPEN": Failure("the file cannot be opened: this user must be able to read the file and its folder"),
        "SQLITE_READONLY": Failure("the file must be recovered first: open it once with the application that owns it"),
        "SQLITE_NOTADB": Failure("the file is no SQLite database, or an encrypted one"),
        "SQLITE_CORRUPT": Failure("the file is damaged: restore it from a backup"),
    }

    def target(self, url: URL, settings: ReadSettings) -> tuple[URL, dict[str, Any]]:
        """Return the URI that opens the file for reading only."""
        if not url.database or url.database == ":memory:":
            raise InputError("the URL names no file; write sqlite:///FILE, with four slashes for an absolute path")
        path = Path(url.database).absolute()
        if not path.is_file():
            raise InputError(f"{path}: no such file")
        return URL.create(url.drivername, database=f"file:{quote(str(path))}", query={**url.query, "mode": "ro", "uri": "true"}), {}

    def prepare(self, connection: Any, settings: ReadSettings) -> None:
        """Refuse every write, checked by asking; texts that are not UTF-8 come as bytes."""
        connection.text_factory = text_or_raw
        connection.execute("PRAGMA schema_version")  # reads the file, which opening it does not
        connection.execute("PRAGMA query_only = ON")
        if connection.execute("PRAGMA query_only").fetchone() != (1,):
            raise NotReadOnlyError("SQLite did not make the connection read-only")

    def begin(self, connection: Connection, settings: ReadSettings) -> None:
        """Start the time that the statements of the transaction have."""
        end = time.monotonic() + settings.statement_timeout
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)

    def code(self, error: BaseException) -> str | None:
        """Return the primary result code by name."""
        name: str | None = getattr(error, "sqlite_errorname", None)
        return name and "_".join(name.split("_")[:2])

    def replica_lag(self, connection: Connection) -> float:
        """Return 0: a file has no replica."""
        return 0.0
