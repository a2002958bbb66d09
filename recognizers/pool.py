"""Parts that many patterns share, kept once: some sets of words and some choices stand in hundreds of rules."""

from __future__ import annotations

import pickle
from collections.abc import Hashable, Iterable
from io import BytesIO
from typing import Any, TypeGuard

from recognizers.choice import Choice
from recognizers.word_set import WordSet

Part = WordSet | Choice
_MANY = 8
"""Words from which on a set is kept once: a smaller one is sooner read where it stands."""


class Pool:
    """Sets of words and choices that several values hold, each packed as one piece, and opened when the first of these values is."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self._parts: dict[int, Part] = {}

    def unpacked(self, packed: bytes) -> Any:
        """Return the value that :func:`pooled` packed."""
        return _Opener(BytesIO(packed), self).load()

    def part(self, number: int) -> Part:
        """Return the part with ``number``."""
        part = self._parts.get(number)
        if part is None:
            kind, state = self.unpacked(self._pieces[number])
            part = self._parts.setdefault(number, kind(*state))  # another thread may have been sooner
        return part

    def __reduce__(self) -> tuple[type[Pool], tuple[list[bytes]]]:
        return Pool, (self._pieces,)


def pooled(values: Iterable[object]) -> tuple[Pool, list[bytes]]:
    """Return ``values`` packed one by one, and the pool of what they share."""
    values, shared = list(values), _Shared()
    for value in values:
        _Surveyor(shared).dump(value)
    packing = _Packing(shared)
    packed = list(map(packing.packed, values))
    return Pool(packing.pieces), packed


class _Opener(pickle.Unpickler):
    def __init__(self, buffer: BytesIO, pool: Pool) -> None:
        super().__init__(buffer)
        self._pool = pool

    def persistent_load(self, number: int) -> Part:
        """Return the part with this number."""
        return self._pool.part(number)


class _Shared:
    """Which parts are alike, and which of them stand in more than one place."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[int, tuple[Part, int]] = {}  # by id; the part is held, so that no other takes its id
        self._met: set[int] = set()
        self._often: set[int] = set()

    def number(self, part: Part) -> int:
        """Return a number that is the same for all parts that are alike."""
        if id(part) not in self._known:
            key = part if isinstance(part, WordSet) else tuple(map(self._key, part.nodes))
            self._known[id(part)] = part, self._numbers.setdefault(key, len(self._numbers))
        return self._known[id(part)][1]

    def is_often(self, number: int) -> bool:
        """Tell whether parts with ``number`` were met more than once."""
        return number in self._often

    def meet(self, number: int) -> bool:
        """Tell whether parts with ``number`` were met before."""
        if number in self._met:
            self._often.add(number)
            return True
        self._met.add(number)
        return False

    def _key(self, value: Any) -> Hashable:
        if isinstance(value, Choice | WordSet):
            return type(value), self.number(value)
        if isinstance(value, tuple):
            return tuple(map(self._key, value))
        slots = getattr(type(value), "__slots__", None)
        if slots is None:
            return type(value), value
        return type(value), *(self._key(getattr(value, slot)) for slot in slots if not slot.startswith("_"))


def _may_be_shared(value: object) -> TypeGuard[Part]:
    return isinstance(value, Choice) or (isinstance(value, WordSet) and len(value.words) + len(value.prefixes) >= _MANY)


class _Surveyor(pickle.Pickler):
    """Goes through values, and into each of their parts once."""

    def __init__(self, shared: _Shared) -> None:
        super().__init__(BytesIO(), pickle.HIGHEST_PROTOCOL)
        self._shared = shared

    def persistent_id(self, value: object) -> int | None:
        """Return a number for what was met before."""
        if not _may_be_shared(value):
            return None
        number = self._shared.number(value)
        return number if self._shared.meet(number) else None


class _Packing:
    """The ``pieces`` of a pool, made as values that hold them are packed."""

    def __init__(self, shared: _Shared) -> None:
        self.pieces: list[bytes] = []
        self._shared = shared
        self._places: dict[int, int] = {}

    def packed(self, value: object) -> bytes:
        buffer = BytesIO()
        _Packer(buffer, self).dump(value)
        return buffer.getvalue()

    def place(self, part: Part) -> int | None:
        """Return the place in ``pieces`` of a part that is shared."""
        number = self._shared.number(part)
        if number not in self._places and self._shared.is_often(number):
            piece = self.packed((WordSet, tuple(part)) if isinstance(part, WordSet) else (Choice, (part.nodes,)))
            self._places[number] = len(self.pieces)
            self.pieces.append(piece)
        return self._places.get(number)


class _Packer(pickle.Pickler):
    def __init__(self, buffer: BytesIO, packing: _Packing) -> None:
        super().__init__(buffer, pickle.HIGHEST_PROTOCOL)
        self._packing = packing

    def persistent_id(self, value: object) -> int | None:
        """Return the number of a part that is shared."""
        return self._packing.place(value) if _may_be_shared(value) else None
