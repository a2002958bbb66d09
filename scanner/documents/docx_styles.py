"""Styles of a DOCX document: real ones, so that whoever finishes it changes a style and not every paragraph."""

from __future__ import annotations

from typing import NamedTuple

from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.styles.style import ParagraphStyle

from scanner.documents.docx_parts import TWIPS, Element, border, element

WIDTH = round(165 * TWIPS)
"""Between the margins, in twips."""
FONT = "Cambria"
INK = "1D2B3A"
SOFT = "55626F"
HAIRLINE = "CFD7DF"
ACCENT = "7A1F3D"
TABLE = "VigieTable"
"""Id of the style of tables: a line below the heading, hairlines below rows."""
BLANK = "VigieBlank"
"""Id of the style of tables that only place what they hold."""


class Look(NamedTuple):
    """A paragraph style: its id, name, size in points, space before and after in points."""

    id: str
    name: str
    size: float
    before: float
    after: float
    bold: bool = False
    color: str = INK
    keep_next: bool = False


LOOKS = (
    Look("Normal", "Normal", 10.5, 0, 6),
    Look("Title", "Title", 24, 0, 6, True),
    Look("Subtitle", "Subtitle", 13, 0, 12, color=SOFT),
    Look("Heading1", "Heading 1", 15, 20, 6, True, ACCENT, True),
    Look("Heading2", "Heading 2", 12, 14, 5, True, keep_next=True),
    Look("Heading3", "Heading 3", 10.5, 10, 4, True, keep_next=True),
    Look("ListBullet", "List Bullet", 10.5, 0, 2),
    Look("ListNumber", "List Number", 10.5, 0, 2),
    Look("Caption", "Caption", 10.5, 8, 4, True, keep_next=True),
    Look("Header", "Header", 8, 0, 0, color=SOFT),
    Look("Footer", "Footer", 8, 0, 0, color=SOFT),
    Look("VigieContents", "Vigie Contents", 15, 12, 6, True, ACCENT, True),
    Look("TOC1", "toc 1", 10.5, 5, 0, True),
    Look("TOC2", "toc 2", 10.5, 0, 0),
    Look("VigieLead", "Vigie Lead", 11.5, 0, 8, color=SOFT),
    Look("VigieNote", "Vigie Note", 9, 2, 6, color=SOFT),
    Look("VigieCell", "Vigie Cell", 9.5, 2, 2),
    Look("VigieLine", "Vigie Line", 10.5, 0, 0),
    Look("VigieSpace", "Vigie Space", 4, 0, 0),
)
SMALLER = {
    "letter": (Look("Heading1", "Heading 1", 12, 12, 4, True, keep_next=True),),
    "sheet": (Look("Title", "Title", 18, 0, 4, True), Look("Heading1", "Heading 1", 13, 14, 4, True, ACCENT, True)),
}
"""Styles of documents that have less room than a report, by kind of document."""


def set_styles(docx: Docx, kind: str) -> None:
    """Give ``docx`` the styles of a document of that ``kind``, those of tables and lists, and French as its language."""
    for look in (*LOOKS, *SMALLER.get(kind, ())):
        _set_style(docx, look)
    styles = docx.styles.element
    styles.append(_table_style(TABLE, "Vigie Table", lines=True))
    styles.append(_table_style(BLANK, "Vigie Blank", lines=False))
    for language in styles.iter(qn("w:lang")):
        language.set(qn("w:val"), "fr-FR")
    docx.styles["toc 2"].element.get_or_add_pPr().append(element("w:ind", {"left": 240}))
    for name in ("Header", "Footer"):
        tabs = docx.styles[name].element.find(f"{qn('w:pPr')}/{qn('w:tabs')}")
        tabs[:] = [element("w:tab", {"val": "right", "pos": WIDTH})]
    _set_bullet(docx)


def _set_bullet(docx: Docx) -> None:
    """Give lists the dash of French typography, from the font of the text: the template's bullet needs a font of its own."""
    numbering = docx.part.numbering_part.element
    used = docx.styles["List Bullet"].element.pPr.numPr.numId.val
    abstract = numbering.num_having_numId(used).abstractNumId.val
    (level,) = numbering.xpath(f"w:abstractNum[@w:abstractNumId='{abstract}']/w:lvl[@w:ilvl='0']")
    level.find(qn("w:lvlText")).set(qn("w:val"), "–")
    level.find(qn("w:rPr")).find(qn("w:rFonts")).attrib.update({qn("w:ascii"): FONT, qn("w:hAnsi"): FONT})


def _set_style(docx: Docx, look: Look) -> None:
    styles = docx.styles
    known = look.name in styles
    style = styles[look.name] if known else styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    if not known:
        style.element.set(qn("w:styleId"), look.id)
        style.base_style = styles["Normal"]
    properties = style.element.get_or_add_rPr()
    for child in list(properties):
        properties.remove(child)
    properties.append(element("w:rFonts", {"ascii": FONT, "hAnsi": FONT, "cs": FONT, "eastAsia": FONT}))
    style.font.bold = look.bold
    style.font.size = Pt(look.size)
    style.font.color.rgb = RGBColor.from_string(look.color)
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(look.before), Pt(look.after)
    form.line_spacing = 1.1
    form.keep_with_next = look.keep_next or None
    for frame in style.element.iter(qn("w:pBdr")):
        frame.getparent().remove(frame)


def _table_style(identifier: str, name: str, *, lines: bool) -> Element:
    """Return a table style; the one with ``lines`` has a hairline below every row and one of ink below its heading."""
    properties = element("w:tblPr")
    if lines:
        properties.append(element("w:tblBorders", None, *(border(side, HAIRLINE, 4) for side in ("bottom", "insideH"))))
    properties.append(element("w:tblCellMar", None, *(element(f"w:{side}", {"w": 80, "type": "dxa"}) for side in ("left", "right"))))
    below = element("w:tcPr", None, element("w:tcBorders", None, border("bottom", INK, 8)))
    return element(
        "w:style",
        {"type": "table", "customStyle": 1, "styleId": identifier},
        element("w:name", {"val": name}),
        properties,
        element("w:tblStylePr", {"type": "firstRow"}, element("w:rPr", None, element("w:b")), below),
    )
