"""The sentences of a comment that mention a person: the others speak of somebody else and are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.subject.mentions import Mention

ELISION = "[…]"
"""What stands in place of the sentences that are left out."""

_ABBREVIATED = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,4}\.$")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the sentences of ``text`` as code points [start, end), which cover all of it. A dot after a short word ends none."""
    start = 0
    for match in re.finditer(r"[!?;\n]+\s*|\.\s+", text):
        if text[match.start()] == "." and _ABBREVIATED.search(text, max(0, match.start() - 6), match.start() + 1):
            continue
        yield start, match.end()
        start = match.end()
    if start < len(text) or not text:
        yield start, len(text)


def passage(text: str, mentions: Sequence[Mention]) -> list[tuple[int, int]]:
    """Return the runs of sentences of ``text`` in which a mention stands."""
    runs: list[tuple[int, int]] = []
    for start, end in sentences(text):
        if not any(one.start < end and start < one.end for one in mentions):
            continue
        if runs and runs[-1][1] == start:
            start = runs.pop()[0]
        runs.append((start, end))
    return runs
