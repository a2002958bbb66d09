"""Values that are read back only when they are asked for: of twenty thousand patterns a single text needs a few."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar, overload

from recognizers.pool import Pool, pooled

_Value = TypeVar("_Value")


class LazySequence(Sequence[_Value]):
    """Values that pickle as one piece each, which is opened on first use; with them goes all of the pool that they share with others."""

    __slots__ = ("_closed", "_open", "_size")

    def __init__(self, values: Iterable[_Value] = ()) -> None:
        self._open = dict(enumerate(values))
        self._size = len(self._open)
        self._closed: tuple[Sequence[bytes], Pool] | None = None

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
            packed, pool = self._closed
            value = self._open[at] = pool.unpacked(packed[at])
        return value

    def close(self, packed: Sequence[bytes], pool: Pool) -> None:
        """Forget the values, of which ``packed`` are all but what is in ``pool``."""
        self._closed, self._open = (packed, pool), {}

    def __getstate__(self) -> tuple[Sequence[bytes], Pool]:
        if self._closed is None:
            pool, packed = pooled(self)
            return packed, pool
        return self._closed

    def __setstate__(self, state: tuple[Sequence[bytes], Pool]) -> None:
        self._closed, self._open, self._size = state, {}, len(state[0])


def close_together(sequences: Iterable[LazySequence[Any]]) -> None:
    """Close the values of ``sequences``, all different ones, with what they share in one pool."""
    sequences = list(sequences)
    pool, packed = pooled([value for sequence in sequences for value in sequence])
    pieces = iter(packed)
    for sequence in sequences:
        sequence.close(list(islice(pieces, len(sequence))), pool)
