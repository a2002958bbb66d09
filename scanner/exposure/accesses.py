"""What users did read beyond their perimeter, from a log of any length.

Lines are judged once for each user, target and period in which the user's perimeter did not change; memory grows with how many of these
there are, not with the lines.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scanner.exposure.access_lines import Lines, Numbers, Targets
from scanner.exposure.categories import RECORD, Bits, Categories
from scanner.exposure.grants import FIRST_DAY, LAST_DAY
from scanner.exposure.moments import Clock
from scanner.exposure.readable import Marks, places_of
from scanner.exposure.readers import Reader
from scanner.exposure.records import RecordSet, Rows
from scanner.exposure.selections import EMPTY, Selection, Selections, bits_of, combined
from scanner.exposure.views import UserLine, View, make_view

_BATCH = 500_000


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: the lines judged, those beyond the perimeter, how many of these each local day (ISO) saw, and the view."""

    judged: int
    beyond: int
    days: Mapping[str, int]
    view: View


class _Judge:
    """Judges what users read. Keys are user, period and target in one number; the verdicts known are kept in the order of the keys."""

    def __init__(self, readers: Sequence[Reader], records: RecordSet, selections: Selections, targets: Targets, undecided: Marks) -> None:
        self._undecided = undecided
        self._readers = readers
        self._records = records
        self._selections = selections
        self._targets = targets
        self._changes = [_changes(reader) for reader in readers]
        self._periods = max(map(len, self._changes), default=0) + 1
        self._keys = np.empty(0, dtype=np.int64)
        self._bits = np.empty(0, dtype=np.int64)
        self._day_of: dict[int, int] = {}

    def beyond(self, lines: Lines) -> NDArray[np.bool_]:
        """Return which of ``lines`` read something beyond the user's perimeter."""
        holders = lines.users * self._periods + self._period(lines)
        keys = holders * len(self._targets) + lines.targets
        found, first = np.unique(holders, return_index=True)
        self._day_of = dict(zip(found.tolist(), lines.days[first].tolist(), strict=True)) | self._day_of
        self._learn(np.unique(keys))
        beyond: NDArray[np.bool_] = self._bits[np.searchsorted(self._keys, keys)] != 0
        return beyond

    def _learn(self, keys: Numbers) -> None:
        """Judge those of ``keys`` (ascending) that are not known."""
        known = np.concatenate([self._keys, [np.iinfo(np.int64).max]])
        new = keys[known[np.searchsorted(known, keys)] != keys]
        if len(new):
            at = np.searchsorted(self._keys, new)
            learnt = [np.bitwise_or.reduceat(bits, begins) for begins, _, bits in self._groups(new)]
            self._bits = np.insert(self._bits, at, np.concatenate(learnt))
            self._keys = np.insert(self._keys, at, new)

    def read_beyond(self, user: int) -> Selection:
        """Return the records of which ``user`` read something beyond the perimeter, with what."""
        width = self._periods * len(self._targets)
        start, end = np.searchsorted(self._keys, (user * width, (user + 1) * width))
        keys = self._keys[start:end][self._bits[start:end] != 0]
        parts = [(rows[bits != 0], bits[bits != 0]) for _, rows, bits in self._groups(keys)]
        rows, bits = (np.concatenate([EMPTY.rows, *(part[at] for part in parts)]) for at in (0, 1))
        return combined(rows, bits)[0]

    def _groups(self, keys: Numbers) -> Iterator[tuple[Numbers, Rows, Bits]]:
        """Yield, for each user and period of ``keys`` (ascending), where each key's records begin, these, and what of them is beyond."""
        holders = keys // len(self._targets)
        bounds = [0, *(np.flatnonzero(holders[1:] != holders[:-1]) + 1).tolist(), len(keys)]
        for start, end in pairwise(bounds if len(keys) else ()):
            holder = int(holders[start])
            rows, begins = self._targets.records(keys[start:end] % len(self._targets))
            yield begins, rows, self._exposed(self._readers[holder // self._periods], self._day_of[holder], rows)

    def _exposed(self, reader: Reader, day: int, rows: Rows) -> Bits:
        assert reader.should is not None
        own = self._records.own[rows]
        if reader.could is not None:
            opened = bits_of(self._selections.opened(reader.could, day), rows)
            own = np.where(opened != 0, own & (opened | RECORD), own)  # what was read against the rights was read in full
        needed, missing = self._selections.settled(reader.should, day)
        if len(missing):
            self._undecided[np.intersect1d(rows, missing)] = True
        exposed: Bits = own & ~bits_of(needed, rows)
        return exposed

    def _period(self, lines: Lines) -> Numbers:
        """Return, for each line, in which of the user's periods it falls: they part where a grant begins or ends."""
        periods = np.zeros(len(lines.users), dtype=np.int64)
        if self._periods > 1:
            for user in np.unique(lines.users).tolist():
                if self._changes[user]:
                    at = lines.users == user
                    periods[at] = np.searchsorted(self._changes[user], lines.days[at], side="right")
        return periods


def judge_accesses(
    blocks: Iterable[Lines],
    readers: Sequence[Reader],
    records: RecordSet,
    selections: Selections,
    targets: Targets,
    clock: Clock,
    categories: Categories,
    day: int,
    undecided: Marks,
) -> Read:
    """Return what was read beyond their perimeter by ``readers``, all of whom have one; lines name them by their index.

    ``day`` (ordinal) is that of the audit, whose assignments tell the place of each user; records that cannot be judged are marked in
    ``undecided``.
    """
    judge = _Judge(readers, records, selections, targets, undecided)
    size = len(readers)
    lines_of, beyond_of = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    first, last = np.full(size, np.iinfo(np.int64).max), np.full(size, np.iinfo(np.int64).min)
    days: Counter[int] = Counter()
    for lines in _batches(blocks):
        beyond = judge.beyond(lines)
        users = lines.users[beyond]
        lines_of += np.bincount(lines.users, minlength=size)
        beyond_of += np.bincount(users, minlength=size)
        np.minimum.at(first, users, lines.seconds[beyond])
        np.maximum.at(last, users, lines.seconds[beyond])
        days.update(dict(zip(*(part.tolist() for part in np.unique(lines.days[beyond], return_counts=True)), strict=True)))
    seen = np.flatnonzero(lines_of).tolist()
    parts = [judge.read_beyond(user) for user in seen]
    judged = [
        UserLine(
            readers[user].user,
            readers[user].role,
            *places_of(selections.opened(readers[user].should or (), day), records),
            len(part.rows),
            int(np.count_nonzero(np.unique(records.persons[part.rows]) < records.person_count)),
            int(np.bitwise_or.reduce(part.bits)) if len(part.bits) else 0,
            int(beyond_of[user]),
            clock.iso(int(first[user])) if beyond_of[user] else "",
            clock.iso(int(last[user])) if beyond_of[user] else "",
        )
        for user, part in zip(seen, parts, strict=True)
    ]
    view = make_view(records, categories, judged, lambda members: _united([parts[at] for at in members], len(records)))
    return Read(
        int(lines_of.sum()), int(beyond_of.sum()), {datetime.date.fromordinal(one).isoformat(): days[one] for one in sorted(days)}, view
    )


def _changes(reader: Reader) -> list[int]:
    """Return the days, ascending, on which what ``reader`` may or should read changes."""
    grants = (*(reader.could or ()), *(reader.should or ()))
    begins = {grant.since for grant in grants if grant.since != FIRST_DAY}
    return sorted(begins | {grant.until + 1 for grant in grants if grant.until != LAST_DAY})


def _batches(blocks: Iterable[Lines]) -> Iterator[Lines]:
    """Yield the lines of ``blocks`` in arrays long enough to be worth judging together."""
    held: list[Lines] = []
    for block in blocks:
        held.append(block)
        if sum(len(one.users) for one in held) >= _BATCH:
            yield _joined(held)
            held = []
    if held:
        yield _joined(held)


def _joined(held: Sequence[Lines]) -> Lines:
    names = ("users", "targets", "seconds", "days")
    return Lines(*(np.concatenate([getattr(one, name) for one in held]) for name in names))


def _united(parts: Sequence[Selection], size: int) -> Bits:
    exposed = np.zeros(size, dtype=np.int64)
    for part in parts:
        exposed[part.rows] |= part.bits
    return exposed
