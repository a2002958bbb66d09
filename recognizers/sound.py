"""How a French word sounds, near enough to tell what somebody who spells by ear meant: "krise" sounds like "crise"."""

from __future__ import annotations

import re

_NASAL = r"(?![aeiouymnh])"
# In order, each after a letter without which it changes nothing. Capitals and digits are sounds: E as in "feu", U "fou", W "roi",
# Y "fille", N "vigne", S "chat", 1 "pin", 2 "banc", 3 "bon". "s" and "z" are one: who spells by ear writes "depresion".
_STEPS = [
    (letter, re.compile(pattern), heard)
    for letter, pattern, heard in (
        ("", r"(?<=.)[stdxzp]+$", ""),
        ("h", r"ph", "f"),
        ("h", r"psych", "psik"),
        ("h", r"sch(?=iz)", "sk"),
        ("h", r"sthm", "sm"),
        ("h", r"sch|sh|ch", "S"),
        ("c", r"cc(?=[eiy])", "ks"),
        ("x", r"x(?=[aeiouy])", "ks"),
        ("c", r"sc(?=[eiy])|c(?=[eiy])", "s"),
        ("", r"qu|[ckq]+", "k"),
        ("g", r"ge(?=[aou])|g(?=[eiy])", "j"),
        ("g", r"gu(?=[eiy])", "g"),
        ("g", r"gn", "N"),
        ("h", r"h", ""),
        ("u", r"eau|au", "o"),
        ("u", r"(?:eu|ue|oeu)ill?", "EY"),
        ("u", r"ouill?", "UY"),
        ("l", r"(?<![aeo])ill(?=[aeiou])", "iY"),
        ("l", r"([ae])ill?", r"\1Y"),
        ("", rf"(?:ai|ei|i|y|u)[nm]{_NASAL}", "1"),
        ("", rf"[ae][nm]{_NASAL}", "2"),
        ("o", rf"o[nm]{_NASAL}", "3"),
        ("e", r"oeu|oe|eu", "E"),
        ("", r"[ae][iy]", "e"),
        ("o", r"o[iy]", "W"),
        ("u", r"ou", "U"),
        ("z", r"z", "s"),
        ("t", r"t(?=i(?:3|e[lu]))", "s"),
        ("y", r"y", "i"),
        ("", r"([a-zA-Z])\1+", r"\1"),
        ("e", r"er?$", ""),
    )
]


def sound(word: str) -> str:
    """Return the sound of a folded word of letters; words that are spelled in different ways and sound alike have one sound."""
    for letter, pattern, heard in _STEPS:
        if letter in word:
            word = pattern.sub(heard, word)
    return word
