"""``vigie report`` as a user runs it: four forms, folders and stores, comparisons, excerpts; nobody's name or text in any of them."""

from __future__ import annotations

import hashlib
import io
import json
import stat

import openpyxl
import pytest
from fakes import KEY
from html_pages import words_of
from reports import pdf_words
from reviews import Bench
from running import ENVIRONMENT, vigie

from scanner.keys import pseudonym
from scanner.store.engine import open_store

NAMES = ("Zébulondin", "ZWXQUA", "kolibrix", "PLOUFADE", "06 12 34 56 78", "0612345678", "zoulou@exemple.fr")
EXPORT = (
    "ID;NOM;AGENCE;COMMENTAIRE\n"
    "L-0001;Zébulondin;Nord;ZWXQUA Mme Zébulondin sous chimiothérapie, rappeler kolibrix au 06 12 34 56 78\n"
    "L-0002;Zébulondin;Nord;kolibrix alcoolique PLOUFADE, sous chimiothérapie, violence conjugale, sort de prison ZWXQUA\n"
    "L-0003;Zébulondin;Sud;écrire à zoulou@exemple.fr PLOUFADE\n"
    "L-0004;Zébulondin;Sud;ZWXQUA;une cellule de trop PLOUFADE\n"
    'L-0005;Zébulondin;Sud;"kolibrix jamais vaccinée\n'
)
ORGANISATION = """
[controller]
name = "Office des Tilleuls"
[dpo]
name = "Mme Roc"
[[readers]]
field = "COMMENTAIRE"
who = "Gardiens"
people = 240
"""
FORMS = ("html", "pdf", "xlsx", "json")


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("command")
    (folder / "export.csv").write_text(EXPORT, encoding="utf-8")
    (folder / "organisation.toml").write_text(ORGANISATION, encoding="utf-8")
    assert vigie("scan", folder / "export.csv", "--out", folder / "out").code == 3
    return folder


@pytest.fixture
def bench(tmp_path):
    with open_store(tmp_path / "state.sqlite") as store:
        yield Bench(store, tmp_path)


def written(folder, forms=FORMS):
    return "".join(f"{folder / f'report.{form}'} written\n" for form in forms)


def sheets(path):
    book = openpyxl.load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def contents(folder):
    """Return what a reader of each form of the report can read."""
    cells = sheets(folder / "report.xlsx")
    return {
        "html": (folder / "report.html").read_text(encoding="utf-8"),
        "pdf": pdf_words((folder / "report.pdf").read_bytes()),
        "xlsx": json.dumps(cells, ensure_ascii=False),
        "json": (folder / "report.json").read_text(encoding="utf-8"),
    }


def test_four_forms_and_nobody_in_them(scanned, tmp_path):
    result = vigie("report", scanned / "out", "--out", tmp_path, "--organisation", scanned / "organisation.toml")
    assert result == (0, written(tmp_path), "")
    told = contents(tmp_path)
    ids = tuple(f"L-000{n}" for n in range(1, 6))
    assert [(form, word) for form, text in told.items() for word in (*NAMES, *ids) if word.casefold() in text.casefold()] == []
    whole = [line.split(";", 3)[3].strip('"') for line in EXPORT.splitlines()[1:]]
    assert [(form, text) for form, said in told.items() for text in whole if text in said] == []
    assert {form: ("Office des Tilleuls" in said, "Mme Roc" in said) for form, said in told.items()} == {
        **dict.fromkeys(("html", "pdf", "json"), (True, True)),
        "xlsx": (False, False),
    }


def test_remarks_are_told_as_the_dictionary_has_them_only(scanned, tmp_path):
    vigie("report", scanned / "out", "--out", tmp_path)
    terms = {row[1] for row in sheets(tmp_path / "report.xlsx")["Mots"][1:]}
    lexicon = {line["term"] for line in map(json.loads, (scanned / "out" / "findings.jsonl").read_text().splitlines())}
    assert terms == lexicon - {""}


def test_the_workbook_holds_every_count_and_every_finding(scanned, tmp_path):
    vigie("report", scanned / "out", "--out", tmp_path, "--form", "xlsx")
    found = sheets(tmp_path / "report.xlsx")
    assert list(found) == [
        "Synthèse", "Catégories", "Gravités", "Champs", "Finalités", "Catégories et sites", "Mots", "Assertions", "Sujets", "Sites", "Mois",
        "Non analysées", "Fiches d'abord", "Plan", "Constats",
    ]  # fmt: skip
    lines = [json.loads(line) for line in (scanned / "out" / "findings.jsonl").read_text().splitlines()]
    header, *rows = found["Constats"]
    at = {name: place for place, name in enumerate(header)}
    assert [(row[at["fiche"]], row[at["champ"]], row[at["début"]], row[at["fin"]], row[at["règle"]]) for row in rows] == [
        (pseudonym(line["record_id"], KEY), line["field"], line["start"], line["end"], line["rule"]) for line in lines
    ]
    summary = json.loads((scanned / "out" / "summary.json").read_text())
    assert sum(row[2] for row in found["Champs"][1:]) == summary["findings"] == len(lines)


def test_figures_for_programs(scanned, tmp_path):
    vigie("report", scanned / "out", "--out", tmp_path, "--form", "json", "--organisation", scanned / "organisation.toml")
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    summary = json.loads((scanned / "out" / "summary.json").read_text(encoding="utf-8"))
    assert (told["format"], told["version"], told["period"], told["store"], told["excerpts"]) == ("vigie-report", 1, None, None, None)
    assert told["summary"] == {**summary, "not_scanned": [{**row, "record_id": ""} for row in summary["not_scanned"]]}
    assert told["organisation"]["readers"] == [{"field": "COMMENTAIRE", "who": "Gardiens", "people": 240, "outside": False}]
    named = {key for item in (*told["measures"], *told["updates"]) for key in item["legal"]}
    assert named <= {ground["key"] for ground in told["legal"]}
    assert {proof["what"]: proof["digest"] for proof in told["proofs"]} == {
        f"{name} (SHA-256)": hashlib.sha256((scanned / "out" / name).read_bytes()).hexdigest()
        for name in ("summary.json", "findings.jsonl", "quarantine.jsonl", "redacted/export.csv")
    }


def test_without_the_key_rows_stay_without_pseudonyms(scanned, tmp_path):
    env = {name: value for name, value in ENVIRONMENT.items() if name != "VIGIE_KEY"} | {"XDG_CONFIG_HOME": str(tmp_path)}
    assert vigie("report", scanned / "out", "--out", tmp_path, "--form", "xlsx", env=env) == (0, written(tmp_path, ["xlsx"]), "")
    header, *rows = sheets(tmp_path / "report.xlsx")["Constats"]
    assert {row[header.index("fiche")] for row in rows} == {"sans la clé"}
    assert {row[header.index("rang de la fiche")] for row in rows} == {1, 2, 3, 4}


def test_a_key_of_another_run_is_refused(scanned, tmp_path):
    (tmp_path / "other.key").write_text("0" * 64)
    (tmp_path / "other.key").chmod(0o600)
    result = vigie("report", scanned / "out", "--out", tmp_path, "--key-file", tmp_path / "other.key")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"vigie: the run used key {KEY.id}; the key given has id ")


def test_two_exports_are_compared_finding_by_finding(scanned, tmp_path):
    (tmp_path / "later.csv").write_text(EXPORT.replace("sort de prison", "calme").replace("écrire à", "sans papiers, écrire à"))
    vigie("scan", tmp_path / "later.csv", "--out", tmp_path / "out")
    assert vigie("report", tmp_path / "out", "--compare", scanned / "out", "--form", "json", "--form", "xlsx").code == 0
    (comparison,) = json.loads((tmp_path / "out" / "report.json").read_text())["comparisons"]
    before, after = comparison["before"], comparison["after"]
    new, gone, unchanged = comparison["changes"]
    assert comparison["obstacles"] == []
    assert (gone + unchanged, new + unchanged) == (before["findings"], after["findings"])
    assert (new, gone) == (1, 1)
    sides = before["entities"], after["entities"]
    assert {entity for entity in {**sides[0], **sides[1]} if sides[0].get(entity) != sides[1].get(entity)} == {"NATIONALITY", "OFFENCE"}
    compared = {row[3]: tuple(row[4:]) for row in sheets(tmp_path / "out" / "report.xlsx")["Comparaison"][1:]}
    assert compared["Nationalité et séjour"] == (sides[0].get("NATIONALITY", 0), sides[1]["NATIONALITY"])
    assert compared["critique"] == (before["levels"]["critical"], after["levels"]["critical"])


def test_an_older_folder_without_findings_is_compared_by_counts(scanned, tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "summary.json").write_bytes((scanned / "out" / "summary.json").read_bytes())
    vigie("report", scanned / "out", "--compare", tmp_path / "old", "--form", "json", "--out", tmp_path)
    (comparison,) = json.loads((tmp_path / "report.json").read_text())["comparisons"]
    assert comparison["changes"] is None


def test_a_store_is_reported_on_in_four_forms(bench, tmp_path):
    folder = tmp_path / "made"
    assert vigie("report", tmp_path / "state.sqlite", "--out", folder) == (0, written(folder), "")
    told = json.loads((folder / "report.json").read_text())
    assert (told["store"]["job"], told["store"]["standing"]["findings"], told["summary"]["findings"]) == ("night", 10, 10)
    assert len(sheets(folder / "report.xlsx")["Constats"]) == 1 + 10
    page = words_of((folder / "report.html").read_text())
    assert "en vigueur à la date du rapport : 10, sur 5 fiches" in page.replace("\u00a0", " ")
    assert [name for name in ("L-1", "L-5", "T-1") if name in page] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--job", "night"), "--job, --run, --from and --to are for the store"),
        (("--run", "1"), "--job, --run, --from and --to are for the store"),
        (("--from", "2026-13-01"), "--from '2026-13-01' is no day: write it as 2026-11-22"),
        (("--from", "2026-02-01", "--to", "2026-01-01"), "--from 2026-02-01 is later than --to 2026-01-01"),
        (("--why", "audit"), "--by and --why go with --excerpts"),
        (("--excerpts", "2"), "say why with --why"),
        (("--excerpts", "51", "--why", "audit"), "--excerpts takes a number from 1 to 50"),
        (("--compare", "nowhere"), "nowhere/summary.json cannot be read"),
        (("--organisation", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_what_cannot_be_is_refused(scanned, tmp_path, arguments, message):
    result = vigie("report", scanned / "out", "--out", tmp_path / "made", *arguments)
    assert (result.code, result.out, message in result.err) == (2, "", True)
    assert not (tmp_path / "made").exists()


def test_folders_are_not_compared_with_a_store(bench, tmp_path):
    result = vigie("report", tmp_path / "state.sqlite", "--compare", tmp_path)
    assert (result.code, "--compare is for folders of exports" in result.err) == (2, True)


def test_files_are_for_all_readers_unless_they_hold_excerpts(scanned, tmp_path):
    def mode(*arguments):
        vigie("report", scanned / "out", "--out", tmp_path, "--form", "html", *arguments)
        return stat.S_IMODE((tmp_path / "report.html").stat().st_mode)

    assert (mode(), mode("--excerpts", "1", "--why", "contrôle"), mode()) == (0o644, 0o600, 0o644)
    assert io.BytesIO((tmp_path / "report.html").read_bytes()).read(15) == b"<!doctype html>"
