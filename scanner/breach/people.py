"""How many persons and records were exposed, of all sources together, and what is known of each number."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scanner.breach.exposure_of_scan import Reading
from scanner.exposed import Categories, Exposed

Added = Literal["one", "united", "apart"]
"""How sources were put together: there is one; persons were told apart across all; they could not be."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number known between two bounds, both included; ``high`` is ``None`` where nothing bounds it."""

    low: int
    high: int | None

    @property
    def known(self) -> bool:
        """Whether anything is known of it."""
        return self.low > 0 or self.high is not None

    def __add__(self, other: Count) -> Count:
        return Count(self.low + other.low, None if self.high is None or other.high is None else self.high + other.high)


UNKNOWN = Count(0, None)


def exactly(number: int) -> Count:
    """Return the count that is ``number``."""
    return Count(number, number)


@dataclass(frozen=True, slots=True)
class People:
    """Persons and records exposed.

    ``partition`` splits the persons by the categories that concern each; where persons of several sources could not be told apart
    (``added`` is ``apart``), it counts each source's persons anew and is an upper bound. Records are those of all sources: the same record
    in two of them counts twice. ``untold`` are categories of records that name nobody. ``complete`` is false where a source was not read in
    full: every number is then a minimum.
    """

    persons: Count
    partition: Mapping[Categories, Count]
    by_category: Mapping[str, Count]
    records: int
    records_by_category: Mapping[str, int]
    untold: frozenset[str]
    added: Added
    complete: bool


def people_of(readings: Sequence[Reading]) -> People:
    """Return the persons and records of all ``readings``.

    Scans under one key give the same tenant the same pseudonym: their persons are united. Anything else only has counts: then the persons
    of all are at least those of the largest source and at most the sum.
    """
    blocks = _blocks(readings)
    records: Counter[str] = Counter()
    for reading in readings:
        records.update(reading.exposed.records_by_category)
    apart = len(blocks) > 1
    partition: dict[Categories, Count] = {}
    for block in blocks:
        for categories, count in block.parts.items():
            partition[categories] = partition.get(categories, exactly(0)) + (Count(0, count.high) if apart else count)
    return People(
        persons=_overlapping([block.persons for block in blocks]),
        partition={key: count for key, count in sorted(partition.items()) if count != exactly(0)},
        by_category={category: _overlapping([block.concerned(category) for block in blocks]) for category in sorted(records)},
        records=sum(reading.exposed.records for reading in readings),
        records_by_category=dict(sorted(records.items())),
        untold=frozenset[str]().union(*(block.untold for block in blocks)),
        added="apart" if apart else "united" if len(readings) > 1 else "one",
        complete=all(reading.complete for reading in readings),
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """Sources within which a pseudonym means one person. ``untold`` are the categories of records that name nobody."""

    parts: Mapping[Categories, Count]
    untold: frozenset[str]

    @property
    def persons(self) -> Count:
        """How many persons there are."""
        return _total([*self.parts.values(), *[UNKNOWN] * bool(self.untold)])

    def concerned(self, category: str) -> Count:
        """Return how many persons ``category`` concerns."""
        told = _total([Count(count.low, count.low) for key, count in self.parts.items() if category in key])
        return Count(told.low, None) if category in self.untold else told


def _blocks(readings: Sequence[Reading]) -> list[_Block]:
    together: defaultdict[str, list[Reading]] = defaultdict(list)
    for index, reading in enumerate(readings):
        together[reading.key_id or f"#{index}"].append(reading)
    return [_block_of_scans(block) if block[0].key_id else _block_of_counts(block[0].exposed) for block in together.values()]


def _block_of_scans(readings: Sequence[Reading]) -> _Block:
    merged: dict[str, Categories] = {}
    for reading in readings:
        for tenant, categories in reading.tenants.items():
            merged[tenant] = tuple(sorted({*merged.get(tenant, ()), *categories}))
    untold = frozenset[str]().union(*(reading.nameless for reading in readings))
    read = [reading.exposed.persons for reading in readings]
    told = [count for count in read if count is not None]
    others = max(0, max(told, default=0) - len(merged))
    bounded = len(told) == len(read) and not any(reading.more_persons for reading in readings)
    nothing_found = Count(others, sum(told) - len(merged) if bounded else None)
    return _Block({**_parts(Counter(merged.values()), is_open=bool(untold)), (): nothing_found}, untold)


def _block_of_counts(exposed: Exposed) -> _Block:
    told = {category for categories in exposed.by_categories for category in categories}
    parts = _parts(exposed.by_categories, is_open=exposed.persons is None)
    others = UNKNOWN if exposed.persons is None else exactly(max(0, exposed.persons - sum(exposed.by_categories.values())))
    parts[()] = parts.get((), exactly(0)) + others
    return _Block(parts, frozenset(exposed.records_by_category) - told)


def _parts(sizes: Mapping[Categories, int], *, is_open: bool) -> dict[Categories, Count]:
    return {key: Count(size, None if is_open else size) for key, size in sizes.items()}


def _total(counts: Iterable[Count]) -> Count:
    return sum(counts, exactly(0))


def _overlapping(counts: Sequence[Count]) -> Count:
    """Return the size of a union of which only the sizes of its parts are known."""
    return Count(max(count.low for count in counts), _total(counts).high) if counts else UNKNOWN
