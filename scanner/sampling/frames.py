"""What samples are drawn from: every record of exports, or of tables of a database, broken rows included."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recognizers.collector import collector_paused
from scanner.errors import InputError
from scanner.export_reading import chunks_of, file_facts, open_distinct
from scanner.memos.line_columns import LineGroup
from scanner.policy import Policy
from scanner.records import Record
from scanner.sources import Layout, ReadOptions
from scanner.summary import source_facts

if TYPE_CHECKING:
    from scanner.databases import Database, DatabaseTable, TableRequest
    from scanner.record_scan import StoredRecord


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be drawn, and its columns, or rows, that hold numbered lines."""

    record: Record
    lines: Sequence[LineGroup]


@dataclass(frozen=True, slots=True)
class Part:
    """Some records of one table: their ``keys``, and what makes one of them by its index. ``name`` is what progress is told of."""

    table: str
    name: str
    keys: Sequence[str]
    candidate: Callable[[int], Candidate]


class Frame(ABC):
    """All records that can be drawn, of the tables that ``layouts`` describe.

    ``policies`` are those of the tables, by their name, with the purposes of their fields. ``inputs`` are the files that are read.
    ``without_key`` counts the rows that cannot be drawn because they have no key.
    """

    def __init__(self, layouts: Sequence[Layout], policy: Policy, inputs: Sequence[Path] = ()) -> None:
        self.inputs = inputs
        self.policies: Mapping[str, Policy] = {
            layout.source: policy.with_purposes(layout.purposes, layout.roles.lines) for layout in layouts
        }
        self.without_key = 0

    @abstractmethod
    def parts(self) -> Iterator[Part]:
        """Yield every record once; raises :class:`InputError` when the input cannot be read to its end."""

    @abstractmethod
    def facts(self) -> list[dict[str, Any]]:
        """Return what the summary says of each table, once all was read."""


class ExportFrame(Frame):
    """The rows of exports, whose keys are their numbers. Raises :class:`InputError` as :func:`scanner.sources.open_source` does."""

    def __init__(self, inputs: Sequence[Path], options: ReadOptions, policy: Policy) -> None:
        self._sources = open_distinct(inputs, options)
        super().__init__([layout for source in self._sources for layout in source.layouts], policy, inputs)

    def parts(self) -> Iterator[Part]:
        """Yield the rows of each file in their order."""
        for source in self._sources:
            with collector_paused():
                for chunk in chunks_of(source):
                    records, layout = chunk.records, chunk.layout
                    keys = [str(records.first_row + at) for at in range(len(records))]
                    yield Part(layout.source, source.path.name, keys, partial(_of_row, records, layout.roles.lines))

    def facts(self) -> list[dict[str, Any]]:
        """Return the facts of each table, with the digest and the size of its file."""
        return [
            {**source_facts(layout, self.policies[layout.source]), **of_file}
            for source in self._sources
            for of_file in [file_facts(source.path)]
            for layout in source.layouts
        ]


class DatabaseFrame(Frame):
    """The records of tables, read page by page, whose keys are those of the rows.

    Raises :class:`InputError` as :meth:`scanner.databases.Database.table` does, and when a table is named twice.
    """

    def __init__(self, database: Database, requests: Sequence[TableRequest], policy: Policy) -> None:
        self._tables: list[DatabaseTable] = [database.table(request) for request in requests]
        super().__init__([table.layout for table in self._tables], policy)
        if len(self.policies) < len(self._tables):
            raise InputError("a table is named twice: name it once, with all its text columns")

    def parts(self) -> Iterator[Part]:
        """Yield the records of each table in the order of their keys."""
        from scanner.record_scan import stored_records

        for table in self._tables:
            for page in table.pages():
                rows = stored_records(table, page)
                keys = [row.sorted_by for row in rows]
                yield Part(table.layout.source, table.layout.source, keys, partial(_of_stored, rows))
            self.without_key += table.rows_without_key()

    def facts(self) -> list[dict[str, Any]]:
        """Return the facts of each table."""
        return [
            {**source_facts(table.layout, self.policies[table.layout.source]), "key_columns": list(table.key_columns)}
            for table in self._tables
        ]


def _of_row(records: Sequence[Record], lines: Sequence[LineGroup], index: int) -> Candidate:
    return Candidate(records[index], lines)


def _of_stored(rows: Sequence[StoredRecord], index: int) -> Candidate:
    return Candidate(rows[index].record, rows[index].lines)
