"""``vigie subject --erase`` and ``--rectify``, from the command line to the database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from databases import make_sqlite, read_records
from running import Result, vigie
from subjects import CLAIRE

NOTES = ("--table", "notes", "--text-column", "note")


@pytest.fixture
def scanned(tmp_path: Path) -> str:
    """Return the URL of a database that was scanned into ``state.sqlite``."""
    rows = [(1, CLAIRE, "rendez-vous pris pour la chaudière"), (2, "L002", "fuite sous l'évier")]
    url = make_sqlite(tmp_path, "CREATE TABLE notes (id INTEGER PRIMARY KEY, locataire TEXT, note TEXT)", rows=rows, table="notes")
    assert vigie("scan", url, *NOTES, "--out", tmp_path / "scan", "--state", tmp_path / "state.sqlite").code == 0
    return url


def correct(folder: Path, url: str, *options: object) -> Result:
    return vigie(
        "subject", CLAIRE, url, *NOTES, "--state", folder / "state.sqlite", "--why", "demande du 2 novembre", "--by", "dpo", *options
    )


def test_erasure_asked_on_the_command_line_is_noted_and_planned(tmp_path: Path, scanned: str) -> None:
    result = correct(tmp_path, scanned, "--erase")
    assert (result.code, result.out.splitlines()[0]) == (0, "1 records: originals sealed, decision of erasure noted")
    assert "if one is pending, answer it first" in result.err
    planned = vigie("plan", tmp_path / "state.sqlite", "--out", tmp_path / "plan", "--by", "dpo", "--json")
    assert json.loads(planned.out)["changes"] == {"erase": 1}


def test_rectification_asked_on_the_command_line_is_noted_and_applied(tmp_path: Path, scanned: str) -> None:
    wanted = tmp_path / "wanted.csv"
    wanted.write_text("record;field;text\n1;note;rendez-vous annulé\n", "utf-8")
    result = correct(tmp_path, scanned, "--rectify", wanted, "--json")
    assert (result.code, json.loads(result.out)) == (0, {"decided": ["1"], "left_out": {}, "access_answered": False})
    state = tmp_path / "state.sqlite"
    assert vigie("plan", state, "--out", tmp_path / "plan", "--by", "dpo").code == 0
    assert vigie("apply", scanned, "--plan", tmp_path / "plan", "--state", state, "--by", "chef", "--execute").code == 0
    assert [record.texts["note"] for record in read_records(scanned, name="notes", text_columns=("note",))] == [
        "rendez-vous annulé",
        "fuite sous l'évier",
    ]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--erase", "--rectify", "r.csv"), "either --erase or --rectify"),
        (("--erase", "--why", ""), "say why with --why"),
        (("--rectify", "absent.csv"), "absent.csv cannot be read"),
        (("--erase", "--job", "day"), "the state store knows no job day"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(tmp_path: Path, scanned: str, options: tuple[str, ...], reason: str) -> None:
    result = correct(tmp_path, scanned, *options)
    assert (result.code, reason in result.err) == (2, True), result.err


def test_a_correction_needs_the_store_of_the_scans(tmp_path: Path, scanned: str) -> None:
    result = vigie("subject", CLAIRE, scanned, *NOTES, "--erase", "--why", "demande")
    assert result.code == 2
    assert "name the state store of the scans with --state" in result.err
