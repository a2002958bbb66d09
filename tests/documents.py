"""Documents to write in tests, and readers of what was written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from io import BytesIO

import pypdfium2
import pypdfium2.raw as pdfium
from docx import Document as open_docx
from docx.table import Table as DocxTable
from docx.text.paragraph import Paragraph as DocxParagraph

from scanner.documents.blocks import (
    Bars,
    Block,
    Bullets,
    Card,
    Cards,
    Checks,
    Column,
    Document,
    Facts,
    Heading,
    Levels,
    Matrix,
    Notice,
    PageBreak,
    Paragraph,
    Period,
    Periods,
    Rates,
    Sender,
    Signatures,
    Span,
    Table,
    unknown,
)

BLOCKS: dict[str, Sequence[Block]] = {
    "headings": [Heading("Une partie"), Heading("Un chapitre", 2), Heading("Un détail", 3)],
    "paragraphs": [Paragraph("L'essentiel : tout.", "lead"), Paragraph(["Du ", Span("gras", "strong"), "."]), Paragraph("Petit.", "note")],
    "bullets": [Bullets(["Un ;", ["deux, ", Span("discret", "soft"), "."]]), Bullets(["Avant", "Après"], ordered=True)],
    "facts": [Facts([("Déléguée", ["Mme ", unknown("nom")]), ("Empreinte", [Span("0 : 1'2", "code")])])],
    "checks": [Checks("Nature de la violation", [("Confidentialité", True), ("Intégrité", False)])],
    "table": [Table([Column("Catégorie"), Column("Fiches")], [["Santé", 12345], ["Origine", 7]], "Un tableau", "Et 3 autres.")],
    "matrix": [Matrix("Par champ", ["NOTE", "SUIVI"], [("Santé", [1200, 0]), ("Origine", [3, 44])])],
    "cards": [Cards([Card("12\u202f345", "fiches lues"), Card("7", "constats", "10,0\u202f% des fiches")])],
    "bars": [Bars([("Santé", 1200), ("Origine", 0)], "Par catégorie")],
    "levels": [Levels([("critical", "critique", 2), ("none", "aucun constat", 4000)], "Par niveau")],
    "periods": [Periods([Period("2024", "2024", 3), Period("2025", "2025", 1500)], "Par année")],
    "rates": [Rates([("Santé", 0.021, 0.03, 0.04)], "Taux")],
    "notice": [Notice("Ce rapport est partiel.", "danger", "Attention")],
    "sender": [Sender(["Office", "12, rue Haute"], ["Mme Essai"], "Dijon, le 22 novembre 2026", "Vos données")],
    "signatures": [Signatures([("La déléguée", "Anne Dupont"), ("Le directeur", [unknown("nom")])])],
    "page break": [Paragraph("Avant."), PageBreak(), Paragraph("Après.")],
}
"""One document's blocks for each kind of block."""

HOSTILE = (
    '#text(red)[x] *x* _y_ `z` $x^2$ @ref <l> // c /* d */ #include "/etc/passwd" \\u{41} = T - a',
    "</style><script>alert(1)</script> &amp; {{ 7*7 }} {% raw %}",
    "a\x00b\x1bc\x7fd\ud800e\ufffff",
    "a\u202eb\u2066c",
    "שלום مرحبا",
    "😀👨\u200d👩\u200d👧🇫🇷日本語क्षि",
    "x" * 5000,
    "",
    "l\r\nm\u2028n\to",
    "\ue000\U0010ffff\u0378\u20dd",
)
"""Texts that a writer could stumble over, or take for its own language."""


def holding(blocks: Sequence[Block], **fields: str) -> Document:
    """Return a sheet of ``blocks``."""
    return Document("Essai", blocks, date="2026-11-22", **fields)  # type: ignore[arg-type]


def pdf_pages(content: bytes) -> list[list[str]]:
    """Return the lines of text of each page."""
    pages = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_range().split("\r\n") for page in pages]


def pdf_tags(content: bytes) -> list[tuple[str, str]]:
    """Return role and alternative text of the tags of the first page, in reading order."""
    page = pypdfium2.PdfDocument(content)[0]
    tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
    children = [pdfium.FPDF_StructTree_GetChildAtIndex(tree, at) for at in range(pdfium.FPDF_StructTree_CountChildren(tree))]
    return [tag for child in children for tag in _tags(child)]


def _tags(element: object) -> Iterator[tuple[str, str]]:
    yield _string(pdfium.FPDF_StructElement_GetType, element), _string(pdfium.FPDF_StructElement_GetAltText, element)
    for at in range(pdfium.FPDF_StructElement_CountChildren(element)):
        child = pdfium.FPDF_StructElement_GetChildAtIndex(element, at)
        if child:
            yield from _tags(child)


def _string(read: object, element: object) -> str:
    length = read(element, None, 0)  # type: ignore[operator]
    buffer = pdfium.ctypes.create_string_buffer(length)
    read(element, buffer, length)  # type: ignore[operator]
    return buffer.raw.decode("utf-16-le").rstrip("\0")


def docx_lines(content: bytes) -> list[str]:
    """Return the paragraphs of the body in order; the cells of a row are joined by ``|``, and their paragraphs by ``/``."""
    lines = []
    for part in open_docx(BytesIO(content)).iter_inner_content():
        if isinstance(part, DocxParagraph):
            lines.append(part.text)
        elif isinstance(part, DocxTable):
            lines += ["|".join(_distinct(row)) for row in part.rows]
    return [line for line in lines if line]


def _distinct(row: object) -> list[str]:
    """Return the texts of the cells of a row, each once: python-docx names a cell again for every column that it spans."""
    seen: dict[int, str] = {}
    for cell in row.cells:  # type: ignore[attr-defined]
        seen.setdefault(id(cell._tc), "/".join(paragraph.text for paragraph in cell.paragraphs if paragraph.text))
    return list(seen.values())


class _Texts(HTMLParser):
    """Collects the texts of ``<main>``."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = self._inside or tag == "main"

    def handle_data(self, data: str) -> None:
        if self._inside and data.strip():
            self.texts.append(data.strip())


def html_texts(page: str) -> list[str]:
    """Return the texts between the tags of the body."""
    reader = _Texts()
    reader.feed(page)
    return reader.texts
