"""Records of exports or of a database, one after the other, as often as somebody reads them: nothing is kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from scanner.clock import utc_now
from scanner.columns import find_column
from scanner.databases import Database, DatabaseTable, ReadSettings, TableRequest, open_database
from scanner.databases.catalog import find_table
from scanner.errors import InputError
from scanner.export_reading import chunks_of, file_facts, open_distinct
from scanner.memos.reading import Reading, read_record
from scanner.record_scan import StoredRecord, stored_records
from scanner.records import Record
from scanner.sources import Layout, ReadOptions
from scanner.sources.base import cell_text

NO_KEY = "no-key"
"""Problem of rows that have no key, and so cannot be named."""


@dataclass(frozen=True, slots=True)
class Item:
    """A record as stored, how its texts read, the layout of its table, and cells of the other columns that were asked for."""

    record: Record
    reading: Reading
    layout: Layout
    others: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(slots=True)
class SourceFacts:
    """A table that was read: ``rows`` in it, those not read in full by ``problem``, when, and the SHA-256 of its file or ``""``."""

    source: str
    format: str
    encoding: str
    fields: tuple[str, ...]
    rows: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    read: str = ""
    sha256: str = ""

    @property
    def not_read(self) -> int:
        """Rows that were not read in full."""
        return self.problems.total()


class Stream(ABC):
    """Sources to read. ``facts`` are those of the last reading, by table, in the order of reading; a context manager."""

    def __init__(self) -> None:
        self.facts: dict[str, SourceFacts] = {}

    @property
    @abstractmethod
    def layouts(self) -> Sequence[Layout]:
        """The layouts of all tables, known at the first record at the latest."""

    @property
    def has_tenants(self) -> bool:
        """Whether a table says whose its records are."""
        return any(layout.roles.tenant for layout in self.layouts)

    def is_of(self, item: Item, subject: str) -> bool:
        """Tell whether ``item`` is a record of ``subject``: by its tenant, or by its own id where no table of the stream has tenants."""
        if item.layout.roles.tenant:
            return item.record.tenant == subject
        return not self.has_tenants and item.record.id == subject

    @abstractmethod
    def items(self) -> Iterator[Item]:
        """Yield every record, from the first; raises :class:`InputError` when a source cannot be read to its end."""

    def _begin(self, layout: Layout) -> SourceFacts:
        roles = layout.roles
        lined = {column: group.name for group in roles.lines for column in group.columns}
        fields = tuple(dict.fromkeys(lined.get(column, column) for column in roles.texts))
        facts = SourceFacts(layout.source, layout.format, layout.encoding, fields, read=utc_now())
        self.facts[layout.source] = facts
        return facts


class ExportStream(Stream):
    """Exports. ``others`` are columns wanted besides those that ``options`` name or that are found; each table may lack some."""

    def __init__(self, paths: Sequence[Path], options: ReadOptions, others: Sequence[str] = ()) -> None:
        super().__init__()
        self._sources = open_distinct(paths, options)
        self._others = {}
        for source in self._sources:
            for layout in source.layouts:
                self._others[layout.source] = [_column(layout.columns, name) for name in others]
        check_somewhere(others, self._others)

    @property
    def layouts(self) -> Sequence[Layout]:
        """See :meth:`Stream.layouts`."""
        return [layout for source in self._sources for layout in source.layouts]

    def items(self) -> Iterator[Item]:
        """See :meth:`Stream.items`."""
        for source in self._sources:
            made = {layout.source: self._begin(layout) for layout in source.layouts}
            for chunk in chunks_of(source):
                facts, others = made[chunk.layout.source], [name for name in self._others[chunk.layout.source] if name]
                facts.rows += len(chunk.records)
                facts.problems.update(filter(None, chunk.records.problems))
                for at, record in enumerate(chunk.records):
                    row = source.row_values(chunk, at) if others else {}
                    cells = {name: cell_text(row.get(name)) for name in others}
                    yield Item(record, read_record(record, chunk.layout.roles.lines), chunk.layout, cells)
            digest = str(file_facts(source.path)["sha256"])
            for facts in made.values():
                facts.sha256 = digest


class DatabaseStream(Stream):
    """Tables of a database, which is only read; ``database`` is its name once it was. ``others`` are columns wanted besides."""

    def __init__(
        self, url: str, requests: Sequence[TableRequest], settings: ReadSettings, password: str | None, others: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self._where = url, settings, password
        self._requests = requests
        self._others = others
        self._layouts: dict[str, Layout] = {}
        self._found: dict[str, list[str]] = {}
        self.database = ""

    @property
    def layouts(self) -> Sequence[Layout]:
        """See :meth:`Stream.layouts`."""
        return list(self._layouts.values())

    def items(self) -> Iterator[Item]:
        """See :meth:`Stream.items`."""
        for table, stored in self.stored():
            yield self.item(table, stored)

    def stored(self) -> Iterator[tuple[DatabaseTable, StoredRecord]]:
        """Yield every record with its table."""
        url, settings, password = self._where
        with open_database(url, settings, password) as database:
            self.database = database.name
            tables = [self._table(database, request) for request in self._requests]
            check_somewhere(self._others, self._found)
            for table in tables:
                yield from self._of_table(table)

    def _of_table(self, table: DatabaseTable) -> Iterator[tuple[DatabaseTable, StoredRecord]]:
        facts = self._begin(self._layouts[table.layout.source])
        for page in table.pages():
            for stored in stored_records(table, page):
                facts.rows += 1
                if stored.record.problem:
                    facts.problems[stored.record.problem] += 1
                yield table, stored
        if without_key := table.rows_without_key():
            facts.rows += without_key
            facts.problems[NO_KEY] += without_key

    def _table(self, database: Database, request: TableRequest) -> DatabaseTable:
        """Return the table with the other columns among its texts, which is how a database gives the cells of columns without a role."""
        table = database.table(request)
        source = table.layout.source
        self._layouts[source] = table.layout
        info = database.connector.run(lambda connection: find_table(connection, request.name), f"table {request.name}")
        self._found[source] = [_column(info.columns, name) for name in self._others]
        extra = [name for name in self._found[source] if name and name not in table.layout.roles.texts]
        if not extra or request.lines:
            return table
        return database.table(replace(request, text_columns=(*table.layout.roles.texts, *extra)))

    def item(self, table: DatabaseTable, stored: StoredRecord) -> Item:
        """Return ``stored``, a record of ``table``, without what of it is no text of its own."""
        layout, record = self._layouts[table.layout.source], stored.record
        if table.layout is layout:
            return Item(record, read_record(record, stored.lines), layout)
        others = {name: record.texts[name] for name in self._found[layout.source] if name}
        record = replace(record, texts={name: text for name, text in record.texts.items() if name in layout.roles.texts})
        return Item(record, read_record(record, layout.roles.lines), layout, others)


def check_somewhere(names: Sequence[str], found: Mapping[str, Sequence[str]]) -> None:
    """Raise :class:`InputError` about those of ``names`` that no table has; ``found`` are their columns by table, ``""`` for none."""
    for at, name in enumerate(names):
        if not any(columns[at] for columns in found.values()):
            raise InputError(f"no source has a column {name!r}: {', '.join(found)}")


def _column(columns: Sequence[str], name: str) -> str:
    try:
        return find_column(columns, name)
    except InputError:
        return ""
