"""A document as plain data (strings, numbers, lists, mappings), ready to print: what every writer lays out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from scanner.documents.blocks import (
    Bars,
    Block,
    Bullets,
    Cards,
    Checks,
    Document,
    Facts,
    Heading,
    Levels,
    Matrix,
    Notice,
    PageBreak,
    Paragraph,
    Periods,
    Rates,
    Sender,
    Signatures,
    Table,
)
from scanner.documents.headings import numbered
from scanner.documents.texts import line, parts
from scanner.documents.widths import broken, is_tall, lengths, shares
from scanner.documents.words import in_words, interval, said
from scanner.french import day, number, percent

Plain = dict[str, Any]

LONGEST_TITLE = 80
ACCENT = "#7a1f3d"
PALEST = "#f4f6f9"


def plain(document: Document) -> Plain:
    """Return ``document`` with every text typeset, every number written out, and every chart with its shares and its words (``alt``)."""
    return {
        "kind": document.kind,
        "title": line(document.title),
        "subtitle": line(document.subtitle),
        "organisation": line(document.organisation),
        "reference": line(document.reference),
        "day": day(document.date) if document.date else "",
        "confidentiality": line(document.confidentiality),
        "said": dict(said()),
        "blocks": [_block(block, level, label) for block, level, label in numbered(document)],
    }


def moment(document: Document) -> datetime:
    """Return the day of ``document`` in UTC, the first that files know where it has none; raises :class:`ValueError` when it is not ISO."""
    return datetime.fromisoformat(document.date[:10] or "1980-01-01").replace(tzinfo=UTC)


def _block(block: Block, level: int, label: str) -> Plain:
    match block:
        case Heading():
            return {"block": "heading", "level": level, "number": label, "text": line(block.text)}
        case Paragraph():
            return {"block": "paragraph", "kind": block.kind, "text": parts(block.text)}
        case Bullets():
            return {"block": "bullets", "ordered": block.ordered, "items": [parts(item) for item in block.items]}
        case Facts():
            return {"block": "facts", "rows": [[line(label), parts(value)] for label, value in block.rows]}
        case Checks():
            return {"block": "checks", "label": line(block.label), "options": [[line(option), ticked] for option, ticked in block.options]}
        case Table():
            return _table(block)
        case Matrix():
            return _matrix(block)
        case Cards():
            return {"block": "cards", "cards": [[line(card.value), line(card.label), line(card.note)] for card in block.cards]}
        case Notice():
            return {"block": "notice", "kind": block.kind, "title": line(block.title), "text": parts(block.text)}
        case Sender():
            return {
                "block": "sender",
                "sender": [parts(text) for text in block.sender],
                "recipient": [parts(text) for text in block.recipient],
                "place_date": parts(block.place_date),
                "subject": line(block.subject),
            }
        case Signatures():
            return {"block": "signatures", "people": [[line(role), parts(name)] for role, name in block.people]}
        case PageBreak():
            return {"block": "page_break"}
        case _:
            return {**_chart(block), "caption": line(block.caption), "alt": in_words(block)}


def _table(table: Table) -> Plain:
    titles = [_title(column.title) for column in table.columns]
    rows = [[parts(cell) for cell in row] for row in table.rows]
    longest = lengths(titles, rows)
    widths = shares(longest, [column.width for column in table.columns])
    hyphenated = broken(titles, rows, widths)
    return {
        "block": "table",
        "columns": [
            {"title": title, "align": _align(table, at), "width": widths[at], "length": longest[at], "hyphenate": hyphenated[at]}
            for at, title in enumerate(titles)
        ],
        "rows": rows,
        "tall": [is_tall(row, widths) for row in rows],
        "caption": line(table.caption),
        "more": line(table.more),
    }


def _title(text: str) -> str:
    """Return the title of a column, cut where it would fill the page that it is repeated on."""
    title = line(text)
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def _align(table: Table, at: int) -> str:
    """Return how the column ``at`` is aligned: one of counts alone to the right, whatever it asks for."""
    counts = table.rows and all(isinstance(row[at], int) for row in table.rows)
    return "right" if counts else table.columns[at].align


def _matrix(matrix: Matrix) -> Plain:
    highest = max((count for _, counts in matrix.rows for count in counts), default=0)
    return {
        "block": "matrix",
        "caption": line(matrix.caption),
        "columns": [_title(column) for column in matrix.columns],
        "rows": [[line(name), [_shaded(count, highest) for count in counts]] for name, counts in matrix.rows],
    }


def _shaded(count: int, highest: int) -> list[str]:
    """Return a count with the colours of its cell, ground and text: the more, the darker, with a contrast of 4.5 at least (WCAG 2.2)."""
    if not count:
        return [number(count), PALEST, "#55626f"]
    weight = 0.08 + 0.92 * count / highest
    ground = "".join(f"{round(255 - (255 - int(ACCENT[at : at + 2], 16)) * weight):02x}" for at in (1, 3, 5))
    return [number(count), f"#{ground}", "#ffffff" if weight > 0.7 else "#000000"]


def _chart(block: Bars | Levels | Periods | Rates) -> Plain:
    """Return what a chart shows; shares are in [0, 1] of the longest bar, the highest column or the highest count."""
    match block:
        case Bars():
            longest = max((count for _, count in block.bars), default=0)
            return {"block": "bars", "bars": [[line(label), number(count), _share(count, longest)] for label, count in block.bars]}
        case Levels():
            whole = sum(count for _, _, count in block.parts)
            return {
                "block": "levels",
                "parts": [[key, line(label), number(count), _share(count, whole)] for key, label, count in block.parts],
            }
        case Periods():
            highest = max((period.count for period in block.periods), default=0)
            return {
                "block": "periods",
                "periods": [
                    [line(period.name), line(period.label), number(period.count), _share(period.count, highest)] for period in block.periods
                ],
                "highest": number(highest),
            }
        case Rates():
            highest_rate = max((high for _, _, _, high in block.rates), default=0.0)
            return {
                "block": "rates",
                "rates": [[line(label), percent(rate), interval(low, high), low, rate, high] for label, low, rate, high in block.rates],
                "scale": _scale(highest_rate),
            }


def _share(count: int, whole: int) -> float:
    return round(count / whole, 4) if whole else 0.0


def _scale(highest: float) -> float:
    """Return where the scale of rates ends: the smallest round share that holds them all."""
    return next(end for end in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if highest <= end or end == 1.0)
