"""Cheap test before the search for names: never False for a comment that holds one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from recognizers.identifiers.comment import Comment
from recognizers.identifiers.name_alone import may_stand_alone
from recognizers.identifiers.plain import fold
from recognizers.identifiers.vocabulary import is_unheard, person_words

_CAPITAL = r"[^\W\d_a-zà-öø-ÿ]"
_NAME_BEFORE_NUMBER = re.compile(rf"(?<![\w'\-])[\da-zà-öø-ÿ_'\-]*+{_CAPITAL}[\w'\-]* ?[:,(]? ?(?:\+|0)[0-9]")
_ONE, _TWO = r"[^\W\d_]\.", r"[^\W\d_]{2}\."
_AFTER_INITIAL = re.compile(
    rf"\.(?:(?<=[\W\d_]{_ONE})|(?<=\A{_ONE})|(?<=[\W\d_]{_TWO})|(?<=\A{_TWO}))(?: ?-? ?)(?:[^\W\d_]\.(?: ?-? ?))?{_CAPITAL}"
)
_LETTERS = r"[^\W\d_]+"
_WITH_APOSTROPHE = re.compile(rf"(?<![^\W\d_])({_LETTERS})'({_LETTERS})")
_WORD = re.compile("[^ ]+")
PHONE_DIGITS = 9
MAX_LINKS = 5


class NameCues(NamedTuple):
    """Folded words that a name needs.

    ``names`` tell by themselves; ``titles`` before a word that is not ``ordinary``; ``introducers``, ``weak_titles`` among them, before a
    capital, with nothing but ``links`` between; ``first_names`` with a capital; ``surnames`` in parentheses, after "les" or after an
    initial; those ``with_apostrophe`` if the comment writes them so. ``every`` is all of these cues.
    """

    every: frozenset[str]
    names: frozenset[str]
    titles: frozenset[str]
    introducers: frozenset[str]
    weak_titles: frozenset[str]
    first_names: frozenset[str]
    surnames: frozenset[str]
    with_apostrophe: frozenset[str]
    links: frozenset[str]
    ordinary: frozenset[str]


@cache
def name_cues() -> NameCues:
    """The cues, from the word lists."""
    person = person_words()
    names = _as_folded((person.first_names - person.first_names_also_words) | person.surnames)
    titles = _as_folded(person.titles - person.weak_titles) | {"m"}
    weak_titles = _as_folded(person.weak_titles)
    introducers = weak_titles | _as_folded(person.strong_roles | {"nom"})
    first_names = _as_folded(person.first_names_also_words)
    surnames = _as_folded(person.surnames_also_words)
    every = names | titles | introducers | first_names | surnames | {"prenom"}
    ordinary = (person.ordinary_words | person.verb_forms) - person.surnames - person.particles
    links = person.role_links | person.particles | frozenset("cdjlmnst") | {"qu"}
    return NameCues(every, names, titles, introducers, weak_titles, first_names, surnames, names | first_names | surnames, links, ordinary)


def may_hold_name(comment: Comment) -> bool:
    """Whether ``comment`` holds a name, or a title, a role or an ambiguous name beside what it needs."""
    cues = name_cues()
    present = cues.every.intersection(comment.words)
    if not cues.names.isdisjoint(present):
        return True
    if comment.digits >= PHONE_DIGITS and _NAME_BEFORE_NUMBER.search(comment.text):
        return True
    if "prenom" in present:
        return True
    if "'" in comment.text and any(_is_name(match, cues) for match in _WITH_APOSTROPHE.finditer(comment.text)):
        return True
    if may_stand_alone(comment):
        return True
    if comment.text[1:].islower() and cues.titles.isdisjoint(present):
        return False
    if _AFTER_INITIAL.search(comment.text):
        return True
    return any(_counts(comment, cues, word, at) for word in present for at in _places(comment.folded, word))


def _is_name(match: re.Match[str], cues: NameCues) -> bool:
    """Whether a word with an apostrophe, and a capital or a hyphen, is a name ("O'Brien", "Guivarc'h"): the lists spell those without."""
    told = match[1][0].isupper() or match[2][0].isupper() or "-" in match.string[max(0, match.start() - 1) : match.end() + 1]
    return told and fold(match[1] + match[2]).decode() in cues.with_apostrophe


def _places(folded: str, word: str) -> Iterator[int]:
    """Offsets where ``word`` stands as a word in ``folded``."""
    at = folded.find(word)
    while at >= 0:
        end = at + len(word)
        if not folded[at - 1 : at].strip() and not folded[end : end + 1].strip():
            yield at
        at = folded.find(word, end)


def _counts(comment: Comment, cues: NameCues, word: str, at: int) -> bool:
    """Whether ``word``, at the offset ``at``, has beside it what a name needs."""
    text, folded, end = comment.text, comment.folded, at + len(word)
    if word in cues.introducers and _announces(comment, cues, word, end):
        return True
    if word in cues.first_names and _has_capital(text[at]):
        return True
    if word in cues.surnames and _has_capital(text[at]):
        before = text[max(0, at - 4) : at]
        if before.endswith("(") or folded[max(0, at - 4) : at] == "les " or "." in before:
            return True
    if word not in cues.titles:
        return False
    after = folded[end:].split(None, 1)[:1]
    if not after or after[0] not in cues.ordinary:
        return bool(after)
    start = folded.index(after[0], end)
    return text[start].isupper() or text[start + len(after[0]) :].startswith(("-", "'"))


def _announces(comment: Comment, cues: NameCues, word: str, at: int) -> bool:
    """Whether a word with a capital follows at ``at``; in a comment that is all capitals, where they tell nothing, an ambiguous surname."""
    shouted = comment.text.isupper()
    for match in islice(_WORD.finditer(comment.folded, at), MAX_LINKS):
        if _may_be_shouted_name(match.group(), cues, at_home=word == "chez") if shouted else comment.text[match.start()].isupper():
            return True
        if match.group() not in cues.links:
            return False
    return False


def _may_be_shouted_name(word: str, cues: NameCues, *, at_home: bool) -> bool:
    return word in cues.surnames or is_unheard(word) or (at_home and person_words().may_be_unknown_surname(word))


def _has_capital(text: str) -> bool:
    return text != text.lower()


def _as_folded(keys: frozenset[str]) -> frozenset[str]:
    """Words as `fold` leaves them: "œ" is "o"; of a hyphenated key, its last part."""
    last_parts = {key.rpartition("-")[2] for key in keys}
    return frozenset(last_parts | {part.replace("oe", "o") for part in last_parts})
