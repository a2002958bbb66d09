"""The text of one cell, whatever it is written in, and the way back to the cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.memos.html import is_html, read_html
from scanner.memos.layer import Edit, Layer, apply_edits
from scanner.memos.quoted_printable import is_quoted_printable, read_quoted_printable
from scanner.memos.rtf import is_rtf, read_rtf


@dataclass(frozen=True, slots=True)
class Memo:
    """A cell and its text. ``layers`` lead from the cell to the text; a plain cell has none and is its own text."""

    cell: str
    layers: tuple[Layer, ...] = ()

    @property
    def text(self) -> str:
        """What a reader of the memo would see, with what is hidden in it."""
        return self.layers[-1].text if self.layers else self.cell

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where ``text[start:end]`` stands in the cell, in code points."""
        for layer in reversed(self.layers):
            start, end = layer.span(start, end)
        return start, end

    def span_back(self, start: int, end: int) -> tuple[int, int]:
        """Return the slice of the text that ``cell[start:end]`` led to."""
        for layer in self.layers:
            start, end = layer.span_back(start, end)
        return start, end

    def edits(self, edits: Sequence[Edit]) -> Sequence[Edit]:
        """Return ``edits`` of the text, sorted and disjoint, as edits of the cell; markup and structure stay as they are."""
        for layer in reversed(self.layers):
            edits = layer.edits(edits)
        return edits

    def replace(self, edits: Sequence[Edit]) -> str:
        """Return the cell with ``edits`` of its text, sorted and disjoint, carried out in its own format."""
        return apply_edits(self.cell, self.edits(edits))


def may_be_memo(cell: str) -> bool:
    """Tell, at next to no cost, whether ``cell`` may be anything but plain text."""
    return "<" in cell or "\\" in cell or "=" in cell


def read_memo(cell: str) -> Memo:
    """Return the memo in ``cell``: RTF, HTML, quoted-printable leftovers or plain text, which costs next to nothing. Nothing is raised."""
    if "\\" in cell and is_rtf(cell):
        return Memo(cell, (read_rtf(cell),))
    layers: tuple[Layer, ...] = ()
    text = cell
    if "=" in cell and is_quoted_printable(cell):
        layers = (read_quoted_printable(cell),)
        text = layers[0].text
    if "<" in text and is_html(text):
        layers = (*layers, read_html(text))
    return Memo(cell, layers)
