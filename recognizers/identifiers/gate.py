"""Cheap test before the detectors."""

from __future__ import annotations

from functools import cache

from recognizers.identifiers.access_words import access_words
from recognizers.identifiers.plain import fold, undisguise
from recognizers.identifiers.vocabulary import person_words

_SPELLED_AT = frozenset({b"at", b"arobase", b"arobas", b"arobases"})
_INTRODUCE_UNKNOWN_NAMES = frozenset({"chez", "nom"})
_VOWELS = "aeiouyh"


def may_hold_identifier(text: str) -> bool:
    """Whether ``text`` holds a digit, an at sign, or a word that a name or an access code needs.

    Never False for a text in which `find_identifiers` finds something without the record's names.
    """
    folded = fold(text)
    if b"9" in folded or b"@" in folded:
        return True
    if b"&" in folded:
        folded = fold(undisguise(text).text)
        if b"9" in folded or b"@" in folded:
            return True
    words = folded.split()
    return _holds_name_cue(text, words) or not _access_cues().isdisjoint(words)


def may_hold_name(text: str) -> bool:
    """Whether ``text`` (undisguised) holds a title, a role or a name, and capitals where they are needed."""
    return _holds_name_cue(text, fold(text).split())


def _holds_name_cue(text: str, words: list[bytes]) -> bool:
    if not _telling_words().isdisjoint(words):
        return True
    return not text[1:].islower() and not _words_before_capitals().isdisjoint(words)


@cache
def _access_cues() -> frozenset[bytes]:
    """Folded words of access codes without a digit, and of e-mail addresses without an at sign."""
    return _as_folded(access_words().triggers) | _SPELLED_AT


@cache
def _telling_words() -> frozenset[bytes]:
    """Folded words that may make up a name in a text without capitals."""
    person = person_words()
    names = (person.first_names - person.first_names_also_words) | person.surnames
    return _as_folded((person.titles - person.weak_titles) | names)


@cache
def _words_before_capitals() -> frozenset[bytes]:
    """Folded words that make up a name only with a capital after the first letter of the text."""
    person = person_words()
    names = person.first_names_also_words | person.surnames_also_words
    return _as_folded(person.weak_titles | person.strong_roles | names | _INTRODUCE_UNKNOWN_NAMES)


def _as_folded(keys: frozenset[str]) -> frozenset[bytes]:
    """Words as `fold` leaves them: keys lack apostrophes ("ndiaye", "guivarch") and spell out "œ"; of a hyphenated key, its last part."""
    words = set()
    for key in keys:
        word = key.rpartition("-")[2]
        words |= {word, word.replace("oe", "o")}
        if len(word) > 3 and word[0] in "nm" and word[1] not in _VOWELS:
            words.add(word[1:])
        if word.endswith("ch"):
            words.add(word[:-1])
    return frozenset(word.encode() for word in words)
