"""Lines of a delimited text to rows of cells, the text of each row kept, malformed quotes and cell counts survived."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from scanner.sources.base import Problem

if TYPE_CHECKING:
    from _csv import Reader

QUOTE = '"'
MAX_ROW_CHARACTERS = 1 << 26  # a quoted cell still open after this many is taken for a stray quote, so that memory stays bounded
_NO_DELIMITER = "\x1f"  # stands for "single column": a separator that no export uses
_MAX_HELD_ROWS = 50
_LINE_BREAKS = "\r\n"

csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True, slots=True)
class FieldSpan:
    """Where one cell lies in the text of its row: ``text[start:end]``, quotes included; ``value`` is what it says."""

    start: int
    end: int
    value: str
    stray_quote: bool


@dataclass(slots=True)
class Rows:
    """Rows in file order, three parallel lists: cells, text as in the file (line end included), problem or ``""``."""

    cells: list[list[str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def append(self, cells: list[str], text: str, problem: str) -> None:
        """Add one row."""
        self.cells.append(cells)
        self.texts.append(text)
        self.problems.append(problem)

    def extend(self, cells: list[list[str]], texts: list[str]) -> None:
        """Add rows without problem."""
        self.cells += cells
        self.texts += texts
        self.problems += [""] * len(texts)

    def part(self, start: int, end: int) -> Rows:
        """Return the rows from ``start`` to ``end``, end exclusive."""
        return Rows(self.cells[start:end], self.texts[start:end], self.problems[start:end])


class RowParser:
    """Parses lines into rows of ``width`` cells. Unquoted line breaks are mended where they fall in a column of ``text_positions``."""

    def __init__(self, delimiter: str, width: int, text_positions: Collection[int]) -> None:
        self._delimiter = delimiter or _NO_DELIMITER
        self._width = width
        self._text_positions = frozenset(text_positions)
        self._field = re.compile(rf'"((?:[^"]++|"")*+)"([^{re.escape(self._delimiter)}]*)|([^{re.escape(self._delimiter)}]*)')

    def parse(self, lines: list[str], at_end: bool) -> tuple[Rows, list[str]]:
        """Return the rows of ``lines`` and the text that must be parsed again in front of the next lines (none when ``at_end``).

        ``lines`` keep their line ends. A row is given back when the next line may belong to it.
        """
        quoted = [at for at, line in enumerate(lines) if QUOTE in line]
        left: list[str] = []
        rows = self._parse_one_line_rows(lines, quoted)
        if rows is None:
            rows, left = self._parse_quoted(lines, quoted, at_end)
        if {len(cells) for cells in rows.cells} - {self._width}:
            rows = self._mended(rows)
        if not at_end and not left:
            held = self._rows_to_hold(rows)
            kept = len(rows.texts) - held
            rows, left = rows.part(0, kept), rows.texts[kept:]
        return rows, left

    def fields(self, text: str) -> list[FieldSpan]:
        """Return the cells of the row ``text``, with their places in it."""
        body = strip_line_end(text)
        spans: list[FieldSpan] = []
        start = 0
        while True:
            match = self._field.match(body, start)
            assert match  # the last alternative matches the empty text
            quoted, rest, bare = match.groups()
            value = bare if quoted is None else quoted.replace(QUOTE * 2, QUOTE) + rest
            spans.append(FieldSpan(start, match.end(), value, quoted is None and bare.startswith(QUOTE)))
            start = match.end() + 1
            if match.end() == len(body):
                return spans

    def with_texts(self, text: str, new_texts: Mapping[int, str]) -> str:
        """Return the row ``text`` with the cells at the positions in ``new_texts`` replaced, every other character as it was."""
        if QUOTE not in text:
            body = strip_line_end(text)
            cells = body.split(self._delimiter)
            for position, new in new_texts.items():
                cells[position] = self._written(new, cells[position], cells[position])
            return self._delimiter.join(cells) + text[len(body) :]
        pieces: list[str] = []
        done = 0
        for position, span in enumerate(self.fields(text)):
            if position in new_texts:
                pieces += (text[done : span.start], self._written(new_texts[position], text[span.start : span.end], span.value))
                done = span.end
        return "".join((*pieces, text[done:]))

    def values(self, text: str) -> list[str]:
        """Return what the cells of the row ``text`` say."""
        return [span.value for span in self.fields(text)] if QUOTE in text else strip_line_end(text).split(self._delimiter)

    def _written(self, new: str, old: str, old_value: str) -> str:
        """Return the value ``new`` as the file would write it in place of ``old``, quoted when ``old`` was or when it must be."""
        if new[:1] in ("=", "+", "-", "@") and new[:1] != old_value[:1]:
            new = "'" + new  # a spreadsheet would run it as a formula
        breaks_line = ("\n" in new or "\r" in new) and "\n" not in old and "\r" not in old
        if (old.startswith(QUOTE) and old != old_value) or self._delimiter in new or breaks_line or new.startswith(QUOTE):
            return QUOTE + new.replace(QUOTE, QUOTE * 2) + QUOTE
        return new

    def _split(self, lines: Sequence[str]) -> list[list[str]]:
        """Return the cells of ``lines``, which hold no quote."""
        delimiter = self._delimiter
        return [line.rstrip(_LINE_BREAKS).split(delimiter) for line in lines]

    def _parse_one_line_rows(self, lines: list[str], quoted: Sequence[int]) -> Rows | None:
        """Return the rows of ``lines`` when each is one well-formed row, ``None`` otherwise; those at ``quoted`` hold quotes."""
        if not quoted:
            return Rows(self._split(lines), lines, [""] * len(lines))
        if any(lines[at].count(QUOTE) % 2 for at in quoted):
            return None
        try:
            cells = list(self._reader(iter(lines)))
        except csv.Error:
            return None
        return Rows(cells, lines, [""] * len(lines)) if len(cells) == len(lines) and all(cells) else None

    def _parse_quoted(self, lines: list[str], quoted: Sequence[int], at_end: bool) -> tuple[Rows, list[str]]:
        """Return what :meth:`parse` does, but for cell counts; only the lines at ``quoted`` hold quotes."""
        rows = Rows()
        at = 0
        ahead = iter(lines)
        reader = self._reader(ahead)
        bounds = iter((*quoted, len(lines)))
        bound = next(bounds)
        while at < len(lines):
            while bound < at:
                bound = next(bounds)
            if at < bound:  # no quote is open: each line is a row
                plain = list(islice(ahead, bound - at))
                rows.extend(self._split(plain), plain)
                at = bound
                continue
            lines_before = reader.line_num
            try:
                cells = next(reader)
            except csv.Error as error:
                still_open = "unexpected end of data" in str(error)
                if still_open and not at_end and sum(map(len, lines[at:])) < MAX_ROW_CHARACTERS:
                    return rows, lines[at:]
                well_formed = False
            else:
                well_formed = reader.line_num == lines_before + 1 or len(self._fitted(cells)) == self._width
            after = at + reader.line_num - lines_before
            if not well_formed:  # the quote that opened is no quote: only the first line is this row
                spans = self.fields(lines[at])
                stray = any(span.stray_quote for span in spans)
                rows.append([span.value for span in spans], lines[at], Problem.UNCLOSED_QUOTE if stray else "")
                if after != at + 1:
                    ahead = islice(lines, at + 1, None)
                    reader = self._reader(ahead)
                at += 1
                continue
            rows.append(cells or [""], "".join(lines[at:after]) if after != at + 1 else lines[at], "")
            at = after
        return rows, []

    def _reader(self, lines: Iterator[str]) -> Reader:
        return csv.reader(lines, delimiter=self._delimiter, strict=True)

    def _fitted(self, cells: list[str]) -> list[str]:
        """Return ``cells`` without the empty ones that trailing delimiters add."""
        return cells[: self._width] if len(cells) > self._width and not any(cells[self._width :]) else cells

    def _mended(self, rows: Rows) -> Rows:
        """Return ``rows`` with the pieces of rows that hold unquoted line breaks joined, and the cell counts that stay wrong named."""
        mended = Rows()
        for cells, text, problem in zip(rows.cells, rows.texts, rows.problems, strict=True):
            if mended.texts and not problem and self._continues(mended.cells[-1], mended.texts[-1], cells, text):
                mended.texts[-1] += text
                mended.cells[-1] = [span.value for span in self.fields(mended.texts[-1])]
            else:
                mended.append(self._fitted(cells), text, problem)
        for index, cells in enumerate(mended.cells):
            if len(cells) != self._width:
                mended.problems[index] = Problem.FIELD_COUNT
        return mended

    def _continues(self, cells: list[str], text: str, next_cells: list[str], next_text: str) -> bool:
        """Tell whether the next line goes on with the row ``cells``, broken off by a line break inside a free text."""
        if len(next_cells) >= self._width:
            return False
        if not strip_line_end(next_text):
            return True
        total = len(cells) + len(next_cells) - 1
        return QUOTE not in text + next_text and total <= self._width and len(cells) - 1 in self._text_positions

    def _rows_to_hold(self, rows: Rows) -> int:
        """Return how many rows at the end the next line may complete: those from the last whole one on."""
        for held, cells in enumerate(islice(reversed(rows.cells), _MAX_HELD_ROWS), start=1):
            if len(cells) == self._width:
                return held
        return 0


def strip_line_end(text: str) -> str:
    """Return ``text`` without the line breaks at its end."""
    return text.rstrip(_LINE_BREAKS)


def first_row(lines: list[str], delimiter: str) -> tuple[list[str], int]:
    """Return the cells of the first row of ``lines``, however many they are, and the number of lines that it takes."""
    reader = csv.reader(lines, delimiter=delimiter or _NO_DELIMITER, strict=True)
    try:
        return next(reader), reader.line_num
    except csv.Error:
        return [span.value for span in RowParser(delimiter, 0, ()).fields(lines[0])], 1
