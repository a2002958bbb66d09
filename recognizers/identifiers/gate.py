"""Cheap tests before the detectors: never False for a comment in which the detector would find something."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from recognizers.identifiers.access_words import access_words
from recognizers.identifiers.comment import Comment
from recognizers.identifiers.number_cues import cue_words
from recognizers.identifiers.person import MIN_RECORD_NAME
from recognizers.identifiers.plain import fold

FEWEST_DIGITS = 8


def may_hold_number(comment: Comment) -> bool:
    """Whether ``comment`` has the digits of a telephone number, a social-security number, an account or a card."""
    return comment.digits >= FEWEST_DIGITS


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


def may_hold_record_name(comment: Comment, record_names: Sequence[str]) -> bool:
    """Whether a word of the record's names may stand in ``comment``."""
    if not record_names:
        return False
    return any(word in comment.folded for word in _words_of(tuple(record_names)))


@lru_cache(maxsize=10_000)
def _words_of(names: tuple[str, ...]) -> tuple[str, ...]:
    words = (word for name in names for word in fold(name).decode("ascii").split())
    return tuple(word for word in words if len(word) >= MIN_RECORD_NAME)
