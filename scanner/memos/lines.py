"""One text out of the numbered lines that a fixed-width database has cut it into.

How lines are joined is told in :mod:`scanner.memos.joints`. Where nothing tells whether a word was cut, only what the words mean can:
:attr:`JoinedText.glued` is the second reading.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from scanner.memos.joints import Joiner
from scanner.memos.layer import Edit


class Place(NamedTuple):
    """A line and a run ``[start, end)`` of code points: of that line, or of what is said with it."""

    line: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class JoinedText:
    """Lines as one text. ``lines`` are those that are not blank and where they stand in ``text``.

    ``doubtful`` are the offsets in ``text`` of the spaces and hyphens that may not belong there.
    """

    text: str
    lines: tuple[Place, ...]
    doubtful: tuple[int, ...] = ()

    @property
    def glued(self) -> str:
        """The text without the doubtful characters."""
        bounds = (-1, *self.doubtful, len(self.text))
        return "".join(self.text[before + 1 : after] for before, after in pairwise(bounds))

    def unglued(self, start: int, end: int) -> tuple[int, int]:
        """Return the slice of ``text`` that the non-empty slice ``glued[start:end]`` comes from."""
        in_glued = [at - before for before, at in enumerate(self.doubtful)]
        return start + bisect_right(in_glued, start), end + bisect_right(in_glued, end - 1)

    def locate(self, start: int, end: int) -> list[Place]:
        """Return the parts of lines that make up ``text[start:end]``, in order; the spaces between lines are in none."""
        return [
            Place(line.line, max(start, line.start) - line.start, min(end, line.end) - line.start)
            for line in self.lines
            if start < line.end and line.start < end
        ]

    def offset_of(self, line: str) -> int:
        """Return where ``line`` begins in ``text``. Raises :class:`ValueError` when there is no such line, or a blank one."""
        for place in self.lines:
            if place.line == line:
                return place.start
        raise ValueError(f"no text in line {line!r}")

    def edits(self, edits: Iterable[Edit]) -> Mapping[str, list[Edit]]:
        """Return ``edits`` of the text, sorted and disjoint, as edits of the lines; a replacement stands where the first part stood."""
        by_line: dict[str, list[Edit]] = defaultdict(list)
        for start, end, replacement in edits:
            for place in self.locate(start, end):
                by_line[place.line].append((place.start, place.end, replacement))
                replacement = ""
        return by_line


def join_lines(parts: Sequence[tuple[str, str]], width: int | None = None, *, cut_anywhere: bool = False) -> JoinedText:
    """Return ``parts``, the names and texts of consecutive lines, as one text.

    ``width`` is that of the column, in characters or in bytes of UTF-8. ``cut_anywhere`` tells that the lines are pieces of RTF or HTML.
    """
    joiner = Joiner([text for _, text in parts], width)
    joint_between = joiner.joint_of_markup if cut_anywhere else joiner.joint
    pieces: list[str] = []
    lines: list[Place] = []
    doubtful: list[int] = []
    length = 0
    previous = ""  # the line just before, blank or not
    for name, text in parts:
        if text.strip():
            if lines:
                joint = joint_between(previous, text)
                pieces.append(joint.text)
                length += len(joint.text)
                if joint.in_doubt:
                    doubtful.append(length - 1)
            pieces.append(text)
            lines.append(Place(name, length, length + len(text)))
            length += len(text)
        previous = text
    return JoinedText("".join(pieces), tuple(lines), tuple(doubtful))
