r"""RTF memos, as word processors and the rich-text fields of business software write them.

Whole, cut short, or a piece without its beginning: whatever is not understood is text. Hidden and deleted passages, notes and titles are
stored data like the rest and are read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from scanner.memos.layer import Layer, LayerBuilder
from scanner.memos.markup import RTF
from scanner.memos.rtf_writing import as_rtf

_NO_TEXT = frozenset(RTF["no_text"])
_ASIDE = frozenset(RTF["aside"])
_CHARACTERS: Mapping[str, str] = RTF["characters"]
_TABLE_MARKS: Mapping[str, str] = RTF["table_marks"]
_CODECS: Mapping[str, str] = RTF["codecs"]
_FONT_CODECS: Mapping[str, str] = RTF["fcharset"]
_SYMBOLS = {"\\": "\\", "{": "{", "}": "}", "~": "\u00a0", "_": "\u2011", "\n": "\n", "\r": "\n", "\t": "\t"}
_INVISIBLE_SYMBOLS = frozenset("-:|*")  # optional hyphen, index marks, mark of a destination
_START = "{\\rtf"
_PIECE = re.compile(r"\\'[0-9a-fA-F]{2}|\\pard?(?![a-zA-Z])|\\u-?[0-9]{2,5}(?![0-9a-zA-Z])")
_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]+)(?P<number>-?[0-9]{1,10})?(?P<delimiter> )?"
    r"|\\'(?P<byte>[0-9a-fA-F]{2})"
    r"|\\(?P<symbol>[^a-zA-Z'])"
    r"|(?P<open>\{)|(?P<close>\})"
    r"|(?P<ignored>[\r\n\0]+)"
    r"|(?P<text>[^\\{}\r\n\0]+|\\)",
    re.DOTALL,
)
_DEFAULT_CODEC = "cp1252"
_UNKNOWN = "\ufffd"


def is_rtf(cell: str) -> bool:
    """Tell whether ``cell``, which holds a backslash, is RTF, whole or in part."""
    return _START in cell or _PIECE.search(cell) is not None


def read_rtf(cell: str) -> Layer:
    """Return the text of an RTF memo, or of a part of one. Time grows with the length of ``cell``; nothing is raised."""
    reader = _Reader(cell, frozenset())
    layer = reader.read()
    if reader.lost:  # a destination that is never closed would swallow all that follows
        layer = _Reader(cell, reader.lost).read()
    return layer


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds until the closing brace; ``fallback`` characters after each Unicode one repeat it for old readers."""

    start: int = 0
    skipped: bool = False
    aside: bool = False
    fonts: bool = False
    font: int = -1
    fallback: int = 1


class _Reader:
    """One reading of ``cell``; the groups that begin at the offsets ``kept`` hold text whatever they announce."""

    def __init__(self, cell: str, kept: frozenset[int]) -> None:
        self._cell = cell
        self._kept = kept
        self._out = LayerBuilder(cell)
        self._group = _Group()
        self._outer: list[_Group] = []
        self._codec = _DEFAULT_CODEC
        self._font_codecs: dict[int, str] = {}
        self._default_font = -1
        self._described_font = -1
        self._at_beginning = False  # of a group: the next control word may name its destination
        self._to_skip = 0  # characters that only repeat the last one
        self._high_surrogate = 0
        self._bytes = b""  # of a character that is not complete
        self._bytes_start = 0
        self._bare_end = -1  # where a control word without delimiter ended
        self._after_bare: set[int] = set()
        self.lost: frozenset[int] = frozenset()
        """After :meth:`read`: the groups still open at the end, when one of them was skipped."""

    def read(self) -> Layer:
        cell, at = self._cell, 0
        while at < len(cell):
            token = _TOKEN.match(cell, at)
            assert token is not None  # the last alternative takes whatever the others leave
            at = self._take(token)
        self._drop_incomplete(at)
        groups = [*self._outer, self._group]
        if any(group.skipped for group in groups):
            self.lost = frozenset(group.start for group in groups)
        return self._out.build(self._escape)

    def _take(self, token: re.Match[str]) -> int:
        """Read one token and return where the next one begins."""
        start, end = token.span()
        kind = token.lastgroup
        if kind == "byte":
            self._take_byte(int(token["byte"], 16), start, end)
        else:
            self._drop_incomplete(start)
            if kind == "text":
                self._take_text(start, end)
            elif kind == "open":
                self._open(start)
            elif kind == "close":
                self._close(start)
            elif kind == "symbol":
                self._take_symbol(token["symbol"], start, end)
            elif kind != "ignored":
                end = self._take_word(token["word"], int(token["number"] or 1), token)
        if kind not in ("open", "ignored") and token["symbol"] != "*":
            self._at_beginning = False
        return end

    def _open(self, at: int) -> None:
        self._outer.append(self._group)
        self._group = replace(self._group, start=at, aside=False)
        self._at_beginning = True
        self._to_skip = 0

    def _close(self, at: int) -> None:
        if self._group.aside:
            self._out.mark("\n", at)
        if self._outer:
            self._group = self._outer.pop()
        self._to_skip = 0

    def _take_text(self, start: int, end: int) -> None:
        if self._group.skipped:
            return
        repeated = min(self._to_skip, end - start)
        if repeated:
            self._to_skip -= repeated
            start += repeated
            self._out.widen(start)
        if start < end:
            self._note_beginning(start)
            self._out.copy(start, end)

    def _take_byte(self, byte: int, start: int, end: int) -> None:
        if self._group.skipped or self._repeats(end):
            return
        if not self._bytes:
            self._bytes_start = start
        self._bytes += bytes([byte])
        characters = _decoded(self._bytes, self._font_codecs.get(self._group.font, self._codec))
        if characters:
            self._bytes = b""
        for character in characters:
            self._put(character, self._bytes_start, end)

    def _drop_incomplete(self, at: int) -> None:
        """Put the mark of the unknown for the bytes of a character whose other bytes are missing."""
        if self._bytes:
            self._bytes = b""
            self._put(_UNKNOWN, self._bytes_start, at)

    def _take_symbol(self, symbol: str, start: int, end: int) -> None:
        if symbol in _INVISIBLE_SYMBOLS or self._group.skipped or self._repeats(end):
            return
        if symbol in _SYMBOLS:
            self._put(_SYMBOLS[symbol], start, end)
        else:
            self._take_text(start, end)

    def _take_word(self, word: str, number: int, token: re.Match[str]) -> int:
        start, end = token.span()
        self._to_skip = 0
        if self._at_beginning:
            self._begin(word, start)
        if word == "bin":
            return self._take_binary(number if token["number"] else 0, end)
        if self._group.fonts:
            self._describe_font(word, number)
        elif word == "u" and token["number"]:
            self._take_unicode(number, start, end)
        elif word in _CHARACTERS:
            self._put(_CHARACTERS[word], start, end)
        elif word in _TABLE_MARKS:
            if not self._group.skipped:
                self._out.mark(_TABLE_MARKS[word], start)
        else:
            self._set(word, number)
        if not token["delimiter"]:
            self._bare_end = end
        return end

    def _begin(self, word: str, at: int) -> None:
        """Tell by its first control word what a group holds."""
        group = self._group
        if word in _NO_TEXT and group.start not in self._kept:
            self._group = replace(group, skipped=True, fonts=word == "fonttbl")
        elif group.skipped:
            return
        elif word in _ASIDE or self._cell[group.start + 1 : at].rstrip("\r\n") == "\\*":
            self._out.mark("\n", at)
            self._group = replace(group, aside=True)
        elif word == "rtf" and self._out.end:  # one memo after another
            self._out.mark("\n", at)

    def _take_binary(self, length: int, start: int) -> int:
        """Pass over binary data: braces in it are none. It is kept as text where no picture or object announced it."""
        end = min(start + max(length, 0), len(self._cell))
        self._take_text(start, end)
        return end

    def _describe_font(self, word: str, number: int) -> None:
        if word == "f":
            self._described_font = number
        elif word == "fcharset" and str(number) in _FONT_CODECS:
            self._font_codecs[self._described_font] = _FONT_CODECS[str(number)]
        elif word == "cpg":
            self._font_codecs[self._described_font] = _codec_of_page(number)

    def _take_unicode(self, number: int, start: int, end: int) -> None:
        if self._group.skipped:
            return
        code = number % 0x10000 if number < 0x10000 else number
        if self._high_surrogate and 0xDC00 <= code < 0xE000 and self._out.end == start:
            pair = 0x10000 + ((self._high_surrogate - 0xD800) << 10) + code - 0xDC00
            self._out.widen(end, chr(pair))
            self._high_surrogate = 0
        else:
            self._put(_UNKNOWN if 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code), start, end)
            self._high_surrogate = code if 0xD800 <= code < 0xDC00 else 0
        self._to_skip = self._group.fallback

    def _set(self, word: str, number: int) -> None:
        """Carry out a control word that stands for no character."""
        if word == "uc":
            self._group = replace(self._group, fallback=max(number, 0))
        elif word == "f":
            self._group = replace(self._group, font=number)
        elif word == "plain":
            self._group = replace(self._group, font=self._default_font)
        elif word == "deff":
            self._default_font = number
            self._group = replace(self._group, font=number)
        elif word == "ansicpg":
            self._codec = _codec_of_page(number)
        elif word in _CODECS:
            self._codec = _CODECS[word]

    def _repeats(self, end: int) -> bool:
        """Tell whether the character that ends at ``end`` only repeats the last one."""
        if not self._to_skip:
            return False
        self._to_skip -= 1
        self._out.widen(end)
        return True

    def _put(self, character: str, start: int, end: int) -> None:
        if not self._group.skipped:
            self._note_beginning(start)
            self._out.put(character, start, end)

    def _note_beginning(self, start: int) -> None:
        self._high_surrogate = 0
        if start == self._bare_end:
            self._after_bare.add(start)

    def _escape(self, replacement: str, at: int) -> str:
        """Return ``replacement`` as RTF; where a control word stands right before, a space keeps it from going on."""
        written = as_rtf(replacement)
        return f" {written}" if at in self._after_bare else written


@lru_cache(maxsize=1024)
def _decoded(data: bytes, codec: str) -> str:
    """Return the characters that ``data`` stands for, none when bytes are missing."""
    return codecs.getincrementaldecoder(codec)("replace").decode(data)


def _codec_of_page(number: int) -> str:
    try:
        return codecs.lookup(f"cp{number}").name
    except LookupError:
        return _DEFAULT_CODEC
