"""Sets of folded words: listed ones, and all that begin alike."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import fsum
from typing import NamedTuple

from recognizers.frequency import prefix_frequency, word_frequency


class WordSet(NamedTuple):
    """The words in ``words`` and every word that begins with one of ``prefixes``, which are sorted."""

    words: frozenset[str]
    prefixes: tuple[str, ...] = ()

    def holds(self, word: str) -> bool:
        """Tell whether ``word`` is one of them."""
        return word in self.words or word.startswith(self.prefixes)

    @property
    def frequency(self) -> float:
        """An upper bound of the share of comments, in [0, 1], that hold one of the words."""
        return _frequency(self.words, self.prefixes)


@cache
def _frequency(words: frozenset[str], prefixes: tuple[str, ...]) -> float:
    return min(1.0, fsum((*map(word_frequency, words), *map(prefix_frequency, prefixes))))  # fsum: whatever the order


def union(sets: Iterable[WordSet]) -> WordSet:
    """Return the words of all ``sets``."""
    sets = list(sets)
    if len(sets) == 1:
        return sets[0]
    words = frozenset[str]().union(*(each.words for each in sets))
    return WordSet(words, tuple(sorted({prefix for each in sets for prefix in each.prefixes})))
