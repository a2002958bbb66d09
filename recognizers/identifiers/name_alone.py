"""Names that no list knows and hardly anything announces: "Kowalyk (lot 19)", "les Vautrelle", "… Bien à vous, Soulignac"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognizers.identifiers.comment import Comment
from recognizers.identifiers.name_shapes import Names
from recognizers.identifiers.plain import fold
from recognizers.identifiers.surroundings import Surroundings
from recognizers.identifiers.vocabulary import is_unheard, person_words
from recognizers.identifiers.words import Words

_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ](?<![\w'’\-.@].)(?:[a-zß-öø-ÿ]{4,}|[A-ZÀ-ÖØ-Þ]{4,})(?:['\-][A-Za-zÀ-ÖØ-öø-ÿ]+)*(?![\w@'’\-])")
_FOLLOWED = re.compile(
    r"(?P<dwelling>,? [A-Z]\d{1,4}\b|,? ?\(?(?i:lots?|appt?|apt|logt)\.? ?n?°? ?\d"
    r"|,? (?i:hall|esc|porte|pte|ch|chambre|cage|studio)\.? ?[A-Z0-9]{1,4}\b"
    r"|(?:, ?(?=\d{1,3} ?(?:[A-H]|[eè]\w* ?(?:[gdfé]|\W|$)))| ?\(?)\d{1,3} ?(?:[A-H]\b|(?i:er?|[eè]me)\b)| (?i:du|au) \d)"
    r"|(?P<kin> (?:m[èe]re|p[èe]re|fils|fille|fr[èe]re|a[iî]né|cadet|senior|junior)\b)"
    r"|(?P<of> (?:du|des|de la) [a-zà-öø-ÿ])|(?P<second> [A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ])| (?P<after>[a-zà-öø-ÿ]+)"
    r"|(?P<header> ?[–—:] | - )|(?P<end>\s*+(?:\.\s*+)?\Z)|(?P<stop> ?[,;)/.])"
)
_MARK = re.compile(r"(?:[,;(/]|: ?) ?\Z")
_SENTENCE_START = re.compile(r"(?:\A|[.!?\n])[\s«\"]*\Z")
_CLOSING = re.compile(r"(?:([a-zA-Z]+)|(?:\A|[.!?\n]) ?Pour l[ae]?s?[ '][^.,!?\n]{3,40}), ?\Z")
_ITEM = re.compile(r"(?:\A|[\n.;]) ?(?:\d{1,2}[.)]|[\-•]) ?\Z")
_BEFORE = 60
_PARTICIPLES = ("é", "ée", "és", "ées")
_FUTURES = ("era", "ira", "dra", "tra", "vra", "rait")
_OF_TOWNS = frozenset({"de", "d", "du", "a", "en"})
_NO_VERBS = frozenset({"du", "la", "en", "es", "or"})
_SHORTEST_SIGNED = 40
"""Letters of the shortest text whose last word may be its signature."""


def find_alone(comment: Comment, words: Words, names: Names) -> Iterator[tuple[int, int]]:
    """First and last word of the names that "les", or what follows, tells: where somebody lives, what they do, the end of a letter."""
    around = Surroundings(words)
    for spot in _spots(comment):
        i = words.at(spot.start())
        if names.is_unheard(i) and not around.is_place(i) and not around.is_company(i) and _is_told(words, names, i, spot):
            yield i, names.end_of_chain(i)


def may_stand_alone(comment: Comment) -> bool:
    """Whether a word of ``comment`` has a capital, and no list and no dictionary has the word."""
    return next(_spots(comment), None) is not None


def _spots(comment: Comment) -> Iterator[re.Match[str]]:
    """Words with one capital that no list and no dictionary has."""
    for spot in _NAME.finditer(comment.text):
        if is_unheard(comment.folded[slice(*spot.span())].partition(" ")[0]):
            yield spot


def _is_told(words: Words, names: Names, i: int, spot: re.Match[str]) -> bool:
    """Whether the word at ``i`` is a name by what stands before or after it."""
    text, (start, end) = words.text, spot.span()
    followed = _FOLLOWED.match(text, end)
    capitals = words[i].shouted or words[i].style != "capital"
    if not capitals and names.is_announced(i):
        return True
    if followed is None:
        return False
    if capitals and not words[i].shouted and followed["dwelling"]:
        return True
    if not names.sounds_unheard(i):
        return False
    if followed["dwelling"]:
        return i == 0 or words[i - 1].key not in _OF_TOWNS
    if capitals:
        return text[start - 1 : start] == "(" and text[end : end + 1] == ")" and not person_words().is_firm(words[i].key)
    if person_words().is_firm(words[i].key):
        return False
    if followed["kin"]:
        return True
    if followed["of"]:
        return text[max(0, start - 2) : start] in ("", ", ")
    if followed["second"]:
        inside = text[start - 2 : start - 1].islower() and text[start - 1] == " "
        return i > 0 and (inside or _MARK.search(text, max(0, start - 3), start) is not None) and names.is_unheard(i + 1)
    before = text[max(0, start - _BEFORE) : start]
    if followed["header"] and (i == 0 or _ITEM.search(before)):
        return True
    marked = _MARK.search(before) is not None
    if marked and (followed["stop"] or followed["header"]):
        return True
    starts_sentence = _SENTENCE_START.search(before) is not None and (start <= _BEFORE or not before.isspace())
    if followed["after"]:
        after = fold(followed["after"]).decode()
        acts = person_words().is_verb(after) and not followed["after"].endswith(_PARTICIPLES)
        acts = acts or followed["after"].endswith(_FUTURES) or after in person_words().done
        return (starts_sentence or marked) and followed["after"] != "à" and after not in _NO_VERBS and acts
    if not followed["end"] and followed["end"] != "":
        return False
    if len(text) < _SHORTEST_SIGNED:
        return False
    closing = _CLOSING.search(before)
    signed = starts_sentence and not person_words().letter_words.isdisjoint(fold(text).decode().split())
    return signed or (closing is not None and (closing[1] is None or fold(closing[1]).decode() in person_words().closings))
