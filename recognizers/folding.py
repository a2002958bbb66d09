"""Folding: a comment as lower-case, unaccented words whose offsets stay true to the text as it was given.

Upper case, accents (composed or not), ligatures, curly apostrophes, every kind of space and dash, soft hyphens and zero-width characters,
full-width letters, HTML tags and entities, UTF-8 read as cp1252 ("Ã©"), dotted acronyms, stretched letters and digits used as letters all
fold to the same words.
"""

from __future__ import annotations

import html
import re
import unicodedata

_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "ĳ": "ij", "ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl"}
_SYMBOLS = {
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "`": "'",
    "´": "'",
    "′": "'",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "…": ".",
    "·": " ",
    "•": ",",
    "|": ",",
}
# Cyrillic and Greek letters that look like Latin ones.
_LOOKALIKES = dict(zip("аеорсухіјѕһԁοαενρικτυ", "aeopcyxijshdoaevpiktu", strict=True))
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_INVISIBLE = {"\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u200e", "\u200f", "\ufe0f", "\x00"}


def fold_char(char: str) -> str:
    """Return the folded form of one character: zero, one or several characters."""
    if char in _INVISIBLE or unicodedata.combining(char):
        return ""
    char = char.lower()
    if char in _LIGATURES:
        return _LIGATURES[char]
    if char in _SYMBOLS:
        return _SYMBOLS[char]
    if char in _LOOKALIKES:
        return _LOOKALIKES[char]
    if char in _DASHES:
        return "-"
    decomposed = unicodedata.normalize("NFKD", char)
    folded = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    if not folded or folded.isspace():
        return " "
    return folded if folded.isascii() else "€" if char == "€" else " "


def _one_to_one() -> dict[int, str]:
    """Translation of the characters that fold to exactly one character; the others go through the slow path."""
    table = {}
    for code in [*range(0x20, 0x180), *map(ord, "’‘“”…–—•€‑‐\u202f\u2009\u2002\u2003")]:
        folded = fold_char(chr(code))
        if len(folded) == 1:
            table[code] = folded
    table[ord("\t")] = table[ord("\r")] = " "
    table[ord("\n")] = "\n"
    return table


_TABLE = _one_to_one()


def _mojibake() -> dict[str, str]:
    """Map what UTF-8 letters look like when read as cp1252 (or Latin-1) to their folded form."""
    found = {}
    for char in "àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŒ’‘“”–—…€«»°":
        raw = char.encode("utf-8")
        for codec in ("cp1252", "latin-1"):
            wrong = raw.decode(codec, "ignore")
            if len(wrong) == len(raw):
                found[wrong] = fold_char(char)
    found["Ã\xa0"] = found["Ã "] = "a"
    return found


_MOJIBAKE = _mojibake()
DEBRIS = re.compile(
    r"</?[a-zA-Z][^<>\x02]{0,200}>|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});|"
    + "|".join(re.escape(m) for m in sorted(_MOJIBAKE, key=len, reverse=True))
)
"""HTML tags and entities, and UTF-8 read as cp1252."""
_PLAIN = re.compile("[" + re.escape("".join(map(chr, _TABLE))) + "]*")
_MAYBE_DEBRIS = re.compile(r"[<&]|Ã|â€|Å|Â")


def fold_debris(found: str) -> str:
    """Return the folded form of what ``DEBRIS`` finds."""
    if found in _MOJIBAKE:
        return _MOJIBAKE[found]
    return " " if found[0] == "<" else "".join(map(fold_char, html.unescape(found)))


def fold(text: str) -> tuple[str, list[int] | None]:
    """Fold ``text`` character by character.

    Returns the folded string and, when it is not aligned one to one with ``text``, a list of ``len(folded) + 1`` offsets: character ``i``
    of the folded string comes from ``text[offsets[i]:]``, the last entry is ``len(text)``. ``None`` stands for the identity.
    """
    if _PLAIN.fullmatch(text) and not _MAYBE_DEBRIS.search(text):
        return text.translate(_TABLE), None
    folded: list[str] = []
    offsets: list[int] = []

    def put(piece: str, at: int) -> None:
        folded.append(piece)
        offsets.extend([at] * len(piece))

    def put_chars(start: int, end: int) -> None:
        for at in range(start, end):
            char = text[at]
            put(_TABLE.get(ord(char)) or fold_char(char), at)

    last = 0
    for debris in DEBRIS.finditer(text):
        put_chars(last, debris.start())
        put(fold_debris(debris.group()), debris.start())
        last = debris.end()
    put_chars(last, len(text))
    offsets.append(len(text))
    return "".join(folded), offsets


def fold_word(word: str) -> str:
    """Fold a single word or phrase, without offsets: ``"Sœur"`` gives ``"soeur"``."""
    return fold(word)[0]
