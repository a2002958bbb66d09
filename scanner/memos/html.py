"""HTML memos, as mail programs and web forms leave them: whole pages, fragments, text with a few tags.

Tags go, entities are decoded, a word that tags cut through is whole. Comments, conditional sections, scripts and attributes such as
``title`` or ``alt`` are stored data and are read; only style sheets are not. Whatever is not understood is text.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Mapping
from functools import cached_property

from scanner.memos.layer import Layer, LayerBuilder
from scanner.memos.markup import HTML

_BLOCK = frozenset(HTML["block"])
_LINE_BREAKS = frozenset(HTML["line_breaks"])
_FLAGS = frozenset(HTML["flags"])
_NO_TEXT = frozenset(HTML["no_text"])
_MARKS: Mapping[str, str] = HTML["marks"]
_NAMES = "|".join([*HTML["inline"], *HTML["block"], *HTML["line_breaks"]])
_PREFIXES = "|".join(HTML["inline_prefixes"])
# Quoted values hold no "<": a forgotten quote must not swallow what follows. Possessive, so that time grows with the text and no faster.
_ATTRIBUTES = r"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+"""
_TAG = rf"<(?P<closing>/?)(?P<name>{_NAMES}|(?:{_PREFIXES}):[a-z]+)(?![a-z0-9:_.@-])(?P<attributes>{_ATTRIBUTES}|[^<>]*+)>"
_ENTITY = (
    r"&(?:#[0-9]{1,7};|#x[0-9a-f]{1,6};|[a-z][a-z0-9]{1,31};"
    r"|[aeiouy](?:acute|grave|circ|uml)|ccedil|nbsp|amp|lt|gt|quot)"  # these are often left open
)
_MARK = (
    r"<!(?:--)?\[(?:if\b[^\[\]<>]*+|endif)\](?:--)?>"  # <!--[if gte mso 9]> … <![endif]-->
    r"|<!-->|<!--|--!?>|<!\[CDATA\[|\]\]>|<!doctype\b[^<>]*+>|<\?xml\b[^<>]*+>"
)
_ATTRIBUTE = re.compile(r"""(?P<name>[^\s=<>"'/]+)(?:\s*+=\s*+(?:"(?P<double>[^"<]*+)"|'(?P<single>[^'<]*+)'|(?P<bare>[^\s"'<>]++)))?""")
_ANY_TAG = re.compile(_TAG, re.IGNORECASE)
_ANY_ENTITY = re.compile(_ENTITY, re.IGNORECASE)
_TOKEN = re.compile(rf"{_TAG}|(?P<entity>{_ENTITY})|(?P<mark>{_MARK})", re.IGNORECASE)
_STYLE_END = re.compile("</style", re.IGNORECASE)
_ENDS_BARE_VALUE = re.compile(r"[\s=/`]")


def is_html(cell: str) -> bool:
    """Tell whether ``cell`` holds a tag of HTML."""
    return _ANY_TAG.search(cell) is not None


def read_html(cell: str) -> Layer:
    """Return the text of an HTML memo. Time grows with the length of ``cell``; nothing is raised."""
    return _Reader(cell).read()


class _Reader:
    def __init__(self, cell: str) -> None:
        self._cell = cell
        self._out = LayerBuilder(cell)
        self._bare: set[int] = set()

    def read(self) -> Layer:
        done = 0
        while token := _TOKEN.search(self._cell, done):
            self._out.copy(done, token.start())
            done = token.end()
            if token["entity"]:
                self._take_entity(token)
            elif token["mark"]:
                self._out.mark("\n", token.start())
            else:
                done = self._take_tag(token)
        self._out.copy(done, len(self._cell))
        return self._out.build(self._escape)

    def _take_tag(self, tag: re.Match[str]) -> int:
        """Read a tag and return where what it does not swallow begins."""
        start, end = tag.span()
        name = tag["name"].lower()
        if name in _LINE_BREAKS:
            self._out.put("\n", start, end)
        elif name in _BLOCK:
            self._out.mark("\n" if tag["closing"] else _MARKS.get(name, "\n"), start)
        self._take_attributes(*tag.span("attributes"))
        if name == "style" and not tag["closing"]:
            following = bisect_left(self._style_ends, end)
            return self._style_ends[following] if following < len(self._style_ends) else end
        return end

    @cached_property
    def _style_ends(self) -> list[int]:
        return [match.start() for match in _STYLE_END.finditer(self._cell)]

    def _take_attributes(self, start: int, end: int) -> None:
        """Read what the attributes between two offsets hold, a pause before and after each."""
        for attribute in _ATTRIBUTE.finditer(self._cell, start, end):
            name = attribute["name"].lower()
            group = next((group for group in ("double", "single", "bare") if attribute[group] is not None), "name")
            if group == "name":
                silent = name in _FLAGS or name in _NO_TEXT
            else:
                silent = (name in _NO_TEXT or ":" in name) and ">" not in attribute[group]
            if not silent:
                self._take_value(*attribute.span(group), bare=group in ("bare", "name"))

    def _take_value(self, start: int, end: int, *, bare: bool) -> None:
        if bare:
            self._bare.update(range(start, end))
        self._out.mark("|", start)
        done = start
        for entity in _ANY_ENTITY.finditer(self._cell, start, end):
            self._out.copy(done, entity.start())
            self._take_entity(entity)
            done = entity.end()
        self._out.copy(done, end)
        self._out.mark("|", end)

    def _take_entity(self, entity: re.Match[str]) -> None:
        character = html.unescape(entity.group())
        if len(character) == 1:
            self._out.put(character, *entity.span())
        else:
            self._out.copy(*entity.span())

    def _escape(self, replacement: str, at: int) -> str:
        """Return ``replacement`` as HTML, fit for a value without quotes, which cannot be empty, where it takes the place of one."""
        written = html.escape(replacement)
        return _ENDS_BARE_VALUE.sub(_as_entity, written or " ") if at in self._bare else written


def _as_entity(character: re.Match[str]) -> str:
    return f"&#{ord(character.group())};"
