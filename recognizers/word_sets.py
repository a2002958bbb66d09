"""Sets of numbered words in one table: whether a word is in a set takes one look, in plain Python or for many at once."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

SPREAD = 0x9E3779B1
"""Large and odd: spreads neighbouring codes over the table."""
_NEXT_KEY = 0x85EBCA6B  # likewise
_ROOM = 4  # places of the table for each word of each set, at least
_Name = TypeVar("_Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class WordSets:
    """Every set has a key of its own. The place of ``code`` is ``code * spread ^ key`` (the lower bits): it holds ``code`` if the set does.

    No two words of any sets share a place, and since keys differ, a word cannot stand at a place for two sets: the answer is exact.
    """

    places: array[int]

    @classmethod
    def build(cls, sets: Mapping[_Name, Sequence[int]], count: int) -> tuple[WordSets, dict[_Name, int]]:
        """Return the table of ``sets``, whose codes are above 0 and below ``count``, and the key of each set."""
        size = 1 << max(count, _ROOM * sum(map(len, sets.values()))).bit_length()
        places = array("H" if count <= 0x10000 else "I", [0]) * size
        keys = {}
        key = 0
        for name, codes in sorted(sets.items(), key=lambda item: -len(item[1])):
            spread = [code * SPREAD for code in codes]
            while True:
                key = (key + _NEXT_KEY) & (size - 1)  # odd: every key comes once before one comes twice
                if not any(places[(mixed ^ key) & (size - 1)] for mixed in spread):
                    break
            for code, mixed in zip(codes, spread, strict=True):
                places[(mixed ^ key) & (size - 1)] = code
            keys[name] = key
        return cls(places), keys
