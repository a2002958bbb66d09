"""Values that are read back only when they are asked for: of ten thousand patterns a single text needs a few."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from recognizers.pool import Pool, pooled

_Value = TypeVar("_Value")


class Lazy(Generic[_Value]):
    """A value that pickles as one piece, which is opened on first use."""

    __slots__ = ("_packed", "_pool", "_value")
    _value: _Value

    def __init__(self, value: _Value) -> None:
        self._value = value

    def __call__(self) -> _Value:
        """Return the value."""
        try:
            return self._value
        except AttributeError:
            self._value = self._pool.unpacked(self._packed)
            return self._value

    def close(self, packed: bytes, pool: Pool) -> None:
        """Forget the value, of which ``packed`` is all but what is in ``pool``."""
        self._packed, self._pool = packed, pool
        del self._value

    def __getstate__(self) -> tuple[bytes, Pool]:
        if not hasattr(self, "_packed"):
            pool, (packed,) = pooled([self._value])
            return packed, pool
        return self._packed, self._pool

    def __setstate__(self, state: tuple[bytes, Pool]) -> None:
        self._packed, self._pool = state


def close_together(values: Iterable[Lazy[Any]]) -> None:
    """Close ``values``, with what they share in one pool."""
    lazy = list(values)
    pool, packed = pooled([value() for value in lazy])
    for value, own in zip(lazy, packed, strict=True):
        value.close(own, pool)
