"""Which of many comments may hold the name of a person: the tests of `name_gate` on all words of a batch at once."""

from __future__ import annotations

import re

import numpy as np

from recognizers.batch import ACRONYM_END, APOSTROPHE, AT, BRACKET, DOT, HYPHEN, PAUSE, SIGN, SLASH, Flags, Integers
from recognizers.identifiers.name_gate import MAX_LINKS, PHONE_DIGITS, name_cues
from recognizers.identifiers.screened_words import ScreenedWords
from recognizers.identifiers.word_flags import (
    AFTER_DIGIT,
    CHEZ,
    EDGE,
    FIRST_NAME,
    LES,
    LINK,
    NAME,
    NAME_END,
    NO_NAME,
    ORDINARY,
    ROLE,
    SURNAME,
    TITLE,
    UNHEARD,
    UNNAMED,
    WEAK_TITLE,
    WITH_DIGITS,
    WITH_OE,
)

_AROUND_APOSTROPHE = re.compile(f"(?<![a-z])([a-z]+){chr(APOSTROPHE)}([a-z]+)")


def may_hold_names(words: ScreenedWords, long: Flags) -> Flags:
    """What a name needs, one way or another; ``long`` are the comments with a long number."""
    return (
        words.any(NAME)
        | _before_numbers(words, long)
        | (words.any(TITLE) & words.any_sign(AT))
        | words.comments(_titles(words))
        | words.comments(_weak_titles(words))
        | words.comments(_roles(words))
        | words.comments(_first_names(words))
        | words.comments(_surnames(words))
        | words.comments(_with_apostrophes(words))
        | words.comments(_initials(words))
        | words.comments(_alone(words))
    )


def _titles(words: ScreenedWords) -> Integers:
    """Titles right before a word that is not ordinary, or not written as one; in capitals all words look alike."""
    batch, signs = words.batch, words.signs
    title = words.are(TITLE)
    after = title + 1
    end, start = batch.ends[title], batch.starts[after]
    apart = (signs[end] == PAUSE) | (signs[np.minimum(end + 1, start - 1)] == PAUSE) | words.is_digit[end - 1]
    short = (batch.ends[after] - start == 1) | (words.flags[after] & WITH_OE != 0)  # an initial
    written = (words.capital[after] & ~words.shouted[batch.comments[title]]) | short | words.is_longer(after)
    found: Integers = title[~apart & ((words.flags[after] & ORDINARY == 0) | written) & (words.flags[after] & EDGE == 0)]
    return found


def _weak_titles(words: ScreenedWords) -> Integers:
    """Weak titles before a capital, links between; where all is capitals, before an ambiguous surname."""
    title = words.are(WEAK_TITLE)
    found = []
    at = title
    for step in range(MAX_LINKS):
        at = at + 1
        tells = np.where(
            words.shouted[words.batch.comments[title]], words.flags[at] & (SURNAME | WITH_OE | UNHEARD) != 0, words.capital[at]
        )
        if step == 0:
            tells &= ~((words.flags[at] & NO_NAME != 0) & (words.flags[at] & LINK == 0) & ~words.is_longer(at))
        found.append(title[tells])
        goes_on = ~tells & (words.flags[at] & LINK != 0)
        title, at = title[goes_on], at[goes_on]
    return np.concatenate(found)


def _roles(words: ScreenedWords) -> Integers:
    """Roles before a capital, links between and no full stop; where all is capitals, only names that are listed count."""
    role = words.are(ROLE)
    found = []
    at = role
    for _ in range(MAX_LINKS):
        sign = words.signs[words.batch.ends[at]]
        joined = (sign != DOT) & (sign != SLASH)
        role, at = role[joined], at[joined] + 1
        shouted = words.shouted[words.batch.comments[role]]
        tells = words.capital[at] & ~_names_nobody(words, at)
        named = words.flags[at] & (SURNAME | WITH_OE | UNHEARD) != 0
        tells = np.where(shouted, named | (tells & (words.flags[role] & CHEZ != 0)), tells)
        found.append(role[tells])
        goes_on = ~tells & (words.flags[at] & LINK != 0)
        role, at = role[goes_on], at[goes_on]
    return np.concatenate(found)


def _names_nobody(words: ScreenedWords, places: Integers) -> Flags:
    """Tell of each of ``places`` whether its word can be no name after a role or an initial."""
    nobody: Flags = (words.flags[places] & UNNAMED != 0) & ~words.is_longer(places)
    return nobody


def _first_names(words: ScreenedWords) -> Integers:
    """First names that are words too, with a capital that tells, beside another capital; after a title; made longer by a hyphen."""
    places = np.flatnonzero((words.flags & FIRST_NAME != 0) & words.capital)
    beside = ~words.shouted[words.batch.comments[places]] & (words.capital[places - 1] | words.capital[places + 1])
    titled = words.flags[places - 1] & (TITLE | WEAK_TITLE | ROLE | LINK) != 0
    joined = (words.signs[words.batch.starts[places] - 1] == HYPHEN) | (words.signs[words.batch.ends[places]] == HYPHEN)
    found: Integers = places[beside | titled | joined]
    return found


def _surnames(words: ScreenedWords) -> Integers:
    """Ambiguous surnames with a capital, in a bracket or after "les"; those after an initial are told by that."""
    places = np.flatnonzero((words.flags & SURNAME != 0) & (words.flags & ORDINARY == 0) & words.capital)
    singled_out = (words.signs[words.batch.starts[places] - 1] == BRACKET) | (words.flags[places - 1] & LES != 0)
    found: Integers = places[singled_out]
    return found


def _before_numbers(words: ScreenedWords, long: Flags) -> Flags:
    """A word with a capital, or the last part of one, before what may be a telephone number or joined to it."""
    starts, signs = words.batch.starts, words.signs
    sign = signs[starts - 1]
    capital = words.capital | (sign == HYPHEN) | (sign == APOSTROPHE)
    joined = capital & (words.flags & WITH_DIGITS != 0) & (~words.is_digit[starts] | (words.flags & AFTER_DIGIT != 0))
    after = np.flatnonzero(capital) + 1
    national = words.comments(after[signs[starts[after]] == ord("0")]) | words.comments(np.flatnonzero(joined))
    international = words.comments(after[sign[after] == SIGN])
    return ((national & long) | international) & (words.digits >= PHONE_DIGITS)


def _with_apostrophes(words: ScreenedWords) -> Integers:
    """Words after an apostrophe that make a name together with the letters before it, with a capital or a hyphen.

    Only letters belong to the name: "3O'Brien2b". Where digits stand before them a capital is taken for granted.
    """
    text, starts, ends = words.batch.text, words.batch.starts, words.batch.ends
    places = words.are(NAME_END)
    places = places[words.signs[starts[places] - 1] == APOSTROPHE]
    hyphen = (words.signs[starts[places - 1] - 1] == HYPHEN) | (words.signs[ends[places]] == HYPHEN)
    told = words.capital[places] | words.capital[places - 1] | hyphen | (words.flags[places - 1] & WITH_DIGITS != 0)
    names = name_cues().with_apostrophe
    around = ((at, _AROUND_APOSTROPHE.search(text, starts[at - 1], ends[at])) for at in places[told].tolist())
    return np.array([at for at, letters in around if letters and letters[1] + letters[2] in names], np.int64)


def _initials(words: ScreenedWords) -> Integers:
    """Words of one or two letters with a dot, and dotted acronyms, before a capital.

    An "oe" may be the one letter "œ", which the tests take for a capital.
    """
    starts, ends, signs, is_digit = words.batch.starts, words.batch.ends, words.signs, words.is_digit
    dotted = np.flatnonzero(signs[ends] == DOT)
    last = ends[dotted] - 1
    short = (last - starts[dotted] < 2) | is_digit[last - 1] | is_digit[last - 2] | (words.flags[dotted] & WITH_OE != 0)
    after = np.concatenate((dotted[short & ~is_digit[last]], np.flatnonzero(signs[ends] == ACRONYM_END))) + 1
    second = np.minimum(after + 1, len(starts) - 1)
    named = _may_be_name(words, after) | ((ends[after] - starts[after] == 1) & _may_be_name(words, second))
    found: Integers = after[named] - 1
    return found


def _alone(words: ScreenedWords) -> Integers:
    """Unheard words with a capital."""
    places = words.are(UNHEARD)
    found: Integers = places[words.capital[places]]
    return found


def _may_be_name(words: ScreenedWords, places: Integers) -> Flags:
    """Tell of each of ``places`` whether its word, an "oe" taken for a capital, may be a name."""
    capital: Flags = words.capital[places] | (words.flags[places] & WITH_OE != 0)
    return capital & ~_names_nobody(words, places)
