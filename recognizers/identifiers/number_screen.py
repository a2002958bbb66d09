"""Which of many comments may hold a number of a telephone, an account, a card or social security."""

from __future__ import annotations

import numpy as np

from recognizers.batch import APOSTROPHE, AT, PAUSE, SIGN, Flags
from recognizers.identifiers.gate import FEWEST_DIGITS
from recognizers.identifiers.screened_words import ScreenedWords
from recognizers.identifiers.word_flags import THEN

_LONG = 9
"""Digits of the shortest number that is told by them alone."""
_FIGURES = b"0123456789oO"  # letters are typed for zeros
_WITHIN = b"aAbB"  # the letters of Corsica in a social-security number
_IS_FIGURE = np.isin(np.arange(256), list(_FIGURES))
_ENDS_NUMBER = np.array([chr(sign).isalpha() or chr(sign) in "^$" or sign in (PAUSE, APOSTROPHE, AT) for sign in range(256)])
_ENDS_NUMBER[list(_FIGURES + _WITHIN)] = False


def may_hold_numbers(words: ScreenedWords, long: Flags) -> Flags:
    """Digits enough, ``long`` in a row, with "puis" between, after a sign, or after two letters as in an IBAN."""
    starts = np.flatnonzero(_account_starts(words))
    return (words.digits >= FEWEST_DIGITS) & (long | words.any_sign(SIGN) | words.any(THEN) | words.at(starts))


def long_numbers(words: ScreenedWords) -> Flags:
    """Figures in a row that may be one number."""
    figures = np.flatnonzero(_IS_FIGURE[words.signs])
    ended = np.cumsum(_ENDS_NUMBER[words.signs], dtype=np.int32)[figures]
    apart = _LONG - 1
    return words.at(figures[apart:][ended[apart:] == ended[:-apart]])


def _account_starts(words: ScreenedWords) -> Flags:
    """Two letters and two digits, wherever they stand."""
    letter, digit = words.is_letter, words.is_digit
    starts: Flags = letter[:-3] & letter[1:-2] & digit[2:-1] & digit[3:]
    return starts
