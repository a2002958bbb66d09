"""Every block in every form: what the document holds is what a reader gets."""

from __future__ import annotations

import pytest
from documents import BLOCKS, docx_lines, holding, html_texts, pdf_pages

from scanner.documents.docx import docx
from scanner.documents.html import html
from scanner.documents.pdf import pdf

PDF: dict[str, list[str]] = {
    "headings": ["Une partie", "Un chapitre", "Un détail"],
    "paragraphs": ["L’essentiel\u00a0: tout.", "Du gras.", "Petit."],
    "bullets": ["– Un\u00a0;", "– deux, discret.", "1. Avant", "2. Après"],
    "facts": ["Déléguée Mme [à compléter\u00a0: nom]", "Empreinte 0 : 1'2"],
    "checks": ["Nature de la violation", "☒\u00a0Confidentialité ☐\u00a0Intégrité"],
    "table": ["Un tableau", "Catégorie Fiches", "Santé 12\u202f345", "Origine 7", "Et 3 autres."],
    "matrix": ["Par champ", "NOTE SUIVI", "Santé 1\u202f200 0", "Origine 3 44"],
    "cards": ["12\u202f345", "fiches lues", "7", "constats", "10,0\u202f% des fiches"],
    "bars": ["Par catégorie", "Santé 1\u202f200", "Origine 0"],
    "levels": ["Par niveau", "critique 2 aucun constat 4\u202f000"],
    "periods": ["Par année", "3", "1\u202f500", "2024 2025"],
    "rates": ["Taux", "Santé 3,0\u202f% de 2,1\u202f% à 4,0\u202f%"],
    "notice": ["Attention", "Ce rapport est partiel."],
    "sender": ["Office", "12, rue Haute", "Mme Essai", "Dijon, le 22 novembre 2026", "Objet\u00a0: Vos données"],
    "signatures": [
        *("La déléguée", "Anne Dupont", "Lieu et date\u00a0:", "Signature\u00a0:"),
        *("Le directeur", "[à compléter\u00a0: nom]", "Lieu et date\u00a0:", "Signature\u00a0:"),
    ],
}
DOCX: dict[str, list[str]] = {
    "headings": ["Une partie", "Un chapitre", "Un détail"],
    "paragraphs": ["L’essentiel\u00a0: tout.", "Du gras.", "Petit."],
    "bullets": ["Un\u00a0;", "deux, discret.", "Avant", "Après"],
    "facts": ["Déléguée|Mme [à compléter\u00a0: nom]", "Empreinte|0 : 1'2"],
    "checks": ["Nature de la violation", "☒\u00a0Confidentialité", "☐\u00a0Intégrité"],
    "table": ["Un tableau", "Catégorie|Fiches", "Santé|12\u202f345", "Origine|7", "Et 3 autres."],
    "matrix": ["Par champ", "|NOTE|SUIVI", "Santé|1\u202f200|0", "Origine|3|44"],
    "cards": ["12\u202f345/fiches lues|7/constats/10,0\u202f% des fiches"],
    "bars": ["Par catégorie", f"Santé|{'█' * 30}|1\u202f200", "Origine||0"],
    "levels": ["Par niveau", "critique|█|2", f"aucun constat|{'█' * 30}|4\u202f000"],
    "periods": ["Par année", "2024|█|3", f"2025|{'█' * 30}|1\u202f500"],
    "rates": ["Taux", f"Santé|{'█' * 24}|3,0\u202f% (de 2,1\u202f% à 4,0\u202f%)"],
    "notice": ["Attention/Ce rapport est partiel."],
    "sender": ["Office/12, rue Haute|Mme Essai", "Dijon, le 22 novembre 2026", "Objet\u00a0: Vos données"],
    "signatures": [
        "La déléguée/Anne Dupont/Lieu et date\u00a0:/Signature\u00a0:"
        "|Le directeur/[à compléter\u00a0: nom]/Lieu et date\u00a0:/Signature\u00a0:"
    ],
    "page break": ["Avant.", "Après."],
}
HTML: dict[str, list[str]] = {
    "headings": ["Une partie", "Un chapitre", "Un détail"],
    "paragraphs": ["L’essentiel\u00a0: tout.", "Du", "gras", ".", "Petit."],
    "bullets": ["Un\u00a0;", "deux,", "discret", ".", "Avant", "Après"],
    "facts": ["Déléguée", "Mme", "[à compléter\u00a0: nom]", "Empreinte", "0 : 1'2"],
    "checks": ["Nature de la violation", "☒ Confidentialité", "☐ Intégrité"],
    "table": ["Un tableau", "Catégorie", "Fiches", "Santé", "12\u202f345", "Origine", "7", "Et 3 autres."],
    "matrix": ["Par champ", "NOTE", "SUIVI", "Santé", "1\u202f200", "0", "Origine", "3", "44"],
    "cards": ["12\u202f345", "fiches lues", "7", "constats", "10,0\u202f% des fiches"],
    "bars": ["Par catégorie", "Santé", "1\u202f200", "Origine", "0"],
    "levels": ["Par niveau", "critique", "2", "aucun constat", "4\u202f000"],
    "periods": ["Par année", "3", "1\u202f500", "2024 : 3", "2025 : 1\u202f500", "2024", "2025"],
    "rates": ["Taux", "Santé", "3,0\u202f%", "de 2,1\u202f% à 4,0\u202f%"],
    "notice": ["Attention", "Ce rapport est partiel."],
    "sender": ["Office", "12, rue Haute", "Mme Essai", "Dijon, le 22 novembre 2026", "Objet\u00a0: Vos données"],
    "signatures": [
        *("La déléguée", "Anne Dupont", "Lieu et date\u00a0:", "Signature\u00a0:"),
        *("Le directeur", "[à compléter\u00a0: nom]", "Lieu et date\u00a0:", "Signature\u00a0:"),
    ],
    "page break": ["Avant.", "Après."],
}
OPENING = ["22/11/2026", "Essai"]


def test_every_kind_of_block_is_tried() -> None:
    assert set(BLOCKS) == set(PDF) | {"page break"} == set(DOCX) == set(HTML)


@pytest.mark.parametrize("kind", PDF)
def test_pdf_holds_what_the_block_holds(kind: str) -> None:
    assert pdf_pages(pdf(holding(BLOCKS[kind]))) == [["Essai", *OPENING, *PDF[kind], "page 1 / 1"]]


def test_pdf_goes_to_a_new_page() -> None:
    assert pdf_pages(pdf(holding(BLOCKS["page break"]))) == [["Essai", *OPENING, "Avant.", "page 1 / 2"], ["Essai", "Après.", "page 2 / 2"]]


@pytest.mark.parametrize("kind", DOCX)
def test_docx_holds_what_the_block_holds(kind: str) -> None:
    assert docx_lines(docx(holding(BLOCKS[kind]))) == OPENING + DOCX[kind]


@pytest.mark.parametrize("kind", HTML)
def test_html_holds_what_the_block_holds(kind: str) -> None:
    assert html_texts(html(holding(BLOCKS[kind]))) == [*reversed(OPENING), *HTML[kind]]
