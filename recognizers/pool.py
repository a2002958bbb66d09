"""Parts that many patterns share, kept once: some sets of words and some choices stand in hundreds of rules."""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Hashable, Iterable
from io import BytesIO
from itertools import accumulate
from typing import Any, TypeGuard

from recognizers.choice import Choice
from recognizers.word_set import WordSet

Part = WordSet | Choice
_MANY = 8
"""Words from which on a set is kept once: a smaller one is sooner read where it stands."""
_KINDS = 32
"""Numbers below this name classes, the others pieces: small numbers take fewer bytes, and classes are named everywhere."""


class Pool:
    """Values packed one by one, each opened when it is asked for, and the sets of words and choices that several of them hold.

    Piece ``number`` is ``content[ends[number] : ends[number + 1]]``; in it a number stands for one of the classes ``kinds``, or,
    ``_KINDS`` more than that of its piece, for a part that is shared.
    """

    def __init__(self, kinds: list[type], content: bytes | memoryview, ends: array[int]) -> None:
        self._kinds, self._content, self._ends = kinds, content, ends
        self._parts: dict[int, Part] = {}

    def value(self, number: int) -> Any:
        """Return what piece ``number`` holds, a new one each time."""
        return _Opener(BytesIO(self._content[self._ends[number] : self._ends[number + 1]]), self).load()

    def named(self, number: int) -> Part | type:
        """Return what ``number`` stands for in a piece: a class, or a part that is shared."""
        if number < _KINDS:
            return self._kinds[number]
        part = self._parts.get(number)
        if part is None:
            kind, state = self.value(number - _KINDS)
            part = self._parts.setdefault(number, kind(*state))  # another thread may have been sooner
        return part

    def __reduce_ex__(self, protocol: Any) -> tuple[type[Pool], tuple[list[type], pickle.PickleBuffer | bytes, array[int]]]:
        return Pool, (self._kinds, pickle.PickleBuffer(self._content) if protocol >= 5 else bytes(self._content), self._ends)


def pooled(values: Iterable[object]) -> tuple[Pool, int]:
    """Return the pool of ``values``, and the number of the first; the others follow in their order."""
    values, shared = list(values), _Shared()
    for value in values:
        _Surveyor(shared).dump(value)
    packing = _Packing(shared)
    packed = list(map(packing.packed, values))
    pieces = [*packing.pieces, *packed]
    ends = array("I", accumulate(map(len, pieces), initial=0))
    return Pool(list(packing.kinds), b"".join(pieces), ends), len(packing.pieces)


class _Opener(pickle.Unpickler):
    def __init__(self, buffer: BytesIO, pool: Pool) -> None:
        super().__init__(buffer)
        self._pool = pool

    def persistent_load(self, number: int) -> Part | type:
        """Return what this number stands for."""
        return self._pool.named(number)


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
    """The ``pieces`` of a pool, made as values that hold them are packed, and the numbers of the ``kinds`` of what they hold."""

    def __init__(self, shared: _Shared) -> None:
        self.pieces: list[bytes] = []
        self.kinds: dict[type, int] = {}
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
        """Return the number of a class, or of a part that is shared."""
        kinds = self._packing.kinds
        if isinstance(value, type) and (value in kinds or len(kinds) < _KINDS):
            return kinds.setdefault(value, len(kinds))
        place = self._packing.place(value) if _may_be_shared(value) else None
        return None if place is None else _KINDS + place
