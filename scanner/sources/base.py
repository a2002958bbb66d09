"""What every format shares: the layout of a table, chunks of records, and the contract of a source and of its redacted copy."""

from __future__ import annotations

import datetime
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Generic, Self, TypeVar

from scanner.columns import ColumnRoles, detect_roles, find_column
from scanner.errors import InputError, OutputError
from scanner.records import Record
from scanner.sources.batch import RecordBatch
from scanner.sources.dates import parse_date
from scanner.sources.options import ReadOptions

SAMPLE_ROWS = 200  # rows on which columns are judged
_SURROGATE = re.compile("[\ud800-\udfff]")
RowT = TypeVar("RowT")
Scalar = str | int | float | bool | None


class Problem(StrEnum):
    """Why a row could not be read in full. Its readable part is in the record all the same."""

    FIELD_COUNT = "field-count"  # more or fewer cells than columns: the whole row stands in the first free-text column
    UNCLOSED_QUOTE = "unclosed-quote"  # a quoted cell that never ends: the line is read with its quotes as plain characters
    UNDECODABLE = "undecodable"  # bytes that are no character of the encoding, shown as U+FFFD
    INVALID_JSON = "invalid-json"  # not a JSON object: the whole line stands in the first free-text column


@dataclass(frozen=True, slots=True)
class Layout:
    """How one table (a file, or one sheet of a workbook) is laid out.

    ``source`` names the table in records. ``purposes`` maps free-text columns to field purposes. ``encoding``, ``delimiter`` (``""`` for
    a single column), ``quotechar`` and ``line_end`` are those of the file, empty where the format has none.
    """

    source: str
    format: str
    columns: tuple[str, ...]
    roles: ColumnRoles
    purposes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    encoding: str = ""
    delimiter: str = ""
    quotechar: str = ""
    line_end: str = ""
    has_header: bool = True


@dataclass(frozen=True, slots=True)
class Chunk(Generic[RowT]):
    """Consecutive records of one table. ``rows`` holds what the writer needs to copy each of them as it was, in the same order."""

    layout: Layout
    records: RecordBatch
    rows: Sequence[RowT]


NewTexts = Mapping[int, Mapping[str, str]]


class RedactedWriter(ABC, Generic[RowT]):
    """Writes the redacted copy of a source, chunk by chunk, in the order in which they were read.

    A context manager: the copy appears under its name only once complete, and not at all when the block raises.
    """

    def __init__(self, path: Path, original: Path) -> None:
        """Prepare to write ``path``; raise :class:`OutputError` when it is ``original`` itself or its folder is missing."""
        if path.exists() and path.samefile(original):
            raise OutputError(f"{path}: is the file being read; choose another name for the redacted copy")
        if not path.parent.is_dir():
            raise OutputError(f"{path.parent}: no such folder; create it first")
        self.path = path
        self.part = path.with_name(path.name + ".part")

    @abstractmethod
    def write(self, chunk: Chunk[RowT], texts: NewTexts, drop: Collection[int] = ()) -> None:
        """Write the rows of ``chunk``: as they were, but for those in ``texts`` (``Record.row`` to column to new text) and ``drop``.

        Rows in ``drop`` are left out. Raises :class:`OutputError` when the disk refuses.
        """

    @abstractmethod
    def finish(self) -> None:
        """Write what is still held and close the file."""

    @abstractmethod
    def abandon(self) -> None:
        """Close the file without completing it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                with output_errors(self.path):
                    self.finish()
                    os.replace(self.part, self.path)
            else:
                self.abandon()
        finally:
            self.part.unlink(missing_ok=True)


class Source(ABC, Generic[RowT]):
    """An export: its tables, its records, and a writer for its redacted copy.

    ``layouts`` holds one layout per table that has free text, in file order; never empty.
    """

    def __init__(self, path: Path, layouts: tuple[Layout, ...]) -> None:
        self.path = path
        self.layouts = layouts

    @property
    def layout(self) -> Layout:
        """The layout of the first table that has free text."""
        return self.layouts[0]

    @abstractmethod
    def chunks(self) -> Iterator[Chunk[RowT]]:
        """Yield the records in file order. Every row comes out; one that could not be read in full has its ``problem`` set."""

    @abstractmethod
    def row_values(self, chunk: Chunk[RowT], index: int) -> dict[str, Scalar]:
        """Return the whole row at ``index`` of ``chunk``: every column, its value JSON-ready."""

    @abstractmethod
    def writer(self, path: Path) -> RedactedWriter[RowT]:
        """Return a writer of the redacted copy, in the same format, at ``path``."""


class RecordBuilder:
    """Makes records of the rows of one table."""

    def __init__(self, layout: Layout) -> None:
        positions = {column: index for index, column in enumerate(layout.columns)}
        roles = layout.roles
        self._source = layout.source
        self._width = len(layout.columns)
        self._texts = tuple((column, positions[column]) for column in roles.texts)
        self._names = tuple(positions[column] for column in roles.names)
        self._id, self._tenant, self._site, self._author_group, self._date = (
            positions[column] if column is not None else None
            for column in (roles.id, roles.tenant, roles.site, roles.author_group, roles.date)
        )

    def build(self, rows: Sequence[Sequence[str]], first_row: int, problems: Sequence[str] = ()) -> RecordBatch:
        """Return the records of ``rows``, numbered from ``first_row``; each row has one cell per column.

        The id is the row number, from 1, when the table has no id column, and ``#`` with that number when the id cell is empty.
        ``problems`` are parallel to ``rows``, none when empty.
        """
        columns = list(zip(*rows, strict=True)) or [()] * self._width
        blank = [""] * len(rows)

        def stripped(index: int | None) -> Sequence[str]:
            return blank if index is None else list(map(str.strip, columns[index]))

        ids = stripped(self._id)
        if not all(ids):
            stand_in = "" if self._id is None else "#"
            ids = [own or f"{stand_in}{number}" for number, own in enumerate(ids, start=first_row + 1)]
        names: Sequence[tuple[str, ...]] = list(zip(*map(stripped, self._names), strict=True)) if self._names else [()] * len(rows)
        if not all(map(all, names)):
            names = [tuple(filter(None, own)) for own in names]
        return RecordBatch(
            source=self._source,
            first_row=first_row,
            ids=ids,
            texts={column: columns[index] for column, index in self._texts},
            tenants=stripped(self._tenant),
            sites=stripped(self._site),
            author_groups=stripped(self._author_group),
            dates=list(map(parse_date, stripped(self._date))),
            names=names,
            problems=problems or blank,
        )

    def build_whole(self, text: str, row: int, problem: str) -> Record:
        """Return a record, with id ``#`` and the row number, for a row whose cells cannot be told apart: all of it stands in the first
        free-text column.
        """
        texts = {column: "" for column, _ in self._texts}
        texts[self._texts[0][0]] = text
        return Record(f"#{row + 1}", row, self._source, texts, problem=problem)


def resolve_roles(
    path: Path, columns: Sequence[str], sample: Sequence[Sequence[str]], options: ReadOptions
) -> tuple[ColumnRoles, Mapping[str, str]]:
    """Return the roles of ``columns`` and the purposes of those that ``options`` map.

    Raises :class:`InputError`, listing the columns, when an option names a column that does not exist or none holds free text.
    """
    try:
        roles = detect_roles(columns, sample, options.requested())
        fields = (*columns, *(group.name for group in roles.lines))
        purposes = {find_column(fields, field): purpose for field, purpose in options.purposes.items()}
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    if not roles.texts:
        raise InputError(f"{path}: no free-text column found; name it with --text-column, one of: {', '.join(columns)}")
    return roles, MappingProxyType(purposes)


def readable(text: str) -> str:
    """Return ``text`` with each lone surrogate, the trace of an undecodable byte, as U+FFFD: same length, safe to pass on."""
    return _SURROGATE.sub("\ufffd", text)


def has_surrogates(text: str) -> bool:
    """Tell whether ``text`` holds lone surrogates."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def readable_rows(rows: Sequence[Sequence[str]]) -> tuple[Sequence[Sequence[str]], list[str]]:
    """Return ``rows`` with readable cells only, and the problem of each, none at all when every row is sound."""
    if not has_surrogates("".join(map("".join, rows))):
        return rows, []
    problems = [Problem.UNDECODABLE if has_surrogates("".join(cells)) else "" for cells in rows]
    return [[readable(cell) for cell in cells] for cells in rows], problems


def cell_text(value: object) -> str:
    """Return a typed cell as the text that a CSV export would hold: dates in ISO form, whole numbers without decimals."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into :class:`OutputError`."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error})") from error
