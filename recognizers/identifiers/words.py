"""Words of a text with what a name detector asks of them: folded key, way of writing, whether their line is in capitals."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterator
from typing import Literal, NamedTuple

from recognizers.identifiers.comment import Comment

Style = Literal["lower", "capital", "upper"]
_WORD = re.compile(r"[^\W\d_]+(?:['\-][^\W\d_]+)*")
_LETTER = {"'": "", "-": "-", "œ": "oe", "Œ": "oe"}
_ELISION = re.compile(r"(?:[cdjlmnst]|qu)'(?=[aàâeéèêëiîïoôuûyhœ])", re.IGNORECASE)
_CASES = bytes(ord("U" if chr(code).isupper() else "l" if chr(code).isalpha() else " ") for code in range(256))
_MOSTLY = 0.75
MAX_INITIAL = 2
"""Letters of an initial ("J.", "Th.")."""


class Word(NamedTuple):
    """A word: offsets in the text, end exclusive; folded key without apostrophes; style; whether its line is in capitals."""

    start: int
    end: int
    key: str
    style: Style
    shouted: bool


class Words:
    """The words of a comment in order, each worked out when it is asked for.

    An elided article is left out ("d'Abitbol", "l'impasse") unless it is part of a name ("L'Hermitte").
    """

    def __init__(self, comment: Comment) -> None:
        self.text = comment.text
        self._folded = comment.folded
        self._bounds = [match.span() for match in _WORD.finditer(comment.text)]
        self._known: list[Word | None] = [None] * len(self._bounds)
        self._one_line = "\n" not in comment.text
        self._shouted: dict[int, bool] = {}

    def __len__(self) -> int:
        return len(self._bounds)

    def __getitem__(self, i: int) -> Word:
        word = self._known[i]
        if word is None:
            word = self._known[i] = self._word(*self._bounds[i])
        return word

    def raw(self, i: int) -> tuple[int, str]:
        """Start and folded form of the word at ``i`` as it is written, elided article included: cheaper than the word."""
        start, end = self._bounds[i]
        return start, self._folded[start:end]

    def gap(self, i: int) -> tuple[int, int]:
        """Offsets of what separates the word at ``i`` from the next, which must exist."""
        start, end = self._bounds[i + 1]
        return self._bounds[i][1], self[i + 1].start if " " in self._folded[start:end] else start

    def at(self, start: int) -> int:
        """Position of the word in which the offset ``start`` lies."""
        return bisect_right(self._bounds, (start, len(self.text))) - 1

    def keys(self, first: int, last: int) -> tuple[str, ...]:
        """Keys of the words from ``first`` to before ``last``."""
        return tuple(self[i].key for i in range(first, last))

    def telling(self, starts: Container[str], lower: Container[str], wanted: Container[str], *, capitals: bool) -> Iterator[int]:
        """Positions of the words that may start or announce a name.

        These are the words in ``wanted``; those in ``starts`` that have a capital or are in ``lower``; initials; with ``capitals``, those
        in capitals.
        """
        text, folded = self.text, self._folded
        ligatures = "œ" in text or "Œ" in text
        for i, (start, end) in enumerate(self._bounds):
            key = folded[start:end]
            if key in starts:
                if key in lower or text[start].isupper() or key in wanted:
                    yield i
            elif end - start <= MAX_INITIAL:
                if text.startswith(".", end) or (capitals and text[end - 1].isupper()):
                    yield i
            elif key in wanted or (capitals and text[end - 1].isupper()):
                yield i
            elif ligatures or (" " in key and (key[key.rfind(" ") + 1 :] in lower or wanted or not text[start:end].islower())):
                word = self[i]
                if word.style != "lower" or len(word.key) == 1 or word.key in lower or word.key in wanted:
                    yield i

    def _word(self, start: int, end: int) -> Word:
        shouted = self._is_shouted(start)
        key = self._folded[start:end]
        if " " in key:
            start = self._after_elision(start, end, shouted)
            key = self._folded[start:end]
        written = self.text[start:end]
        if " " in key or "œ" in written or "Œ" in written:
            key = "".join(_LETTER.get(raw, letter) for raw, letter in zip(written, key, strict=True))
        style: Style = "lower"
        if written[0].isupper():
            style = "upper" if len(written) > 1 and written.isupper() else "capital"
        return Word(start, end, key, style, shouted)

    def _after_elision(self, start: int, end: int, shouted: bool) -> int:
        """Where the word proper starts in ``text[start:end]``."""
        elision = _ELISION.match(self.text, start, end)
        if elision is not None and (shouted or self.text[start].islower() or self.text[elision.end()].islower()):
            return elision.end()
        return start

    def _is_shouted(self, position: int) -> bool:
        """Whether nearly all letters of the line at ``position`` are capitals."""
        start = 0 if self._one_line else self.text.rfind("\n", 0, position) + 1
        shouted = self._shouted.get(start)
        if shouted is None:
            end = self.text.find("\n", position)
            line = self.text[start : end if end >= 0 else len(self.text)]
            cases = line.encode("latin-1", "replace").translate(_CASES)
            upper, lower = cases.count(b"U"), cases.count(b"l")
            shouted = self._shouted[start] = upper > _MOSTLY * (upper + lower)
        return shouted
