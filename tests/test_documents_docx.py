"""DOCX: real styles and fields, what is still to be filled in is found at a glance, the same bytes for the same content."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Literal
from zipfile import ZipFile

import pytest
from documents import BLOCKS, HOSTILE, docx_lines, holding
from docx import Document as open_docx
from docx.document import Document as Docx
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn

from scanner.documents.blocks import Bars, Block, Bullets, Column, Document, Heading, Levels, Matrix, Paragraph, Rates, Table, unknown
from scanner.documents.docx import docx
from scanner.documents.docx_charts import STEPS

EVERYTHING = [block for group in BLOCKS.values() for block in group]


def opened(document: Document) -> Docx:
    return open_docx(BytesIO(docx(document)))


def report(*blocks: Block) -> Document:
    return Document("Contrôle", blocks, "report", "Été", "Office d'essai", "R-1", "2026-11-22", "Confidentiel")


def test_the_same_content_gives_the_same_bytes() -> None:
    assert docx(holding(EVERYTHING)) == docx(holding(EVERYTHING))
    with ZipFile(BytesIO(docx(holding(EVERYTHING)))) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.testzip() is None


def test_it_says_what_it_is_in_french() -> None:
    made = opened(report())
    properties = made.core_properties
    assert (properties.title, properties.author, properties.keywords) == ("Contrôle", "Office d’essai", "R-1, Confidentiel")
    assert (properties.language, properties.last_modified_by, properties.comments) == ("fr-FR", "Office d’essai", "")
    assert properties.created == properties.modified == datetime(2026, 11, 22, tzinfo=UTC)
    assert {language.get(qn("w:val")) for language in made.styles.element.iter(qn("w:lang"))} == {"fr-FR"}


def test_it_is_a4() -> None:
    section = opened(holding([])).sections[0]
    assert [round(length.mm) for length in (section.page_width, section.page_height, section.left_margin, section.right_margin)] == [
        *(210, 297, 25, 20)
    ]


def test_a_report_opens_with_its_title_and_a_table_of_contents() -> None:
    made = opened(report(Heading("Un"), Heading("Deux", 2), Paragraph("Texte."), Heading("Trois", 3)))
    assert [(paragraph.style.name, paragraph.text) for paragraph in made.paragraphs if paragraph.text.strip()] == [
        ("Normal", "Office d’essai"),
        ("Title", "Contrôle"),
        ("Subtitle", "Été"),
        ("Normal", "Référence\u00a0: R-1"),
        ("Normal", "Date\u00a0: 22/11/2026"),
        ("Normal", "Diffusion\u00a0: Confidentiel"),
        ("Vigie Contents", "Sommaire"),
        ("toc 1", "1\u2002Un"),
        ("toc 2", "1.1\u2002Deux"),
        ("Heading 1", "1\u2002Un"),
        ("Heading 2", "1.1\u2002Deux"),
        ("Normal", "Texte."),
        ("Heading 3", "Trois"),
    ]
    assert _instructions(made.element.body) == [' TOC \\o "1-2" \\h \\z \\u ']
    assert [field.get(qn("w:fldCharType")) for field in made.element.body.iter(qn("w:fldChar"))] == ["begin", "separate", "end"]


def test_headers_and_footers_number_the_pages() -> None:
    section = opened(report()).sections[0]
    assert section.header.paragraphs[0].text == "Contrôle\tR-1 · Confidentiel"
    assert section.footer.paragraphs[0].text == "Office d’essai\tpage\u00a01\u00a0/\u00a01"
    assert _instructions(section.footer._element) == [" PAGE ", " NUMPAGES "]
    assert section.different_first_page_header_footer
    assert section.first_page_header.paragraphs[0].text == ""
    assert section.first_page_footer.paragraphs[0].text == "Office d’essai · Confidentiel\tpage\u00a01\u00a0/\u00a01"
    assert not opened(holding([])).sections[0].different_first_page_header_footer


def test_a_letter_has_no_title() -> None:
    letter = Document("Information", [*BLOCKS["sender"], Paragraph("Madame,")], kind="letter")
    assert docx_lines(docx(letter)) == [
        "Office/12, rue Haute|Mme Essai",
        "Dijon, le 22 novembre 2026",
        "Objet\u00a0: Vos données",
        "Madame,",
    ]


def test_styles_are_real() -> None:
    made = opened(holding([*BLOCKS["headings"], *BLOCKS["paragraphs"], *BLOCKS["bullets"]]))
    assert [paragraph.style.name for paragraph in made.paragraphs][2:] == [
        *("Heading 1", "Heading 2", "Heading 3", "Vigie Lead", "Normal", "Vigie Note"),
        *("List Bullet", "List Bullet", "List Number", "List Number"),
    ]


@pytest.mark.parametrize(("kind", "sizes"), [("report", [24, 15, 12]), ("sheet", [18, 13, 12]), ("letter", [24, 12, 12])])
def test_a_sheet_and_a_letter_take_less_room(kind: Literal["report", "sheet", "letter"], sizes: list[float]) -> None:
    styles = opened(Document("t", [], kind)).styles
    assert [styles[name].font.size.pt for name in ("Title", "Heading 1", "Heading 2")] == sizes


def test_what_is_unknown_is_highlighted() -> None:
    made = opened(holding([Paragraph(["Le ", unknown("jour"), "."])]))
    assert [(run.text, run.font.highlight_color) for run in made.paragraphs[-1].runs] == [
        ("Le ", None),
        ("[à compléter\u00a0: jour]", WD_COLOR_INDEX.YELLOW),
        (".", None),
    ]


def test_every_ordered_list_counts_from_one() -> None:
    made = opened(holding([Bullets(["a", "b"], ordered=True), Bullets(["c"]), Bullets(["d"], ordered=True)]))
    used = {paragraph.text: paragraph._p.pPr.numPr.numId.val for paragraph in made.paragraphs if paragraph._p.pPr.numPr is not None}
    assert list(used) == ["a", "b", "d"]
    assert used["a"] == used["b"] != used["d"]
    numbering = made.part.numbering_part.element
    starts = [numbering.num_having_numId(number).find(qn("w:lvlOverride")).find(qn("w:startOverride")) for number in set(used.values())]
    assert [start.get(qn("w:val")) for start in starts] == ["1", "1"]


def test_the_heading_of_a_table_is_repeated_and_no_row_is_split_but_a_tall_one() -> None:
    rows = [["un", "deux"], ["x" * 4000, "y"]]
    (table,) = opened(holding([Table([Column("a"), Column("b", "center")], rows)])).tables
    marks = [[child.tag.split("}")[1] for child in row._tr.trPr] for row in table.rows]
    assert marks == [["cantSplit", "tblHeader"], ["cantSplit"], []]
    assert table.style is not None
    assert table.style.name == "Vigie Table"


@pytest.mark.parametrize("widths", [(0, 0, 0), (1, 2, 3), (0, 1, 0), (0.5, 0, 9)])
def test_tables_are_as_wide_as_the_page_at_most(widths: tuple[float, ...]) -> None:
    columns = [Column(name, width=width) for name, width in zip("abc", widths, strict=True)]
    (table,) = opened(holding([Table(columns, [["un", "x" * 100, 3]])])).tables
    shared = [column.width.mm for column in table.columns if column.width]
    assert len(shared) == 3
    assert min(shared) > 5
    assert sum(shared) <= 165.1


@pytest.mark.parametrize(
    ("block", "drawn"),
    [
        (Bars([("a", 10), ("b", 500), ("c", 0), ("d", 1000)]), [[(1, "7A1F3D")], [(15, "7A1F3D")], [], [(30, "7A1F3D")]]),
        (Levels([("critical", "a", 1), ("none", "b", 2)]), [[(10, "5C0F2B")], [(20, "DBE5E0")]]),
        (
            Rates([("a", 0.2, 0.3, 0.4), ("b", 0.0, 0.0, 0.5)]),
            [[(12, "FFFFFF"), (6, "CBA9B6"), (6, "7A1F3D")], [(30, "7A1F3D")]],
        ),
    ],
)
def test_bars_are_blocks_in_proportion(block: Block, drawn: list[list[tuple[int, str]]]) -> None:
    (table,) = opened(holding([block])).tables
    cells = [row.cells[1].paragraphs[0].runs for row in table.rows]
    assert [[(len(run.text), str(run.font.color.rgb)) for run in runs] for runs in cells] == drawn
    assert {run.text.strip("█") for runs in cells for run in runs} <= {""}
    assert max(sum(length for length, _ in row) for row in drawn) <= STEPS


@pytest.mark.parametrize(("many", "direction"), [(6, None), (7, "btLr")])
def test_titles_of_many_columns_are_written_upwards(many: int, direction: str | None) -> None:
    (table,) = opened(holding([Matrix("", [f"2026-{month:02}" for month in range(1, many + 1)], [("a", range(many))])])).tables
    found = [cell._tc.tcPr.find(qn("w:textDirection")) for cell in table.rows[0].cells[1:]]
    assert [None if mark is None else mark.get(qn("w:val")) for mark in found] == [direction] * many


def test_hostile_texts_are_printed() -> None:
    made = docx_lines(docx(holding([Paragraph(text) for text in HOSTILE])))
    assert made[2:] == [
        HOSTILE[0],
        HOSTILE[1],
        "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf",
        "a\ufffdb\ufffdc",
        *HOSTILE[4:7],
        "l\nm\nn o",
        HOSTILE[9],
    ]


@pytest.mark.parametrize("block", [Matrix("", [], []), Table([], []), Bullets([], ordered=True), Bars([]), Heading("")])
def test_a_block_may_be_empty(block: Block) -> None:
    assert docx_lines(docx(Document("", [block, block]))) == [""] * 0


def _instructions(element: object) -> list[str]:
    return [text.text for text in element.iter(qn("w:instrText"))]  # type: ignore[attr-defined]
