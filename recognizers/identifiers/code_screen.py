"""Which of many comments may hold an access code, a password or a hiding place of keys."""

from __future__ import annotations

import numpy as np

from recognizers.batch import HYPHEN, SIGN, SLASH, Flags, Integers
from recognizers.identifiers.screened_words import ScreenedWords
from recognizers.identifiers.word_flags import (
    ANNOUNCING,
    BADGE,
    COMBINATION,
    HIDDEN,
    HIDING_PLACE,
    KEY,
    OPENING,
    PASSWORD,
    PASSWORD_BEGIN,
    PASSWORD_END,
    PREPOSITION,
)

_CODE_DIGITS = 4
_BADGE_DIGITS = 4
_WORD_AND_DIGITS = 6
_STRONG_LENGTHS = (5, 6)
_PLACE_REACH = 5  # words from a preposition to a hiding place
_PASSWORD_REACH = 2
_IS_HEX = np.isin(np.arange(256), list(b"0123456789ABCDEF"))


def may_hold_access_codes(words: ScreenedWords) -> Flags:
    """A password's cue; a key and where it may be hidden; digits as a code has them, with a sign, or words about codes or doors."""
    password = words.any(PASSWORD) | words.any_after(PASSWORD_BEGIN, PASSWORD_END, _PASSWORD_REACH)
    hidden = words.any(KEY) & (words.any(HIDDEN) | words.any_after(PREPOSITION, HIDING_PLACE, _PLACE_REACH))
    mixed = np.flatnonzero((words.is_digit[1:] & words.is_capital[:-1]) | (words.is_capital[1:] & words.is_digit[:-1]))
    announced = words.any(ANNOUNCING) & (words.at(mixed) | _codes(words))
    coded = announced | (words.any(OPENING) & _strong(words, mixed)) | words.any(COMBINATION) | _signed(words)
    badge = words.any(BADGE) & (words.digits >= _BADGE_DIGITS)
    return password | hidden | badge | ((words.digits > 1) & coded)


def _codes(words: ScreenedWords) -> Flags:
    """Digits in the shapes of a code: four and more together, or one by one; two pairs around a letter; after a letter and a hyphen."""
    starts, signs = words.batch.starts, words.signs
    length = words.batch.ends - starts
    numeral = words.is_digit[starts]
    long = numeral & (length >= _CODE_DIGITS) & (signs[starts - 1] != SLASH) & (signs[starts - 1] != HYPHEN)
    single = numeral & (length == 1)
    alone = single[:-3] & single[1:-2] & single[2:-1] & single[3:]
    pair, letter = numeral & (length == 2), words.is_capital[starts] & (length <= 2)
    around = pair[:-2] & ((letter[1:-1] & pair[2:]) | (pair[1:-1] & letter[2:]))
    ended = words.is_letter[starts] & words.is_digit[words.batch.ends - 1] & (length >= _WORD_AND_DIGITS)
    hyphenated = words.is_capital[starts[:-1]] & (length[:-1] > 3) & numeral[1:] & (signs[starts[1:] - 1] == HYPHEN)
    after_letter = letter[:-1] & numeral[1:] & (signs[starts[1:] - 1] == HYPHEN)
    return words.comments(np.concatenate([np.flatnonzero(places) for places in (long, alone, around, after_letter, ended, hyphenated)]))


def _strong(words: ScreenedWords, mixed: Integers) -> Flags:
    """Words of digits and a capital that are as long as the codes that no cue must announce; ``mixed`` is where a digit meets a capital."""
    places = np.searchsorted(words.batch.starts, mixed, side="right") - 1
    return words.comments(places[np.isin(words.batch.ends[places] - words.batch.starts[places], _STRONG_LENGTHS)])


def _signed(words: ScreenedWords) -> Flags:
    """A sign before or after three hexadecimal digits, or between two pairs of digits."""
    at = np.flatnonzero(words.signs == SIGN)
    is_hex = _IS_HEX[words.signs]
    before = is_hex[at + 1] & is_hex[at + 2] & is_hex[at + 3]
    after = is_hex[at - 1] & is_hex[at - 2] & is_hex[at - 3]
    between = is_hex[at - 2] & is_hex[at - 1] & is_hex[at + 1] & is_hex[at + 2]
    return words.at(at[before | after | between])
