"""Where the sealed cells of a record stand in production: columns of one row, or, for the numbered lines of one text, rows of a table."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.memos.line_columns import LineGroup, group_columns


@dataclass(frozen=True, slots=True)
class RecordLayout:
    """The cells of one record. ``key`` is JSON-ready; ``number_column`` is that of the lines where each is a row, ``""`` elsewhere.

    ``groups`` are the cells that are lines of one text. Made by :func:`record_layout`.
    """

    key: tuple[tuple[str, Any], ...]
    text_column: str
    number_column: str
    groups: tuple[LineGroup, ...]

    def place(self, cell: str) -> tuple[str, str, str]:
        """Return the key of the row of ``cell`` as JSON, its column, and its line where each line is a row, else ``""``."""
        if not self.number_column:
            return json.dumps(dict(self.key), ensure_ascii=False), cell, ""
        number: int | str = int(cell) if cell.lstrip("-").isdecimal() and str(int(cell)) == cell else cell
        return json.dumps({**dict(self.key), self.number_column: number}, ensure_ascii=False), self.text_column, cell


def record_layout(
    key_columns: Sequence[str], key: Sequence[Any], text_columns: Sequence[str], cells: Collection[str], fields: Collection[str]
) -> RecordLayout:
    """Return the layout of a record whose sealed ``cells`` are given by name and whose findings are in ``fields``.

    A key shorter than ``key_columns`` is that of a record whose lines are rows: the next key column numbers them. ``key`` is JSON-ready.
    """
    named = tuple(zip(key_columns, key, strict=False))
    if len(key) < len(key_columns):
        text_column = text_columns[0]
        return RecordLayout(named, text_column, key_columns[len(key)], (LineGroup(text_column, tuple(cells)),))
    groups = []
    for group in group_columns(text_columns):
        columns = tuple(column for column in group.columns if column in cells)
        if columns and not set(columns).intersection(fields):  # else the scan read its columns one by one
            groups.append(LineGroup(group.name, columns))
    return RecordLayout(named, "", "", tuple(groups))
