"""Values that are read back only when they are asked for: of twenty thousand patterns a single text needs a few."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, TypeVar, overload

from recognizers.pool import Pool, pooled

_Value = TypeVar("_Value")


class LazySequence(Sequence[_Value]):
    """Values that pickle as one piece each, which is opened on first use; with them goes the whole pool that they are in with others."""

    __slots__ = ("_closed", "_open", "_size")

    def __init__(self, values: Iterable[_Value] = ()) -> None:
        self._open = dict(enumerate(values))
        self._size = len(self._open)
        self._closed: tuple[Pool, int] | None = None

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, at: int) -> _Value: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[_Value]: ...
    def __getitem__(self, at: int | slice) -> _Value | Sequence[_Value]:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        value = self._open.get(at)
        if value is None:
            if self._closed is None or not 0 <= at < self._size:
                raise IndexError(at)
            pool, first = self._closed
            value = self._open[at] = pool.value(first + at)
        return value

    def close(self, pool: Pool, first: int) -> None:
        """Forget the values, which ``pool`` holds from the number ``first`` on."""
        self._closed, self._open = (pool, first), {}

    def __getstate__(self) -> tuple[int, Pool, int]:
        return self._size, *(self._closed or pooled(self))

    def __setstate__(self, state: tuple[int, Pool, int]) -> None:
        self._size, pool, first = state
        self._open, self._closed = {}, (pool, first)


def close_together(sequences: Iterable[LazySequence[Any]]) -> None:
    """Close the values of ``sequences``, all different ones, with what they share in one pool."""
    sequences = list(sequences)
    pool, first = pooled(chain.from_iterable(sequences))
    for sequence in sequences:
        sequence.close(pool, first)
        first += len(sequence)
