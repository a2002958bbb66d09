"""What `vigie exposure` writes and says: complete figures, pseudonyms, nothing that runs, nobody's name."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile

import openpyxl
import pypdfium2
import pytest
from exposures import written
from fakes import KEY
from running import vigie

from scanner.exposed import Exposed, read_exposed
from scanner.keys import pseudonym

RECORDS = """
id_fiche;num_locataire;nom;solde;immeuble;commentaire
FICHE-1;LOC-ARBELOT;Arbelotin;12,50;Bât. Œillet;sous chimiothérapie ZWXQUA
FICHE-2;LOC-BRICARD;Bricardou;;Bât. Œillet;
FICHE-3;LOC-CHALUMEAU;Chalumelle;3,00;"=HYPERLINK(""http://x"")";
FICHE-4;;Douilletus;3,00;I9;alcoolique
"""
RIGHTS = "utilisateur;role;perimetre\n=cmd|gardienne.odile;gardien;*\nagent.secret;@role;Bât. Œillet\nfantôme.rémi;gardien;*\n"
SHOULD = 'utilisateur;role;immeuble\n=cmd|gardienne.odile;gardien;Bât. Œillet\nagent.secret;@role;"=HYPERLINK(""http://x"")"\n'
LOG = "date;user;id_fiche\n2026-11-20T10:00:00;=cmd|gardienne.odile;FICHE-3\n2026-11-21T10:00:00;inconnu.yves;FICHE-1\n"
SECRETS = (
    "gardienne.odile", "agent.secret", "fantôme.rémi", "inconnu.yves", "LOC-", "FICHE-",
    "Arbelotin", "Bricardou", "Chalumelle", "Douilletus", "ZWXQUA", "chimio", "alcoolique",
)  # fmt: skip


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exposure")
    texts = {"records": RECORDS, "rights": RIGHTS, "should": SHOULD, "accesses": LOG}
    files = {kind: written(folder, f"{kind}.csv", text) for kind, text in texts.items()}
    options = [part for kind, path in files.items() for part in (f"--{kind}", path)]
    out = folder / "out"
    return out, vigie("exposure", *options, "--out", out, "--on", "22/11/2026", "--with-ids"), options


def rows(path):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";"))


def test_what_is_said_and_how_it_ends(done):
    out, result, _ = done
    assert result == (
        3,
        "records: 4; persons: 3\n"
        "could read outside: 2 of 2 users, 4 records, 3 persons\n"
        "did read outside: 1 of 1 accesses, 1 records, 1 persons\n"
        "not judged: 3\n"
        f"written to {out}: exposition.html, exposition.pdf, exposition.xlsx, exposition-non-jugees.csv, exposure.json, "
        "exposition-identifiants.csv, exposed.json, exposed-read.json\n"
        f"{out / 'exposition-identifiants.csv'} names real users and persons: it is readable by you only, keep it so\n",
        "",
    )
    assert {oct(path.stat().st_mode & 0o777) for path in out.iterdir()} == {"0o600"}


def test_nobody_is_named_where_documents_circulate(done):
    out, result, _ = done
    texts = {path.name: path.read_text(encoding="utf-8") for path in out.iterdir() if path.suffix in (".json", ".html", ".csv")}
    named = texts.pop("exposition-identifiants.csv")
    pages = pypdfium2.PdfDocument(out / "exposition.pdf")
    texts["pdf"] = "\n".join(page.get_textpage().get_text_bounded() for page in pages)
    with zipfile.ZipFile(out / "exposition.xlsx") as book:
        texts["xlsx"] = "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist() if name.endswith(".xml"))
    texts["output"] = result.out + result.err
    assert {name: [word for word in SECRETS if word in text] for name, text in texts.items()} == {name: [] for name in texts}
    assert pseudonym("agent.secret", KEY) in texts["pdf"]
    assert pseudonym("agent.secret", KEY) in texts["xlsx"]
    assert [word for word in ("gardienne.odile", "LOC-ARBELOT", "LOC-BRICARD") if word not in named] == []


def test_the_breach_kit_is_told_of_persons_by_their_categories(done):
    out, _, options = done
    could, did = (read_exposed(out / name) for name in ("exposed.json", "exposed-read.json"))
    assert could == Exposed(
        origin="exposure",
        source="records.csv",
        made=could.made,
        persons=3,
        by_categories={("FINANCIAL", "HEALTH", "PERSON"): 1, ("PERSON",): 1, ("FINANCIAL", "PERSON"): 1},
        records=4,
        records_by_category={"ADDICTION": 1, "FINANCIAL": 3, "HEALTH": 1, "PERSON": 4},
        sha256={path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in options[1::2]},
    )
    assert (did.persons, did.by_categories, did.records) == (1, {("FINANCIAL", "PERSON"): 1}, 1)


def test_what_could_not_be_judged_is_named_by_pseudonym_and_place(done):
    out, _, _ = done
    assert rows(out / "exposition-non-jugees.csv") == [
        ["Objet", "Motif", "Pseudonyme", "Fichier", "Première ligne (hors en-tête)", "Nombre"],
        ["Fiche", "fiche sans personne identifiée", "", "records.csv", "4", "1"],
        ["Utilisateur", "périmètre normal de l'utilisateur inconnu", pseudonym("fantôme.rémi", KEY), "", "", "1"],
        ["Accès", "utilisateur absent des droits et des affectations", pseudonym("inconnu.yves", KEY), "accesses.csv", "2", "1"],
    ]


def test_no_cell_of_the_lists_runs(done):
    out, _, _ = done
    book = openpyxl.load_workbook(out / "exposition.xlsx")
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    values = {str(cell.value) for cell in cells}
    assert {'\'=HYPERLINK("http://x")', "'@role"} <= values
    ids = rows(out / "exposition-identifiants.csv")
    assert [row[:2] for row in ids[1:]] == [
        ["Utilisateur (pouvaient lire)", "agent.secret"],
        ["Utilisateur (pouvaient lire)", "'=cmd|gardienne.odile"],
        ["Utilisateur (ont lu)", "'=cmd|gardienne.odile"],
        ["Personne", "LOC-ARBELOT"],
        ["Personne", "LOC-BRICARD"],
        ["Personne", "LOC-CHALUMEAU"],
    ]
    assert [cell for row in ids for cell in row if cell.startswith(("=", "@", "+", "-"))] == []


def test_sheets_hold_every_figure(done):
    out, _, _ = done
    book = openpyxl.load_workbook(out / "exposition.xlsx")
    assert book.sheetnames == [
        "Rôles (pouvaient lire)", "Lieux (pouvaient lire)", "Utilisateurs (pouvaient lire)",
        "Rôles (ont lu)", "Lieux (ont lu)", "Utilisateurs (ont lu)", "Accès par jour", "Non jugés",
    ]  # fmt: skip
    figures = json.loads((out / "exposure.json").read_text(encoding="utf-8"))
    assert [sheet.max_row - 1 for sheet in book.worksheets][1:3] == [len(figures["could"]["places"]), len(figures["could"]["users"])]
    assert list(book["Accès par jour"].values) == [("Jour", "Accès"), ("2026-11-20", 1)]


def test_json_holds_all_figures_and_no_id(done, tmp_path):
    _, _, options = done
    result = vigie("exposure", *options, "--out", tmp_path, "--on", "2026-11-22", "--json")
    figures = json.loads(result.out)
    assert result.code == 3
    assert figures == {**json.loads((tmp_path / "exposure.json").read_text(encoding="utf-8")), "made": figures["made"]}
    assert figures["did"]["users"] == [
        {
            "user": pseudonym("=cmd|gardienne.odile", KEY),
            "role": "gardien",
            "place": "Bât. Œillet",
            "area": "Bât. Œillet",
            "records": 1,
            "persons": 1,
            "accesses": 1,
            "first": "2026-11-20T10:00:00+01:00",
            "last": "2026-11-20T10:00:00+01:00",
            "categories": ["FINANCIAL", "PERSON"],
        }
    ]
    assert not (tmp_path / "exposition-identifiants.csv").exists()


def test_files_of_one_name_keep_their_digests(tmp_path):
    folders = [tmp_path / name for name in ("records", "rights", "should")]
    for folder, text in zip(folders, ("compte;immeuble\n1;A\n", "user;compte\nu;1\n", "user;immeuble\nu;A\n"), strict=True):
        folder.mkdir()
        written(folder, "export.csv", text)
    options = [part for folder in folders for part in (f"--{folder.name}", folder / "export.csv")]
    assert vigie("exposure", *options, "--out", tmp_path / "out").code == 0
    assert sorted(read_exposed(tmp_path / "out" / "exposed.json").sha256) == [
        "records/export.csv",
        "rights/export.csv",
        "should/export.csv",
    ]


@pytest.mark.parametrize(("should", "code"), [("utilisateur;compte\nu;1\n", 1), ("utilisateur;immeuble\nu;A\n", 0)])
def test_exit_codes_tell_exposed_from_clean(tmp_path, should, code):
    records = written(tmp_path, "r.csv", "id;compte;immeuble\na;1;A\nb;2;A\n")
    rights = written(tmp_path, "d.csv", "utilisateur;immeuble\nu;A\n")
    named = written(tmp_path, "s.csv", should)
    result = vigie("exposure", "--records", records, "--rights", rights, "--should", named, "--out", tmp_path / "out")
    assert result.code == code
    html = (tmp_path / "out" / "exposition.html").read_text(encoding="utf-8")
    assert ("Rien n’a été trouvé hors du périmètre" in html) == (code == 0)


def test_what_was_read_is_not_overwritten_and_no_list_of_an_earlier_audit_stays(tmp_path):
    records = written(tmp_path, "exposition-non-jugees.csv", "id;compte;immeuble\na;1;A\nb;2;A\n")
    rights = written(tmp_path, "d.csv", "utilisateur;immeuble\nu;A\n")
    options = ("--rights", rights, "--should", rights)
    before = records.read_bytes()
    result = vigie("exposure", "--records", records, *options, "--out", tmp_path)
    said = f"vigie: {records}: is one of the inputs and would be overwritten; choose another --out folder\n"
    assert (result, records.read_bytes()) == ((2, "", said), before)
    records = records.rename(tmp_path / "r.csv")
    for name in ("exposition-identifiants.csv", "exposed-read.json"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert vigie("exposure", "--records", records, *options, "--out", tmp_path).code == 0
    assert [name for name in ("exposition-identifiants.csv", "exposed-read.json") if (tmp_path / name).exists()] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--records", "absent.csv", "--rights", "r", "--should", "s"], "absent.csv: cannot be read (No such file or directory)"),
        (["--on", "demain"], "--on 'demain' is no day: write it as 2026-11-22 or 22/11/2026"),
        ([], "name what is to be judged: --records FILE with --rights or --accesses, or --page FILE --as USER"),
    ],
)
def test_mistakes_end_with_one_clear_line(tmp_path, arguments, message):
    code, out, err = vigie("exposure", *arguments, "--out", tmp_path / "out")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert message in err
    assert not (tmp_path / "out").exists()
