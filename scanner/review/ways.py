"""Ways into the queue: for each filter an index that gives its records, or, where they are many, gives them in the order of the queue.

A list of a million records must not be read to find fifty. Where the records of one filter are few (:data:`FEW`) they are collected by its
index, and sorted; where those of every filter are many, they are walked in order by an index, and the page is full long before the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select, tuple_, union_all

from scanner.store.review_tables import record_topics
from scanner.store.schema import records

FEW = 3_000
"""Records that are collected and sorted in some hundredths of a second."""
VISITED = 5_000
"""Records that are looked at to count those that fit, where no index counts them."""
COUNTED = 10_000
"""How far an index counts."""

Place = tuple[int, str, int]
"""Of a record in the queue: its risk, its date, its id, all descending."""


@dataclass(frozen=True, slots=True)
class Way:
    """Records by ``index`` of ``table`` (``records`` or ``record_topics``), where one of ``parts``, which exclude each other, holds.

    ``ordered`` tells that the index has those of each part in the order of the queue. ``answers`` names the conditions that this includes.
    """

    table: Any
    index: str
    parts: Sequence[ColumnElement[bool]]
    ordered: bool
    answers: frozenset[str]

    @property
    def place(self) -> tuple[ColumnElement[Any], ...]:
        """The columns that make up the place of a record."""
        own_id = self.table.c.record_id if self.table is record_topics else self.table.c.id
        return self.table.c.risk, self.table.c.date, own_id

    def found(self, part: ColumnElement[bool], *columns: ColumnElement[Any]) -> Select[Any]:
        """Return the query of ``columns`` for the records of ``part``; SQLite is told the index, for it keeps no statistics by itself."""
        query = select(*columns).select_from(self.table).where(part)
        return query.with_hint(self.table, f"INDEXED BY {self.index}", "sqlite")

    def count(self, connection: Connection) -> int:
        """Return how many records there are, ``COUNTED`` and one at most."""
        counts = [self.found(part, literal(1)).limit(COUNTED + 1).subquery() for part in self.parts]
        return min(sum(connection.execute(select(func.count()).select_from(one)).scalar_one() for one in counts), COUNTED + 1)


@dataclass(frozen=True, slots=True)
class Matches:
    """Places of a page and one more, in order; how many records fit, and whether more than that may."""

    places: Sequence[Place]
    total: int
    capped: bool


def find_matches(
    connection: Connection, ways: Sequence[Way], conditions: Mapping[str, ColumnElement[bool]], after: Place | None, limit: int
) -> Matches:
    """Return the records that fit all ``conditions``, which are on ``records`` and hold those of ``ways``, from ``after`` on.

    ``ways`` are given the most selective first, an ordered one at the end at the latest.
    """
    counts = [way.count(connection) for way in ways]
    walked = next(way for way in ways if way.ordered)
    left = {name: condition for name, condition in conditions.items() if name not in walked.answers}
    if left and min(counts) <= FEW:
        return _collect(connection, ways[counts.index(min(counts))], list(conditions.values()), after, limit)
    places = _walk(connection, walked, list(left.values()), after, limit)
    exact = [count for way, count in zip(ways, counts, strict=True) if conditions.keys() <= way.answers]
    if exact:
        return Matches(places, min(*exact, COUNTED), capped=min(exact) > COUNTED)
    return Matches(places, *_counted(connection, walked, list(left.values())))


def _collect(connection: Connection, way: Way, conditions: Sequence[ColumnElement[bool]], after: Place | None, limit: int) -> Matches:
    parts = [way.found(part, way.place[2].label("id")) for part in way.parts]
    found = (parts[0] if len(parts) == 1 else union_all(*parts)).cte("found").prefix_with("MATERIALIZED")
    query = select(records.c.risk, records.c.date, records.c.id).join_from(found, records, records.c.id == found.c.id).where(*conditions)
    places = sorted({(risk, date, record_id) for risk, date, record_id in connection.execute(query)}, reverse=True)
    left = [place for place in places if after is None or place < after]
    return Matches(left[: limit + 1], len(places), capped=False)


def _walk(connection: Connection, way: Way, conditions: Sequence[ColumnElement[bool]], after: Place | None, limit: int) -> Sequence[Place]:
    """Walk the records of ``way``; ``conditions`` are those that it does not answer itself."""
    places: set[Place] = set()
    for part in way.parts:
        query = way.found(part, *way.place).order_by(*(column.desc() for column in way.place)).limit(limit + 1)
        if way.table is record_topics and conditions:
            query = query.join(records, records.c.id == way.place[2])
        query = query.where(*conditions)
        if after is not None:
            query = query.where(tuple_(*way.place) < tuple_(*(literal(value) for value in after)))
        places |= {(risk, date, record_id) for risk, date, record_id in connection.execute(query)}
    return sorted(places, reverse=True)[: limit + 1]


def _counted(connection: Connection, way: Way, conditions: Sequence[ColumnElement[bool]]) -> tuple[int, bool]:
    """Return how many of the first ``VISITED`` records of ``way`` fit, and whether it has more."""
    in_order = [column.desc() for column in way.place]
    total, capped = 0, False
    for part in way.parts:
        visited = way.found(part, way.place[2].label("id")).order_by(*in_order).limit(VISITED // len(way.parts)).subquery()
        joined = select(func.count()).join_from(visited, records, records.c.id == visited.c.id).where(*conditions)
        total += connection.execute(joined).scalar_one()
        capped = capped or connection.execute(select(func.count()).select_from(visited)).scalar_one() == VISITED // len(way.parts)
    return total, capped
