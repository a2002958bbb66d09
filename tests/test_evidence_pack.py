import csv
import hashlib
import json
import os
import stat
import subprocess
import tracemalloc

import pytest
from evidence_packs import ALWAYS, DOCUMENTS, MADE, contents, documents, wanted
from fakes import EXPLODES, KEY, make_plan
from reviews import Bench
from running import vigie
from stores import KINDS, new_place
from stories import leaks, text_of

from recognizers.rulepack import rule_files, rules_digest
from scanner.audit import read_log
from scanner.catalogue import default_catalogue
from scanner.errors import InputError, SecretKeyError
from scanner.evidence import verify_pack, write_pack
from scanner.evidence.manifest import manifest_mac
from scanner.keys import SecretKey, pseudonym
from scanner.report import write_report
from scanner.scan import scan
from scanner.store.engine import open_store

RULES = [f"regles/{name}" for name, _ in rule_files()]
COLUMNS = ["NUM_EVT", "NUM_CLIENT", "NOM", "COMMENTAIRE"]
ROWS = [
    ["7001", "C-810", "ZBOROWSKAYA", "Mme ZBOROWSKAYA suivie pour un cancer, tel 06 39 98 12 34"],
    ["7002", "C-811", "QUIRINALE", "alcoolique et sorti de prison"],
    ["7003", "C-812", "VANTELMONT", f"{EXPLODES} chez M. VANTELMONT"],
    ["7004", "C-813", "HOUPLINAUX", "fuite sous l'évier"],
]
PLANTED = ["ZBOROWSKAYA", "QUIRINALE", "VANTELMONT", "HOUPLINAUX", "06 39 98 12 34", "suivie pour", "sorti de", "chez M.", "évier", "C-81"]


@pytest.fixture
def scanned(tmp_path):
    """The folder of a scan in which one record could not be read."""
    export = tmp_path / "export.csv"
    with export.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([COLUMNS, *ROWS])
    out = tmp_path / "out"
    summary = scan(make_plan([export], out))
    write_report(summary, default_catalogue(), out)
    return out


def packed(path, *sources, **options):
    return write_pack(wanted(*sources, **options), path)


def policy_of(out):
    return out.with_name(f"{out.name}-policy.toml")


def test_what_a_pack_of_a_scan_holds(scanned, tmp_path):
    path = tmp_path / "evidence.zip"
    organisation = tmp_path / "organisme.toml"
    organisation.write_text('[controller]\nname = "Office de Valbrune"\n', encoding="utf-8")
    result = packed(path, scanned, policy=policy_of(scanned), organisation=organisation)
    files = contents(path)
    given = ["1-analyse/summary.json", "1-analyse/report.html", "politique.toml", "organisme.toml"]
    assert list(files) == [ALWAYS[0], *given, *RULES, *ALWAYS[1:]]
    assert [item.name for item in result.manifest.left_out] == [
        "1-analyse/findings.jsonl",
        "1-analyse/quarantine.jsonl",
        "1-analyse/redacted",
    ]
    assert files["1-analyse/report.html"] == (scanned / "report.html").read_bytes()
    assert files["politique.toml"] == policy_of(scanned).read_bytes()
    assert files["organisme.toml"] == organisation.read_bytes()
    assert {name: files[f"regles/{name}"] for name, _ in rule_files()} == {name: path.read_bytes() for name, path in rule_files()}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert result.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert verify_pack(path, [KEY]).faults == []


def test_the_manifest_says_all(tmp_path):
    folder = documents(tmp_path / "violation", {**DOCUMENTS, "destinataires-sante.csv": b"C-810\n"})
    packed(tmp_path / "evidence.zip", folder)
    files = contents(tmp_path / "evidence.zip")
    manifest = json.loads(files["manifest.json"])
    listed = {name: content for name, content in files.items() if name not in ("manifest.json", "manifest.hmac")}
    assert [(item["name"], item["bytes"], item["sha256"]) for item in manifest.pop("files")] == [
        (name, len(content), hashlib.sha256(content).hexdigest()) for name, content in listed.items()
    ]
    assert manifest == {
        "format": "vigie-evidence",
        "format_version": 1,
        "made": MADE,
        "version": "0.1.0",
        "key_id": KEY.id,
        "rules": "",
        "runs": [],
        "left_out": [{"name": "1-violation/destinataires-sante.csv", "why": "identifiants de personnes, pour l'envoi des lettres"}],
    }
    assert json.loads(files["manifest.hmac"]) == {"key_id": KEY.id, "hmac": manifest_mac(files["manifest.json"], KEY)}


def test_it_can_be_checked_without_vigie(tmp_path):
    packed(tmp_path / "evidence.zip", documents(tmp_path / "violation"))
    folder = tmp_path / "preuves"
    folder.mkdir()
    for name, content in contents(tmp_path / "evidence.zip").items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    check = ["sha256sum", "--check", "--strict", "SHA256SUMS.txt"]
    assert subprocess.run(check, cwd=folder, capture_output=True).returncode == 0
    (folder / "1-violation/synthese.json").write_bytes(b'{"persons": 11}\n')
    assert subprocess.run(check, cwd=folder, capture_output=True).returncode == 1


def test_the_readme_in_french(tmp_path):
    folder = documents(tmp_path / "violation", {**DOCUMENTS, "destinataires-sante.csv": b"C-810\n"})
    packed(tmp_path / "evidence.zip", folder)
    text = contents(tmp_path / "evidence.zip")["LISEZMOI.txt"].decode()
    lines = text.split("\r\n")
    assert lines[:2] == ["DOSSIER DE PREUVES", "Établi le 22/11/2026 à 08:30 (UTC) par Vigie 0.1.0."]
    assert lines[lines.index("CE QUE CONTIENT LE DOSSIER") + 2 :] == [
        "  1-violation/note-direction.pdf : Note à la direction",
        "  1-violation/synthese.json : Chiffres de la violation, pour les programmes",
        "  logiciels.txt : Version de Vigie et de chaque bibliothèque installée",
        "",
        "N'entrent pas dans le dossier :",
        "  1-violation/destinataires-sante.csv : identifiants de personnes, pour l'envoi des lettres",
        "",
    ]
    assert "{" not in text
    assert "    vigie evidence verify evidence.zip --key-file vigie.key" in lines


def test_the_same_contents_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    packed(tmp_path / "one/evidence.zip", documents(tmp_path / "one/violation"))
    packed(tmp_path / "two/evidence.zip", documents(tmp_path / "two/autre", dict(reversed(DOCUMENTS.items()))))
    for path in (tmp_path / "two/autre").iterdir():
        os.utime(path, (1, 1))
    packed(tmp_path / "two/again.zip", tmp_path / "two/autre")
    written = {path.read_bytes() for path in (tmp_path / "one/evidence.zip", tmp_path / "two/evidence.zip", tmp_path / "two/again.zip")}
    assert len(written) == 1


@pytest.mark.parametrize("with_findings", [False, True])
def test_nobody_is_in_a_pack(scanned, tmp_path, with_findings):
    assert vigie("report", scanned).code == 0
    packed(tmp_path / "evidence.zip", scanned, policy=policy_of(scanned), with_findings=with_findings)
    files = contents(tmp_path / "evidence.zip")
    text = text_of("evidence.zip", (tmp_path / "evidence.zip").read_bytes())
    assert [word for word in PLANTED if word.casefold() in text.casefold()] == []
    assert bool(leaks({"evidence.zip": text}, ["7001", "7002", "7003", "7004"])) == with_findings
    summary = json.loads(files["1-analyse/summary.json"])
    assert [row["record_id"] for row in summary["not_scanned"]] == ["7003" if with_findings else pseudonym("7003", KEY)]
    (what,) = (item["what"] for item in json.loads(files["manifest.json"])["files"] if item["name"] == "1-analyse/summary.json")
    assert (hashlib.sha256((scanned / "summary.json").read_bytes()).hexdigest() in what) != with_findings
    if with_findings:
        assert files["1-analyse/summary.json"] == (scanned / "summary.json").read_bytes()
        assert files["1-analyse/findings.jsonl"] == (scanned / "findings.jsonl").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_store_gives_report_findings_and_the_log_since_the_run_began(kind, request, tmp_path):
    place = new_place(kind, request, tmp_path)
    with open_store(place) as store:
        bench = Bench(store, tmp_path)
        bench.run()
        entries = list(read_log(store))
    began = next(entry.seq for entry in entries if entry.event == "scan-started" and bench.summary["run"] in entry.details)
    result = packed(tmp_path / "evidence.zip", place, policy=tmp_path / "out-policy.toml", with_findings=True)
    files = contents(tmp_path / "evidence.zip")
    names = ["summary.json", "findings.jsonl", "journal-audit.jsonl", "report.html", "report.json", "report.pdf", "report.xlsx"]
    assert [name for name in files if name.startswith("1-analyse/")] == [f"1-analyse/{name}" for name in names]
    assert files["1-analyse/findings.jsonl"] == (tmp_path / "out/findings.jsonl").read_bytes()
    assert list(map(json.loads, files["1-analyse/journal-audit.jsonl"].splitlines())) == [e.as_dict() for e in entries if e.seq >= began]
    assert 1 < began <= entries[-1].seq
    assert [(run.at, run.run) for run in result.manifest.runs] == [("1-analyse", bench.summary["run"])]
    found = verify_pack(tmp_path / "evidence.zip", [KEY])
    assert (found.faults, found.unchecked) == ([], [])
    assert f"'1-analyse/journal-audit.jsonl': entries {began} to {entries[-1].seq} are as they were written" in found.holds


def test_of_an_earlier_run_there_are_no_findings(tmp_path):
    with open_store(tmp_path / "state.sqlite") as store:
        first = Bench(store, tmp_path)
        earlier = first.summary["run"]
        first.run()
    state, policy = tmp_path / "state.sqlite", tmp_path / "out-policy.toml"
    result = packed(tmp_path / "evidence.zip", state, policy=policy, run=1)
    assert [run.run for run in result.manifest.runs] == [earlier]
    with pytest.raises(InputError, match="findings of that run are no longer kept"):
        packed(tmp_path / "other.zip", state, policy=policy, run=1, with_findings=True)
    with pytest.raises(InputError, match="has no run 3"):
        packed(tmp_path / "other.zip", state, policy=policy, run=3)


def test_several_sources_lie_side_by_side(scanned, tmp_path):
    packed(tmp_path / "evidence.zip", documents(tmp_path / "violation"), scanned, policy=policy_of(scanned))
    folders = {name.partition("/")[0] for name in contents(tmp_path / "evidence.zip") if "/" in name}
    assert folders == {"1-violation", "2-analyse", "regles"}


def link(folder):
    (folder / "note-direction.docx").symlink_to("/etc/hostname")


def pipe(folder):
    os.mkfifo(folder / "note-direction.docx")


def stranger(folder):
    (folder / "brouillon de Mme X.txt").write_text("…", encoding="utf-8")


def quarantine(folder):
    (folder / "note-direction.docx").write_bytes(b'{"format":"vigie-quarantine","version":1}\n')


def database(folder):
    (folder / "lettre-sante.pdf").write_bytes(b"SQLite format 3\x00")


def excerpts(folder):
    (folder / "report.pdf").touch(mode=0o600)


def odd(folder):
    (folder / "lettre-a:b.pdf").write_bytes(b"%PDF")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (link, "note-direction.docx is a link or a folder"),
        (pipe, "note-direction.docx is a link or a folder"),
        (stranger, "does not know: 'brouillon de Mme X.txt'; move it away"),
        (quarantine, "note-direction.docx holds originals or a state store under another name"),
        (database, "lettre-sante.pdf holds originals or a state store under another name"),
        (excerpts, "report.pdf can be read by its owner only, as reports with excerpts of comments"),
        (odd, "does not know: 'lettre-a:b.pdf'"),
    ],
)
def test_what_does_not_belong_is_refused_and_nothing_is_written(tmp_path, spoil, message):
    folder = documents(tmp_path / "violation")
    spoil(folder)
    (tmp_path / "evidence.zip").write_bytes(b"an earlier pack")
    with pytest.raises(InputError, match=message):
        packed(tmp_path / "evidence.zip", folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evidence.zip", "violation"]
    assert (tmp_path / "evidence.zip").read_bytes() == b"an earlier pack"


@pytest.mark.parametrize("form", ["html", "pdf", "xlsx", "json"])
def test_a_report_must_be_of_the_run(scanned, tmp_path, form):
    assert vigie("report", scanned).code == 0
    packed(tmp_path / "evidence.zip", scanned, policy=policy_of(scanned))
    names = {f"1-analyse/report.{other}" for other in ("html", "pdf", "xlsx", "json")}
    assert names.issubset(contents(tmp_path / "evidence.zip"))
    report = (scanned / f"report.{form}").read_bytes()
    (tmp_path / "export.csv").write_text("NUM_EVT;COMMENTAIRE\n1;rien du tout à dire de ce locataire\n", encoding="utf-8")
    scan(make_plan([tmp_path / "export.csv"], scanned))
    assert vigie("report", scanned).code == 0
    (scanned / f"report.{form}").write_bytes(report)
    with pytest.raises(InputError, match=f"report.{form} is not the report of the run"):
        packed(tmp_path / "evidence.zip", scanned, policy=policy_of(scanned))


def test_what_is_not_wanted_is_left_out_and_named(tmp_path):
    folder = documents(tmp_path / "violation")
    stranger(folder)
    result = packed(tmp_path / "evidence.zip", folder, leave_out=["brouillon de Mme X.txt", "synthese.json"])
    assert [(item.name, item.why) for item in result.manifest.left_out] == [
        ("1-violation/brouillon de Mme X.txt", "écartée à la demande"),
        ("1-violation/synthese.json", "écartée à la demande"),
    ]


def test_a_pack_within_its_own_source_is_written_again(tmp_path):
    folder = documents(tmp_path / "violation")
    first, again = (packed(folder / "evidence.zip", folder) for _ in range(2))
    assert [item.name for item in again.manifest.left_out] == ["1-violation/evidence.zip"]
    assert [file.name for file in again.manifest.files] == [file.name for file in first.manifest.files]


def test_a_source_must_be_one(tmp_path):
    with pytest.raises(InputError, match="is neither a folder that Vigie wrote nor a state store"):
        packed(tmp_path / "evidence.zip", tmp_path / "absent")


def test_the_key_must_be_that_of_the_run(scanned, tmp_path):
    with pytest.raises(SecretKeyError, match=f"was made with the key {KEY.id}"):
        packed(tmp_path / "evidence.zip", scanned, policy=policy_of(scanned), key=SecretKey(bytes(32)))


def test_the_policy_must_be_that_of_the_run(scanned, tmp_path):
    digest = hashlib.sha256(policy_of(scanned).read_bytes()).hexdigest()
    with pytest.raises(InputError, match=f"was made with the policy {digest[:16]}…, not with "):
        packed(tmp_path / "evidence.zip", scanned)
    windows = tmp_path / "windows.toml"
    windows.write_bytes(b"\xef\xbb\xbf" + policy_of(scanned).read_bytes().replace(b"\n", b"\r\n"))  # the same policy to whoever reads it
    for policy in (policy_of(scanned), windows):
        assert [run.policy for run in packed(tmp_path / "evidence.zip", scanned, policy=policy).manifest.runs] == [digest]
        assert contents(tmp_path / "evidence.zip")["politique.toml"] == policy.read_bytes()


def test_rules_of_another_version_are_not_passed_off_as_the_runs(scanned, tmp_path):
    summary = json.loads((scanned / "summary.json").read_text(encoding="utf-8"))
    (scanned / "summary.json").write_text(json.dumps({**summary, "rules": "0123456789abcdef"}), encoding="utf-8")
    path = tmp_path / "evidence.zip"
    result = vigie("evidence", scanned, "--out", path, "--policy", policy_of(scanned))
    assert (result.code, result.err) == (
        3,
        f"vigie: the rules of the run {summary['run']}, version 0123456789abcdef, are not those of this Vigie and not in the pack\n",
    )
    assert [name for name in contents(path) if name.startswith("regles/")] == []
    found = verify_pack(path, [KEY])
    assert (found.faults, len(found.unchecked)) == ([], 1)
    assert rules_digest() not in contents(path)["manifest.json"].decode()


def test_a_pack_takes_the_place_of_no_file_of_a_source(scanned):
    summary = scanned / "summary.json"
    before = summary.read_bytes()
    result = vigie("evidence", scanned, "--out", summary)
    said = f"vigie: {summary}: an evidence pack is a ZIP; choose a name that ends with .zip\n"
    assert (result, summary.read_bytes()) == ((2, "", said), before)


def test_the_command_packs_and_says_what_it_left_out(scanned, tmp_path):
    path = tmp_path / "evidence.zip"
    result = vigie("evidence", scanned, "--out", path, "--policy", policy_of(scanned))
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        f"{len(contents(path)) - 2} files packed into {path}, readable by its owner only",
        "left out: 1-analyse/findings.jsonl",
        "left out: 1-analyse/quarantine.jsonl",
        "left out: 1-analyse/redacted",
        f"SHA-256 of {path}, to be kept elsewhere: {hashlib.sha256(path.read_bytes()).hexdigest()}",
    ]


def test_memory_does_not_grow_with_the_findings(tmp_path):
    folder = documents(tmp_path / "violation", {})
    with (folder / "synthese.json").open("wb") as file:
        for number in range(64):
            file.write((b"%064d\n" % number) * 16_384)
    tracemalloc.start()
    packed(tmp_path / "evidence.zip", folder)
    verify_pack(tmp_path / "evidence.zip", [KEY])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (folder / "synthese.json").stat().st_size > 60 << 20 > 4 * peak
