"""Words as small numbers: words that stand in the same sets share one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from recognizers.document import EXPANSIONS, plain_word
from recognizers.remembered import Remembered
from recognizers.word_set import WordSet

OTHER = 1  # not 0, which is no word at all
"""A word that is in no set."""
_FIRST = OTHER + 1


class Codes(Remembered[str, int]):
    """The number of a folded word; a word that is met for the first time is looked up, then remembered.

    ``words`` and ``prefixes`` are the numbers of listed words, and of others by the longest beginning that is listed.
    """

    most = 300_000

    def __init__(self, words: Mapping[str, int], prefixes: Mapping[str, int]) -> None:
        super().__init__()
        self._words, self._prefixes = words, prefixes
        self._lengths = sorted({len(prefix) for prefix in prefixes}, reverse=True)

    def __reduce__(self) -> tuple[type[Codes], tuple[Mapping[str, int], Mapping[str, int]]]:
        return Codes, (self._words, self._prefixes)

    def work_out(self, raw: str) -> int:
        """Return the number of a word as it is written, folded."""
        word = raw if raw in EXPANSIONS else plain_word(raw)
        if (code := self._words.get(word)) is not None:
            return code
        for length in self._lengths:
            if length <= len(word) and (code := self._prefixes.get(word[:length])) is not None:
                return code
        return OTHER


def build_codes(sets: Iterable[WordSet]) -> tuple[Codes, dict[WordSet, list[int]], int]:
    """Return the numbers of words, the numbers that each of ``sets`` holds, and how many numbers there are."""
    sets = list(dict.fromkeys(sets))
    by_word, by_prefix = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
    for at, each in enumerate(sets):
        for word in each.words:
            by_word[word].add(at)
        for prefix in each.prefixes:
            by_prefix[prefix].add(at)
    lengths = sorted({len(prefix) for prefix in by_prefix})

    def sets_of(word: str) -> set[int]:
        found = set(by_word.get(word, ()))
        return found.union(*(by_prefix.get(word[:length], ()) for length in lengths if length <= len(word)))

    numbers: dict[frozenset[int], int] = {}
    words, prefixes = (
        {word: numbers.setdefault(frozenset(sets_of(word)), _FIRST + len(numbers)) for word in listed} for listed in (by_word, by_prefix)
    )
    # A shortened word may be one of its own, as an acronym.
    words |= {
        short: numbers.setdefault(frozenset(sets_of(short) | sets_of(word)), _FIRST + len(numbers)) for short, word in EXPANSIONS.items()
    }
    held: dict[WordSet, list[int]] = {each: [] for each in sets}
    for members, number in numbers.items():
        for at in members:
            held[sets[at]].append(number)
    return Codes(words, prefixes), held, _FIRST + len(numbers)
