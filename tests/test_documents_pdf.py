"""PDF: archivable, readable by machines, the same everywhere, and nothing in a text is ever obeyed."""

from __future__ import annotations

import re

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from documents import BLOCKS, HOSTILE, holding, pdf_pages, pdf_tags
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.documents.blocks import (
    Bars,
    Block,
    Bullets,
    Cards,
    Checks,
    Column,
    Document,
    Facts,
    Heading,
    Levels,
    Matrix,
    Notice,
    Paragraph,
    Periods,
    Rates,
    Sender,
    Signatures,
    Span,
    Table,
)
from scanner.documents.pdf import pdf

EVERYTHING = [block for group in BLOCKS.values() for block in group]
REPORT = Document(
    "Contrôle de l'été",
    [Heading("Résultats"), *EVERYTHING, Heading("Suites"), Heading("Signatures", 2)],
    kind="report",
    subtitle="Analyse du 22 novembre",
    organisation="Office d'essai",
    reference="R-1",
    date="2026-11-22",
    confidentiality="Confidentiel",
)


def test_it_is_pdf_a_2a_and_pdf_ua_1_in_french() -> None:
    content = pdf(REPORT)
    assert re.findall(rb"<pdfaid:(\w+)>(\w+)<", content) == [(b"part", b"2"), (b"conformance", b"A")]
    assert re.findall(rb"<pdfuaid:part>(\d)<", content) == [b"1"]
    assert re.findall(rb"/Lang\s?\((.*?)\)", content)[-1:] == [b"fr-FR"]
    assert b"/MarkInfo" in content
    metadata = pypdfium2.PdfDocument(content).get_metadata_dict(skip_empty=True)
    assert {key: metadata[key] for key in ("Title", "Author", "Keywords", "CreationDate")} == {
        "Title": "Contrôle de l’été",
        "Author": "Office d’essai",
        "Keywords": "R-1, Confidentiel",
        "CreationDate": "D:20261122000000Z",
    }


def test_the_same_content_gives_the_same_bytes() -> None:
    assert pdf(REPORT) == pdf(REPORT)
    assert pdf(REPORT) != pdf(holding(EVERYTHING))


def test_parts_are_bookmarks_and_the_table_of_contents_tells_their_pages() -> None:
    pages = pdf_pages(pdf(REPORT))
    assert pages[0] == [
        *("Office d’essai", "Contrôle de l’été", "Analyse du 22 novembre"),
        *("Référence\u00a0: R-1", "Date\u00a0: 22/11/2026", "Diffusion\u00a0: Confidentiel", "Sommaire"),
        *(
            "1\u2002Résultats 2",
            "2\u2002Une partie 2",
            "2.1\u2002Un chapitre 2",
            f"3\u2002Suites {len(pages)}",
            f"3.1\u2002Signatures {len(pages)}",
        ),
        f"Office d’essai · Confidentiel page 1 / {len(pages)}",
    ]
    bookmarks = [(mark.level, mark.get_title()) for mark in pypdfium2.PdfDocument(pdf(REPORT)).get_toc()]
    assert bookmarks == [
        (0, "1\u2002Résultats"),
        (0, "2\u2002Une partie"),
        (1, "2.1\u2002Un chapitre"),
        (2, "Un détail"),
        (0, "3\u2002Suites"),
        (1, "3.1\u2002Signatures"),
    ]


def test_title_reference_and_confidentiality_stand_on_every_page() -> None:
    pages = pdf_pages(pdf(REPORT))
    assert [page[0] for page in pages[1:]] == ["Contrôle de l’été R-1 · Confidentiel"] * (len(pages) - 1)
    assert [page[-1] for page in pages[1:]] == [f"Office d’essai page {at} / {len(pages)}" for at in range(2, len(pages) + 1)]


def test_a_letter_has_neither_title_nor_header_on_its_first_page() -> None:
    letter = Document(
        "Information", [*BLOCKS["sender"], *[Paragraph("Une phrase.")] * 60], kind="letter", organisation="Office", reference="I-1"
    )
    first, second = pdf_pages(pdf(letter))
    assert first[:2] == ["Office", "12, rue Haute"]
    assert first[-1] == "Office page 1 / 2"
    assert second[0] == "Information I-1"


def test_a_recipient_stands_where_the_window_of_the_envelope_is() -> None:
    letter = Document("Information", [Sender(["Office"], ["Destinataire"], "Dijon", "")], kind="letter")
    page = pypdfium2.PdfDocument(pdf(letter))[0]
    boxes = [item.get_bounds() for item in page.get_objects() if item.type == pdfium.FPDF_PAGEOBJ_TEXT]
    left, _, _, top = boxes[1]
    millimetre = 72 / 25.4
    assert 100 <= left / millimetre <= 110
    assert 45 <= (page.get_height() - top) / millimetre <= 50


def test_charts_are_told_in_words_to_those_who_do_not_see_them() -> None:
    content = pdf(holding([*BLOCKS["bars"], *BLOCKS["levels"], *BLOCKS["periods"], *BLOCKS["rates"]]))
    assert [alt for role, alt in pdf_tags(content) if role == "Figure"] == [
        "Par catégorie\u00a0: Santé, 1\u202f200\u00a0; Origine, 0.",
        "Par niveau\u00a0: critique, 2\u00a0; aucun constat, 4\u202f000.",
        "Par année\u00a0: 2024, 3\u00a0; 2025, 1\u202f500.",
        "Taux\u00a0: Santé, 3,0\u202f% (de 2,1\u202f% à 4,0\u202f%).",
    ]


def test_tables_lists_and_headings_are_tagged() -> None:
    blocks = [Heading("Partie"), Table([Column("a"), Column("b")], [["c", "d"]]), Bullets(["e"])]
    roles = [role for role, _ in pdf_tags(pdf(holding(blocks)))]
    assert [role for role in roles if role in {"H1", "Table", "TH", "TD", "L", "LI"}] == ["H1", "Table", "TH", "TH", "TD", "TD", "L", "LI"]


def test_the_heading_of_a_table_is_repeated_and_no_row_is_split() -> None:
    long = "Une cellule qui prend plusieurs lignes dans sa colonne. " * 4
    table = Table([Column("Rang"), Column("Texte", width=1)], [[at, f"{at} début {long} fin"] for at in range(1, 61)])
    pages = pdf_pages(pdf(holding([table])))
    assert len(pages) > 3
    heads = [page[1 if at else 3] for at, page in enumerate(pages)]
    assert heads == ["Rang Texte"] * len(pages)
    for page in pages:
        text = " ".join(page)
        assert text.count("début") == text.count("fin")
    assert [int(at) for page in pages for at in re.findall(r"(\d+) début", " ".join(page))] == list(range(1, 61))


def test_a_cell_taller_than_a_page_goes_on_on_the_next() -> None:
    words = [f"mot{at}" for at in range(3000)]
    pages = pdf_pages(pdf(holding([Table([Column("a", width=1), Column("b", width=3)], [["x", " ".join(words)]])])))
    assert re.findall(r"mot\d+", " ".join(line for page in pages for line in page)) == words


@pytest.mark.parametrize(
    "text",
    [
        "#text(red)[x] *x* _y_ `z` $x^2$ @ref <l> = T",
        "// rien /* non */ - a + b / c: d",
        '#include "/etc/passwd"',
        "\\u{41} \\* \\#",
        "{{ 7*7 }} &amp; <b>",
        'https://exemple.fr/?a=1&b="c"',
        "œuvre Œ æ Ÿ ÀÉÈÊËÎÏÔÙÛÜÇ à â ç é è ê ë î ï ô ù û ü ÿ € ≤ ≥ → ☐ ☒ ✓ – — … ’ “ ” « » · • ° ² ½ ×",
    ],
)
def test_texts_are_never_obeyed(text: str) -> None:
    assert pdf_pages(pdf(holding([Paragraph([Span(text, "code")])]))) == [["Essai", "22/11/2026", "Essai", text, "page 1 / 1"]]


def test_what_no_font_shows_is_marked_and_the_rest_stays() -> None:
    shown = pdf_pages(pdf(holding([Paragraph("a 😀 b 日本 c"), Paragraph("Δ Ж é ≤")])))
    assert shown == [["Essai", "22/11/2026", "Essai", "a � b �� c", "Δ Ж é ≤", "page 1 / 1"]]


def test_long_words_stay_on_the_page_and_whole() -> None:
    digest = "0123456789abcdef" * 300
    columns = [Column("a"), Column("b", width=1), Column("c", width=9)]
    document = holding([Paragraph([Span(digest, "code")]), Table(columns, [["x", digest, digest]]), Facts([("Empreinte", digest)])])
    text = "".join(line for page in pdf_pages(pdf(document)) for line in page)
    assert text.count("0123456789abcdef") > 300
    for page in pypdfium2.PdfDocument(pdf(document)):
        assert all(item.get_bounds()[2] <= page.get_width() - 20 * 72 / 25.4 + 2 for item in page.get_objects())


def test_hostile_texts_are_printed_wherever_they_stand() -> None:
    texts = [text[:300] for text in HOSTILE]
    blocks: list[Block] = [Heading(text) for text in texts]
    blocks += [
        Bullets(texts),
        Facts([(text, text) for text in texts]),
        Checks(HOSTILE[0], [(text, True) for text in texts]),
        Table([Column(HOSTILE[0]), Column(HOSTILE[6]), Column("c", width=1)], [[text, [Span(text, "code")], text] for text in texts]),
        Bars([(text, 1) for text in texts]),
        Notice(HOSTILE[0], title=HOSTILE[1]),
        Signatures([(text, text) for text in texts]),
    ]
    content = pdf(Document(HOSTILE[0], blocks, "report", *HOSTILE[1:4], "2026-11-22", HOSTILE[4]))
    assert b"<pdfaid:conformance>A<" in content


EMPTY: list[Block] = [
    *(Heading(""), Paragraph(""), Bullets([]), Facts([]), Checks("", []), Table([], []), Table([Column("a")], []), Matrix("", [], [])),
    *(
        Cards([]),
        Bars([]),
        Levels([]),
        Levels([("low", "a", 0)]),
        Periods([]),
        Rates([]),
        Notice(""),
        Sender([], [], "", ""),
        Signatures([]),
    ),
]


@pytest.mark.parametrize("block", EMPTY, ids=lambda block: type(block).__name__)
def test_a_block_may_be_empty(block: Block) -> None:
    assert len(pdf_pages(pdf(Document("", [block, block])))) == 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_text_gives_a_document(texts: list[str]) -> None:
    blocks: list[Block] = [Paragraph(text) for text in texts]
    assert pdf(Document(" ".join(texts), [*blocks, Table([Column("a")], [[text] for text in texts])])).startswith(b"%PDF-1.7")


def test_every_font_is_embedded() -> None:
    embedded = [
        pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(item.raw))
        for page in pypdfium2.PdfDocument(pdf(REPORT))
        for item in page.get_objects()
        if item.type == pdfium.FPDF_PAGEOBJ_TEXT
    ]
    assert len(embedded) > 100
    assert set(embedded) == {1}
