"""The ``yes`` and ``no`` examples of the lexicons: ``{{…}}`` marks the spans that must be found."""

from __future__ import annotations

import re

_MARK = re.compile(r"\{\{(.*?)\}\}", re.S)


def parse_example(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text without its marks and the spans they stood for (code points, end exclusive)."""
    spans = []
    text = ""
    last = 0
    for mark in _MARK.finditer(marked):
        text += marked[last : mark.start()]
        spans.append((len(text), len(text) + len(mark.group(1))))
        text += mark.group(1)
        last = mark.end()
    return text + marked[last:], spans
