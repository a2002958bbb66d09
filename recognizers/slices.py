"""Long texts in slices: memory and time for a text grow with its length and no faster."""

from __future__ import annotations

import re
from collections.abc import Iterator

SLICE = 20_000
"""Texts longer than this, in code points, are read in slices of at most so many."""

_SENTENCE_END = re.compile(r"[.;!?\n]\s")
_BREAK = re.compile(r"\s")
_SEARCH = 2_000  # how far before the end of a slice to look for a good place to cut


def slices(text: str) -> Iterator[tuple[int, str]]:
    """Yield ``text`` as consecutive pieces of at most ``SLICE`` code points, each with its offset.

    A piece ends after a sentence where there is one near its end, since no pattern crosses sentences; else after a space; else anywhere.
    """
    start = 0
    while len(text) - start > SLICE:
        end = _last(_SENTENCE_END, text, start + SLICE) or _last(_BREAK, text, start + SLICE) or start + SLICE
        yield start, text[start:end]
        start = end
    yield start, text[start:]


def _last(pattern: re.Pattern[str], text: str, end: int) -> int:
    """Return where the last match of ``pattern`` shortly before ``end`` ends, 0 when there is none."""
    last = 0
    for match in pattern.finditer(text, end - _SEARCH, end):
        last = match.end()
    return last
