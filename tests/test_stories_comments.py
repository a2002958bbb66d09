"""The first story: the fifteen mentions that the CNIL published, each in the record of an invented tenant, from export to evidence."""

import json
from collections import Counter

import pytest
from openpyxl import load_workbook
from stories import leaks, names_of, pages, rows, tell, texts

from scanner.evidence import verify_pack

STORY = "1-commentaires"
TRUTH = {
    # tenant: what the comment of one of their records reveals, of 24 tenants and 36 records
    "01010004": {"ADDICTION"},
    "01020005": {"HEALTH"},
    "01030006": {"HEALTH"},
    "01040007": {"NATIONALITY"},
    "01050008": {"HEALTH"},
    "01060009": {"JUDGEMENT"},
    "01070010": {"HEALTH"},
    "02010007": {"DOMESTIC_VIOLENCE"},
    "02020008": {"SOCIAL_HARDSHIP", "ADDICTION"},
    "02030009": {"HEALTH"},
    "02040010": {"HEALTH"},
    "02050011": {"HEALTH"},
    "02070013": {"HEALTH"},
    "02080014": {"HEALTH"},
    "03010010": {"HEALTH"},
}
PERSONS = Counter(entity for entities in TRUTH.values() for entity in entities)
FIELDS = {"COMMENTAIRE": 13, "OBS_GARDIEN": 2}
SITES = {"RES. DES TILLEULS": 7, "SQUARE DU MOULIN": 7, "TOUR DES ALPINS": 1}
FIRST, LAST = "2019-10", "2024-06"


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tell(STORY, [1, 0, 0, 0], tmp_path_factory)


@pytest.fixture(scope="module")
def report(out):
    return json.loads((out / "analyse/report.json").read_text(encoding="utf-8"))


def test_the_figures_are_the_truth(out):
    by_record = {row["NUM_EVT"]: row["NUM_CLIENT"] for row in rows(STORY, "export_ikos.csv")}
    found: dict[str, set[str]] = {}
    for line in (out / "analyse/findings.jsonl").read_text(encoding="utf-8").splitlines():
        finding = json.loads(line)
        found.setdefault(by_record[finding["record_id"]], set()).add(finding["entity"])
    assert found == TRUTH


def test_the_report_counts_persons_fields_and_sites(report):
    summary = report["summary"]
    assert (summary["rows_read"], summary["rows_not_scanned"], summary["records_with_findings"]) == (36, 0, 15)
    assert summary["persons"] == {"read": 24, "with_findings": 15, "at_least": False, "records_without": 0}
    assert dict(summary["entity_persons"]) == PERSONS
    assert (dict(summary["field_records"]), dict(summary["site_findings"])) == (FIELDS, SITES)
    months = [month for month, _ in summary["month_records"]]
    assert (months[0], months[-1]) == (FIRST, LAST)


def test_the_pdf_says_so_on_its_pages(out):
    book = pages(out / "analyse/report.pdf")
    assert [f"page {number} / {len(book)}" in text for number, text in enumerate(book, start=1)] == [True] * len(book)
    assert "Office public de l'habitat de Valbrune" in book[0]
    summary = next(text for text in book[1:] if "Synthèse" in text)
    assert [card for card in ("36 fiches lues", "15 fiches avec constat", "15 personnes concernées") if card not in summary] == []
    text = " ".join(book)
    told_by_organisation = (
        "Gardiens, tous immeubles",
        "Limiter la lecture des fiches",
        "Pièces jointes numérisées",
        "Hélène Aubertincourt",
    )
    assert [words for words in told_by_organisation if words not in text] == []
    assert "\ufffd" not in text


def test_the_annex_names_every_finding_and_no_one(out):
    book = load_workbook(out / "analyse/report.xlsx", read_only=True)
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    ids = {row["NUM_EVT"] for row in rows(STORY, "export_ikos.csv")} | set(TRUTH)
    assert ids.intersection(cells) == set()


def test_nobody_is_in_what_circulates(out):
    private = {"analyse/findings.jsonl", "analyse/quarantine.jsonl", "analyse/redacted/export_ikos.csv"}
    planted = names_of(STORY, "export_ikos.csv") | {row["NUM_CLIENT"] for row in rows(STORY, "export_ikos.csv")}
    planted |= {row[field] for row in rows(STORY, "export_ikos.csv") for field in FIELDS if len(row[field]) > 12}
    documents = {name: text for name, text in texts(out).items() if name not in private}
    assert sorted(documents) == sorted(
        [*(f"analyse/report.{form}" for form in ("html", "json", "pdf", "xlsx")), "analyse/summary.json", "preuves.zip"]
    )
    assert leaks(documents, planted) == []
    assert leaks({"x": "Mme Merv-Illon, MERVILLON."}, planted) == [("x", "MERVILLON")]


def test_the_evidence_holds(out):
    found = verify_pack(out / "preuves.zip")
    assert (found.faults, len(found.unchecked)) == ([], 1)
