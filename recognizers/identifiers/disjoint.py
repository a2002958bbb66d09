"""Ranges of which no two overlap: of many findings, those that have a place of their own."""

from __future__ import annotations

from bisect import bisect_left, insort


class Disjoint:
    """Ranges [start, end), none empty, without overlaps."""

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int]] = []

    def add(self, start: int, end: int) -> bool:
        """Add a range unless it overlaps one that is there; tell whether it was added."""
        at = bisect_left(self._ranges, (start, end))
        if at and self._ranges[at - 1][1] > start:
            return False
        if at < len(self._ranges) and self._ranges[at][0] < end:
            return False
        insort(self._ranges, (start, end))
        return True
