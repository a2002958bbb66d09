"""How a French word sounds, near enough to tell what somebody who spells by ear meant: "krise" sounds like "crise"."""

from __future__ import annotations

import re

_NASAL = r"(?![aeiouymnh])"
# In order. Capitals and digits are sounds: E as in "feu", U "fou", W "roi", Y "fille", N "vigne", S "chat", 1 "pin", 2 "banc", 3 "bon".
# "s" and "z" are one: who spells by ear writes "depresion".
_STEPS = [
    (re.compile(pattern), heard)
    for pattern, heard in (
        (r"(?<=.)[stdxzp]+$", ""),
        (r"ph", "f"),
        (r"psych", "psik"),
        (r"sch(?=iz)", "sk"),
        (r"sthm", "sm"),
        (r"sch|sh|ch", "S"),
        (r"cc(?=[eiy])|x(?=[aeiouy])", "ks"),
        (r"sc(?=[eiy])|c(?=[eiy])", "s"),
        (r"qu|[ckq]+", "k"),
        (r"ge(?=[aou])|g(?=[eiy])", "j"),
        (r"gu(?=[eiy])", "g"),
        (r"gn", "N"),
        (r"h", ""),
        (r"eau|au", "o"),
        (r"(?:eu|ue|oeu)ill?", "EY"),
        (r"ouill?", "UY"),
        (r"(?<![aeo])ill(?=[aeiou])", "iY"),
        (r"([ae])ill?", r"\1Y"),
        (rf"(?:ai|ei|i|y|u)[nm]{_NASAL}", "1"),
        (rf"[ae][nm]{_NASAL}", "2"),
        (rf"o[nm]{_NASAL}", "3"),
        (r"oeu|oe|eu", "E"),
        (r"ai|ei|ay|ey", "e"),
        (r"oi|oy", "W"),
        (r"ou", "U"),
        (r"z|t(?=i(?:3|e[lu]))", "s"),
        (r"y", "i"),
        (r"([a-zA-Z])\1+", r"\1"),
        (r"er?$", ""),
    )
]


def sound(word: str) -> str:
    """Return the sound of a folded word of letters; words that are spelled in different ways and sound alike have one sound."""
    for pattern, heard in _STEPS:
        word = pattern.sub(heard, word)
    return word
