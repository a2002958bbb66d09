"""Products of many rows, the same for a row whichever others stand beside it, and lines of rows that stand one after the other.

A library of linear algebra adds in another order where a matrix has more or fewer rows, and makes threads for large ones, which cost more
than they save here: rows are multiplied in blocks of one size, each small enough for one thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from recognizers.network_weights import AROUND, REACHES, Floats

BETWEEN = max(*REACHES, AROUND) // 2
"""Rows of nothing after each line: as many as anything looks at on each side, so that it sees no other line."""
_BLOCK = 4
_ONE_THREAD = 1 << 18
"""Multiplications up to which libraries of linear algebra make no threads."""


class Layer:
    """A matrix to multiply rows with, ``block`` at a time."""

    def __init__(self, matrix: Floats, block: int = _BLOCK) -> None:
        height, width = matrix.shape
        self._block = block
        self._deep = max(1, _ONE_THREAD // (width * block))
        self._pieces = [np.ascontiguousarray(matrix[at : at + self._deep]) for at in range(0, height, self._deep)]

    def product(self, rows: Floats) -> Floats:
        """Return ``rows``, whole blocks of them (:func:`filled`), multiplied with the matrix."""
        blocks = rows.reshape(len(rows) // self._block, self._block, rows.shape[1])
        first, *others = self._pieces
        product: Floats = blocks[:, :, : self._deep] @ first
        for at, piece in enumerate(others, start=1):
            product += blocks[:, :, at * self._deep : (at + 1) * self._deep] @ piece
        return product.reshape(len(rows), product.shape[2])


def filled(size: int, block: int = _BLOCK) -> int:
    """Return how many rows blocks hold that hold ``size`` at least."""
    return -(-size // block) * block


def with_neighbours(rows: Floats, size: int) -> Floats:
    """Return each of ``rows`` between those beside it, ``size`` in all, as one; beyond the edges are zeros."""
    beyond = np.zeros((size // 2, rows.shape[1]), np.float32)
    held = np.concatenate((beyond, rows, beyond))
    return np.concatenate([held[at : at + len(rows)] for at in range(size)], axis=1)


class Lines:
    """Lines of the ``lengths`` given, one at least, none 0, as rows one after the other.

    ``ranges`` are the rows [start, end) of each, among ``size`` of whole blocks, the last of no line.
    """

    def __init__(self, lengths: Sequence[int]) -> None:
        edges = [0, *accumulate(length + BETWEEN for length in lengths)]
        self.size = filled(edges[-1] + 1)
        self.ranges = [(start, start + length) for start, length in zip(edges, lengths, strict=False)]
        self._edges = np.array(edges)
        self._line_of = np.zeros(self.size, np.intp)
        self._is_between = np.ones(self.size, np.bool_)
        for at, (start, end) in enumerate(self.ranges):
            self._line_of[start:end] = at
            self._is_between[start:end] = False

    def emptied(self, rows: Floats, value: float) -> Floats:
        """Put ``value`` into all of ``rows`` that are of no line, and return them."""
        rows[self._is_between] = value
        return rows

    def spread(self, of_lines: Floats) -> Floats:
        """Return for each row that of its line."""
        spread: Floats = of_lines.take(self._line_of, axis=0)
        return spread

    def highest_and_mean(self, rows: Floats) -> Floats:
        """Return of each line the highest and the mean of each number of ``rows``, none of which is below 0; whole blocks of lines."""
        width = rows.shape[1]
        told = np.zeros((filled(len(self.ranges)), 2 * width), np.float32)
        for of_line, (start, end) in zip(told, self.ranges, strict=False):
            own = rows[start:end]
            np.maximum.reduce(own, axis=0, out=of_line[:width])
            np.divide(np.add.reduce(own, axis=0), end - start, out=of_line[width:])
        return told

    def together(self, odds: Floats) -> Floats:
        """Return the logarithm of the sum of the odds, given as logarithms, of all rows of each line; rows of no line are emptied."""
        odds = self.emptied(odds, -np.inf)
        highest = np.maximum.reduceat(odds, self._edges)[:-1]
        sums = np.add.reduceat(np.exp(odds - self.spread(highest)), self._edges)[:-1]
        together: Floats = highest + np.log(sums)
        return together
