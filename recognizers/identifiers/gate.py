"""Cheap tests before the detectors: never False for a comment in which the detector would find something."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from recognizers.identifiers.access_words import access_words
from recognizers.identifiers.comment import Comment
from recognizers.identifiers.number_cues import cue_words
from recognizers.identifiers.person import MIN_RECORD_NAME
from recognizers.identifiers.plain import fold
from recognizers.identifiers.vocabulary import person_words

_FEWEST_DIGITS = 8
_INTRODUCE_UNKNOWN_NAMES = frozenset({"nom", "prenom"})
_VOWELS = "aeiouyh"


def may_hold_number(comment: Comment) -> bool:
    """Whether ``comment`` has the digits of a telephone number, a social-security number, an account or a card."""
    return comment.digits >= _FEWEST_DIGITS


def may_hold_email(comment: Comment) -> bool:
    """Whether ``comment`` holds an at sign, its name, a bracket that may hold one, or a provider's name."""
    text, folded = comment.text, comment.folded
    return "@" in folded or "rob" in folded or "(" in text or "[" in text or not cue_words("mail_providers").isdisjoint(comment.words)


def may_hold_access_code(comment: Comment) -> bool:
    """Whether ``comment`` holds a word that a hidden key or a password needs, or digits with a word or a sign that a code needs."""
    words = access_words()
    if not words.wordless_cues.isdisjoint(comment.words):
        return True
    return comment.digits > 1 and ("#" in comment.text or "*" in comment.text or not words.number_cues.isdisjoint(comment.words))


def may_hold_name(comment: Comment) -> bool:
    """Whether ``comment`` holds a title, a role or a name, and capitals where they are needed."""
    if comment.digits > _FEWEST_DIGITS or not _telling_words().isdisjoint(comment.words):
        return True
    return not _words_before_capitals().isdisjoint(comment.words) and not comment.text[1:].islower()


def may_hold_record_name(comment: Comment, record_names: Sequence[str]) -> bool:
    """Whether a word of the record's names may stand in ``comment``."""
    if not record_names:
        return False
    words = (word for name in record_names for word in fold(name).decode("ascii").split())
    return any(len(word) >= MIN_RECORD_NAME and word in comment.folded for word in words)


@cache
def _telling_words() -> frozenset[str]:
    """Folded words that may make up a name in a text without capitals."""
    person = person_words()
    names = (person.first_names - person.first_names_also_words) | person.surnames
    return _as_folded((person.titles - person.weak_titles) | names)


@cache
def _words_before_capitals() -> frozenset[str]:
    """Folded words that make up a name only with a capital after the first letter of the text."""
    person = person_words()
    names = person.first_names_also_words | person.surnames_also_words
    return _as_folded(person.weak_titles | person.strong_roles | names | _INTRODUCE_UNKNOWN_NAMES)


def _as_folded(keys: frozenset[str]) -> frozenset[str]:
    """Words as `fold` leaves them: keys lack apostrophes ("ndiaye", "guivarch") and spell out "œ"; of a hyphenated key, its last part."""
    words = set()
    for key in keys:
        word = key.rpartition("-")[2]
        words |= {word, word.replace("oe", "o")}
        if len(word) > 3 and word[0] in "nm" and word[1] not in _VOWELS:
            words.add(word[1:])
        if word.endswith("ch"):
            words.add(word[:-1])
    return frozenset(words)
