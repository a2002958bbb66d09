"""Reading pages: their tables and words as people see them, without a browser."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "rect", "line", "circle", "path"}
_UNSEEN = {"script", "style", "title", "datalist"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not _UNSEEN.isdisjoint(self.open):
            return
        self.words.append(data)
        if "table" in self.open and {"td", "th"} & set(self.open):
            self.tables[-1][-1][-1] += f" {data}"


def tables_of(page: str) -> list[list[list[str]]]:
    """Return the tables of a page: rows of cells, each the words in it, spaces of all kinds as one."""
    return [[[" ".join(cell.split()) for cell in row] for row in table] for table in _read(page).tables]


def words_of(page: str) -> str:
    """Return the words of a page, spaces of all kinds as one."""
    return " ".join(" ".join(_read(page).words).split())


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader
