"""What each word is to the screen of identifiers, as bits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from recognizers.identifiers.access_words import access_words
from recognizers.identifiers.name_gate import name_cues
from recognizers.identifiers.number_cues import cue_words
from recognizers.identifiers.vocabulary import MIN_UNHEARD, is_unheard, person_words
from recognizers.kept import kept

(NAME, TITLE, WEAK_TITLE, ROLE, FIRST_NAME, SURNAME, LINK, ORDINARY) = (1 << bit for bit in range(8))
(KEY, HIDDEN, PREPOSITION, HIDING_PLACE, PASSWORD, PASSWORD_BEGIN, PASSWORD_END) = (1 << bit for bit in range(8, 15))
(ANNOUNCING, BADGE, OPENING, COMBINATION, PROVIDER, ZERO, THEN, AT_WORD, LES, EDGE) = (1 << bit for bit in range(15, 25))
(NAME_END, SPELLED_SIGN, WITH_DIGITS, AFTER_DIGIT, WITH_OE, NO_NAME, UNNAMED, UNHEARD, CHEZ) = (1 << bit for bit in range(25, 34))
_DIGITS = "0123456789"
_SPELLED_SIGNS = {"euros", "pourcent"}
_PASSWORD_BEGIN, _PASSWORD_END = {"m", "mot", "mots"}, {"passe", "p", "cle"}
_ORDINARY_IN_CUES = _PASSWORD_BEGIN | _PASSWORD_END | {"code", "d", "de"}
_LETTERS = re.compile("[a-z]+")
_OF_NAMES = NAME | TITLE | WEAK_TITLE | ROLE | FIRST_NAME | SURNAME
_OF_CODES = KEY | HIDDEN | PREPOSITION | PASSWORD | PASSWORD_BEGIN | PASSWORD_END


@cache
def _flags() -> dict[str, int]:
    """Return what each word is to the tests, as bits."""
    return kept("word_flags", _compile)


def _compile() -> dict[str, int]:
    cues, access = name_cues(), access_words()
    flags: dict[str, int] = defaultdict(int)
    for words, flag in (
        (cues.names | {"prenom"}, NAME),
        (cues.titles, TITLE),
        (cues.weak_titles, WEAK_TITLE),
        (cues.introducers - cues.weak_titles, ROLE),
        (cues.first_names, FIRST_NAME),
        (cues.surnames, SURNAME),
        (cues.links, LINK),
        (cues.ordinary - _SPELLED_SIGNS, ORDINARY),
        ({name[at:] for name in cues.with_apostrophe for at in range(1, len(name))}, NAME_END),
        (access.keys, KEY),
        (access.hidden_words, HIDDEN),
        (access.prepositions, PREPOSITION),
        ({article + place for place in access.hiding_places for article in ("", "l", "d")}, HIDING_PLACE),
        (access.password_parts - _ORDINARY_IN_CUES, PASSWORD),
        (_PASSWORD_BEGIN, PASSWORD_BEGIN),
        (_PASSWORD_END, PASSWORD_END),
        (access.announcing_words, ANNOUNCING),
        (access.openings, OPENING),
        (access.combination_cues, COMBINATION),
        (cue_words("mail_providers"), PROVIDER),
        ({"zero"}, ZERO),
        ({"puis"}, THEN),
        ({"a", "at"}, AT_WORD),
        ({"les"}, LES),
        ({"chez"}, CHEZ),
        ({"^", "$"}, EDGE),
        (_SPELLED_SIGNS, SPELLED_SIGN),
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
    found |= BADGE if word.startswith("badge") else 0  # also one joined to its number: "badgeP7305"
    if word.isalpha():
        return found | (0 if len(word) == 1 or "oe" in word else _not_named(word))
    # Digits end a word for those who search for names, who see a capital inside a word of a batch: "rue12Roux3Marchand".
    for part in _LETTERS.finditer(word):
        found |= flags.get(part.group(), 0) & (_OF_NAMES | _OF_CODES if part.start() else _OF_NAMES | _OF_CODES | NAME_END)
        found |= AFTER_DIGIT if part.start() and len(part.group()) > 1 else 0
    return found | WITH_DIGITS | (UNHEARD if any(len(part) >= MIN_UNHEARD for part in _LETTERS.findall(word)) else 0)


def _not_named(word: str) -> int:
    """Return, as bits, after what a word of letters is no name, even with a capital.

    After a weak title that is a title, or an ordinary word that is on no list of names; after a role or an initial, whatever is neither
    listed nor may be an unknown surname.
    """
    lists = person_words()
    if lists.is_known_name(word):
        return 0
    ordinary = word in lists.titles or lists.is_ordinary(word) or lists.is_never(word)
    unheard = UNHEARD if is_unheard(word) else 0
    return (NO_NAME if ordinary and not unheard else 0) | (unheard or (0 if lists.may_be_unknown_surname(word) else UNNAMED))
