"""What a document is made of. Content only: :mod:`pdf`, :mod:`docx` and :mod:`html` of this package lay it out, each in its own way.

Texts are French and plain: no markup is ever read in them, wherever they come from. Writers apply :func:`scanner.french.typeset`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Style = Literal["strong", "soft", "unknown", "code"]


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a text in one style. ``unknown`` marks what a person must still fill in; ``code`` keeps ids and digests as they are."""

    text: str
    style: Style


Text = str | Sequence[str | Span]
"""A text, or its parts in order."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of ``level`` 1 (a part of the document) to 3. Level 1 and 2 are numbered where the document says so."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``lead`` opens a document or a part, ``note`` is small print."""

    text: Text
    kind: Literal["body", "lead", "note"] = "body"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; ``ordered`` numbers its items."""

    items: Sequence[Text]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values, one a line, as on a form."""

    rows: Sequence[tuple[str, Text]]


@dataclass(frozen=True, slots=True)
class Checks:
    """A question of a form with boxes, ticked or not."""

    label: str
    options: Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``width`` is its share of the page beside the other columns, 0: as wide as its content."""

    title: str
    align: Literal["left", "right", "center"] = "left"
    width: float = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose heading is repeated on every page. ``rows`` have one cell a column; integers are written with French thousands.

    ``more`` says what is left out at the end, ``""`` when nothing is.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Text | int]]
    caption: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counts by two criteria, the higher the darker. ``rows`` are a name and one count for each of ``columns``."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Card:
    """A figure to remember: ``value`` is ready to print."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """Figures side by side, six at most."""

    cards: Sequence[Card]


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars in the order given: label and count."""

    bars: Sequence[tuple[str, int]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Levels:
    """Parts of a whole in one bar with its legend: key of the style (critical, high, medium, low, none, unsettled), label, count."""

    parts: Sequence[tuple[str, str, int]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """One period of a series: its name, the label below it or ``""``, and its count."""

    name: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Periods:
    """A series in time, as columns."""

    periods: Sequence[Period]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares in [0, 1] with their confidence interval, drawn on one scale: label, low, rate, high."""

    rates: Sequence[tuple[str, float, float, float]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A text in a frame, for what must not be overlooked."""

    text: Text
    kind: Literal["info", "warning", "danger"] = "info"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """The head of a letter. ``sender`` and ``recipient`` are lines; ``place_date`` such as « Paris, le 22 novembre 2026 »."""

    sender: Sequence[Text]
    recipient: Sequence[Text]
    place_date: Text
    subject: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """Blocks to sign, side by side: role and name; place and date are left to fill in."""

    people: Sequence[tuple[str, Text]]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Block = (
    Heading
    | Paragraph
    | Bullets
    | Facts
    | Checks
    | Table
    | Matrix
    | Cards
    | Bars
    | Levels
    | Periods
    | Rates
    | Notice
    | Sender
    | Signatures
    | PageBreak
)


@dataclass(frozen=True, slots=True)
class Document:
    """A document. ``kind`` chooses the layout: a report has a title page and numbered parts, a sheet neither, a letter no title at all.

    ``organisation`` is the controller as it is printed; ``reference`` identifies the document (run, incident), ``date`` is ISO;
    ``confidentiality`` stands on every page, as do title and reference.
    """

    title: str
    blocks: Sequence[Block]
    kind: Literal["report", "sheet", "letter"] = "sheet"
    subtitle: str = ""
    organisation: str = ""
    reference: str = ""
    date: str = ""
    confidentiality: str = ""


def unknown(what: str) -> Span:
    """Return the mark of what a person must still fill in: ``[à compléter : what]``."""
    return Span(f"[à compléter : {what}]", "unknown")
