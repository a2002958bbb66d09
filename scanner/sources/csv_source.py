"""Delimited text: CSV, TSV and their kin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from recognizers.collector import collector_paused
from scanner.columns import column_names, is_header
from scanner.errors import InputError
from scanner.records import Record
from scanner.sources.base import (
    SAMPLE_ROWS,
    Chunk,
    Layout,
    Problem,
    RecordBuilder,
    Scalar,
    Source,
    has_surrogates,
    readable,
    resolve_roles,
)
from scanner.sources.batch import RecordBatch
from scanner.sources.csv_dialect import detect_dialect
from scanner.sources.csv_rows import QUOTE, RowParser, Rows, first_row, strip_line_end
from scanner.sources.encoding import encodable
from scanner.sources.lines import BLOCK_CHARACTERS, BOM, LineWriter, first_characters, open_text
from scanner.sources.options import ReadOptions

_SAMPLE_LINES = 4 * SAMPLE_ROWS


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The first rows of a file, and how many characters stand before the first row and before the second."""

    first_row: list[str]
    next_rows: list[list[str]]
    before_header: int
    after_header: int


class CsvSource(Source[str]):
    """A delimited text file, read in blocks: its size does not matter."""

    def __init__(self, path: Path, name: str, options: ReadOptions, encoding: str) -> None:
        text = first_characters(path, encoding)
        directive = _separator_directive(text)
        delimiter = options.delimiter_character() or directive or None
        dialect = detect_dialect(text.partition("\n")[2] if directive else text, delimiter)
        self._encoding = encoding
        self._line_end = dialect.line_end
        self._chunk_size = options.chunk_size
        beginning = self._beginning(path, dialect.delimiter, skipped_lines=1 if directive else 0)
        first, body = beginning.first_row, beginning.next_rows
        headed = is_header(first, body, options.requested())
        columns = column_names([readable(cell) for cell in first] if headed else [""] * len(first))
        roles, purposes = resolve_roles(path, columns, body if headed else [first, *body], options)
        self._preface_length = beginning.after_header if headed else beginning.before_header
        layout = Layout(name, "csv", columns, roles, purposes, encoding, dialect.delimiter, QUOTE, dialect.line_end, headed)
        super().__init__(path, (layout,))
        self._parser = RowParser(dialect.delimiter, len(columns), [columns.index(column) for column in roles.texts])

    def chunks(self) -> Iterator[Chunk[str]]:
        """Yield the records in file order."""
        builder = RecordBuilder(self.layout)
        row = 0
        with open_text(self.path, self._encoding, self._line_end) as file:
            file.read(self._preface_length)
            hint = BLOCK_CHARACTERS
            lines = file.readlines(hint)
            while lines:
                ahead = file.readlines(hint)
                with collector_paused():
                    rows, left = self._parser.parse(lines, at_end=not ahead)
                for start in range(0, len(rows.texts), self._chunk_size):
                    part = rows.part(start, start + self._chunk_size)
                    with collector_paused():
                        records = _records(builder, part, row, len(self.layout.columns))
                    yield Chunk(self.layout, records, part.texts)
                    row += len(records)
                # A quoted cell still open: read ever larger blocks, lest a huge cell be parsed again for each small one.
                hint = max(BLOCK_CHARACTERS, 2 * sum(map(len, left)))
                lines = left + ahead

    def row_values(self, chunk: Chunk[str], index: int) -> dict[str, Scalar]:
        """Return the cells of one row by column; a row whose cells cannot be told apart stands whole in the first free-text column."""
        if chunk.records.problems[index] == Problem.FIELD_COUNT:
            return dict(chunk.records[index].texts)
        return dict(zip(self.layout.columns, map(readable, self._parser.values(chunk.rows[index])), strict=False))

    def writer(self, path: Path) -> CsvWriter:
        """Return a writer of the redacted copy at ``path``: same encoding, delimiter, quoting and line ends."""
        with open_text(self.path, self._encoding, "") as file:
            preface = file.read(self._preface_length)
        return CsvWriter(path, self.path, self.layout, self._parser, preface)

    def _beginning(self, path: Path, delimiter: str, skipped_lines: int) -> _Beginning:
        with open_text(path, self._encoding, self._line_end) as file:
            lines = file.readlines(BLOCK_CHARACTERS)[:_SAMPLE_LINES]
        at = _after_blank_lines(lines, skipped_lines)
        if at == len(lines):
            raise InputError(f"{path}: holds no row, only blank lines; export it again")
        preface = sum(map(len, lines[:at]))
        if at == 0 and lines[0].startswith(BOM):
            preface, lines[0] = len(BOM), lines[0].removeprefix(BOM)
        first, line_count = first_row(lines[at:], delimiter)
        after = _after_blank_lines(lines, at + line_count)
        body, _ = RowParser(delimiter, len(first), range(len(first))).parse(lines[after:], at_end=True)
        whole = [cells for cells, problem in zip(body.cells, body.problems, strict=True) if not problem]
        return _Beginning(first, whole[:SAMPLE_ROWS], preface, preface + sum(map(len, lines[at:after])))


class CsvWriter(LineWriter):
    """Writes the redacted copy of a :class:`CsvSource`."""

    def __init__(self, path: Path, original: Path, layout: Layout, parser: RowParser, preface: str) -> None:
        super().__init__(path, original, layout.encoding, preface)
        self._layout = layout
        self._parser = parser

    def edited(self, chunk: Chunk[str], index: int, texts: Mapping[str, str]) -> str:
        """Return the row at ``index`` of ``chunk`` with the columns in ``texts`` replaced."""
        row = chunk.rows[index]
        written = {column: encodable(text, self._layout.encoding) for column, text in texts.items()}
        if chunk.records.problems[index] == Problem.FIELD_COUNT:
            whole = written.get(self._layout.roles.texts[0])
            return row if whole is None else whole + row[len(strip_line_end(row)) :]
        return self._parser.with_texts(row, {self._layout.columns.index(column): text for column, text in written.items()})


def _after_blank_lines(lines: list[str], at: int) -> int:
    """Return the index of the first line from ``at`` on that is not blank."""
    while at < len(lines) and not lines[at].strip(f"{BOM}\r\n"):
        at += 1
    return at


def _separator_directive(text: str) -> str:
    """Return the delimiter that a first line ``sep=;``, written for Excel, announces, or ``""``."""
    first = text.partition("\n")[0].rstrip("\r")
    return first[4] if len(first) == 5 and first.lower().startswith("sep=") else ""


def _records(builder: RecordBuilder, rows: Rows, first_row: int, width: int) -> RecordBatch:
    damaged = has_surrogates("".join(rows.texts))
    if not damaged and not any(rows.problems):
        return builder.build(rows.cells, first_row)
    cells, problems = list(rows.cells), list(rows.problems)
    whole: dict[int, Record] = {}
    for index, (text, problem) in enumerate(zip(rows.texts, rows.problems, strict=True)):
        if problem == Problem.FIELD_COUNT:
            whole[index] = builder.build_whole(readable(strip_line_end(text)), first_row + index, problem)
            cells[index] = [""] * width
        elif damaged and has_surrogates(text):
            cells[index] = [readable(cell) for cell in cells[index]]
            problems[index] = problem or Problem.UNDECODABLE
    return builder.build(cells, first_row, problems).with_odd(whole)
