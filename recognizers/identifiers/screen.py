"""Which identifiers each of many comments may hold: the tests of `gate` and `name_gate` on all words of a batch at once.

They may let a comment through that those tests stop, never the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from recognizers.batch import ACRONYM_END, APOSTROPHE, AT, BRACKET, DOT, HYPHEN, SIGN, SLASH, Batch, Column, Flags, Integers, Vocabulary
from recognizers.identifiers import kinds
from recognizers.identifiers.gate import FEWEST_DIGITS
from recognizers.identifiers.name_gate import MAX_LINKS, PHONE_DIGITS, name_cues
from recognizers.identifiers.person import MIN_RECORD_NAME
from recognizers.identifiers.plain import fold
from recognizers.identifiers.word_flags import (
    AFTER_DIGIT,
    AT_WORD,
    CODE_CUE,
    COMBINATION,
    EDGE,
    FIRST_NAME,
    HIDING,
    INTRODUCER,
    KEY,
    LES,
    LINK,
    NAME,
    NAME_END,
    NO_NAME,
    ORDINARY,
    PASSWORD,
    PROVIDER,
    SURNAME,
    TITLE,
    WITH_DIGITS,
    WITH_OE,
    ZERO,
    flags_of,
)

_CODE_DIGITS = 4
_AROUND_APOSTROPHE = re.compile(f"([a-z]+){chr(APOSTROPHE)}([a-z]+)")


class IdentifierScreen:
    """The tests, with the words that they know."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._flags = Column(vocabulary, flags_of)

    def kinds(self, batch: Batch, names: Sequence[Sequence[str]] | None = None) -> list[int]:
        """Return the kinds of identifiers that each comment may hold; ``names`` are those of each comment's own record."""
        words = _Words(batch, self._flags.of(batch.ids))
        found = np.zeros(batch.size, np.uint8)
        for kind, comments in (
            (kinds.NUMBERS, words.digits >= FEWEST_DIGITS),
            (kinds.SPELLED_PHONES, words.any(ZERO)),
            (kinds.EMAILS, words.may_hold_emails()),
            (kinds.ACCESS_CODES, words.may_hold_access_codes()),
            (kinds.NAMES, words.may_hold_names()),
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


class _Words:
    """The words of a batch: what they are, and how they are written."""

    def __init__(self, batch: Batch, flags: Integers) -> None:
        self._batch, self._flags, self._signs = batch, flags, batch.signs
        first = batch.signs[batch.starts]
        self._capital: Flags = ((first >= ord("A")) & (first <= ord("Z"))) | (flags & AFTER_DIGIT != 0)
        self._bounds = np.append(batch.starts[batch.beginnings], len(batch.signs))
        is_digit = (batch.signs >= ord("0")) & (batch.signs <= ord("9"))
        is_lower = (batch.signs >= ord("a")) & (batch.signs <= ord("z"))
        self.digits = self._counts(is_digit)
        self._shouted: Flags = self._counts(is_lower) == 0

    def _counts(self, signs: Flags) -> Integers:
        """Return how many of ``signs`` are set in each comment."""
        counts: Integers = np.diff(np.concatenate(([0], np.cumsum(signs)))[self._bounds])
        return counts

    def _comments(self, places: Integers) -> Flags:
        """Return the comments of the words at ``places``."""
        found = np.zeros(self._batch.size, np.bool_)
        found[self._batch.comments[places]] = True
        return found

    def _are(self, flag: int) -> Integers:
        """Return the places of the words that are ``flag``."""
        return np.flatnonzero(self._flags & flag)

    def any(self, flag: int) -> Flags:
        """Return the comments with a word that is ``flag``."""
        return self._comments(self._are(flag))

    def any_sign(self, sign: int) -> Flags:
        """Return the comments with the sign ``sign``."""
        return self._at(np.flatnonzero(self._signs == sign))

    def _at(self, signs: Integers) -> Flags:
        """Return the comments that hold the places ``signs`` of the folded text."""
        found = np.zeros(self._batch.size, np.bool_)
        found[np.searchsorted(self._bounds, signs, side="right") - 1] = True
        return found

    def may_hold_emails(self) -> Flags:
        """An at sign, its name, a bracket that may hold one, or a provider's name."""
        words = self._are(AT_WORD)
        start = self._batch.starts[words]
        bracketed = (self._signs[start - 1] == BRACKET) | (self._signs[start - 2] == BRACKET)
        spelled = np.array(list(_occurrences("roba", self._batch.text)), np.int64)
        return self.any(PROVIDER) | self.any_sign(AT) | self._comments(words[bracketed]) | self._at(spelled)

    def may_hold_access_codes(self) -> Flags:
        """A password's cue; a key and where it may be hidden; digits with a sign, a combination lock, or, if shaped so, a code's cue."""
        hidden = self.any(KEY) & self.any(HIDING)
        coded = self.any_sign(SIGN) | self.any(COMBINATION) | (self.any(CODE_CUE) & self._codes())
        return self.any(PASSWORD) | hidden | ((self.digits > 1) & coded)

    def _codes(self) -> Flags:
        """Digits in the shapes of a code: four and more together, or one by one; beside a capital; two pairs around a letter."""
        starts, signs = self._batch.starts, self._signs
        length = self._batch.ends - starts
        is_digit = (signs >= ord("0")) & (signs <= ord("9"))
        is_capital = (signs >= ord("A")) & (signs <= ord("Z"))
        beside = (is_digit[1:] & is_capital[:-1]) | (is_capital[1:] & is_digit[:-1])
        numeral = is_digit[starts]
        long = numeral & (length >= _CODE_DIGITS) & (signs[starts - 1] != SLASH) & (signs[starts - 1] != HYPHEN)
        single = numeral & (length == 1)
        alone = single[:-3] & single[1:-2] & single[2:-1] & single[3:]
        pair, letter = numeral & (length == 2), is_capital[starts] & (length <= 2)
        around = pair[:-2] & letter[1:-1] & pair[2:]
        after_letter = letter[:-1] & numeral[1:] & (signs[starts[1:] - 1] == HYPHEN)
        found = self._at(np.flatnonzero(beside))
        for places in (long, alone, around, after_letter):
            found |= self._comments(np.flatnonzero(places))
        return found

    def may_hold_names(self) -> Flags:
        """What a name needs, one way or another."""
        return (
            self.any(NAME)
            | self._before_numbers()
            | (self.any(TITLE) & self.any_sign(AT))
            | self._comments(self._titles())
            | self._comments(self._introducers())
            | self._comments(self._first_names())
            | self._comments(self._surnames())
            | self._comments(self._with_apostrophes())
            | self._comments(self._initials())
        )

    def _titles(self) -> Integers:
        """Titles before a word that is not ordinary, or not written as one."""
        title = self._are(TITLE)
        after = title + 1
        sign = self._signs[self._batch.ends[after]]
        named = (self._flags[after] & ORDINARY == 0) | self._capital[after] | (sign == HYPHEN) | (sign == APOSTROPHE)
        found: Integers = title[named & (self._flags[after] & EDGE == 0)]
        return found

    def _introducers(self) -> Integers:
        """Introducing words before a capital, links between; where all is capitals, before an ambiguous surname."""
        introducer = self._are(INTRODUCER)
        found = []
        at = introducer
        for step in range(MAX_LINKS):
            at = at + 1
            tells = np.where(self._shouted[self._batch.comments[introducer]], self._flags[at] & SURNAME != 0, self._capital[at])
            if step == 0:
                tells &= ~self._names_nobody(at)
            found.append(introducer[tells])
            goes_on = ~tells & (self._flags[at] & LINK != 0)
            introducer, at = introducer[goes_on], at[goes_on]
        return np.concatenate(found)

    def _names_nobody(self, places: Integers) -> Flags:
        """Tell of each of ``places`` whether its word can be no name; one that a hyphen or an apostrophe makes longer may be."""
        sign = self._signs[self._batch.ends[places]]
        nobody: Flags = (self._flags[places] & NO_NAME != 0) & (self._flags[places] & LINK == 0) & (sign != HYPHEN) & (sign != APOSTROPHE)
        return nobody

    def _first_names(self) -> Integers:
        """First names that are words too, with a capital that tells, beside another capital; after a title; made longer by a hyphen."""
        places = np.flatnonzero((self._flags & FIRST_NAME != 0) & self._capital)
        beside = ~self._shouted[self._batch.comments[places]] & (self._capital[places - 1] | self._capital[places + 1])
        titled = self._flags[places - 1] & (TITLE | INTRODUCER | LINK) != 0
        joined = (self._signs[self._batch.starts[places] - 1] == HYPHEN) | (self._signs[self._batch.ends[places]] == HYPHEN)
        found: Integers = places[beside | titled | joined]
        return found

    def _surnames(self) -> Integers:
        """Ambiguous surnames with a capital, in a bracket or after "les"; those after an initial are told by that."""
        places = np.flatnonzero((self._flags & SURNAME != 0) & (self._flags & ORDINARY == 0) & self._capital)
        singled_out = (self._signs[self._batch.starts[places] - 1] == BRACKET) | (self._flags[places - 1] & LES != 0)
        found: Integers = places[singled_out]
        return found

    def _before_numbers(self) -> Flags:
        """A word with a capital before what may be a telephone number."""
        after = np.flatnonzero(self._capital) + 1
        start = self._batch.starts[after]
        numbered = (self._signs[start] == ord("0")) | (self._signs[start - 1] == SIGN)
        return self._comments(after[numbered]) & (self.digits >= PHONE_DIGITS)

    def _with_apostrophes(self) -> Integers:
        """Words after an apostrophe that make a name together with the letters before it, with a capital or a hyphen.

        Only letters belong to the name: "3O'Brien2b". Where digits stand before them a capital is taken for granted.
        """
        text, starts, ends = self._batch.text, self._batch.starts, self._batch.ends
        places = self._are(NAME_END)
        places = places[self._signs[starts[places] - 1] == APOSTROPHE]
        hyphen = (self._signs[starts[places - 1] - 1] == HYPHEN) | (self._signs[ends[places]] == HYPHEN)
        told = self._capital[places] | self._capital[places - 1] | hyphen | (self._flags[places - 1] & WITH_DIGITS != 0)
        names = name_cues().with_apostrophe
        around = ((at, _AROUND_APOSTROPHE.search(text, starts[at - 1], ends[at])) for at in places[told].tolist())
        return np.array([at for at, letters in around if letters and letters[1] + letters[2] in names], np.int64)

    def _initials(self) -> Integers:
        """Words of one or two letters with a dot, and dotted acronyms, before a capital.

        An "oe" may be the one letter "œ", which the tests take for a capital.
        """
        starts, ends, signs = self._batch.starts, self._batch.ends, self._signs
        with_oe = self._flags & WITH_OE != 0
        dotted = np.flatnonzero(signs[ends] == DOT)
        last = ends[dotted] - 1
        short = (last - starts[dotted] < 2) | self._digit_at(last - 1) | self._digit_at(last - 2) | with_oe[dotted]
        after = np.concatenate((dotted[short], np.flatnonzero(signs[ends] == ACRONYM_END))) + 1
        second = np.minimum(after + 1, len(starts) - 1)
        named = self._may_be_name(after) | ((ends[after] - starts[after] == 1) & self._may_be_name(second))
        found: Integers = after[named] - 1
        return found

    def _may_be_name(self, places: Integers) -> Flags:
        """Tell of each of ``places`` whether its word, an "oe" taken for a capital, may be a name."""
        capital: Flags = self._capital[places] | (self._flags[places] & WITH_OE != 0)
        return capital & ~self._names_nobody(places)

    def _digit_at(self, places: Integers) -> Flags:
        signs = self._signs[places]
        return (signs >= ord("0")) & (signs <= ord("9"))


def _occurrences(part: str, text: str) -> Iterable[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)
