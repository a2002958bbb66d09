"""The commands other than ``scan``, and what all commands share."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from fakes import KEY
from running import ENVIRONMENT, finish, start, vigie

from scanner.policy import default_policy_text

ILL = "Mme sous chimiothérapie"
ANOTHER_KEY = "0" * 64


def test_check_says_what_it_found_and_what_to_write():
    result = vigie("check", ILL)
    first, *_, last = result.out.splitlines()
    assert (result.code, result.err) == (1, "")
    assert first.startswith("« sous chimiothérapie » : Santé (certitude 0.")
    assert last.startswith("Risque ")
    assert vigie("check", "Fuite réparée") == (0, "Rien à signaler.\n", "")


def test_check_for_programs():
    result = vigie("check", "-", "--json", stdin=ILL.encode())
    verdict = json.loads(result.out)
    (found,) = verdict["findings"]
    assert (result.code, verdict["level"], verdict["action"]) == (1, "high", "redact")
    assert (found["entity"], found["label"], found["start"], found["end"], found["rule"]) == ("HEALTH", "Santé", 4, 23, "HEALTH.cancer")
    assert json.loads(vigie("check", "", "--json").out) == {"risk": 0, "level": "none", "action": "keep", "findings": []}


def test_check_knows_the_purpose_of_the_field(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text(
        '[fields]\nSUIVI = "social_follow_up"\n[[rules]]\npurpose = "social_follow_up"\naction = "keep"\n[[rules]]\naction = "redact"'
    )
    assert [vigie("check", ILL, "--policy", policy, "--field", field).code for field in ("suivi", "NOTE")] == [0, 1]


def test_text_that_is_not_utf8():
    result = vigie("check", "-", stdin="Mme est âgée".encode("cp1252"))
    assert result == (2, "", "vigie: standard input is not UTF-8 (byte 8); convert it first, for instance with iconv\n")


def test_a_terminal_that_lacks_characters_does_not_stop_a_command():
    result = finish(start("redact", "Vœux reçus", env={**ENVIRONMENT, "PYTHONIOENCODING": "latin-1"}, encoding="latin-1"))
    assert result == (0, "V\\u0153ux reçus\n", "")


def test_explain_tells_why_and_why_not():
    rows = json.loads(vigie("explain", "joint de robinet, sous chimiothérapie", "--json").out)
    told = [(row["fate"], row["start"], row["end"], row["words"]) for row in rows if row["rule"] == "HEALTH.cancer"]
    assert told == [("found", 18, 37, [23, 37])]
    assert {row["fate"] for row in rows if row["rule"].startswith("ADDICTION")} <= {"unless", "unless_near", "needs", "too weak"}
    assert vigie("explain", ILL).out.endswith(
        "«chimiothérapie» HEALTH.cancer: finding\n"
        "    score 0.95, affirmed, subject tenant; cues: tenant:mme\n"
        "    reaches over «sous chimiothérapie»\n"
    )
    assert vigie("explain", "zzz") == (0, "no rule knows any word of this text\n", "")


def test_redact_and_its_modes():
    assert vigie("redact", ILL) == (0, "Mme [SANTÉ]\n", "")
    assert vigie("redact", ILL, "--mode", "mask") == (0, "Mme *******************\n", "")
    assert vigie("redact", "Fuite réparée") == (0, "Fuite réparée\n", "")


def test_redact_needs_a_key_to_encrypt(tmp_path):
    env = {name: value for name, value in ENVIRONMENT.items() if name != "VIGIE_KEY"} | {"XDG_CONFIG_HOME": str(tmp_path)}
    result = vigie("redact", ILL, "--mode", "encrypt", env=env)
    message = "vigie: no key: make one with `vigie keygen`, then give --key-file, or set VIGIE_KEY_FILE or VIGIE_KEY\n"
    assert result == (2, "", message)


def test_entities_are_listed():
    rows = json.loads(vigie("entities", "--json").out)
    plain = vigie("entities").out.splitlines()
    assert [row["entity"] for row in rows] == [line.split()[0] for line in plain]
    assert {"HEALTH", "NIR"} < {row["entity"] for row in rows}


def test_init_writes_the_default_policy_once(tmp_path):
    path = tmp_path / "vigie.toml"
    assert vigie("init", path) == (0, f"{path} written: read it, then give it to `vigie scan --policy {path}`\n", "")
    assert path.read_text(encoding="utf-8") == default_policy_text()
    assert vigie("init", path) == (2, "", f"vigie: {path} exists: choose another name, or remove it first\n")


def test_keygen_writes_a_key_once(tmp_path):
    path = tmp_path / "vigie.key"
    result = vigie("keygen", path)
    assert (result.code, result.err, path.stat().st_mode & 0o777) == (0, "", 0o600)
    assert path.read_text().strip() not in result.out
    assert vigie("keygen", path) == (2, "", f"vigie: {path} exists and may hold a key in use: choose another name\n")


@pytest.fixture
def quarantine(tmp_path):
    export = tmp_path / "export.csv"
    export.write_text("ID;COMMENTAIRE\nL-7;alcoolique, sous chimiothérapie, violence conjugale, sort de prison\n", encoding="utf-8")
    vigie("scan", export, "--out", tmp_path / "out")
    return tmp_path / "out" / "quarantine.jsonl"


def test_a_quarantined_record_is_listed_shown_and_released(quarantine, tmp_path):
    (entry,) = map(json.loads, vigie("quarantine", "list", quarantine, "--json").out.splitlines())
    assert (entry["level"], entry["released"], {"ADDICTION", "HEALTH"} <= set(entry["entities"])) == ("critical", "", True)
    row = {"ID": "L-7", "COMMENTAIRE": "alcoolique, sous chimiothérapie, violence conjugale, sort de prison"}
    assert json.loads(vigie("quarantine", "show", quarantine, entry["id"]).out) == row
    to = tmp_path / "rows.jsonl"
    assert vigie("quarantine", "release", quarantine, entry["id"], "--to", to) == (0, f"1 records written to {to}\n", "")
    assert json.loads(to.read_text()) == row
    assert vigie("quarantine", "list", quarantine).out.split()[-2] == "released"


def test_another_key_opens_nothing(quarantine, tmp_path):
    (tmp_path / "other.key").write_text(ANOTHER_KEY)
    (tmp_path / "other.key").chmod(0o600)
    entry = vigie("quarantine", "list", quarantine).out.split()[0]
    result = vigie("quarantine", "show", quarantine, entry, "--key-file", tmp_path / "other.key")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"vigie: this quarantine was written with key id {KEY.id}; the key given has id ")


def test_damaged_quarantine_lines_are_named(quarantine):
    quarantine.write_bytes(quarantine.read_bytes() + b"{broken\n")
    result = vigie("quarantine", "list", quarantine)
    assert (result.code, len(result.out.splitlines()), result.err) == (3, 1, f"vigie: {quarantine}: damaged lines, not listed: 3\n")


def test_the_report_is_made_again_from_the_summary(quarantine):
    out = quarantine.parent
    (out / "report.html").unlink()
    assert vigie("report", out, "--form", "html") == (0, f"{out / 'report.html'} written\n", "")
    run = json.loads((out / "summary.json").read_text())["run"]
    assert (out / "report.html").read_text(encoding="utf-8").count(run) > 1


@pytest.mark.parametrize("content", ["[]", "{}", "not JSON", '{"format": "vigie-summary", "version": 99}'])
def test_other_files_are_no_summary(tmp_path, content):
    (tmp_path / "summary.json").write_text(content)
    message = f"vigie: {tmp_path / 'summary.json'} is not a summary that this version of Vigie reads; run the scan again\n"
    assert vigie("report", tmp_path) == (2, "", message)


def test_a_folder_without_summary(tmp_path):
    message = f"vigie: {tmp_path / 'summary.json'} cannot be read (No such file or directory); give the --out folder of a scan\n"
    assert vigie("report", tmp_path) == (2, "", message)


@pytest.mark.parametrize("arguments", [["scan"], ["scan", "a.csv"], ["nonsense"], ["check"], ["redact", "x", "--mode", "shout"]])
def test_usage_errors(arguments):
    result = vigie(*arguments)
    assert (result.code, result.out, "Traceback" in result.err) == (2, "", False)
    assert "Usage: vigie" in result.err


def test_an_error_of_ours_shows_no_text(monkeypatch):
    def fail(self, text, names=()):
        raise ValueError(text)

    monkeypatch.setattr("recognizers.detector.Detector.find", fail)
    result = vigie("check", "un secret de comptoir")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("vigie: internal error, please report it: ValueError at test_cli.py, line ")
    assert "secret" not in result.err


def test_an_interruption_before_the_scan_is_told(monkeypatch):
    def interrupt(self, text, names=()):
        raise KeyboardInterrupt

    monkeypatch.setattr("recognizers.detector.Detector.find", interrupt)
    assert vigie("check", ILL) == (3, "", "vigie: interrupted\n")


def test_a_reader_that_goes_away_is_no_error():
    process = start("entities", stdout=subprocess.PIPE)
    process.stdout.close()
    assert (process.wait(60), process.stderr.read()) == (0, "")


HEAVY = (
    *("spacy", "presidio_analyzer", "presidio_anonymizer", "pandas", "pyarrow", "openpyxl", "jinja2", "cryptography", "sqlalchemy"),
    *("fastapi", "starlette", "uvicorn", "argon2", "pyotp", "limits", "prometheus_client", "alembic", "rich"),
)


@pytest.mark.parametrize("arguments", [["--help"], ["check", ILL]])
def test_heavy_modules_stay_unloaded(arguments):
    code = f"""
import sys
from scanner.cli import main
sys.argv = ["vigie", *{arguments!r}]
try:
    main()
except SystemExit:
    pass
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    result = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
    assert result.stderr == "[]\n"
