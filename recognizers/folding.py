"""Folding: a comment as lower-case, unaccented words whose offsets stay true to the text as it was given.

Upper case, accents (composed or not), ligatures, curly apostrophes, every kind of space and dash, soft hyphens and zero-width characters,
full-width letters, HTML tags and entities, UTF-8 read as cp1252 ("Ã©"), dotted acronyms, stretched letters and digits used as letters all
fold to the same words.
"""

from __future__ import annotations

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
# Names of HTML elements: what else stands in angle brackets ("<alcoolique>") is text. Outlook's have a prefix ("o:p").
_TAGS = (
    "(?i:a|abbr|address|article|aside|b|base|basefont|big|blockquote|body|br|button|caption|center|cite|code|col|colgroup|dd|del|details|dfn|"
    "dir|div|dl|dt|em|fieldset|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|legend|li|link|"
    "main|map|mark|menu|meta|nav|nobr|noscript|object|ol|optgroup|option|p|param|pre|q|s|samp|script|section|select|small|span|strike|strong|"
    "style|sub|summary|sup|table|tbody|td|textarea|tfoot|th|thead|time|title|tr|tt|u|ul|var|video|wbr)"
)
DEBRIS = re.compile(
    rf"</?(?:{_TAGS}|[a-zA-Z0-9]+:[a-zA-Z]+)(?![a-zA-Z0-9])[^<>\x02]{{0,200}}>"
    r"|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});|"
    + "|".join(re.escape(m) for m in sorted(_MOJIBAKE, key=len, reverse=True))
)
"""HTML tags and entities, and UTF-8 read as cp1252."""
_PLAIN = re.compile("[" + re.escape("".join(map(chr, _TABLE))) + "]*")
_DEBRIS_BEGINS = "<&" + "".join(sorted({wrong[0] for wrong in _MOJIBAKE}))
_SURE = re.compile("[" + re.escape("".join(char for char in map(chr, _TABLE) if char not in _DEBRIS_BEGINS)) + "]*")
_MAYBE_DEBRIS = re.compile(f"[{_DEBRIS_BEGINS}]")
_LATIN_TABLE = bytes(ord(_TABLE.get(code, " ")) for code in range(256))


def fold_debris(found: str) -> str:
    """Return the folded form of what ``DEBRIS`` finds."""
    if found in _MOJIBAKE:
        return _MOJIBAKE[found]
    if found[0] == "<":
        return " "
    from html import unescape  # its table of entities takes milliseconds to load

    return "".join(map(fold_char, unescape(found)))


def fold(text: str) -> tuple[str, list[int] | None]:
    """Fold ``text`` character by character.

    Returns the folded string and, when it is not aligned one to one with ``text``, a list of ``len(folded) + 1`` offsets: character ``i``
    of the folded string comes from ``text[offsets[i]:]``, the last entry is ``len(text)``. ``None`` stands for the identity.
    """
    if _PLAIN.fullmatch(text) and not (_MAYBE_DEBRIS.search(text) and DEBRIS.search(text)):
        return _translated(text), None
    folded: list[str] = []
    offsets: list[int] = []
    at = 0
    while at < len(text):
        if debris := DEBRIS.match(text, at):
            piece, end = fold_debris(debris.group()), debris.end()
            offsets.extend([at] * len(piece))
        elif (end := _SURE.match(text, at).end()) > at:  # type: ignore[union-attr]
            piece = _translated(text[at:end])
            offsets.extend(range(at, end))
        else:
            piece, end = _TABLE.get(ord(text[at])) or fold_char(text[at]), at + 1
            offsets.extend([at] * len(piece))
        folded.append(piece)
        at = end
    offsets.append(len(text))
    return "".join(folded), offsets


def _translated(text: str) -> str:
    """Return ``text``, in which every character folds to exactly one, folded."""
    try:
        return text.encode("latin-1").translate(_LATIN_TABLE).decode("latin-1")  # ten times faster than by str
    except UnicodeEncodeError:
        return text.translate(_TABLE)


def fold_word(word: str) -> str:
    """Fold a single word or phrase, without offsets: ``"Sœur"`` gives ``"soeur"``."""
    return fold(word)[0]
