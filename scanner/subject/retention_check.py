"""What should be gone already: counts by field and year, the oldest, and every record for a list that is written as it is found."""

from __future__ import annotations

import datetime
import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.records import Record
from scanner.subject.retention_judge import Kept, RetentionJudge, Verdict
from scanner.subject.stream import Stream

OLDEST = 25
"""Records that a document shows."""


class Place(NamedTuple):
    """A field of a table, and the rule that decides about it, by its index."""

    source: str
    field: str
    rule: int


class Overdue(NamedTuple):
    """A field of a record that should be gone: ``start`` and ``last`` are ISO days, ``days`` those gone by since the last."""

    days: int
    source: str
    record: str
    field: str
    start: str
    last: str
    rule: int


@dataclass
class RetentionCheck:
    """The outcome. ``verdicts`` count by place, ``years`` what is overdue by place and year of its start, ``oldest`` the longest overdue.

    Memory does not grow with the number of records.
    """

    today: datetime.date
    verdicts: Counter[tuple[Place, Verdict]] = field(default_factory=Counter)
    years: Counter[tuple[Place, int]] = field(default_factory=Counter)
    records: int = 0
    records_overdue: int = 0
    _longest: list[Overdue] = field(default_factory=list)

    @property
    def overdue(self) -> int:
        """Comments that should be gone."""
        return self.total("overdue")

    @property
    def oldest(self) -> list[Overdue]:
        """Those that have been overdue for longest, :data:`OLDEST` at most."""
        return sorted(self._longest, key=lambda one: (-one.days, *one[1:]))

    def total(self, verdict: Verdict) -> int:
        """Return how many comments have ``verdict``."""
        return sum(count for (_, kind), count in self.verdicts.items() if kind == verdict)

    def places(self) -> list[Place]:
        """Return the places in order."""
        return sorted({place for place, _ in self.verdicts})

    def add(self, record: Record, kept: Kept) -> Overdue | None:
        """Count ``kept``, of ``record``; return it when it is overdue."""
        place = Place(record.source, kept.field, kept.rule)
        self.verdicts[place, kept.verdict] += 1
        if kept.verdict != "overdue" or kept.start is None or kept.last is None:
            return None
        self.years[place, kept.start.year] += 1
        days = (self.today - kept.last).days
        one = Overdue(days, record.source, record.id, kept.field, kept.start.isoformat(), kept.last.isoformat(), kept.rule)
        if len(self._longest) < OLDEST:
            heapq.heappush(self._longest, one)
        else:
            heapq.heappushpop(self._longest, one)
        return one


def check_stream(stream: Stream, judge: RetentionJudge, check: RetentionCheck) -> Iterator[Overdue]:
    """Read ``stream`` to its end into ``check``, and yield what is overdue as it is found."""
    for item in stream.items():
        check.records += 1
        overdue = [one for kept in judge.judged(item) if (one := check.add(item.record, kept))]
        check.records_overdue += bool(overdue)
        yield from overdue
