"""``vigie scan --sample`` as a user runs it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from running import vigie

ROWS = 40


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    texts = ["Mme sous chimiothérapie" if number % 4 == 0 else "Fuite réparée" for number in range(ROWS)]
    rows = "".join(f"L-{number};{text}\n" for number, text in enumerate(texts))
    (tmp_path / "export.csv").write_text(f"ID;COMMENTAIRE\n{rows}", encoding="utf-8")
    with closing(sqlite3.connect("source.db")) as connection, connection:
        connection.execute("CREATE TABLE comments (id INTEGER PRIMARY KEY, note TEXT)")
        connection.executemany("INSERT INTO comments VALUES (?, ?)", enumerate(texts))
    (tmp_path / "night.toml").write_text(
        '[job]\nname = "night"\nurl = "sqlite:///source.db"\nout = "night"\n[[tables]]\nname = "comments"\ntexts = ["note"]\n',
        encoding="utf-8",
    )
    return tmp_path


def test_the_estimate_is_told_with_its_interval(folder: Path) -> None:
    result = vigie("scan", "export.csv", "--out", "out", "--sample", 20, "--seed", "2026")
    assert result == (
        1,
        "records: 20 read, 20 scanned, 0 not scanned in full\n"
        "findings: 4; records with findings: 4, at or above the alert level (low): 4\n"
        "levels: none 16, low 0, medium 0, high 4, critical 0\n"
        "actions: keep 0, warn 0, redact 4, quarantine 0\n"
        "sample: 20 of 40 records, drawn at random with --seed 2026; nothing is redacted or quarantined: a sample is no clean export\n"
        "estimated for all records, with 95 % confidence:\n"
        "  with findings       20.0%  between 10.0% and 35.0%: 4 to 14 records\n"
        "  critical             0.0%  between 0.0% and 10.0%: 0 to 4 records\n"
        "  high                20.0%  between 10.0% and 35.0%: 4 to 14 records\n"
        "  medium               0.0%  between 0.0% and 10.0%: 0 to 4 records\n"
        "  low                  0.0%  between 0.0% and 10.0%: 0 to 4 records\n"
        "  HEALTH              20.0%  between 10.0% and 35.0%: 4 to 14 records\n"
        "report: out/report.html\n",
        "",
    )
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["findings.jsonl", "report.html", "summary.json"]


def test_a_seed_that_is_not_given_is_told_and_draws_the_same_again(folder: Path) -> None:
    assert vigie("scan", "export.csv", "--out", "one", "--sample", 35, "--json").code == 1
    seed = json.loads((folder / "one/summary.json").read_text(encoding="utf-8"))["sample"]["seed"]
    assert vigie("scan", "export.csv", "--out", "two", "--sample", 35, "--seed", seed).code == 1
    assert (folder / "one/findings.jsonl").read_bytes() == (folder / "two/findings.jsonl").read_bytes()


def test_more_than_there_are_is_everything(folder: Path) -> None:
    result = vigie("scan", "export.csv", "--out", "out", "--sample", ROWS + 1, "--seed", "2026")
    assert result.out.splitlines()[4:6] == [
        "sample: 40 of 40 records, drawn at random with --seed 2026; nothing is redacted or quarantined: a sample is no clean export",
        "that is every record of the input: the figures are counts, not estimates",
    ]
    assert result.code == 1


def test_a_database_is_drawn_from_without_a_state_store(folder: Path) -> None:
    by_url = vigie("scan", "sqlite:///source.db", "--table", "comments", "--out", "url", "--sample", 20, "--seed", "1")
    by_job = vigie("scan", "night.toml", "--out", "job", "--sample", 20, "--seed", "1")
    assert (by_url.code, by_job.code) == (1, 1)
    assert (folder / "url/findings.jsonl").read_bytes() == (folder / "job/findings.jsonl").read_bytes()
    names = ["findings.jsonl", "report.html", "summary.json"]
    assert [sorted(path.name for path in (folder / out).iterdir()) for out in ("url", "job")] == [names, names]
    assert not (folder / "night").exists()


def test_rows_without_key_are_told_and_change_the_exit_code(folder: Path) -> None:
    with closing(sqlite3.connect("source.db")) as connection, connection:
        connection.execute("CREATE TABLE nameless (id INTEGER UNIQUE, note TEXT)")
        connection.execute("INSERT INTO nameless VALUES (1, 'Mme sous chimiothérapie'), (NULL, 'Fuite réparée')")
    result = vigie("scan", "sqlite:///source.db", "--table", "nameless", "--id-column", "id", "--out", "out", "--sample", 20)
    assert result.code == 3
    assert "1 rows have no key and could not be drawn: the rates say nothing of them" in result.out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["export.csv", "--out", "out", "--seed", "1"], "--seed says which records --sample draws: give both, or leave it out"),
        (
            ["export.csv", "--out", "out", "--sample", "5", "--mode", "mask"],
            "--mode is not for samples: nothing is redacted, and an estimate is no run of a job; leave it out",
        ),
        (
            ["night.toml", "--out", "out", "--sample", "5", "--state", "state.sqlite"],
            "--state is not for samples: nothing is redacted, and an estimate is no run of a job; leave it out",
        ),
        (
            ["night.toml", "--sample", "5"],
            "name a folder of the sample's own with --out: that of the job holds the results of its runs",
        ),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_read(folder: Path, arguments: list[str], message: str) -> None:
    before = sorted(folder.iterdir())
    assert vigie("scan", *arguments) == (2, "", f"vigie: {message}\n")
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("size", ["0", "100001", "half"])
def test_a_size_that_cannot_be(folder: Path, size: str) -> None:
    result = vigie("scan", "export.csv", "--out", "out", "--sample", size)
    assert (result.code, result.out) == (2, "")
    assert "--sample" in result.err
