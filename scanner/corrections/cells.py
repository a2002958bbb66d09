"""One cell of a production database: what it holds now, and the exchange of its text for another one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from scanner.corrections.connection import WritableDatabase
from scanner.corrections.ledger import Change
from scanner.corrections.outcome import Verdict
from scanner.corrections.statements import read_statement, update_statement
from scanner.databases.cells import RawText
from scanner.databases.key_values import key_from_json

Judge = Callable[[str], Verdict]
"""Says of the text that a cell holds whether it is ``ready`` to change, ``already`` as asked, or what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell that ``change`` names, in ``database``."""

    database: WritableDatabase
    change: Change

    def look(self, connection: Connection, judge: Judge) -> Verdict:
        """Return what ``judge`` says of the cell, or why it cannot be judged. Nothing is locked."""
        text = self._read(connection, lock=False)
        return judge(text) if isinstance(text, str) else text[0]

    def exchange(self, connection: Connection, judge: Judge, new_text: str) -> Verdict:
        """Write ``new_text`` when ``judge`` finds the cell ``ready``, the row being locked, and return what it finds.

        Whatever the database does not store faithfully is rolled back. Raises :class:`DBAPIError` when the transaction is lost.
        """
        savepoint = connection.begin_nested()
        try:
            verdict = self._exchange(connection, judge, new_text)
        except DBAPIError as error:
            if self.database.is_lost(error):
                raise
            verdict = "locked" if self.database.is_lock(error) else "refused"
        if verdict == "ready":
            savepoint.commit()
        else:
            savepoint.rollback()
        return verdict

    def _exchange(self, connection: Connection, judge: Judge, new_text: str) -> Verdict:
        old_text = self._read(connection, lock=True)
        if not isinstance(old_text, str):
            return old_text[0]
        verdict = judge(old_text)
        if verdict != "ready":
            return verdict
        info = self.database.table(connection, self.change.source)
        statement = update_statement(info, self.change.field, self._key, self.database.dialect, old_text, new_text)
        if connection.execute(statement).rowcount != 1:
            return "changed"
        stored = self._read(connection, lock=False)
        return "ready" if isinstance(stored, str) and stored.rstrip(" ") == new_text.rstrip(" ") else "altered"

    def _read(self, connection: Connection, *, lock: bool) -> str | tuple[Verdict]:
        """Return the text of the cell, ``NULL`` as ``""``, or the verdict on a cell that is none."""
        info = self.database.table(connection, self.change.source)
        statement = read_statement(info, self.change.field, self._key, self.database.dialect, lock=lock)
        rows = connection.execute(statement).fetchmany(2)
        if len(rows) != 1:
            return ("ambiguous" if rows else "gone",)
        value: Any = rows[0][0]
        if isinstance(value, RawText) or not isinstance(value, str | None):
            return ("undecodable",)
        return value or ""

    @property
    def _key(self) -> dict[str, Any]:
        values = json.loads(self.change.key_values)
        return dict(zip(values, key_from_json(json.dumps(list(values.values()))), strict=True))
