"""Values that are read back only when they are asked for: of ten thousand patterns a single text needs a few."""

from __future__ import annotations

import pickle
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class Lazy(Generic[_Value]):
    """A value that pickles as one piece, which is opened on first use."""

    __slots__ = ("_packed", "_value")
    _value: _Value

    def __init__(self, value: _Value) -> None:
        self._value = value

    def __call__(self) -> _Value:
        """Return the value."""
        try:
            return self._value
        except AttributeError:
            self._value = pickle.loads(self._packed)
            del self._packed
            return self._value

    def __getstate__(self) -> bytes:
        return pickle.dumps(self(), pickle.HIGHEST_PROTOCOL)

    def __setstate__(self, packed: bytes) -> None:
        self._packed = packed
