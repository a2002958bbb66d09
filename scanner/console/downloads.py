"""Files to download: tables for spreadsheets in which no cell can run as a formula, sent as they are made."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from fastapi.responses import StreamingResponse

Cell = str | int | float

XLSX_ROWS = 100_000
"""Rows that a workbook is made of at most: making one holds the processor for half a minute. CSV has no limit."""
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HTML_TYPE = "text/html; charset=utf-8"
JSON_TYPE = "application/json"

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # some spreadsheets take the wide ones too
_UNPRINTABLE = {code: "\ufffd" for code in range(32) if chr(code) not in "\t\n\r"}  # no cell of a workbook can hold them
_ROWS_A_CHUNK = 500
_CHUNK = 1 << 16


def download(name: str, media_type: str, chunks: Iterable[bytes]) -> StreamingResponse:
    """Return the answer that makes a browser save ``chunks`` as the file ``name``, of letters, digits, dots and dashes only.

    Nothing of it runs should a browser show it: a report brings its own styles and nothing else.
    """
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    return StreamingResponse(iter(chunks), media_type=media_type, headers=headers)


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


def xlsx_chunks(header: Sequence[str], rows: Iterable[Sequence[Cell]], title: str) -> Iterator[bytes]:
    """Yield a workbook of one sheet. It is written to a temporary file first, whatever its size memory is not."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    heading = []
    for name in header:
        cell = WriteOnlyCell(sheet, name)
        cell.font = Font(bold=True)
        heading.append(cell)
    sheet.append(heading)
    for row in rows:
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
