"""Making and reading small databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from servers.postgresql import Postgres

from scanner.databases import Page, ReadSettings, TableRequest, open_database
from scanner.records import Record

COMMENT = "Le locataire signale une fuite dans la salle de bains"


class FakeTime:
    """A clock that moves only when somebody sleeps; ``slept`` holds for how long, in seconds."""

    def __init__(self, on_sleep: Callable[[], object] = lambda: None) -> None:
        self.at = 1000.0
        self.slept: list[float] = []
        self._on_sleep = on_sleep

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds
        self._on_sleep()


def make_sqlite(folder: Path, *statements: str, rows: Iterable[tuple[Any, ...]] = (), table: str = "") -> str:
    """Make a SQLite file, put ``rows`` into ``table`` and return its URL."""
    path = folder / "ikos.db"
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
        for row in rows:
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    connection.close()
    return f"sqlite:///{path}"


def read_pages(url: str, settings: ReadSettings | None = None, after: Any = None, **request: Any) -> list[Page]:
    """Return all pages of a table."""
    with open_database(url, settings or ReadSettings(page_rows=3)) as database:
        return list(database.table(TableRequest(**request)).pages(after))


def read_records(url: str, settings: ReadSettings | None = None, **request: Any) -> list[Record]:
    """Return all records of a table."""
    return [record for page in read_pages(url, settings, **request) for record in page.records]


def make_ten_rows(server: Postgres, base: str) -> str:
    """Make a table ``c`` with the keys 1 to 10 in a PostgreSQL database and return the URL."""
    rows = f"SELECT n, '{COMMENT}' FROM generate_series(1, 10) n"
    server.psql(f"CREATE TABLE c (id INT PRIMARY KEY, texte TEXT); INSERT INTO c {rows}", base)
    return server.url(base)


def keys_read(pages: Iterable[Page]) -> list[Any]:
    """Return the keys of all ``pages``."""
    return [key for page in pages for key in page.keys]
