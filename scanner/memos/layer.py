"""A text read out of another one, and the way back: from its code points, and from edits of it, to those of the original."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Edit = tuple[int, int, str]
"""``(start, end, replacement)``: what stands in place of the code points ``[start, end)``."""

Escape = Callable[[str, int], str]
"""Writes a replacement as it must stand at an offset of the original."""


@dataclass(frozen=True, slots=True)
class Layer:
    """``text``, read out of an original.

    The character ``text[i]`` stands for ``original[starts[i]:ends[i]]``; both sequences never decrease. An empty slice marks what must
    stay when the text is edited, such as the break that a closing tag makes.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    escape: Escape

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where ``text[start:end]`` stands in the original, an empty slice before the character that follows."""
        if start == end:
            at = self.starts[start] if start < len(self.starts) else self.end
            return at, at
        return self.starts[start], self.ends[end - 1]

    @property
    def end(self) -> int:
        """Where the original of the last character ends."""
        return self.ends[-1] if self.ends else 0

    def span_back(self, start: int, end: int) -> tuple[int, int]:
        """Return the slice of the text that ``original[start:end]`` led to; empty when it led to none."""
        first = bisect_right(self.ends, start)
        return first, max(first, bisect_left(self.starts, end))

    def edits(self, edits: Iterable[Edit]) -> list[Edit]:
        """Return ``edits`` of the text, sorted and disjoint, as edits of the original.

        What stands between the characters in the original (tags, control words, braces) stays: the replacement takes the place of the first
        run of characters, the other runs go.
        """
        edited: list[Edit] = []
        for start, end, replacement in edits:
            for piece_start, piece_end in self._pieces(start, end):
                edited.append((piece_start, piece_end, self.escape(replacement, piece_start)))
                replacement = ""
        return edited

    def _pieces(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the runs of the original that the characters ``[start, end)`` stand for, next to each other or not."""
        pieces: list[tuple[int, int]] = []
        for piece_start, piece_end in zip(self.starts[start:end], self.ends[start:end], strict=True):
            if piece_start == piece_end:
                continue
            if pieces and pieces[-1][1] == piece_start:
                pieces[-1] = (pieces[-1][0], piece_end)
            else:
                pieces.append((piece_start, piece_end))
        return pieces


class LayerBuilder:
    """Collects a text and its offsets, from the beginning of an original to its end."""

    def __init__(self, original: str) -> None:
        self._original = original
        self._pieces: list[str] = []
        self._starts = array("I")
        self._ends = array("I")

    def copy(self, start: int, end: int) -> None:
        """Add ``original[start:end]`` as it is."""
        self._pieces.append(self._original[start:end])
        self._starts.extend(range(start, end))
        self._ends.extend(range(start + 1, end + 1))

    def put(self, character: str, start: int, end: int) -> None:
        """Add one character that stands for ``original[start:end]``."""
        self._pieces.append(character)
        self._starts.append(start)
        self._ends.append(end)

    def mark(self, character: str, at: int) -> None:
        """Add one character that stays whatever is edited."""
        self.put(character, at, at)

    @property
    def end(self) -> int:
        """Where the original of the last character ends."""
        return self._ends[-1] if self._ends else 0

    def widen(self, end: int, character: str | None = None) -> None:
        """Let the last character, or ``character`` in its place, stand for the original up to ``end``."""
        self._ends[-1] = end
        if character is not None:
            self._pieces[-1] = character

    def build(self, escape: Escape) -> Layer:
        """Return what was collected."""
        return Layer("".join(self._pieces), self._starts, self._ends, escape)


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return ``text`` with ``edits``, which are sorted and disjoint, carried out."""
    pieces: list[str] = []
    done = 0
    for start, end, replacement in edits:
        pieces += (text[done:start], replacement)
        done = end
    return "".join((*pieces, text[done:]))
