import csv
import json
import stat
from dataclasses import replace

import pytest
from breaches import moment
from fakes import KEY
from running import vigie

from scanner.append_log import write_whole
from scanner.breach.addressees import addressees_of
from scanner.breach.exposure_of_scan import Reading
from scanner.breach.incident import Family, Incident
from scanner.breach.sources import read_source
from scanner.errors import InputError, SecretKeyError
from scanner.exposed import Exposed
from scanner.keys import SecretKey
from scanner.sources import ReadOptions

ROWS = [
    ("1", "T1", "Violette Quénaud suit une chimiothérapie"),
    ("2", "T1", "fuite sous évier"),
    ("3", "T2", "Mme Quénaud : IBAN FR1420041010050500013M02606"),
    ("4", "=T3", "rendez-vous pris pour le robinet"),
    ("5", "T4", "M. Abribat est alcoolique, suit une chimiothérapie"),
]
SECRETS = ("Quénaud", "Abribat", "chimiothérapie", "alcoolique", "FR1420041010050500013M02606")
INCIDENT = """
nature = "confidentiality"
[dates]
aware = {aware}
"""


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("breach")
    export = folder / "locataires.csv"
    with export.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([("id", "num_client", "commentaire"), *ROWS])
    assert vigie("scan", export, "--out", folder / "scan", "--tenant-column", "num_client").code == 1
    return folder


@pytest.fixture
def quick(monkeypatch):
    """Write empty documents, for tests that do not look at them."""

    def write(document, folder, name, form):
        path = folder / f"{name}.{form}"
        write_whole(path, b"")
        return path

    monkeypatch.setattr("scanner.breach.writing.write_document", write)


def breach(folder, out, *arguments, aware="2999-11-02T08:00:00+01:00", more=""):
    (folder / "incident.toml").write_text(INCIDENT.format(aware=aware) + more, encoding="utf-8")
    return vigie("breach", folder / "scan", "--incident", folder / "incident.toml", "--out", out, *arguments)


def test_the_kit_of_a_scan(quick, scanned, tmp_path):
    result = breach(scanned, tmp_path / "kit", "--source-export", scanned / "locataires.csv", "--tenant-column", "num_client")
    assert result.code == 0
    first, *rest = result.out.splitlines()
    assert first.startswith("deadline of the notification: 2999-11-05 08:00+01:00, Paris time; ")
    assert first.endswith(" hours left")
    assert rest == [
        "persons: 4; records: 5",
        "gravity: 4 of 4, proposed; notify: yes; inform: yes",
        "letter vie-personnelle: persons 2",
        "letter banque: persons 1",
        "letter generale: persons 1",
        "still to be established: 32, contradictions: 0",
        f"16 files written to {tmp_path / 'kit'}",
    ]
    assert result.err.splitlines() == [
        f"vigie: ids for the letter {slug}: {count}. That list is personal data, readable by you only: delete it once letters are sent"
        for slug, count in (("banque", 1), ("generale", 1), ("vie-personnelle", 2))
    ]
    lists = {path.name: path.read_text(encoding="utf-8-sig") for path in (tmp_path / "kit").glob("*.csv")}
    assert lists == {
        "destinataires-banque.csv": "locataire\nT2\n",
        "destinataires-generale.csv": "locataire\n'=T3\n",
        "destinataires-vie-personnelle.csv": "locataire\nT1\nT4\n",
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "kit").iterdir()} == {0o600}


def test_nobody_is_named_in_any_document(scanned, tmp_path):
    from docx import Document
    from pypdfium2 import PdfDocument

    assert breach(scanned, tmp_path).code == 0
    texts = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.json")}
    for path in tmp_path.glob("*.pdf"):
        texts[path.name] = "".join(page.get_textpage().get_text_range() for page in PdfDocument(path))
    for path in tmp_path.glob("*.docx"):
        texts[path.name] = Document(str(path)).element.xpath("string(.)")
    assert len(texts) == 13
    assert [(name, secret) for name, text in texts.items() for secret in SECRETS if secret in text] == []


def test_json_tells_everything(quick, scanned, tmp_path):
    result = breach(scanned, tmp_path, "--json")
    told = json.loads(result.out)
    files = told.pop("files")
    assert told == json.loads((tmp_path / "synthese.json").read_text(encoding="utf-8"))
    assert sorted(files) == sorted(str(path) for path in tmp_path.iterdir())
    assert (result.code, told["persons"], told["overdue"]) == (0, {"low": 4, "high": 4}, False)


@pytest.mark.parametrize(
    ("more", "code", "clock"),
    [
        ("", 1, "deadline of the notification: 2020-11-05 08:00+01:00, Paris time; "),
        (
            "[notification]\nsent = 2020-11-09T08:00:00+01:00",
            0,
            "notified: 2020-11-09 08:00+01:00, after the deadline of 2020-11-05 08:00+01:00",
        ),
        ("[assessment]\ngravity = 1\nwhy = 'x'", 0, "deadline of the notification: 2020-11-05 08:00+01:00, Paris time; "),
    ],
)
def test_exit_code_1_says_that_a_notification_is_overdue(quick, scanned, tmp_path, more, code, clock):
    result = breach(scanned, tmp_path, aware="2020-11-02T08:00:00+01:00", more=more)
    assert (result.code, result.out.startswith(clock)) == (code, True)


def test_exit_code_3_says_that_figures_are_a_minimum(quick, tmp_path):
    (tmp_path / "locataires.csv").write_text("id;num_client;commentaire\n1;T1;suit une chimiothérapie\n2;T2;a;b\n", encoding="utf-8")
    assert vigie("scan", tmp_path / "locataires.csv", "--out", tmp_path / "scan", "--tenant-column", "num_client").code == 3
    result = breach(tmp_path, tmp_path / "kit", aware="2020-11-02T08:00:00+01:00")
    assert (result.code, result.out.splitlines()[1]) == (3, "persons: at least 1; records: 2")


def test_a_kit_without_any_source(quick, tmp_path):
    (tmp_path / "incident.toml").write_text(INCIDENT.format(aware="2999-11-02T08:00:00+01:00"), encoding="utf-8")
    result = vigie("breach", "--incident", tmp_path / "incident.toml", "--out", tmp_path / "kit")
    assert result.code == 0
    assert result.out.splitlines()[1:4] == [
        "persons: unknown; records: unknown",
        "gravity: unknown of 4, proposed; notify: yes; inform: unknown",
        "letter generale: persons unknown",
    ]


def test_letters_and_lists_of_an_earlier_kit_are_removed(quick, scanned, tmp_path):
    for name in ("lettre-argent.pdf", "lettre-argent.docx", "destinataires-argent.csv", "notes.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert breach(scanned, tmp_path).code == 0
    assert [path.name for path in sorted(tmp_path.iterdir()) if "argent" in path.name or path.suffix in (".csv", ".txt")] == ["notes.txt"]


def test_a_template_to_start_from(quick, tmp_path):
    assert vigie("init", tmp_path / "incident.toml", "--for", "incident").code == 0
    assert vigie("breach", "--incident", tmp_path / "incident.toml", "--out", tmp_path / "kit").code in (0, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--incident", "none.toml", "--out", "kit"], "none.toml: cannot be read (No such file or directory)"),
        (
            ["nothing", "--incident", "incident.toml", "--out", "kit"],
            "nothing: give the --out folder of a scan, a state store, or the exposed.json",
        ),
        (["--incident", "incident.toml", "--out", "incident.toml"], "incident.toml: is a file, not a folder; choose another --out folder"),
        (
            ["--incident", "incident.toml", "--organisation", "incident.toml", "--out", "kit"],
            "incident.toml, line 1: unknown key 'nature';",
        ),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "incident.toml").write_text(INCIDENT.format(aware="2026-11-02T08:00:00+01:00").lstrip(), encoding="utf-8")
    result = vigie("breach", *arguments)
    assert (result.code, result.out, result.err.startswith(f"vigie: {message}")) == (2, "", True)


PLAIN = Incident(natures=("confidentiality",), aware=moment(2, 10))


def test_families_of_everyone_move_everyone(scanned):
    readings = [read_source(str(scanned / "scan"))]
    incident = Incident(natures=("confidentiality",), aware=moment(2, 10), families=(Family("credentials", everyone=True),))
    found = addressees_of([scanned / "locataires.csv"], ReadOptions(tenant_column="num_client"), readings, incident, KEY)
    assert found == {"acces": ["=T3"], "banque-acces": ["T2"], "vie-personnelle-acces": ["T1", "T4"]}


def test_lists_are_of_the_exports_that_were_scanned_all_of_them(scanned, tmp_path):
    options = ReadOptions(tenant_column="num_client")
    readings = [read_source(str(scanned / "scan"))]
    other = tmp_path / "locataires.csv"
    other.write_text("id;num_client;commentaire\n1;T9;fuite\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"locataires\.csv: not the file that was scanned, or changed since: scan it"):
        addressees_of([other], options, readings, PLAIN, KEY)
    both = [replace(readings[0], exposed=replace(readings[0].exposed, sha256={**readings[0].exposed.sha256, "autre.csv": "5eed"}))]
    with pytest.raises(InputError, match=r"^autre\.csv: scanned as well; give that file with another --source-export"):
        addressees_of([scanned / "locataires.csv"], options, both, PLAIN, KEY)
    of_store = [replace(readings[0], exposed=replace(readings[0].exposed, sha256={}))]
    with pytest.raises(InputError, match="persons with findings who are in no --source-export: 3; give every export of what was scanned"):
        addressees_of([other], options, of_store, PLAIN, KEY)


def test_the_same_scan_counts_once(scanned, tmp_path):
    result = breach(scanned, tmp_path, scanned / "scan")
    place = scanned / "scan"
    said = f"vigie: {place} and {place} tell of the same scan or audit, and would count everybody twice: give one of them\n"
    assert result == (2, "", said)


def test_lists_need_the_key_of_the_scan_and_a_column_of_tenants(scanned):
    readings = [read_source(str(scanned / "scan"))]
    options = ReadOptions(tenant_column="num_client")
    with pytest.raises(SecretKeyError, match=r"the scan was made with key \w{8}, the key given is \w{8}: give that key with --key-file"):
        addressees_of([scanned / "locataires.csv"], options, readings, PLAIN, SecretKey(bytes(32)))
    exposed = Exposed("exposure", "page.html", "2026-11-02T10:00:00+00:00", 1, {("FINANCIAL",): 1}, 1, {"FINANCIAL": 1})
    with pytest.raises(InputError, match=r"page\.html: only scans tell whom their figures are about"):
        addressees_of([scanned / "locataires.csv"], options, [Reading(exposed)], PLAIN, KEY)
    readings = [replace(readings[0], exposed=replace(readings[0].exposed, sha256={}))]
    other = scanned / "notes.csv"
    other.write_text("id;commentaire\n1;le locataire signale une fuite\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"notes.csv: no column of tenants was found; name it with --tenant-column"):
        addressees_of([other], ReadOptions(), readings, PLAIN, KEY)
