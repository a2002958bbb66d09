"""HTML: one page that needs nothing else, for every reader and every screen, and that runs nothing."""

from __future__ import annotations

import re

import pytest
from browsing.axe import serious
from documents import BLOCKS, HOSTILE, holding, html_texts
from playwright.sync_api import Page

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
    Paragraph,
    Periods,
    Rates,
    Table,
)
from scanner.documents.html import html

EVERYTHING = [block for group in BLOCKS.values() for block in group]
REPORT = Document("Contrôle", EVERYTHING, "report", "Été", "Office", "R-1", "2026-11-22", "Confidentiel")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def test_nothing_is_loaded_and_nothing_runs() -> None:
    page = html(REPORT)
    assert re.findall(r"<script|<link|<img|<iframe|<object|url\(|@import|\bon\w+=|javascript:|https?:|//", page) == []
    assert page.startswith('<!doctype html>\n<html lang="fr">')


@pytest.mark.parametrize(
    "document", [REPORT, Document("Lettre", EVERYTHING, "letter"), holding(EVERYTHING)], ids=lambda document: document.kind
)
@pytest.mark.parametrize("width", [360, 1200])
def test_everybody_can_read_it_on_every_screen(page: Page, document: Document, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.set_content(html(document).replace("<head>", f'<head><meta http-equiv="Content-Security-Policy" content="{POLICY}">'))
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("getComputedStyle(document.querySelector('.levels span')).height") == "30px"


def test_headings_step_down_from_one_title() -> None:
    levels = re.findall(r"<h(\d)", html(REPORT))
    assert levels == ["1", "2", "3", "4"]
    assert re.findall(r'<h\d id="(.*?)"><span class="number">(.*?)</span> (.*?)</h\d>', html(REPORT)) == [
        ("p1", "1", "Une partie"),
        ("p1.1", "1.1", "Un chapitre"),
    ]
    assert re.findall(r'<a href="(.*?)">(.*?)</a>', html(REPORT)) == [("#p1", "1 Une partie")]


def test_charts_are_told_in_words() -> None:
    assert re.findall(r'role="img" aria-label="(.*?)"', html(REPORT)) == [
        "Par niveau\u00a0: critique, 2\u00a0; aucun constat, 4\u202f000.",
        "Par année\u00a0: 2024, 3\u00a0; 2025, 1\u202f500.",
    ]


def test_cells_belong_to_their_headings() -> None:
    page = html(holding([*BLOCKS["table"], *BLOCKS["matrix"]]))
    assert re.findall(r'<th scope="(\w+)".*?>(?:<span>)?(.*?)(?:</span>)?</th>', page) == [
        *(("col", "Catégorie"), ("col", "Fiches"), ("col", "NOTE"), ("col", "SUIVI"), ("row", "Santé"), ("row", "Origine"))
    ]


def test_hostile_texts_are_printed() -> None:
    page = html(Document(HOSTILE[1], [Paragraph(text) for text in HOSTILE], reference=HOSTILE[1]))
    assert "<script" not in page
    assert page.count("</style>") == 1
    texts = html_texts(page)
    assert texts[2:7] == [HOSTILE[0], HOSTILE[1], "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf", "a\ufffdb\ufffdc", HOSTILE[4]]
    assert texts[7:] == [HOSTILE[5], HOSTILE[6], "l", "m", "n o", HOSTILE[9], HOSTILE[1]]


EMPTY: list[Block] = [
    *(Heading(""), Bullets([]), Facts([]), Checks("", []), Table([], []), Matrix("", [], []), Cards([]), Bars([])),
    *(Levels([]), Periods([]), Rates([])),
]


@pytest.mark.parametrize("block", EMPTY, ids=lambda block: type(block).__name__)
def test_a_block_may_be_empty(block: Block) -> None:
    assert html_texts(html(Document("Vide", [block]))) == ["Vide"]
