"""Words of a text with what a name detector asks of them: folded key, way of writing, what separates them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from recognizers.identifiers.plain import fold

Style = Literal["lower", "capital", "upper"]
_WORD = re.compile(r"[^\W\d_]+(?:['\-][^\W\d_]+)*")
_LETTER = {"'": "", "-": "-", "œ": "oe", "Œ": "oe"}
_ELISION = re.compile(r"(?:[cdjlmnst]|qu)'(?=[aàâeéèêëiîïoôuûyhœ])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word: offsets in the text, end exclusive; folded key without apostrophes; style; whether its line is in capitals."""

    start: int
    end: int
    key: str
    style: Style
    shouted: bool


def split_words(text: str) -> list[Word]:
    """Words of ``text`` in order. An elided article is left out ("d'Abitbol", "l'impasse") unless it is part of a name ("L'Hermitte")."""
    words: list[Word] = []
    folded = fold(text).decode()
    offset = 0
    for line in text.splitlines(keepends=True):
        shouted = _is_shouted(line)
        for match in _WORD.finditer(line):
            words.append(_word(text, folded, offset + match.start(), offset + match.end(), shouted))
        offset += len(line)
    return words


def _word(text: str, folded: str, start: int, end: int, shouted: bool) -> Word:
    elision = _ELISION.match(text, start, end)
    if elision is not None and (shouted or text[start].islower() or text[elision.end()].islower()):
        start = elision.end()
    written = text[start:end]
    key = folded[start:end]
    if " " in key or "œ" in written or "Œ" in written:
        key = "".join(_LETTER.get(raw, letter) for raw, letter in zip(written, key, strict=True))
    style: Style = "lower"
    if written[0].isupper():
        style = "upper" if len(written) > 1 and written.isupper() else "capital"
    return Word(start, end, key, style, shouted)


def _is_shouted(line: str) -> bool:
    """Whether nearly all letters of a line are capitals."""
    if line.isupper():
        return True
    letters = sum(map(str.isalpha, line))
    return letters > 0 and sum(map(str.isupper, line)) > 0.75 * letters
