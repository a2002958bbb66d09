"""Which identifiers each of many comments may hold: the tests of `gate` and `name_gate` on all words of a batch at once.

They may let a comment through that those tests stop, never the other way round.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

import numpy as np

from recognizers.batch import ACRONYM_END, APOSTROPHE, AT, BRACKET, DOT, HYPHEN, SIGN, SLASH, Batch, Column, Flags, Integers, Vocabulary
from recognizers.identifiers import kinds
from recognizers.identifiers.access_words import access_words
from recognizers.identifiers.gate import FEWEST_DIGITS
from recognizers.identifiers.name_gate import MAX_LINKS, PHONE_DIGITS, name_cues
from recognizers.identifiers.number_cues import cue_words
from recognizers.identifiers.person import MIN_RECORD_NAME
from recognizers.identifiers.plain import fold

(_NAME, _TITLE, _INTRODUCER, _FIRST_NAME, _SURNAME, _LINK, _ORDINARY, _NAME_END) = (1 << bit for bit in range(8))
(_KEY, _HIDING, _PASSWORD, _CODE_CUE, _COMBINATION, _PROVIDER, _ZERO, _AT_WORD, _LES, _EDGE) = (1 << bit for bit in range(8, 18))
(_WITH_DIGITS, _WITH_OE) = (1 << bit for bit in range(18, 20))
_CODE_DIGITS = 4
_DIGITS = "0123456789"
_FIRST_LETTERS = re.compile("[a-z]*")
_AROUND_APOSTROPHE = re.compile(f"([a-z]+){chr(APOSTROPHE)}([a-z]+)")
_NEAR_DOT = 6  # bytes before a surname in which a dot makes an initial of what stands there


@cache
def _flags() -> dict[str, int]:
    """Return what each word is to the tests, as bits."""
    cues, access = name_cues(), access_words()
    flags: dict[str, int] = defaultdict(int)
    for words, flag in (
        (cues.names | {"prenom"}, _NAME),
        (cues.titles, _TITLE),
        (cues.introducers, _INTRODUCER),
        (cues.first_names, _FIRST_NAME),
        (cues.surnames, _SURNAME),
        (cues.links, _LINK),
        (cues.ordinary - {"euros", "pourcent"}, _ORDINARY),
        ({name[at:] for name in cues.with_apostrophe for at in range(1, len(name))}, _NAME_END),
        (access.keys, _KEY),
        (access.hiding_words, _HIDING),
        (access.password_words, _PASSWORD),
        (access.number_cues, _CODE_CUE),
        (access.combination_cues, _COMBINATION),
        (cue_words("mail_providers"), _PROVIDER),
        ({"zero"}, _ZERO),
        ({"a", "at"}, _AT_WORD),
        ({"les"}, _LES),
        ({"^", "$"}, _EDGE),
    ):
        for word in words:
            for spelling in _spellings(word):
                flags[spelling] |= flag
    return dict(flags)


def _spellings(word: str) -> Iterable[str]:
    """Yield ``word`` as a batch holds it: `fold` makes an "o" of "œ", a batch "oe"."""
    yield word
    for at, letter in enumerate(word):
        if letter == "o":
            yield f"{word[:at]}oe{word[at + 1 :]}"


def _flags_of(word: str) -> int:
    flags = _flags()
    found = flags.get(word, 0) | flags.get(word.rstrip(_DIGITS), 0) | (_WITH_OE if "oe" in word else 0)
    if word.isalpha():
        return found
    letters = _FIRST_LETTERS.match(word)[0]  # type: ignore[index]
    return found | _WITH_DIGITS | (flags.get(letters, 0) & _NAME_END)


class IdentifierScreen:
    """The tests, with the words that they know."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._flags = Column(vocabulary, _flags_of)

    def kinds(self, batch: Batch, names: Sequence[Sequence[str]] | None = None) -> list[int]:
        """Return the kinds of identifiers that each comment may hold; ``names`` are those of each comment's own record."""
        words = _Words(batch, self._flags.of(batch.ids))
        found = np.zeros(batch.size, np.uint8)
        for kind, comments in (
            (kinds.NUMBERS, words.digits >= FEWEST_DIGITS),
            (kinds.SPELLED_PHONES, words.any(_ZERO)),
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
        self._capital: Flags = (first >= ord("A")) & (first <= ord("Z"))
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
        words = self._are(_AT_WORD)
        start = self._batch.starts[words]
        bracketed = (self._signs[start - 1] == BRACKET) | (self._signs[start - 2] == BRACKET)
        spelled = np.array(list(_occurrences("roba", self._batch.text)), np.int64)
        return self.any(_PROVIDER) | self.any_sign(AT) | self._comments(words[bracketed]) | self._at(spelled)

    def may_hold_access_codes(self) -> Flags:
        """A password's cue; a key and where it may be hidden; digits with a sign, a combination lock, or, if shaped so, a code's cue."""
        hidden = self.any(_KEY) & self.any(_HIDING)
        coded = self.any_sign(SIGN) | self.any(_COMBINATION) | (self.any(_CODE_CUE) & self._codes())
        return self.any(_PASSWORD) | hidden | ((self.digits > 1) & coded)

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
            self.any(_NAME)
            | self._before_numbers()
            | (self.any(_TITLE) & self.any_sign(AT))
            | self._comments(self._titles())
            | self._comments(self._introducers())
            | self._comments(np.flatnonzero((self._flags & _FIRST_NAME != 0) & self._capital))
            | self._comments(self._surnames())
            | self._comments(self._with_apostrophes())
            | self._comments(self._initials())
        )

    def _titles(self) -> Integers:
        """Titles before a word that is not ordinary, or not written as one."""
        title = self._are(_TITLE)
        after = title + 1
        sign = self._signs[self._batch.ends[after]]
        named = (self._flags[after] & _ORDINARY == 0) | self._capital[after] | (sign == HYPHEN) | (sign == APOSTROPHE)
        found: Integers = title[named & (self._flags[after] & _EDGE == 0)]
        return found

    def _introducers(self) -> Integers:
        """Introducing words before a capital, links between; where all is capitals, before an ambiguous surname."""
        introducer = self._are(_INTRODUCER)
        found = []
        at = introducer
        for _ in range(MAX_LINKS):
            at = at + 1
            tells = np.where(self._shouted[self._batch.comments[introducer]], self._flags[at] & _SURNAME != 0, self._capital[at])
            found.append(introducer[tells])
            goes_on = ~tells & (self._flags[at] & _LINK != 0)
            introducer, at = introducer[goes_on], at[goes_on]
        return np.concatenate(found)

    def _surnames(self) -> Integers:
        """Ambiguous surnames with a capital, in a bracket, after "les" or after what may be an initial."""
        places = np.flatnonzero((self._flags & _SURNAME != 0) & self._capital)
        start = self._batch.starts[places]
        before = self._signs[np.maximum(start[:, None] - np.arange(1, _NEAR_DOT + 1), 0)]
        singled_out = (before[:, 0] == BRACKET) | (self._flags[places - 1] & _LES != 0)
        after_dot = np.isin(before, (DOT, ACRONYM_END)).any(axis=1) | self._is_number(places - 1)
        found: Integers = places[singled_out | after_dot]
        return found

    def _is_number(self, places: Integers) -> Flags:
        first = self._signs[self._batch.starts[places]]
        return (first >= ord("0")) & (first <= ord("9"))

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
        places = self._are(_NAME_END)
        places = places[self._signs[starts[places] - 1] == APOSTROPHE]
        hyphen = (self._signs[starts[places - 1] - 1] == HYPHEN) | (self._signs[ends[places]] == HYPHEN)
        told = self._capital[places] | self._capital[places - 1] | hyphen | (self._flags[places - 1] & _WITH_DIGITS != 0)
        names = name_cues().with_apostrophe
        around = ((at, _AROUND_APOSTROPHE.search(text, starts[at - 1], ends[at])) for at in places[told].tolist())
        return np.array([at for at, letters in around if letters and letters[1] + letters[2] in names], np.int64)

    def _initials(self) -> Integers:
        """Words of one or two letters with a dot, before a capital; dotted acronyms.

        An "oe" may be the one letter "œ", which the tests take for a capital.
        """
        starts, ends, signs = self._batch.starts, self._batch.ends, self._signs
        with_oe = self._flags & _WITH_OE != 0
        capital = self._capital | with_oe
        dotted = np.flatnonzero(signs[ends] == DOT)
        last = ends[dotted] - 1
        short = (last - starts[dotted] < 2) | self._digit_at(last - 1) | self._digit_at(last - 2) | with_oe[dotted]
        dotted = dotted[short]
        named = capital[dotted + 1] | ((ends[dotted + 1] - starts[dotted + 1] == 1) & capital[np.minimum(dotted + 2, len(starts) - 1)])
        return np.concatenate((dotted[named], np.flatnonzero(signs[ends] == ACRONYM_END)))

    def _digit_at(self, places: Integers) -> Flags:
        signs = self._signs[places]
        return (signs >= ord("0")) & (signs <= ord("9"))


def _occurrences(part: str, text: str) -> Iterable[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)
