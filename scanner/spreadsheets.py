"""Tables for spreadsheets in which no cell can run as a formula, made a part at a time: whatever their size, memory is not."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

Cell = str | int | float

XLSX_ROWS = 100_000
"""Rows that a sheet is made of at most: making one holds the processor for half a minute. CSV has no limit."""

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # some spreadsheets take the wide ones too
_UNPRINTABLE = {code: "\ufffd" for code in range(32) if chr(code) not in "\t\n\r"}  # no cell of a workbook can hold them
_ROWS_A_CHUNK = 500
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Sheet:
    r"""A sheet of a workbook: its title (31 characters at most, none of ``[]:*?/\\``), the names of its columns, its rows."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def csv_chunks(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield a table as French spreadsheets open it: UTF-8 with BOM, semicolons, decimal commas."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";", lineterminator="\r\n")
    made.write("\ufeff")
    rest = chain((header,), rows)
    while part := list(islice(rest, _ROWS_A_CHUNK)):
        writer.writerows([_decimal(cell) for cell in map(safe_cell, row)] for row in part)
        yield made.getvalue().encode("utf-8", "replace")
        made.seek(0)
        made.truncate()


def xlsx_chunks(sheets: Iterable[Sheet]) -> Iterator[bytes]:
    """Yield a workbook. It is written to a temporary file first, a row at a time."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    for one in sheets:
        sheet = book.create_sheet(one.title)
        sheet.freeze_panes = "A2"
        heading = []
        for at, name in enumerate(one.header):
            cell = WriteOnlyCell(sheet, name)
            cell.font = Font(bold=True)
            heading.append(cell)
            sheet.column_dimensions[chr(ord("A") + at)].width = max(12, len(name) + 2)
        sheet.append(heading)
        for row in one.rows:
            sheet.append([cell.translate(_UNPRINTABLE) if isinstance(cell, str) else cell for cell in map(safe_cell, row)])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def safe_cell(cell: Cell) -> Cell:
    """Return ``cell`` so that no spreadsheet takes it for a formula: an apostrophe before what would begin one."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_STARTS_FORMULA) else cell


def _decimal(cell: Cell) -> Cell:
    return str(cell).replace(".", ",") if isinstance(cell, float) else cell
