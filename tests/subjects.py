"""Invented tenants, two of one name, and what staff write about them; running ``vigie subject`` and reading what it writes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pypdfium2
from running import Result, vigie

HEADER = ("NUM_EVT", "NUM_LOCATAIRE", "NOM", "PRENOM", "SITE", "DATE_SAISIE", "SERVICE", "COMMENTAIRE", "OBS_GARDIEN")
CLAIRE = "L001"
ROWS = [
    (
        "101",
        "L001",
        "VALMONT",
        "Claire",
        "LES TILLEULS",
        "12/03/2019",
        "AGENCE",
        "Mme Valmont, NPR, dossier FSL en cours, TS vu ce jour",
        "",
    ),
    (
        "102",
        "L001",
        "VALMONT",
        "Claire",
        "LES TILLEULS",
        "04/02/2026",
        "GARDIEN",
        "Son fils Kévin est alcoolique, rappeler 06 99 88 77 66. La locataire est sous chimiothérapie.",
        "RAS, vu avec M. Perrin",
    ),
    ("103", "L001", "VALMONT", "Claire", "LES TILLEULS", "", "AGENCE", "Rappeler la locataire au 06 12 34 56 78", ""),
    (
        "201",
        "L002",
        "DURAS",
        "Simone",
        "LES TILLEULS",
        "05/05/2025",
        "AGENCE",
        "Mme Duras est dépressive. Elle se plaint du bruit de Mme Valmont, qui insulte Mme Lopez. Rappeler 01 45 45 45 45.",
        "",
    ),
    ("202", "L002", "DURAS", "Simone", "LES TILLEULS", "06/05/2025", "AGENCE", "fuite sous l'évier, plombier passé", ""),
    ("301", "L003", "VALMONT", "Bruno", "LES ACACIAS", "07/05/2025", "AGENCE", "M. Valmont est séropositif", "Bruno Valmont absent"),
    (
        "401",
        "L004",
        "OKAFOR",
        "Ada",
        "LES ERABLES",
        "08/05/2025",
        "AGENCE",
        "conflit avec Claire Valmont au marché",
        "Valmon passée à la loge",
    ),
    ("402", "L004", "OKAFOR", "Ada", "LES ERABLES", "09/05/2025", "AGENCE", "a donné le 0612345678 comme contact", ""),
]
OTHERS = (
    "Kévin",
    "Perrin",
    "Duras",
    "Simone",
    "Lopez",
    "Bruno",
    "Okafor",
    "Ada",
    "06 99 88 77 66",
    "01 45 45 45 45",
    "séropositif",
    "dépressive",
)
"""Names, numbers and remarks of third parties, none of which Claire Valmont may read."""


def write_export(folder: Path, rows: list[tuple[str, ...]] = ROWS) -> Path:
    """Write the export and return its path."""
    path = folder / "commentaires.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([HEADER, *rows])
    return path


def ask(folder: Path, *options: object, source: object = "", subject: str = CLAIRE) -> Result:
    """Run ``vigie subject`` on the export, or ``source``, with ``options``; the answer goes to ``folder/out``."""
    return vigie("subject", subject, source or write_export(folder), "--out", folder / "out", *options)


def answer(folder: Path) -> dict[str, Any]:
    """Return the answer for programs."""
    (path,) = (folder / "out").glob("acces-*.json")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def pdf_text(path: Path) -> str:
    """Return the text of a PDF, its line breaks and no-break spaces as spaces."""
    document = pypdfium2.PdfDocument(path)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    return " ".join("\n".join(pages).replace("\u00a0", " ").replace("\u202f", " ").split())


def pdf_of(folder: Path, prefix: str) -> str:
    """Return the text of the one PDF of ``folder/out`` whose name begins with ``prefix``."""
    (path,) = (folder / "out").glob(f"{prefix}-*.pdf")
    return pdf_text(path)
