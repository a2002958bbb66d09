"""What python-docx has no call for: elements of WordprocessingML (ISO/IEC 29500-1, chapter 17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from scanner.documents.texts import Part

Element = Any
"""An lxml element."""

TWIPS = 56.69
"""Twentieths of a point in a millimetre."""


def element(tag: str, attributes: Mapping[str, str | int] | None = None, *children: Element) -> Element:
    """Return an element such as ``w:shd`` with ``attributes`` of the same namespace, and ``children``."""
    made = OxmlElement(tag)
    for name, value in (attributes or {}).items():
        made.set(qn(f"w:{name}"), str(value))
    made.extend(children)
    return made


def run(text: str, style: str = "plain", *, font: str = "", **properties: str | int) -> Element:
    """Return a run of ``text``, in ``font`` where it is not that of its style.

    ``properties`` are more of its elements with their ``val``: ``color="7A1F3D", sz=40``.
    """
    looks: dict[str, Element] = {}
    if style == "strong":
        looks["b"] = element("w:b")
    if style == "soft":
        looks["color"] = element("w:color", {"val": "55626F"})
    if style == "unknown":
        looks["highlight"] = element("w:highlight", {"val": "yellow"})
    if style == "code":
        font = "Consolas"
        looks["sz"] = element("w:sz", {"val": 17})
    if font:
        looks["rFonts"] = element("w:rFonts", dict.fromkeys(("ascii", "hAnsi", "cs"), font))
    looks |= {name: element(f"w:{name}", {"val": value}) for name, value in properties.items()}
    made = element("w:r", None, element("w:rPr", None, *(looks[name] for name in _ORDER if name in looks)))
    for at, words in enumerate(text.split("\n")):
        if at:
            made.append(element("w:br"))
        held = element("w:t")
        held.text = words
        held.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        made.append(held)
    return made


_ORDER = ("rFonts", "b", "color", "sz", "highlight")
"""The order that the schema asks for."""


def paragraph(
    runs: Sequence[Element], style: str = "", align: str = "left", *, keep_next: bool = False, above: int = 0, left: int = 0
) -> Element:
    """Return a paragraph of the style with the id ``style``, with ``above`` twips of room over it and ``left`` twips beside it."""
    properties = element("w:pPr")
    if style:
        properties.append(element("w:pStyle", {"val": style}))
    if keep_next:
        properties.append(element("w:keepNext"))
    if above:
        properties.append(element("w:spacing", {"before": above}))
    if left:
        properties.append(element("w:ind", {"left": left}))
    if align != "left":
        properties.append(element("w:jc", {"val": align}))
    return element("w:p", None, properties, *runs)


def space() -> Element:
    """Return a paragraph that takes next to no room."""
    return paragraph([], "VigieSpace")


def runs(parts: Sequence[Part]) -> list[Element]:
    """Return the runs of a text."""
    return [run(text, style) for text, style in parts]


def field(instruction: str, shown: str, *, stale: bool = False) -> list[Element]:
    """Return the runs of a field such as ``PAGE``; ``shown`` stands until it is computed, which a ``stale`` one asks for on opening."""
    return [
        element("w:r", None, element("w:fldChar", {"fldCharType": "begin"} | ({"dirty": "true"} if stale else {}))),
        element("w:r", None, _instruction(instruction)),
        element("w:r", None, element("w:fldChar", {"fldCharType": "separate"})),
        run(shown),
        element("w:r", None, element("w:fldChar", {"fldCharType": "end"})),
    ]


def _instruction(text: str) -> Element:
    made = element("w:instrText")
    made.text = f" {text} "
    return made


def cell(
    content: Sequence[Element], width: int, *, fill: str = "", borders: Mapping[str, tuple[str, int]] | None = None, upwards: bool = False
) -> Element:
    """Return a cell of ``content`` (paragraphs), ``width`` twips wide, its text read ``upwards`` or not.

    ``borders`` are sides with their colour and their breadth in eighths of a point.
    """
    properties = element("w:tcPr", None, element("w:tcW", {"w": width, "type": "dxa"}))
    if borders:
        properties.append(element("w:tcBorders", None, *(border(side, *look) for side, look in borders.items())))
    if fill:
        properties.append(element("w:shd", {"val": "clear", "color": "auto", "fill": fill}))
    if upwards:
        properties.append(element("w:textDirection", {"val": "btLr"}))
    return element("w:tc", None, properties, *(content or [space()]))


def border(side: str, color: str, breadth: int) -> Element:
    """Return one line of a frame, ``breadth`` eighths of a point broad."""
    return element(f"w:{side}", {"val": "single", "sz": breadth, "space": 0, "color": color})


def row(cells: Sequence[Element], *, heading: bool = False, whole: bool = True, height: int = 0) -> Element:
    """Return a row of ``height`` twips at least; a ``heading`` is repeated on every page, a ``whole`` one is never split between two."""
    properties = element("w:trPr")
    if whole:
        properties.append(element("w:cantSplit"))
    if height:
        properties.append(element("w:trHeight", {"val": height, "hRule": "atLeast"}))
    if heading:
        properties.append(element("w:tblHeader"))
    return element("w:tr", None, properties, *cells)


def table(widths: Sequence[int], rows: Sequence[Element], *, style: str, heading: bool = True, fixed: bool = False) -> Element:
    """Return a table of the style with the id ``style``, its first row a ``heading`` or not.

    ``widths`` are those of its columns in twips, kept as they are where ``fixed``.
    """
    properties = element(
        "w:tblPr",
        None,
        element("w:tblStyle", {"val": style}),
        element("w:tblW", {"w": sum(widths), "type": "dxa"}),
        element("w:tblLayout", {"type": "fixed" if fixed else "autofit"}),
        element(
            "w:tblLook",
            {
                "val": "0420" if heading else "0400",
                "firstRow": int(heading),
                "lastRow": 0,
                "firstColumn": 0,
                "lastColumn": 0,
                "noHBand": 0,
                "noVBand": 1,
            },
        ),
    )
    grid = element("w:tblGrid", None, *(element("w:gridCol", {"w": width}) for width in widths))
    return element("w:tbl", None, properties, grid, *rows)
