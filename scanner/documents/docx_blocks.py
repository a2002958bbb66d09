"""Blocks of a document as WordprocessingML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from scanner.documents.docx_charts import CHARTS
from scanner.documents.docx_parts import TWIPS, Element, cell, element, paragraph, row, run, runs, space, table
from scanner.documents.docx_styles import ACCENT, BLANK, HAIRLINE, TABLE, WIDTH
from scanner.documents.plain import Plain
from scanner.documents.texts import Part
from scanner.documents.widths import LINE
from scanner.documents.words import said

NOTICES = {"info": ("3F7A5C", "F2F8F5"), "warning": ("B86A14", "FDF6EC"), "danger": (ACCENT, "FBF4F6")}
"""Colour of the edge and of the ground."""
WINDOW = round(80 * TWIPS)
"""From the left margin to where a DL envelope has its window."""

Elements = Iterable[Element]


def elements(block: Plain) -> Elements:
    """Return the elements that show ``block``, as :mod:`scanner.documents.plain` gives it; its lists still need their numbers."""
    kind = block["block"]
    if kind not in CHARTS:
        return _SHOWN[kind](block)
    return [*_caption(block), CHARTS[kind](block), space()]  # word processors join tables that touch


def _caption(block: Plain) -> list[Element]:
    return [paragraph([run(block["caption"])], "Caption")] if block["caption"] else []


def _shares(weights: Sequence[float]) -> list[int]:
    """Return the widths of columns that fill the page."""
    return [int(WIDTH * weight / sum(weights)) for weight in weights]


def _column_widths(columns: Sequence[Plain]) -> list[int]:
    """Return the widths of the columns of a table: what is as wide as its content is given a width too, word processors shrink it."""
    taken = [0 if column["width"] else round(WIDTH * (1.2 * column["length"] + 4) / LINE) for column in columns]
    whole = sum(column["width"] for column in columns)
    rest = max(WIDTH - sum(taken), 0)
    return [int(rest * column["width"] / whole) if column["width"] else width for column, width in zip(columns, taken, strict=True)]


def _heading(block: Plain) -> Elements:
    text = f"{block['number']}\u2002{block['text']}" if block["number"] else block["text"]
    yield paragraph([run(text)], f"Heading{block['level']}")


def _paragraph(block: Plain) -> Elements:
    yield paragraph(runs(block["text"]), {"lead": "VigieLead", "note": "VigieNote"}.get(block["kind"], ""))


def _bullets(block: Plain) -> Elements:
    for item in block["items"]:
        yield paragraph(runs(item), "ListNumber" if block["ordered"] else "ListBullet")


def _facts(block: Plain) -> Elements:
    widths = _shares([3, 7])
    rows = [
        row([cell([paragraph([run(label, "soft")], "VigieCell")], widths[0]), cell([paragraph(runs(value), "VigieCell")], widths[1])])
        for label, value in block["rows"]
    ]
    yield space()
    yield table(widths, rows, style=TABLE, heading=False)
    yield space()


def _checks(block: Plain) -> Elements:
    yield paragraph([run(block["label"])], "Caption")
    for option, ticked in block["options"]:
        yield paragraph([run(f"{'☒' if ticked else '☐'}\u00a0{option}")], "VigieLine")


def _table(block: Plain) -> Elements:
    yield from _caption(block)
    columns = block["columns"]
    widths = _column_widths(columns)
    heading = row(
        [
            cell([paragraph([run(column["title"], "strong")], "VigieCell", column["align"])], width)
            for column, width in zip(columns, widths, strict=True)
        ],
        heading=True,
    )
    rows = [
        row(
            [
                cell([paragraph(runs(text), "VigieCell", column["align"])], width)
                for text, column, width in zip(cells, columns, widths, strict=True)
            ],
            whole=not tall,
        )
        for cells, tall in zip(block["rows"], block["tall"], strict=True)
    ]
    yield table(widths, [heading, *rows], style=TABLE)
    yield space()
    if block["more"]:
        yield paragraph([run(block["more"])], "VigieNote")


def _cards(block: Plain) -> Elements:
    yield _beside([_card(*card) for card in block["cards"]], 3 if len(block["cards"]) == 6 else 5)
    yield space()


def _card(value: str, label: str, note: str) -> list[Element]:
    held = [paragraph([run(value, "strong", color=ACCENT, sz=40)], "VigieCell"), paragraph([run(label)], "VigieCell")]
    return [*held, paragraph([run(note)], "VigieNote")] if note else held


def _notice(block: Plain) -> Elements:
    edge, ground = NOTICES[block["kind"]]
    held = [paragraph([run(block["title"], "strong", color=edge)], "VigieCell", keep_next=True)] if block["title"] else []
    held.append(paragraph(runs(block["text"]), "VigieCell"))
    yield table([WIDTH], [row([cell(held, WIDTH, fill=ground, borders={"left": (edge, 24)})])], style=BLANK, heading=False)
    yield space()


def _sender(block: Plain) -> Elements:
    widths = [WINDOW, WIDTH - WINDOW]
    sender = [paragraph(runs(text), "VigieLine") for text in block["sender"]]
    recipient = [paragraph(runs(text), "VigieLine", above=0 if at else round(25 * TWIPS)) for at, text in enumerate(block["recipient"])]
    placed = row([cell(sender, widths[0]), cell(recipient, widths[1])], height=round(62 * TWIPS))
    yield table(widths, [placed], style=BLANK, heading=False, fixed=True)
    yield space()
    yield paragraph(runs(block["place_date"]), above=120, left=WINDOW)
    if block["subject"]:
        yield paragraph([run(f"{said()['subject']} {block['subject']}", "strong")], above=240)


def _signatures(block: Plain) -> Elements:
    yield _beside([_signature(role, name) for role, name in block["people"]], 3)
    yield space()


def _signature(role: str, name: Sequence[Part]) -> list[Element]:
    return [
        paragraph([run(role, "strong")], "VigieCell"),
        paragraph(runs(name), "VigieCell"),
        paragraph([run(said()["place_and_date"])], "VigieNote"),
        paragraph([]),
        paragraph([run(said()["signature"])], "VigieNote"),
        *(paragraph([]) for _ in range(3)),
    ]


def _beside(contents: Sequence[Sequence[Element]], most: int) -> Element:
    """Return a table of frames, ``most`` in a row."""
    across = min(max(len(contents), 1), most)
    width = WIDTH // across
    frame = dict.fromkeys(("top", "left", "bottom", "right"), (HAIRLINE, 6))
    cells = [cell(content, width, borders=frame) for content in contents]
    cells += [cell([], width)] * (-len(cells) % across)
    return table([width] * across, [row(cells[at : at + across]) for at in range(0, len(cells), across)], style=BLANK, heading=False)


def _page_break(_block: Plain) -> Elements:
    yield element("w:p", None, element("w:r", None, element("w:br", {"type": "page"})))


_SHOWN: Mapping[str, Callable[[Plain], Elements]] = {
    "heading": _heading,
    "paragraph": _paragraph,
    "bullets": _bullets,
    "facts": _facts,
    "checks": _checks,
    "table": _table,
    "cards": _cards,
    "notice": _notice,
    "sender": _sender,
    "signatures": _signatures,
    "page_break": _page_break,
}
