"""The French dictionary: its words with how often each was met; and what is a word: of the dictionary, or of the lexicons."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple
from zlib import crc32

from recognizers.folding import fold_word
from recognizers.kept import kept
from recognizers.sound import sound

_BEGINNING = 7
"""Letters of the shortest beginning that tells a word."""


class Dictionary(NamedTuple):
    """The words, their sounds and beginnings of words, as sorted check sums, which few others share."""

    words: array[int]
    sounds: array[int]
    beginnings: array[int]

    def holds(self, word: str) -> bool:
        """Whether a folded word is a word."""
        return _holds(self.words, word) or any(_holds(self.beginnings, word[:end]) for end in range(_BEGINNING, len(word) + 1))

    def hears(self, word: str) -> bool:
        """Whether a folded word sounds like a word, of which it may be a misspelling."""
        return self.holds(word) or _holds(self.sounds, sound(word))


@cache
def load_dictionary() -> Dictionary:
    """Return the dictionary."""
    return kept("dictionary", _compile)


def french_words() -> dict[str, int]:
    """Return the words of the French dictionary, folded, with how often each was met."""
    from spellchecker import SpellChecker

    found: dict[str, int] = defaultdict(int)
    for word, count in SpellChecker(language="fr").word_frequency.dictionary.items():
        found[fold_word(word)] += count
    return {word: count for word, count in found.items() if word.isalpha() and word.isascii()}


def _compile() -> Dictionary:
    from recognizers.rulepack import load_rulepack
    from recognizers.spelling import words_of

    listed = words_of(load_rulepack())
    words = {*french_words(), *listed.words}
    return Dictionary(
        _sums(words),
        _sums(sound(word) for word in words if word.isalpha()),
        _sums(part for part in listed.prefixes if len(part) >= _BEGINNING),
    )


def _sums(words: Iterable[str]) -> array[int]:
    return array("I", sorted({crc32(word.encode()) for word in words}))


def _holds(sums: array[int], word: str) -> bool:
    wanted = crc32(word.encode())
    at = bisect_left(sums, wanted)
    return at < len(sums) and sums[at] == wanted
