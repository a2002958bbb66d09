"""The words of a batch as the screen of identifiers sees them: what they are, and how they are written."""

from __future__ import annotations

import numpy as np

from recognizers.batch import APOSTROPHE, HYPHEN, Batch, Flags, Integers
from recognizers.identifiers.word_flags import AFTER_DIGIT, SPELLED_SIGN


class ScreenedWords:
    """The words of ``batch``.

    One entry a word: ``flags`` and ``capital``; one a sign: ``is_digit`` and the like; one a comment: ``digits``, which counts them, and
    ``shouted``.
    """

    def __init__(self, batch: Batch, flags: Integers) -> None:
        self.batch, self.flags, self.signs = batch, flags, batch.signs
        self._bounds = np.append(batch.starts[batch.beginnings], len(batch.signs))
        self.is_digit: Flags = (batch.signs >= ord("0")) & (batch.signs <= ord("9"))
        self.is_capital: Flags = (batch.signs >= ord("A")) & (batch.signs <= ord("Z"))
        is_lower = (batch.signs >= ord("a")) & (batch.signs <= ord("z"))
        self.is_letter: Flags = self.is_capital | is_lower
        self.capital: Flags = self.is_capital[batch.starts] | (flags & AFTER_DIGIT != 0)
        self.digits = self._counts(self.is_digit)
        self.shouted: Flags = self._counts(is_lower) == 0

    def _counts(self, signs: Flags) -> Integers:
        """Return how many of ``signs`` are set in each comment."""
        counts: Integers = np.diff(np.concatenate(([0], np.cumsum(signs)))[self._bounds])
        return counts

    def comments(self, places: Integers) -> Flags:
        """Return the comments of the words at ``places``."""
        found = np.zeros(self.batch.size, np.bool_)
        found[self.batch.comments[places]] = True
        return found

    def are(self, flag: int) -> Integers:
        """Return the places of the words that are ``flag``."""
        return np.flatnonzero(self.flags & flag)

    def any(self, flag: int) -> Flags:
        """Return the comments with a word that is ``flag``."""
        return self.comments(self.are(flag))

    def any_sign(self, sign: int) -> Flags:
        """Return the comments with the sign ``sign``."""
        return self.at(np.flatnonzero(self.signs == sign))

    def at(self, signs: Integers) -> Flags:
        """Return the comments that hold the places ``signs`` of the folded text."""
        found = np.zeros(self.batch.size, np.bool_)
        found[np.searchsorted(self._bounds, signs, side="right") - 1] = True
        return found

    def is_longer(self, places: Integers) -> Flags:
        """Tell of each of ``places`` whether a hyphen or an apostrophe makes its word longer."""
        sign = self.signs[self.batch.ends[places]]
        longer: Flags = (sign == HYPHEN) | (sign == APOSTROPHE)
        return longer

    def any_after(self, first: int, second: int, words: int) -> Flags:
        """Return the comments with a word that is ``second`` at most so many ``words`` after one that is ``first``."""
        comments = self.batch.comments
        places = self.are(second)
        firsts = self.are(first)
        before = np.searchsorted(firsts, places) - 1
        places, before = places[before >= 0], firsts[before[before >= 0]]
        count = np.cumsum(self.flags & SPELLED_SIGN == 0)  # the comment has a sign there, no word
        return self.comments(places[(comments[before] == comments[places]) & (count[places] - count[before] <= words)])
