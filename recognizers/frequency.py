"""How frequent words are in comments: what tells a specific word, worth looking for, from one that stands everywhere."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from pathlib import Path

BEGINNING, END = "^", "$"
"""What stands for the beginning and the end of a comment among its words."""
_RARE = 0.000_05
_SHORT = 0.01  # unknown words of one or two characters: small numbers, mostly


@cache
def _frequencies() -> tuple[list[str], list[float]]:
    """Return the words that are frequent in comments, sorted, and the share of comments that hold each."""
    lines = (Path(__file__).parent / "word_frequencies.txt").read_text(encoding="ascii").splitlines()[1:]
    counts = {word: int(count) / 10_000 for word, count in (line.split() for line in lines)}
    pairs = sorted({**counts, BEGINNING: 1.0, END: 1.0}.items())
    return [word for word, _ in pairs], [share for _, share in pairs]


@cache
def word_frequency(word: str) -> float:
    """Return the share of comments, in [0, 1], that hold ``word``; an estimate where the table lacks it."""
    words, shares = _frequencies()
    at = bisect_left(words, word)
    if at < len(words) and words[at] == word:
        return shares[at]
    return _SHORT if len(word) < 3 else _RARE


@cache
def prefix_frequency(prefix: str) -> float:
    """Return an upper bound of the share of comments, in [0, 1], that hold a word beginning with ``prefix``."""
    words, shares = _frequencies()
    first, last = bisect_left(words, prefix), bisect_left(words, prefix + "{")
    return min(1.0, sum(shares[first:last]) + _RARE) if len(prefix) > 1 else 1.0
