"""How the columns of a table share the page, and which of its rows are tall."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from scanner.documents.texts import Part

LINE = 100
"""Characters on a line of a table, about."""
NARROW = 28
"""Characters up to which a column may be as wide as its content."""
TALL = 25
"""Lines from which a row may be continued on the next page: half a page."""

_WORD = re.compile(r"[^ \n-]+")
_SLIM, _BROAD = frozenset("fijlrtI'’.,:;"), frozenset("mwMW")

Cells = Sequence[Sequence[Part]]


def lengths(titles: Sequence[str], rows: Sequence[Cells]) -> list[int]:
    """Return how many characters the longest line of each column has."""
    return [max(map(len, [title, *_lines([row[at] for row in rows])])) for at, title in enumerate(titles)]


def shares(longest: Sequence[int], asked: Sequence[float]) -> list[float]:
    """Return the share of the page that each column takes beside the others, 0 where it is as wide as its content.

    What is ``asked`` for (0: as wide as the content) is kept but where the content, ``longest`` characters of it on a line, would leave no
    room for the others.
    """
    usual = sum(asked) / sum(1 for share in asked if share) if any(asked) else 0
    narrow = [length for length, share in zip(longest, asked, strict=True) if not share and length <= NARROW]
    crowded = sum(narrow) + 2 * len(narrow) > LINE * (1 if len(narrow) == len(asked) else 0.6)
    return [
        share or ((usual or min(length, LINE)) if crowded or length > NARROW else 0) for share, length in zip(asked, longest, strict=True)
    ]


def broken(titles: Sequence[str], rows: Sequence[Cells], shared: Sequence[float]) -> list[bool]:
    """Return for each column of the widths ``shared`` whether its words must be hyphenated, as the broadest has no room."""
    rest = LINE - sum(length + 2 for length, share in zip(lengths(titles, rows), shared, strict=True) if not share)
    whole = sum(shared)
    found = []
    for at, title in enumerate(titles):
        words = _WORD.findall(" ".join([title, *_lines([row[at] for row in rows])]))
        room = rest * shared[at] / whole - 2 if shared[at] else math.inf
        found.append(max(map(_breadth, set(words)), default=0) > room)
    return found


def _breadth(word: str) -> float:
    """Return the breadth of ``word`` in characters of usual breadth."""
    return sum(0.6 if letter in _SLIM else 1.6 if letter in _BROAD else 1.4 if letter.isupper() else 1 for letter in word)


def is_tall(row: Cells, shared: Sequence[float]) -> bool:
    """Tell whether ``row`` takes more than half a page, about, in columns of the widths that :func:`shares` returns."""
    whole = sum(shared)
    rooms = [max(8, int(LINE * share / whole / 2)) if share else NARROW for share in shared]
    return any(sum(math.ceil(len(text) / room) or 1 for text in _lines([cell])) > TALL for cell, room in zip(row, rooms, strict=True))


def _lines(cells: Sequence[Sequence[Part]]) -> list[str]:
    return [text for cell in cells for text in "".join(words for words, _ in cell).split("\n")]
