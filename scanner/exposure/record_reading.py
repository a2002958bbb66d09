"""Read the table of records, or a page as one user saw it, into a :class:`RecordSet`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from recognizers.detector import Detector
from scanner.columns import Requested, detect_roles
from scanner.exposure.categories import Categories
from scanner.exposure.columns import Kind, entity_of, find_roles, require
from scanner.exposure.records import Dimension, RecordSet, fold_value, make_record_set
from scanner.exposure.settings import settings
from scanner.exposure.tables import Rows, Table
from scanner.exposure.unjudged import Unjudged
from scanner.memos.reading import read_record
from scanner.recognition import find_in_readings
from scanner.records import Record
from scanner.sources.base import SAMPLE_ROWS, Problem

_PERSON = ("account", "name", "lot")


def read_records(
    table: Table, kind: Kind, asked: Mapping[str, str], categories: Categories, detector: Detector, unjudged: Unjudged
) -> RecordSet:
    """Return the records of ``table``.

    The categories of a record are those that its category column names, those of its filled data columns, and what ``detector`` finds in
    its comments; on a page also in every other cell, and amounts. Raises :class:`InputError` when no column says whose a record is.
    """
    reader = _Reader(table, kind, asked, categories, detector, unjudged)
    for rows in table.rows():
        reader.add(rows)
    return reader.result()


class _Reader:
    def __init__(
        self, table: Table, kind: Kind, asked: Mapping[str, str], categories: Categories, detector: Detector, unjudged: Unjudged
    ) -> None:
        self._table = table
        self._page = kind == "page"
        self._categories = categories
        self._detector = detector
        self._unjudged = unjudged
        sample = [list(cells) for rows in islice(table.rows(), 1) for cells in rows.cells[:SAMPLE_ROWS] if len(cells) == len(table.columns)]
        self._roles = find_roles(kind, table, asked)
        if self._page and not any(role in self._roles for role in _PERSON):
            self._roles |= _names_without_header(table.columns, sample, set(self._roles.values()))
        require(kind, table, self._roles, *(_PERSON if self._page else ("account",)))
        self._person = next(role for role in _PERSON if role in self._roles)
        self._dimensions = {role: Dimension(role) for role in settings().dimensions if role in self._roles}
        self._ids = Dimension("record")
        self._own: list[int] = []
        self._lines: list[int] = []
        known = set(self._roles.values())
        named = {self._roles["name"]: "PERSON"} if "name" in self._roles else {}
        self._data = named | {
            at: entity for at, name in enumerate(table.columns) if (entity := entity_of(name)) and at != self._roles.get("category")
        }
        texts = table.columns if self._page else detect_roles(table.columns, sample, Requested()).texts
        self._texts = {name: table.columns.index(name) for name in texts if table.columns.index(name) not in known | set(self._data)}

    def add(self, rows: Rows) -> None:
        """Add consecutive rows; those whose cells cannot be told apart, and totals, are no records."""
        kept: list[Sequence[str]] = []
        numbers: list[int] = []
        for at, (cells, problem) in enumerate(zip(rows.cells, rows.problems, strict=True)):
            if problem:
                self._unjudged.add("row", problem.replace("-", "_"), "", self._table.name, rows.first + at)
            if problem != Problem.FIELD_COUNT and not self._is_total(cells):
                kept.append(cells)
                numbers.append(rows.first + at)
        if not kept:
            return
        columns = list(zip(*kept, strict=True))
        if self._page:  # a heading in the place of a name is nobody's
            at = self._roles[self._person]
            columns[at] = tuple("" if entity_of(value) else value for value in columns[at])
        for role, dimension in self._dimensions.items():
            dimension.extend(columns[self._roles[role]])
        self._ids.extend(columns[self._roles["record"] if "record" in self._roles else self._roles[self._person]])
        self._own += self._bits(columns, numbers)
        self._lines += numbers
        for number, value in zip(numbers, columns[self._roles[self._person]], strict=True):
            if not value.strip():
                self._unjudged.add("record", "missing_person", "", self._table.name, number)

    def result(self) -> RecordSet:
        """Return the set of all records added."""
        return make_record_set(self._table.name, self._own, self._dimensions, self._ids, self._person, self._lines)

    def _is_total(self, cells: Sequence[str]) -> bool:
        return self._page and fold_value("account", cells[self._roles[self._person]]).rstrip(" :") in settings().totals

    def _bits(self, columns: Sequence[Sequence[str]], numbers: Sequence[int]) -> list[int]:
        bits = [0] * len(numbers)
        for at, entity in self._data.items():
            bit = self._categories.bit(entity)
            bits = [old | bit if cell.strip() else old for old, cell in zip(bits, columns[at], strict=True)]
        if "category" in self._roles:
            cells = columns[self._roles["category"]]
            bits = [old | self._listed(cell, number) for old, cell, number in zip(bits, cells, numbers, strict=True)]
        if self._texts:
            bits = [old | found for old, found in zip(bits, self._found(columns, numbers), strict=True)]
        return bits

    def _listed(self, cell: str, number: int) -> int:
        bits, unknown = self._categories.listed(cell)
        for word in unknown:
            self._unjudged.add("row", "unknown_category", word, self._table.name, number)
        return bits

    def _found(self, columns: Sequence[Sequence[str]], numbers: Sequence[int]) -> list[int]:
        """Return the categories of what the comments of each row say."""
        texts = [columns[at] for at in self._texts.values()]
        records = [
            Record(str(number), number, self._table.name, dict(zip(self._texts, cells, strict=True)))
            for number, cells in zip(numbers, zip(*texts, strict=True), strict=True)
        ]
        amount = settings().amount if self._page else None
        bits: list[int] = []
        for reading, found in find_in_readings([read_record(record, ()) for record in records], self._detector):
            record = reading.record
            if record.problem:
                self._unjudged.add("record", "analysis_error", "", self._table.name, record.row)
            entities = {finding.entity for findings in found.values() for finding in findings}
            if amount and any(amount.fullmatch(text.strip()) for text in record.texts.values()):
                entities.add("FINANCIAL")
            bits.append(self._categories.bits(entities))
        return bits


def _names_without_header(columns: Sequence[str], sample: Sequence[Sequence[str]], taken: set[int]) -> dict[str, int]:
    """Return the column of a page without headings that holds names: the first whose cells are mostly words and hold no amount."""
    for at in range(len(columns)):
        cells = [row[at].strip() for row in sample if row[at].strip()]
        words = sum(any(char.isalpha() for char in cell) and not settings().amount.fullmatch(cell) for cell in cells)
        if at not in taken and cells and 2 * words > len(cells):
            return {"name": at}
    return {}
