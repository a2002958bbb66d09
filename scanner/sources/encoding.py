"""The encoding of a text export, found from its bytes, and what to do with characters that it cannot write."""

from __future__ import annotations

import codecs
import re
import unicodedata
from pathlib import Path

from scanner.errors import InputError

_SAMPLE_BYTES = 1 << 20
_SCORED_CHARACTERS = 5_000
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SINGLE_BYTE = ("cp1252", "iso-8859-15", "cp850")  # every byte means something in nearly all of them: only likelihood tells them apart
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1a\x1b")) + b"\x7f"
_FREQUENT = frozenset("éèàêçùâîôûëïœÉÈÀÊÇÎÔŒ")
_POSSIBLE = frozenset("äöüñáíóúæÂÙÛËÏÄÖÜ’‘“”«»…–—°€§²³·•º\u00a0")
_TYPOGRAPHY = frozenset("‘“”«»…–—°€§²³•")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_PLAIN = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "€": "EUR"}
)


def detect_encoding(path: Path, asked: str | None) -> str:
    """Return the name of the encoding of the text file at ``path``: the one ``asked`` for, or the most likely one.

    A byte-order mark is believed; then UTF-16 is known by its NUL bytes, UTF-8 by its form, and cp1252, ISO-8859-15 and CP850 by the
    French letters that each would give. Reads one sample, from the first non-ASCII byte when the file begins with plain ASCII.
    Raises :class:`InputError` when the file is binary, cut inside a UTF-16 character, or ``asked`` is no encoding.
    """
    sample = _sample(path)
    encoding = _checked(path, asked, sample) if asked else _guess(path, sample)
    if encoding.startswith("utf-16") and path.stat().st_size % 2:
        raise InputError(f"{path}: UTF-16 text with an odd number of bytes: the file is cut short; export or copy it again")
    return encoding


def byte_errors(encoding: str) -> str:
    """Return the error handler under which decoding and encoding again gives back every byte."""
    return "surrogatepass" if encoding.startswith("utf-16") else "surrogateescape"


def encodable(text: str, encoding: str) -> str:
    """Return ``text`` with the characters that ``encoding`` lacks written plainly ("œ" as "oe"), or as "?"."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_encodable_character(char, encoding) for char in text)
    return text


def _encodable_character(char: str, encoding: str) -> str:
    for candidate in (char, char.translate(_PLAIN), unicodedata.normalize("NFKD", char)):
        written = "".join(part for part in candidate if candidate is char or not unicodedata.combining(part))
        try:
            written.encode(encoding)
        except UnicodeEncodeError:
            continue
        return written
    return "?"


def _sample(path: Path) -> bytes:
    with path.open("rb") as file:
        first = block = file.read(_SAMPLE_BYTES)
        if b"\x00" in first:
            return first
        while block and block.isascii():
            block = file.read(_SAMPLE_BYTES)
    return block or first


def _checked(path: Path, asked: str, sample: bytes) -> str:
    try:
        info = codecs.lookup(asked)
        " ".encode(asked)
    except (LookupError, UnicodeError):
        raise InputError(f"{path}: unknown encoding {asked!r}; try utf-8, cp1252, iso-8859-15, cp850 or utf-16") from None
    if info.name == "utf-8-sig":
        return "utf-8"
    if info.name == "utf-16":
        return "utf-16-be" if sample.startswith(codecs.BOM_UTF16_BE) or _utf16_by_nul(sample) == "utf-16-be" else "utf-16-le"
    return {"iso8859-15": "iso-8859-15"}.get(info.name, info.name)


def _guess(path: Path, sample: bytes) -> str:
    for bom, encoding in _BOMS:
        if sample.startswith(bom):
            return encoding
    if encoding := _utf16_by_nul(sample):
        return encoding
    if len(sample) - len(sample.translate(None, _CONTROL)) > len(sample) // 10:
        raise InputError(f"{path}: binary data, not a text export; give a CSV, TSV, JSON Lines, XLSX or Parquet file")
    if _is_utf8(sample):
        return "utf-8"
    return max(_SINGLE_BYTE, key=lambda encoding: _likelihood(sample.decode(encoding, "replace")))


def _utf16_by_nul(sample: bytes) -> str:
    half = max(len(sample) // 2, 1)
    even, odd = sample[::2].count(0) / half, sample[1::2].count(0) / half
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.1 else ""


def _is_utf8(sample: bytes) -> bool:
    """Tell whether ``sample`` is UTF-8, a few damaged bytes allowed: in another encoding hardly any accent would form a valid sequence."""
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(sample, len(sample) < _SAMPLE_BYTES)
    accents = _NON_ASCII.findall(text)
    damaged = sum(1 for char in accents if "\udc80" <= char <= "\udcff")
    return len(accents) >= 2 * damaged


def _likelihood(text: str) -> int:
    score = 0
    for count, match in enumerate(_NON_ASCII.finditer(text)):
        if count == _SCORED_CHARACTERS:
            break
        at = match.start()
        score += _plausibility(text[at - 1 : at], match.group(), text[at + 1 : at + 2])
    return score


def _plausibility(before: str, char: str, after: str) -> int:
    """Return how likely ``char`` is in French between its neighbours, from -6 to 3."""
    if char == "\ufffd" or unicodedata.category(char) == "Cc":
        return -6
    letters = before.isalpha() + after.isalpha()
    if char in "àÀ":
        return 3 if letters == 0 or before in "ljLJç" or after.isalpha() else -1
    if char in _FREQUENT:
        return 3 if letters else -1
    if char in _TYPOGRAPHY and letters == 2:
        return -2
    return 1 if char in _POSSIBLE else -2
