"""What each word is to the screen of identifiers, as bits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from recognizers.identifiers.access_words import access_words
from recognizers.identifiers.name_gate import name_cues
from recognizers.identifiers.number_cues import cue_words
from recognizers.identifiers.vocabulary import person_words

(NAME, TITLE, INTRODUCER, FIRST_NAME, SURNAME, LINK, ORDINARY, NAME_END) = (1 << bit for bit in range(8))
(KEY, HIDING, PASSWORD, CODE_CUE, COMBINATION, PROVIDER, ZERO, AT_WORD, LES, EDGE) = (1 << bit for bit in range(8, 18))
(WITH_DIGITS, AFTER_DIGIT, WITH_OE, NO_NAME) = (1 << bit for bit in range(18, 22))
_DIGITS = "0123456789"
_LETTERS = re.compile("[a-z]+")
_OF_NAMES = NAME | TITLE | INTRODUCER | FIRST_NAME | SURNAME


@cache
def _flags() -> dict[str, int]:
    """Return what each word is to the tests, as bits."""
    cues, access = name_cues(), access_words()
    flags: dict[str, int] = defaultdict(int)
    for words, flag in (
        (cues.names | {"prenom"}, NAME),
        (cues.titles, TITLE),
        (cues.introducers, INTRODUCER),
        (cues.first_names, FIRST_NAME),
        (cues.surnames, SURNAME),
        (cues.links, LINK),
        (cues.ordinary - {"euros", "pourcent"}, ORDINARY),
        ({name[at:] for name in cues.with_apostrophe for at in range(1, len(name))}, NAME_END),
        (access.keys, KEY),
        (access.hiding_words, HIDING),
        (access.password_words, PASSWORD),
        (access.number_cues, CODE_CUE),
        (access.combination_cues, COMBINATION),
        (cue_words("mail_providers"), PROVIDER),
        ({"zero"}, ZERO),
        ({"a", "at"}, AT_WORD),
        ({"les"}, LES),
        ({"^", "$"}, EDGE),
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


def flags_of(word: str) -> int:
    """Return what ``word`` of a batch is."""
    flags = _flags()
    found = flags.get(word, 0) | flags.get(word.rstrip(_DIGITS), 0) | (WITH_OE if "oe" in word else 0)
    if word.isalpha():
        return found | (NO_NAME if _names_nobody(word) else 0)
    # Digits end a word for those who search for names, who see a capital inside a word of a batch: "rue12Roux3Marchand".
    for part in _LETTERS.finditer(word):
        found |= flags.get(part.group(), 0) & (_OF_NAMES if part.start() else _OF_NAMES | NAME_END)
        found |= AFTER_DIGIT if part.start() and len(part.group()) > 1 else 0
    return found | WITH_DIGITS


def _names_nobody(word: str) -> bool:
    """Whether a word of letters is no name after a title, a role or an initial, even with a capital: ordinary, and on no list of names."""
    lists = person_words()
    return len(word) > 2 and "oe" not in word and not lists.is_known_name(word) and (lists.is_ordinary(word) or lists.is_never(word))
