"""Which identifiers each of many comments may hold, told by all words of a batch at once.

A comment may be let through that holds none; none is stopped that holds one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from recognizers.batch import AT, BRACKET, Batch, Column, Flags, Vocabulary
from recognizers.identifiers import kinds
from recognizers.identifiers.code_screen import may_hold_access_codes
from recognizers.identifiers.name_screen import may_hold_names
from recognizers.identifiers.number_screen import long_numbers, may_hold_numbers
from recognizers.identifiers.person import MIN_RECORD_NAME
from recognizers.identifiers.plain import fold
from recognizers.identifiers.screened_words import ScreenedWords
from recognizers.identifiers.word_flags import AT_WORD, PROVIDER, ZERO, flags_of


class IdentifierScreen:
    """The tests, with the words that they know."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._flags = Column(vocabulary, flags_of)

    def kinds(self, batch: Batch, names: Sequence[Sequence[str]] | None = None) -> list[int]:
        """Return the kinds of identifiers that each comment may hold; ``names`` are those of each comment's own record."""
        words = ScreenedWords(batch, self._flags.of(batch.ids))
        long = long_numbers(words)
        found = np.zeros(batch.size, np.uint8)
        for kind, comments in (
            (kinds.NUMBERS, may_hold_numbers(words, long)),
            (kinds.SPELLED_PHONES, words.any(ZERO)),
            (kinds.EMAILS, _may_hold_emails(words)),
            (kinds.ACCESS_CODES, may_hold_access_codes(words)),
            (kinds.NAMES, may_hold_names(words, long)),
        ):
            found[comments] |= kind
        found[list(batch.odd)] = kinds.ALL
        listed: list[int] = found.tolist()
        if names is not None:
            for comment in _with_record_names(batch, names):
                listed[comment] |= kinds.NAMES
        return listed


def _with_record_names(batch: Batch, names: Sequence[Sequence[str]]) -> Iterable[int]:
    """Yield the comments in which a word of their record's names stands."""
    text = batch.text
    bounds = [*batch.starts[batch.beginnings].tolist(), len(text)]
    for comment, own in enumerate(names):
        if own and any(text.find(word, bounds[comment], bounds[comment + 1]) >= 0 for word in _name_words(tuple(own))):
            yield comment


@lru_cache(maxsize=10_000)
def _name_words(names: tuple[str, ...]) -> tuple[str, ...]:
    words = (word for name in names for word in fold(name.replace("œ", "oe").replace("Œ", "OE")).decode("ascii").split())
    return tuple({word for word in words if len(word) >= MIN_RECORD_NAME})


def _may_hold_emails(words: ScreenedWords) -> Flags:
    """An at sign, its name, a bracket that may hold one, or a provider's name."""
    places, signs = words.are(AT_WORD), words.signs
    start = words.batch.starts[places]
    bracketed = (signs[start - 1] == BRACKET) | (signs[start - 2] == BRACKET)
    spelled = np.array(list(_occurrences("roba", words.batch.text)), np.int64)
    return words.any(PROVIDER) | words.any_sign(AT) | words.comments(places[bracketed]) | words.at(spelled)


def _occurrences(part: str, text: str) -> Iterable[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)
