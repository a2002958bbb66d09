"""No text leaves a scan, but for the redacted copy and the encrypted quarantine; and nothing leaves the machine."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from fakes import KEY
from running import ENVIRONMENT, vigie

from scanner.quarantine import open_entry, read_quarantine

SENTINELS = ("ZWXQUA", "kolibrix", "PLOUFADE")
EXPORT = (
    "ID;NOM;COMMENTAIRE\n"
    "L-1;Zébulondin;ZWXQUA Mme sous chimiothérapie, rappeler kolibrix en mai\n"
    "L-2;Zébulondin;kolibrix alcoolique PLOUFADE, sous chimiothérapie, violence conjugale, sort de prison ZWXQUA\n"
    "L-3;Zébulondin;ZWXQUA;une cellule de trop PLOUFADE\n"
    'L-4;Zébulondin;"kolibrix jamais vaccinée\n'
)
WORDS = (*SENTINELS, "Zébulondin", "Z\\u00e9bulondin", "chimiothérapie", "conjugale", "vaccinée")
NO_NETWORK = """
import socket, sys
def refuse(*_):
    raise SystemExit("a network connection was attempted")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = socket.create_connection = refuse
from scanner.cli import main
sys.argv = ["vigie", *sys.argv[1:]]
main()
"""


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("privacy")
    (folder / "export.csv").write_text(EXPORT, encoding="utf-8")
    return folder / "out", vigie("scan", folder / "export.csv", "--out", folder / "out")


def found_in(content):
    return [word for word in WORDS if word.casefold() in content.casefold()]


def test_nothing_but_the_copy_shows_words_of_a_comment(scanned):
    out, result = scanned
    assert result.code == 3
    texts = {path.name: path.read_text(encoding="utf-8") for path in out.iterdir() if path.is_file()}
    assert sorted(texts) == ["findings.jsonl", "quarantine.jsonl", "report.html", "summary.json"]
    assert {name: found_in(text) for name, text in {**texts, "output": result.out, "errors": result.err}.items()} == {
        name: [] for name in (*texts, "output", "errors")
    }


def test_the_copy_keeps_what_surrounds_a_finding(scanned):
    out, _ = scanned
    assert (out / "redacted" / "export.csv").read_text(encoding="utf-8").splitlines() == [
        "ID;NOM;COMMENTAIRE",
        "L-1;Zébulondin;ZWXQUA Mme [SANTÉ], rappeler kolibrix en mai",
        "L-3;Zébulondin;ZWXQUA;une cellule de trop PLOUFADE",
        'L-4;Zébulondin;"kolibrix jamais vaccinée',
    ]


def test_the_quarantine_gives_the_whole_row_to_its_key(scanned):
    out, _ = scanned
    (entry,) = read_quarantine(out / "quarantine.jsonl").entries
    assert ";".join(map(str, open_entry(entry, KEY).values())) == EXPORT.splitlines()[2]


def test_findings_hold_offsets_and_words_of_the_lexicon_only(scanned):
    out, _ = scanned
    lines = [json.loads(line) for line in (out / "findings.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {tuple(line) for line in lines} == {
        ("record_id", "source", "row", "field", "entity", "start", "end", "score", "assertion", "subject", "rule", "term", "severity",
         "action", "level"),
    }  # fmt: skip
    assert "chimio*" in {line["term"] for line in lines}


def test_the_report_names_records_by_pseudonym(scanned):
    out, _ = scanned
    page = (out / "report.html").read_text(encoding="utf-8")
    assert [record for record in ("L-1", "L-2", "L-3", "L-4") if record in page] == []


def test_a_whole_scan_needs_no_network(tmp_path):
    (tmp_path / "export.csv").write_text(EXPORT + "L-5;X;voir jean.dupont@exemple.fr ou 06 12 34 56 78\n", encoding="utf-8")
    command = [sys.executable, "-c", NO_NETWORK, "scan", str(tmp_path / "export.csv"), "--out", str(tmp_path / "out")]
    result = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (3, "")
    assert (tmp_path / "out" / "report.html").exists()
