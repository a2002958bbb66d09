"""Consecutive records of one table, kept column by column: a record is made only for those who ask for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import overload

from scanner.records import Record


@dataclass(frozen=True, slots=True)
class RecordBatch(Sequence[Record]):
    """Records in file order, of which the first has the number ``first_row``.

    The columns are parallel and hold what :class:`Record` says; ``texts`` maps each free-text column to its cells. ``odd`` are the records,
    by their index, whose texts are not those of the columns: rows whose cells cannot be told apart, rows with more texts than others.
    """

    source: str
    first_row: int
    ids: Sequence[str]
    texts: Mapping[str, Sequence[str]]
    tenants: Sequence[str]
    sites: Sequence[str]
    author_groups: Sequence[str]
    dates: Sequence[str]
    names: Sequence[tuple[str, ...]]
    problems: Sequence[str]
    odd: Mapping[int, Record] = field(default_factory=lambda: MappingProxyType({}))

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = range(len(self))[index]
        if at in self.odd:
            return self.odd[at]
        return Record(
            self.ids[at],
            self.first_row + at,
            self.source,
            {column: cells[at] for column, cells in self.texts.items()},
            self.tenants[at],
            self.sites[at],
            self.author_groups[at],
            self.dates[at],
            self.names[at],
            self.problems[at],
        )

    def with_odd(self, odd: Mapping[int, Record]) -> RecordBatch:
        """Return the batch with the records ``odd``, by index, in place of those that the columns hold."""
        problems = list(self.problems)
        for at, record in odd.items():
            problems[at] = record.problem
        return replace(self, problems=problems, odd=odd)
