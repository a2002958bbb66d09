"""Reading pages of the console: their text, their tables, their forms."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser


def text_of(page: str) -> str:
    """Return what a reader reads of ``page``, blanks of every kind as one."""
    without = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", without)).split()).replace(" .", ".")


def rows_of(page: str) -> list[list[str]]:
    """Return the cells of the body of each table of ``page``, the parts of one by themselves; cells without text are left out."""
    reader = _Rows()
    reader.feed(page)
    return reader.rows


def names_of(page: str) -> list[str]:
    """Return the ids of the records that ``page`` lists, as the sources write them, in order."""
    return [html.unescape(name) for name in re.findall(r" data-open>([^<]*)</a>", page)]


def values_of(page: str, name: str) -> list[str]:
    """Return the values of the inputs ``name`` of ``page``, in order."""
    inputs = (tag for tag in re.findall(r"<input\b[^>]*>", page) if f' name="{name}"' in tag)
    return [html.unescape(found[1]) for tag in inputs if (found := re.search(r' value="([^"]*)"', tag))]


class _Rows(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._in_body = False
        self._hidden = False
        self._parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_body = self._in_body or tag == "tbody"
        self._hidden = tag == "label"
        if tag == "tr" and self._in_body:
            self.rows.append([])
        if tag == "small":
            self._end()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "small"):
            self._end()
        if tag == "tbody":
            self._in_body = False
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if self._in_body and not self._hidden and data.strip():
            self._parts.append(" ".join(data.split()))

    def _end(self) -> None:
        if self._in_body and self._parts and self.rows:
            self.rows[-1].append(" ".join(self._parts))
        self._parts = []
