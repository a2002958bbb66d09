"""Set algebra of an audit: what is opened less what is needed, counted without ever listing users by records.

For a user, only the records that the user needs are looked at: they are taken off the counts of everything that the rights open, which
are made once for all users of the same rights. For a group of users, a record is exposed to somebody unless all of them need it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scanner.exposure.categories import Bits
from scanner.exposure.records import RecordSet, Rows
from scanner.exposure.selections import Selection, combined

_BITS = 62
_FEW = 1_000  # values that are counted faster all at once than bit by bit


@dataclass(frozen=True, slots=True)
class Count:
    """How many records and persons, and the union of the records' bits."""

    records: int
    persons: int
    bits: int


class Opened:
    """What rights open of the data that records hold, counted."""

    def __init__(self, records: RecordSet, selection: Selection) -> None:
        self.rows = selection.rows
        self.bits = selection.bits & records.own[selection.rows]
        self._nobody = records.person_count
        self._person_of = records.persons
        self._persons, self._records_each = np.unique(records.persons[self.rows], return_counts=True)
        self._each_bit = _count_bits(self.bits)

    def less(self, needed: Selection) -> Count:
        """Return the count of what is opened and not in ``needed``."""
        at, allowed = self._common(needed)
        old = self.bits[at]
        new = old & ~allowed
        gone = self.rows[at[new == 0]]
        persons, gone_each = np.unique(self._person_of[gone], return_counts=True)
        left_none = persons[self._records_each[np.searchsorted(self._persons, persons)] == gone_each]
        known = int(np.count_nonzero(self._persons < self._nobody)) - int(np.count_nonzero(left_none < self._nobody))
        left = self._each_bit - _count_bits(old & ~new)
        return Count(len(self.rows) - len(gone), known, sum(1 << int(bit) for bit in np.flatnonzero(left)))

    def less_shared(self, needed: Sequence[Selection]) -> Selection:
        """Return what is opened and not in every one of ``needed``, at least one."""
        shared, times = combined(np.concatenate([one.rows for one in needed]), np.concatenate([one.bits for one in needed]), union=False)
        by_all = times == len(needed)
        at, allowed = self._common(Selection(shared.rows[by_all], shared.bits[by_all]))
        bits = self.bits.copy()
        bits[at] &= ~allowed
        kept = bits != 0
        return Selection(self.rows[kept], bits[kept])

    def _common(self, other: Selection) -> tuple[Rows, Bits]:
        """Return where the records of ``other`` stand in ``rows``, and their bits."""
        if not len(self.rows):
            return other.rows[:0], other.bits[:0]
        at = np.minimum(np.searchsorted(self.rows, other.rows), len(self.rows) - 1)
        found = self.rows[at] == other.rows
        return at[found], other.bits[found]


def _count_bits(values: Bits) -> Bits:
    if len(values) < _FEW:
        counts: Bits = ((values[:, None] >> np.arange(_BITS)) & 1).sum(axis=0)
        return counts
    return np.array([np.count_nonzero(values & (1 << bit)) for bit in range(_BITS)], dtype=np.int64)
