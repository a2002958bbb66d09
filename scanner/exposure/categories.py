"""Categories of data as bits of a number: those of a record, those that a right opens, those that a function needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from scanner.catalogue import default_catalogue
from scanner.columns import fold_header
from scanner.exposure.columns import entity_of

Bits = NDArray[np.int64]
_LISTED = re.compile(r"[,;|/+]")
RECORD = 1
"""The bit of the record itself: exposed when the record lies outside the perimeter as a whole."""


class Categories:
    """The entities that the catalogue knows, each with its bit; ``everything`` has all of them and the record's own."""

    def __init__(self) -> None:
        infos, self.severities = default_catalogue().entities, default_catalogue().severities
        self.names = tuple(infos)
        self.labels: Mapping[str, str] = {name: info.label for name, info in infos.items()}
        self._bit = {name: 2 << at for at, name in enumerate(self.names)}
        self._by_word = {fold_header(word): name for name, info in infos.items() for word in (name, info.label, info.tag)}
        self.everything = (2 << len(self.names)) - 1

    def bit(self, name: str) -> int:
        """Return the bit of the entity ``name``."""
        return self._bit[name]

    def bits(self, names: Iterable[str]) -> int:
        """Return the bits of the entities ``names``."""
        total = 0
        for name in names:
            total |= self._bit[name]
        return total

    def named(self, word: str) -> str:
        """Return the entity that ``word`` names: its key, its French label, or words that a header of its data uses; ``""`` for none."""
        return self._by_word.get(fold_header(word), "") or entity_of(word)

    def listed(self, cell: str) -> tuple[int, list[str]]:
        """Return the bits of the entities that ``cell`` lists (between commas, semicolons, bars, slashes) and the words that name none."""
        words = [word.strip() for word in _LISTED.split(cell) if word.strip()]
        names = [self.named(word) for word in words]
        return self.bits(filter(None, names)), [word for word, name in zip(words, names, strict=True) if not name]

    def of_bits(self, bits: int) -> tuple[str, ...]:
        """Return the entities in ``bits``, sorted."""
        return tuple(sorted(name for name, bit in self._bit.items() if bits & bit))

    def in_words(self, bits: int) -> str:
        """Return the French labels of the entities in ``bits``, between commas."""
        return ", ".join(sorted(self.labels[name] for name in self.of_bits(bits)))

    def counts(self, bits: Bits) -> dict[str, int]:
        """Return how many numbers in ``bits`` hold each entity, those that none holds left out."""
        found = {name: int(np.count_nonzero(bits & bit)) for name, bit in self._bit.items()}
        return {name: count for name, count in sorted(found.items()) if count}
