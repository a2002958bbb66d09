"""Surnames with one letter wrong: changed, missing, added, or two of them swapped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from recognizers.identifiers.vocabulary import person_words

LEAST_LETTERS = 7
"""Shorter surnames are not looked for with a letter wrong: too many of them are one letter apart."""
_WORD = re.compile(r"(?<![a-z0-9-])[a-z]+(?:['\-][a-z]+)*(?![a-z0-9]|-[a-z])")


class Misspellings:
    """Finds ``surnames``, given folded and without spaces, with one letter wrong."""

    def __init__(self, surnames: Iterable[str]) -> None:
        self._surnames = tuple({name for name in surnames if len(name) >= LEAST_LETTERS})
        self._traces = tuple(trace for name in self._surnames for trace in _traces(name))

    def spans(self, folded: str) -> Iterator[tuple[int, int]]:
        """Yield where a word of the folded text is one of the surnames but for one letter."""
        if not any(trace in folded for trace in self._traces):
            return
        lists = person_words()
        for match in _WORD.finditer(folded):
            word = re.sub(r"['\-]", "", match.group())
            if any(one_letter_apart(word, name) for name in self._surnames) and not lists.is_ordinary(word):
                yield match.span()


def _traces(name: str) -> tuple[str, ...]:
    """Return texts of which every spelling with one letter wrong holds one: a half stays whole unless letters are swapped across both."""
    half = len(name) // 2
    return name[:half], name[half:], name[: half - 1] + name[half] + name[half - 1]


def one_letter_apart(word: str, name: str) -> bool:
    """Tell whether ``word`` is ``name`` with one letter changed, missing or added, or two neighbours swapped (Damerau-Levenshtein 1)."""
    if word == name or abs(len(word) - len(name)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name)))
    if len(word) == len(name):
        swapped = word[at + 1 : at + 2] == name[at] and word[at] == name[at + 1 : at + 2] and word[at + 2 :] == name[at + 2 :]
        return swapped or word[at + 1 :] == name[at + 1 :]
    longer, shorter = (word, name) if len(word) > len(name) else (name, word)
    return longer[at + 1 :] == shorter[at:]
