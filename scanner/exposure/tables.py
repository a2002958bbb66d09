"""Tables as an audit reads them: every column, whatever it holds. CSV of any size, the sheets of a workbook, the tables of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from scanner.columns import column_names
from scanner.errors import InputError
from scanner.sources import refuse_other_formats
from scanner.sources.base import Problem, cell_text, readable_rows
from scanner.sources.csv_dialect import detect_dialect
from scanner.sources.csv_rows import RowParser, first_row
from scanner.sources.encoding import detect_encoding
from scanner.sources.lines import BLOCK_CHARACTERS, BOM, first_characters, open_text
from scanner.sources.xlsx_source import refuse_uncomputed_formulas, workbook

_SAMPLE_LINES = 2_000
_DELIMITERS = ";\t|,"  # of a table too short for its rows to tell
_SHEET_ROWS = 5_000
_BEFORE_HEADER = re.compile(r"\A(?:[ \t]*+(?:sep=.[ \t]*+)?[\r\n]++)*+")  # blank lines, and the directive that Excel reads
_HTML = (b"<!doctype", b"<html", b"<table", b"<div", b"<body", b"<head")


@dataclass(frozen=True, slots=True)
class Rows:
    """Consecutive rows: their cells, one a column, the number of the first (from 1, header excluded) and the problem of each or ``""``."""

    cells: Sequence[Sequence[str]]
    first: int
    problems: Sequence[str]


class Table(Protocol):
    """A table: its name in messages, the names of its columns, and its rows, as often as they are asked for."""

    @property
    def name(self) -> str:
        """The name of the file."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, each once."""
        ...

    def rows(self) -> Iterator[Rows]:
        """Yield the rows in file order."""
        ...


def open_table(path: Path) -> Table:
    """Return the table at ``path``; the format is found from its content.

    Its first row that is not blank names the columns. Of a workbook the first sheet that is not empty is read, of a page its tables, all
    as one. Raises :class:`InputError` when the file is missing, empty, binary or damaged, or when a page holds no table.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(1024)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path and the rights") from None
    if not beginning.strip():
        raise InputError(f"{path}: is empty; export it again")
    refuse_other_formats(path, beginning)
    if beginning.startswith(b"PK\x03\x04"):
        return SheetTable(path)
    if beginning.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML) or path.suffix.lower() in (".html", ".htm"):
        from scanner.exposure.pages import page_table

        return page_table(path)
    return CsvTable(path)


class CsvTable:
    """Delimited text, read in blocks: its size does not matter."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._path = path
        self._encoding = detect_encoding(path, None)
        text = first_characters(path, self._encoding)
        body = _BEFORE_HEADER.sub("", text, count=1)
        if not body:
            raise InputError(f"{path}: holds only blank lines; export it again")
        dialect = detect_dialect(body, None)
        self._line_end = dialect.line_end
        lines = body.split(dialect.line_end, _SAMPLE_LINES)
        delimiter = dialect.delimiter or max(_DELIMITERS, key=lines[0].count)
        cells, count = first_row([line + dialect.line_end for line in lines], delimiter)
        with open_text(path, self._encoding, self._line_end) as file:
            mark = file.read(1) == BOM
        self._skipped = mark + len(text) - len(body) + sum(len(line) + len(dialect.line_end) for line in lines[:count])
        self.columns = column_names(readable_rows([cells])[0][0])
        self._parser = RowParser(delimiter, len(self.columns), ())

    def rows(self) -> Iterator[Rows]:
        """Yield the rows, blank lines left out; one whose cells cannot be told apart has its problem told."""
        number = 1
        with open_text(self._path, self._encoding, self._line_end) as file:
            file.read(self._skipped)
            lines = file.readlines(BLOCK_CHARACTERS)
            while lines:
                ahead = file.readlines(BLOCK_CHARACTERS)
                parsed, left = self._parser.parse(lines, at_end=not ahead)
                cells, undecodable = readable_rows(parsed.cells)
                problems = (
                    [own or other for own, other in zip(parsed.problems, undecodable, strict=True)] if undecodable else parsed.problems
                )
                yield Rows(cells, number, problems)
                number += len(cells)
                lines = left + ahead


class SheetTable:
    """The first sheet of a workbook that is not empty, read row by row: values as last computed."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._path = path
        with workbook(path) as book:
            refuse_uncomputed_formulas(path)
            for sheet in book.worksheets:
                header = next(_filled_rows(sheet), None)
                if header is not None:
                    self._title = sheet.title
                    self.columns = column_names(header)
                    return
        raise InputError(f"{path}: every sheet is empty; export it again")

    def rows(self) -> Iterator[Rows]:
        """Yield the rows that are not blank; cells beyond the header are a problem of their row."""
        width, number = len(self.columns), 1
        with workbook(self._path) as book:
            rows = islice(_filled_rows(book[self._title]), 1, None)
            while part := list(islice(rows, _SHEET_ROWS)):
                problems = [Problem.FIELD_COUNT if any(cell.strip() for cell in cells[width:]) else "" for cells in part]
                yield Rows([(cells + [""] * width)[:width] for cells in part], number, problems)
                number += len(part)


class HeldTable:
    """A table that is held in memory, such as that of a page."""

    def __init__(self, name: str, columns: tuple[str, ...], cells: Sequence[Sequence[str]]) -> None:
        self.name = name
        self.columns = columns
        self._cells = cells

    def rows(self) -> Iterator[Rows]:
        """Yield all rows at once."""
        if self._cells:
            yield Rows(self._cells, 1, [""] * len(self._cells))


def _filled_rows(sheet: Any) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # the size that the file announces may be wrong
    for row in sheet.iter_rows(values_only=True):
        cells = [cell_text(value) for value in row]
        if any(cell.strip() for cell in cells):
            yield cells
