"""Names that no list knows and nothing announces: "Kowalyk (lot 19)", "Hartweg demande", "… Bien à vous, Soulignac"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognizers.identifiers.name_shapes import Names
from recognizers.identifiers.plain import fold
from recognizers.identifiers.surroundings import Surroundings
from recognizers.identifiers.vocabulary import person_words
from recognizers.identifiers.words import Words

_NAME = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{2,}(?:['\-][A-Za-zÀ-ÖØ-öø-ÿ]+)*"
_DWELLING = r" ?\(?(?:lots?|appt?|apt|logt)\.? ?n?°? ?\d| ?\(?\d{1,3} ?(?:[A-H]\b|(?:er?|[eè]me)\b)| (?:du|au) \d"
_SPOT = re.compile(
    rf"(?<![\w'’\-.@])(?P<name>{_NAME})(?![\w@'’\-])"
    rf"(?=(?P<dwelling>{_DWELLING})|(?P<second> {_NAME})| (?P<after>[a-zà-öø-ÿ]+)|(?P<header> ?[–—] | - )|(?P<end>\s*\.?\s*\Z))"
)
_SENTENCE_START = re.compile(r"(?:\A|[.!?\n])[\s«\"]*\Z")
_CLOSING = re.compile(r"(?:([a-zA-Z]+)|(?:\A|[.!?\n]) ?Pour l[ae]?s?[ '][^.,!?\n]{3,40}), ?\Z")
_NO_VERBS = frozenset({"du", "la", "en", "es", "or"})
_SHORTEST_SIGNED = 40
"""Letters of the shortest text whose last word may be its signature."""


def find_alone(words: Words, names: Names) -> Iterator[tuple[int, int]]:
    """First and last word of the names that only what follows tells: where somebody lives, what they do, the end of a letter."""
    lists, around = person_words(), Surroundings(words)
    for spot in _spots(words.text):
        i = words.at(spot.start())
        if words[i].style != "capital" or words[i].shouted or not names.is_unheard(i) or around.is_place(i) or around.is_company(i):
            continue
        if spot["dwelling"] or (lists.sounds_unheard(words[i].key) and _is_told(words, names, i, spot)):
            yield i, names.end_of_chain(i)


def may_stand_alone(text: str) -> bool:
    """Whether a name may stand in ``text`` that nothing announces."""
    return next(_spots(text), None) is not None


def _spots(text: str) -> Iterator[re.Match[str]]:
    """Words with a capital that no dictionary has and that are followed as names are."""
    is_unheard = person_words().is_unheard
    for spot in _SPOT.finditer(text):
        if is_unheard(fold(spot["name"]).decode().partition(" ")[0]):
            yield spot


def _is_told(words: Words, names: Names, i: int, spot: re.Match[str]) -> bool:
    """Whether the word at ``i`` is a name by what follows."""
    text, start = words.text, spot.start()
    if spot["second"]:
        return i > 0 and text[start - 2 : start - 1].islower() and text[start - 1] == " " and names.is_unheard(i + 1)
    before = text[max(0, start - 60) : start]
    starts_sentence = _SENTENCE_START.search(before) is not None and (start <= 60 or before.strip() != "")
    if spot["after"]:
        after = fold(spot["after"]).decode()
        return starts_sentence and spot["after"] != "à" and after not in _NO_VERBS and person_words().is_verb(after)
    if spot["header"]:
        return i == 0
    if len(text) < _SHORTEST_SIGNED:
        return False
    closing = _CLOSING.search(before)
    return starts_sentence or (closing is not None and (closing[1] is None or fold(closing[1]).decode() in person_words().closings))
