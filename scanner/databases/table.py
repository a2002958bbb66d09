"""One table of a database, read page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection

from recognizers.collector import collector_paused
from scanner.databases.cells import RawText
from scanner.databases.connection import Connector
from scanner.databases.key_values import KEY_TYPES, Key
from scanner.databases.keyset import count_statement, is_filled, page_statement
from scanner.databases.pace import Pace
from scanner.databases.record_maker import make_records
from scanner.databases.resolve import TablePlan
from scanner.errors import InputError
from scanner.records import Record

Row = Sequence[Any]
_FIRST_ROWS, _MOST_ROWS = 1, 256  # fetched at once: few at first, for they may be long


@dataclass(frozen=True, slots=True)
class Page:
    """Consecutive rows of a table. ``keys`` are parallel to ``records``; ``last`` is the last of them, to go on after."""

    records: list[Record]
    keys: list[Key]

    @property
    def last(self) -> Key:
        """The key of the last row."""
        return self.keys[-1]


class DatabaseTable:
    """A table or view that is read in the order of its key. Made by :meth:`Database.table`.

    ``group_width`` is how many of the first key columns identify a record that is spread over several rows, 0 when each row is one.
    """

    def __init__(self, connector: Connector, plan: TablePlan, pace: Pace) -> None:
        self.layout = plan.layout
        self.key_columns = plan.key_columns
        self.group_width = plan.group
        self._connector = connector
        self._plan = plan
        self._pace = pace
        rows = plan.rows.where(is_filled(plan.key)) if plan.key_can_be_null else plan.rows
        self._rows = rows.add_columns(*plan.key, *plan.cells)

    def pages(self, after: Key | None = None) -> Iterator[Page]:
        """Yield the rows after the key ``after``, all of them when ``None``, in pages that are never empty, to the end of the table.

        Each page is a short transaction of its own, so a long reading holds nothing back on the server: a row that is inserted or changed
        while the table is read is seen when its key comes after the pages that were read, and otherwise by the next run. A record that is
        spread over numbered rows is never cut by the end of a page.

        Raises :class:`ReadingStoppedError` when the database cannot be reached any more or its replica stays behind, :class:`InputError`
        when a statement is refused.
        """
        if after is not None and len(after) != len(self.key_columns):
            raise InputError(
                f"{self._connector.name}, {self._subject}: its key has changed since the run to go on with: use another --state"
            )
        limit = most = self._pace.page_rows
        while True:
            self._pace.wait_for_replica(self._connector)
            page, ended = self._page(after, limit)
            if page:
                after, rows = page.last, len(page.records)
                yield page
                del page  # it must not stay in memory beside the next one
                self._pace.took(rows)
                limit = min(most, 4 * rows)
            if ended:
                return

    def rows_without_key(self) -> int:
        """Return the number of rows that have no key, and so are in no page."""
        if not self._plan.key_can_be_null:
            return 0
        statement = count_statement(self._plan.rows.where(~is_filled(self._plan.key)))
        return self._connector.run(lambda connection: int(connection.scalar(statement)), self._subject)

    @property
    def _subject(self) -> str:
        return f"table {self.layout.source}"

    def _page(self, after: Key | None, limit: int) -> tuple[Page | None, bool]:
        """Return the next page, ``None`` when no row is left, and whether it is the last one."""
        with collector_paused():
            rows, ended = self._connector.run(partial(self._read, after=after, limit=limit), self._subject)
            return (Page(make_records(self._plan, rows), self._checked_keys(rows, after)) if rows else None), ended

    def _read(self, connection: Connection, after: Key | None, limit: int) -> tuple[list[Row], bool]:
        """Return the next rows, and whether they are the last ones."""
        characters = self._connector.settings.page_characters
        while True:
            rows, ended = self._fetch(connection, after, limit, characters)
            if ended or not self._plan.group:
                return rows, ended
            if whole := self._whole_records(rows):
                return whole, False
            limit, characters = 2 * limit, 2 * characters  # one record is larger than a page

    def _fetch(self, connection: Connection, after: Key | None, limit: int, characters: int) -> tuple[list[Row], bool]:
        statement = page_statement(self._rows, self._plan.key, self._connector.dialect, after, limit)
        rows: list[Row] = []
        held, size = 0, _FIRST_ROWS
        with closing(connection.execute(statement, execution_options={"stream_results": True})) as result:
            while held < characters and len(rows) < limit:
                more = result.fetchmany(min(size, limit - len(rows)))
                if not more:
                    return rows, True
                rows += more
                held += sum(len(cell) for row in more for cell in row if isinstance(cell, str | bytes))
                size = min(2 * size, _MOST_ROWS)
        return rows, False

    def _whole_records(self, rows: list[Row]) -> list[Row]:
        """Return ``rows`` without those of the last record, of which more may follow."""
        group = self._plan.group
        end = next((at for at in range(len(rows) - 1, 0, -1) if rows[at - 1][:group] != rows[-1][:group]), 0)
        return rows[:end]

    def _checked_keys(self, rows: Sequence[Row], after: Key | None) -> list[Key]:
        """Return the keys of ``rows``; raise :class:`InputError` when going on after one of them could skip or repeat rows."""
        width = len(self.key_columns)
        keys = [tuple(row[:width]) for row in rows]
        named = f"{self._connector.name}, {self._subject}: column {', '.join(self.key_columns)}"
        if any(part.__class__ is RawText for key in keys for part in key):
            raise InputError(f"{named} holds bytes that are no text in a key: name another column with --id-column")
        if not all(isinstance(part, KEY_TYPES) for key in keys for part in key):
            raise InputError(f"{named} holds a key that is neither number, text, date nor bytes: name another column with --id-column")
        if any(key == before for before, key in zip([after, *keys], keys, strict=False)):
            raise InputError(f"{named} does not identify the rows: two have the same value; name another with --id-column")
        return keys
