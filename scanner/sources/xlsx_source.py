"""Excel workbooks (.xlsx, .xlsm): every sheet is read, values as last computed by Excel."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from scanner.columns import column_names, is_header
from scanner.errors import InputError
from scanner.records import Record
from scanner.sources.base import (
    SAMPLE_ROWS,
    Chunk,
    Layout,
    NewTexts,
    RecordBuilder,
    RedactedWriter,
    Scalar,
    Source,
    cell_text,
    output_errors,
    resolve_roles,
)
from scanner.sources.batch import RecordBatch
from scanner.sources.options import ReadOptions

# A formula without a value; an empty one of type "str" is a computed empty text.
_UNCOMPUTED = re.compile(rb'<c\b(?![^>]*\bt="str")[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>')
_BLOCK_BYTES = 1 << 20
_OVERLAP_BYTES = 1 << 14  # longer than any formula
SheetRow = tuple[Any, ...]  # openpyxl cells


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet that holds free text; ``leading_rows`` stand before its first record: blank ones and the header."""

    title: str
    layout: Layout
    leading_rows: int


class XlsxSource(Source[list[SheetRow]]):
    """A workbook, read row by row. Each row of a chunk holds the cells of the record, then those of the blank rows after it."""

    def __init__(self, path: Path, name: str, options: ReadOptions) -> None:
        self._chunk_size = options.chunk_size
        self._sheets: dict[str, _Sheet] = {}
        refusals: list[InputError] = []
        found_as_asked = False
        with workbook(path) as book:
            refuse_uncomputed_formulas(path)
            several = len(book.worksheets) > 1
            for sheet in book.worksheets:
                source = f"{name}#{sheet.title}" if several else name
                try:
                    self._add_sheet(path, source, sheet, options)
                    found_as_asked = found_as_asked or sheet.title in self._sheets
                except InputError as refusal:
                    refusals.append(refusal)
                    self._add_undescribed_sheet(path, source, sheet)
        if not found_as_asked:
            raise refusals[0] if refusals else InputError(f"{path}: every sheet is empty; export it again")
        super().__init__(path, tuple(sheet.layout for sheet in self._sheets.values()))

    def chunks(self) -> Iterator[Chunk[list[SheetRow]]]:
        """Yield the records sheet by sheet; blank rows are no records."""
        with workbook(self.path) as book:
            for sheet in self._sheets.values():
                builder = RecordBuilder(sheet.layout)
                rows = _with_blank_rows(islice(_rows(book[sheet.title]), sheet.leading_rows, None))
                first = 0
                while part := list(islice(rows, self._chunk_size)):
                    yield Chunk(sheet.layout, _records(builder, part, first, len(sheet.layout.columns)), part)
                    first += len(part)

    def row_values(self, chunk: Chunk[list[SheetRow]], index: int) -> dict[str, Scalar]:
        """Return the cells of one row by column, as text."""
        cells, *_ = chunk.rows[index]
        names = [*chunk.layout.columns, *(_late_column(at) for at in range(len(chunk.layout.columns), len(cells)))]
        return {name: cell_text(cell.value) for name, cell in zip(names, cells, strict=False)}

    def writer(self, path: Path) -> XlsxWriter:
        """Return a writer of the redacted copy at ``path``: same sheets, values and number formats; formulas become their values."""
        return XlsxWriter(path, self.path, {sheet.layout.source: (sheet.title, sheet.leading_rows) for sheet in self._sheets.values()})

    def _add_sheet(self, path: Path, source: str, sheet: Any, options: ReadOptions) -> None:
        rows = list(islice(_rows(sheet), 4 * SAMPLE_ROWS))
        texts = [[cell_text(cell.value) for cell in row] for row in rows]
        start = next((index for index, row in enumerate(texts) if any(cell.strip() for cell in row)), None)
        if start is None:
            return
        width = max(map(len, texts))
        first, *body = ([*row, *[""] * (width - len(row))] for row in texts[start:])
        headed = is_header(first, body[:SAMPLE_ROWS], options.requested())
        columns = column_names(first if headed else [""] * width)
        sample = body if headed else [first, *body]
        roles, purposes = resolve_roles(path, columns, sample[:SAMPLE_ROWS], options)
        leading = start + headed
        while leading < len(texts) and not any(cell.strip() for cell in texts[leading]):
            leading += 1
        self._sheets[sheet.title] = _Sheet(sheet.title, Layout(source, "xlsx", columns, roles, purposes, has_header=headed), leading)

    def _add_undescribed_sheet(self, path: Path, source: str, sheet: Any) -> None:
        """Add a sheet without the columns that the user named: what it holds is found by detection, lest it escape the scan."""
        try:
            self._add_sheet(path, source, sheet, ReadOptions())
        except InputError:
            return  # no free text: the sheet is copied as it is


class XlsxWriter(RedactedWriter[list[SheetRow]]):
    """Writes the redacted copy of an :class:`XlsxSource`, the sheets without free text included."""

    def __init__(self, path: Path, original: Path, sheets: dict[str, tuple[str, int]]) -> None:
        from openpyxl import Workbook

        super().__init__(path, original)
        self._sheets = sheets
        self._opened = ExitStack()
        self._original = self._opened.enter_context(workbook(original))
        self._waiting = [sheet.title for sheet in self._original.worksheets]
        self._book = Workbook(write_only=True)
        self._sheet: Any = None

    def write(self, chunk: Chunk[list[SheetRow]], texts: NewTexts, drop: Collection[int] = ()) -> None:
        """Write the rows of ``chunk``."""
        title, leading_rows = self._sheets[chunk.layout.source]
        with output_errors(self.path):
            if title in self._waiting:
                self._copy_sheets_before(title)
                self._begin_sheet(title, leading_rows)
            for number, (cells, *blank) in enumerate(chunk.rows, start=chunk.records.first_row):
                if number in drop:
                    continue
                new = {_position(chunk.layout, column): text for column, text in texts.get(number, {}).items()}
                self._sheet.append([self._copied(cell) if index not in new else self._text(new[index]) for index, cell in enumerate(cells)])
                for row in blank:
                    self._sheet.append([self._copied(cell) for cell in row])

    def finish(self) -> None:
        """Copy the sheets that are left and save."""
        self._copy_sheets_before("")
        self._book.save(self.part)
        self._opened.close()

    def abandon(self) -> None:
        """Close the sheets and the original; nothing was saved yet."""
        for sheet in self._book.worksheets:
            sheet.close()
        self._opened.close()

    def _copy_sheets_before(self, title: str) -> None:
        while self._waiting and self._waiting[0] != title:
            self._begin_sheet(self._waiting[0], None)

    def _begin_sheet(self, title: str, row_count: int | None) -> None:
        """Create the next sheet and copy its first rows, all of them when ``row_count`` is ``None``."""
        self._waiting.remove(title)
        original = self._original[title]
        self._sheet = self._book.create_sheet(title)
        self._sheet.sheet_state = original.sheet_state
        for row in islice(_rows(original), row_count):
            self._sheet.append([self._copied(cell) for cell in row])

    def _copied(self, cell: Any) -> Any:
        if isinstance(cell.value, str):
            return self._text(cell.value) if cell.data_type != "e" else cell.value
        if cell.value is None or cell.number_format == "General":
            return cell.value
        from openpyxl.cell import WriteOnlyCell

        copy = WriteOnlyCell(self._sheet, cell.value)
        copy.number_format = cell.number_format
        return copy

    def _text(self, value: str) -> Any:
        if not value.startswith(("=", "#")):
            return value
        from openpyxl.cell import WriteOnlyCell

        copy = WriteOnlyCell(self._sheet, value)
        copy.data_type = "s"  # openpyxl would make it a formula or an error
        return copy


@contextmanager
def workbook(path: Path) -> Iterator[Any]:
    """Open the workbook at ``path`` for streaming; what turns out unreadable raises :class:`InputError`."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with path.open("rb") as file:  # given a path, openpyxl would judge the format by its suffix
            yield load_workbook(file, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, ValueError, EOFError) as error:
        raise InputError(f"{path}: damaged Excel workbook ({type(error).__name__}); open it in Excel and save it again") from None


def refuse_uncomputed_formulas(path: Path) -> None:
    """Raise :class:`InputError` when a cell has a formula and no value: its text cannot be scanned."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as file:
                    tail = b""
                    while block := file.read(_BLOCK_BYTES):
                        if _UNCOMPUTED.search(tail + block):
                            raise InputError(f"{path}: holds formulas whose values were never computed; open it in Excel and save it again")
                        tail = block[-_OVERLAP_BYTES:]


def _rows(sheet: Any) -> Iterator[SheetRow]:
    sheet.reset_dimensions()  # the size that the file announces may be wrong
    return iter(sheet.iter_rows())


def _with_blank_rows(rows: Iterator[SheetRow]) -> Iterator[list[SheetRow]]:
    """Yield each row together with the blank rows after it."""
    group: list[SheetRow] = []
    for row in rows:
        if group and all(cell.value is None for cell in row):
            group.append(row)
            continue
        if group:
            yield group
        group = [row]
    if group:
        yield group


def _records(builder: RecordBuilder, rows: list[list[SheetRow]], first_row: int, width: int) -> RecordBatch:
    """Return the records of ``rows``; a cell beyond the columns that the first rows have becomes one more text."""
    texts = [[cell_text(cell.value) for cell in cells] for cells, *_ in rows]
    records = builder.build([(cells + [""] * (width - len(cells)))[:width] for cells in texts], first_row)
    odd: dict[int, Record] = {}
    for index, cells in enumerate(texts):
        beyond = {_late_column(position): cells[position] for position in range(width, len(cells)) if cells[position].strip()}
        if beyond:
            odd[index] = replace(records[index], texts={**records[index].texts, **beyond})
    return records.with_odd(odd) if odd else records


def _late_column(index: int) -> str:
    """Return the name of a column beyond those that the first rows have."""
    return f"col{index + 1}"


def _position(layout: Layout, column: str) -> int:
    return layout.columns.index(column) if column in layout.columns else int(column.removeprefix("col")) - 1
