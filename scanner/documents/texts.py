"""Texts of a document as every writer prints them: typeset, without characters that a page cannot show."""

from __future__ import annotations

import re
from typing import Literal

from scanner.documents.blocks import Style, Text
from scanner.french import number, typeset

Part = tuple[str, Style | Literal["plain"]]
"""Words and their style."""

REPLACEMENT = "\ufffd"
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Controls, lone surrogates, noncharacters, and marks that turn the direction of all that follows."""


def clean(text: str) -> str:
    """Return ``text`` with the line feed as its only control: what cannot be printed becomes U+FFFD, what only steers line breaks goes."""
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    return _UNPRINTABLE.sub(REPLACEMENT, _INVISIBLE.sub("", text))


def line(text: str) -> str:
    """Return ``text`` as it is printed: clean, with the apostrophes and spaces of French typography."""
    return typeset(clean(text))


def parts(text: Text | int) -> list[Part]:
    """Return the parts of ``text`` as they are printed; code is left as it is, an integer gets French thousands."""
    if isinstance(text, int):
        return [(number(text), "plain")]
    found: list[Part] = []
    for part in [text] if isinstance(text, str) else text:
        if isinstance(part, str):
            found.append((line(part), "plain"))
        else:
            found.append((clean(part.text) if part.style == "code" else line(part.text), part.style))
    return found
