"""What grants open, as sorted record indexes with the categories of each: the sets that an audit compares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scanner.exposure.categories import Bits
from scanner.exposure.grants import Grant, Scope
from scanner.exposure.records import NONE, RecordSet, Rows


@dataclass(frozen=True, slots=True)
class Selection:
    """Records in ascending order, and the bits that are opened of each."""

    rows: Rows
    bits: Bits


EMPTY = Selection(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def combined(rows: Rows, bits: Bits, union: bool = True) -> tuple[Selection, NDArray[np.int64]]:
    """Return each of ``rows`` once, with the union of its ``bits`` (or what they share), and how often it stood there."""
    if not len(rows):
        return EMPTY, np.empty(0, dtype=np.int64)
    order = np.argsort(rows, kind="stable")
    rows, bits = rows[order], bits[order]
    starts = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
    merge = np.bitwise_or if union else np.bitwise_and
    return Selection(rows[starts], merge.reduceat(bits, starts)), np.diff(starts, append=len(rows))


def bits_of(selection: Selection, rows: Rows) -> Bits:
    """Return what ``selection`` opens of each of ``rows``, in any order, 0 for those that it does not hold."""
    if not len(selection.rows):
        return np.zeros(len(rows), dtype=np.int64)
    at = np.minimum(np.searchsorted(selection.rows, rows), len(selection.rows) - 1)
    return np.where(selection.rows[at] == rows, selection.bits[at], 0)


class Selections:
    """Makes the selections of grants, each scope once."""

    def __init__(self, records: RecordSet) -> None:
        self._records = records
        self._rows: dict[Scope, Rows] = {}
        self._undecided: dict[Scope, Rows] = {}
        self._opened: dict[tuple[tuple[Scope, int], ...], Selection] = {}
        self._settled: dict[tuple[tuple[Scope, int], ...], tuple[Selection, Rows]] = {}

    @cached_property
    def _every(self) -> Rows:
        return np.arange(len(self._records), dtype=np.int64)

    def opened(self, grants: Sequence[Grant], day: int) -> Selection:
        """Return what ``grants`` open on ``day``."""
        key = _in_force(grants, day)
        if key not in self._opened:
            parts = [(self._rows_of(scope), bits) for scope, bits in key]
            if len(parts) == 1:
                self._opened[key] = _whole(*parts[0])
            else:
                rows = np.concatenate([EMPTY.rows, *(rows for rows, _ in parts)])
                self._opened[key] = combined(rows, np.concatenate([EMPTY.bits, *(_whole(*part).bits for part in parts)]))[0]
        return self._opened[key]

    def settled(self, grants: Sequence[Grant], day: int) -> tuple[Selection, Rows]:
        """Return what ``grants`` open on ``day``, with the records that cannot be judged for want of a value, opened in full; and these."""
        key = _in_force(grants, day)
        if key not in self._settled:
            opened, missing = self.opened(grants, day), EMPTY.rows
            if lacking := [rows for scope, _ in key if len(rows := self._undecided_of(scope))]:
                missing = np.setdiff1d(np.concatenate(lacking), opened.rows)
                rows = np.concatenate([opened.rows, missing])
                opened = combined(rows, np.concatenate([opened.bits, _whole(missing, -1).bits]))[0]
            self._settled[key] = opened, missing
        return self._settled[key]

    def _rows_of(self, scope: Scope) -> Rows:
        if scope not in self._rows:
            rows = self._every
            for at, (name, code) in enumerate(scope):
                dimension = self._records.dimensions[name]
                if at == 0:
                    rows = dimension.rows(code) if code >= 0 else EMPTY.rows
                else:
                    rows = rows[dimension.codes[rows] == code]
            self._rows[scope] = rows
        return self._rows[scope]

    def _undecided_of(self, scope: Scope) -> Rows:
        """Return the records of which a value is missing that would decide, all others being those of ``scope``."""
        if scope not in self._undecided:
            lacking = [rows for name, _ in scope if len(rows := self._records.dimensions[name].rows(NONE))]
            rows = np.unique(np.concatenate(lacking)) if lacking else EMPTY.rows
            for name, code in scope if lacking else ():
                codes = self._records.dimensions[name].codes[rows]
                rows = rows[(codes == code) | (codes == NONE)]
            self._undecided[scope] = rows
        return self._undecided[scope]


def _in_force(grants: Sequence[Grant], day: int) -> tuple[tuple[Scope, int], ...]:
    return tuple(sorted({(grant.scope, grant.bits) for grant in grants if grant.holds_on(day)}))


def _whole(rows: Rows, bits: int) -> Selection:
    return Selection(rows, np.full(len(rows), bits, dtype=np.int64))
