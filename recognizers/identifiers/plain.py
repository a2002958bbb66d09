"""Sees through typographic and HTML disguises, with offsets that stay true to the original text."""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_INVISIBLE = "\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff"
_SPACES = "\u00a0\u2000-\u200a\u202f\u205f\u3000"
_HYPHENS = "\u2010-\u2015\u2212\ufe63"
_OTHER_DIGITS = "\u0660-\u0669\u06f0-\u06f9\u0966-\u096f"
_ENTITY = "&(?:#[0-9]{2,5}|#[xX][0-9a-fA-F]{2,4}|[a-zA-Z]{2,8});"
_DISGUISED = re.compile(rf"[{_INVISIBLE}{_SPACES}{_HYPHENS}{_OTHER_DIGITS}’\uff00-\uff5e]|{_ENTITY}")
_IS_INVISIBLE = re.compile(f"[{_INVISIBLE}]")
_IS_SPACE = re.compile(f"[{_SPACES}]")
_IS_HYPHEN = re.compile(f"[{_HYPHENS}]")
_UNDECOMPOSED = {"ł": "l", "Ł": "L", "ı": "i", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "œ": "o", "Œ": "O", "æ": "a", "Æ": "A", "’": "'"}
_NEEDS_UNDISGUISE = "\u00ad"


@dataclass(frozen=True, slots=True)
class Plain:
    """A text without disguises. ``starts[i]`` and ``ends[i]`` bound, in the original, what ``text[i]`` stands for; None when unchanged."""

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original text of the non-empty slice ``text[start:end]``."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def undisguise(text: str) -> Plain:
    """Replace odd spaces, hyphens, digits, full-width forms and HTML entities by plain ones; drop invisible characters."""
    match = None if _is_plain(text) else _DISGUISED.search(text)
    if match is None:
        return Plain(text)
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    while match is not None:
        start, end = match.span()
        out.extend(text[position:start])
        starts.extend(range(position, start))
        ends.extend(range(position + 1, start + 1))
        plain = _plain_character(match.group())
        if plain:
            out.append(plain)
            starts.append(start)
            ends.append(end)
        elif ends and unicodedata.combining(text[start]):
            ends[-1] = end
        position = end
        match = _DISGUISED.search(text, position)
    out.extend(text[position:])
    starts.extend(range(position, len(text)))
    ends.extend(range(position + 1, len(text) + 1))
    return Plain("".join(out), starts, ends)


def _is_plain(text: str) -> bool:
    """Cheap test that spares most texts the search for disguises: Latin-1 only, and none of its disguises."""
    try:
        latin = text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return b"&" not in latin and b"\xa0" not in latin and b"\xad" not in latin


def _plain_character(disguised: str) -> str:
    """One plain character for a disguised one or an HTML entity; empty for an invisible one."""
    if len(disguised) > 1:
        character = html.unescape(disguised)
        if len(character) != 1:
            return " "
        return _plain_character(character)
    if _IS_INVISIBLE.match(disguised):
        return ""
    if _IS_SPACE.match(disguised):
        return " "
    if _IS_HYPHEN.match(disguised):
        return "-"
    if disguised == "’":
        return "'"
    digit = unicodedata.decimal(disguised, None)
    if digit is not None:
        return str(digit)
    return chr(ord(disguised) - 0xFEE0) if "\uff01" <= disguised <= "\uff5e" else disguised


def _latin(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: one Latin-1 character for each that Latin-1 lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_latin_character(character) for character in error.object[error.start : error.end]), error.end


def _latin_character(character: str) -> str:
    if character in _UNDECOMPOSED:
        return _UNDECOMPOSED[character]
    if _DISGUISED.match(character):
        return _plain_character(character) or _NEEDS_UNDISGUISE
    base = unicodedata.normalize("NFD", character)[0]
    return base if base.isascii() else " "


def _table() -> bytes:
    """Byte table of `fold`: letters lose case and accent, digits become 9, '@', '&' and invisible characters stay visible."""
    table = bytearray(b" " * 256)
    for code in range(256):
        base = unicodedata.normalize("NFD", chr(code))[0].lower()
        if base.isascii() and base.isalpha():
            table[code] = ord(base)
        elif base.isascii() and base.isdigit():
            table[code] = ord("9")
    table[ord("@")] = ord("@")
    table[ord("&")] = table[ord(_NEEDS_UNDISGUISE)] = ord("&")
    return bytes(table)


codecs.register_error("vigie-latin", _latin)
_FOLD = _table()


def fold(text: str) -> bytes:
    """Fold to lower-case ASCII letters, ``9`` for a digit, ``@``, ``&``, else spaces: one byte for each character of ``text``."""
    return text.encode("latin-1", "vigie-latin").translate(_FOLD)
