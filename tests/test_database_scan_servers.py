from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from database_job import run_job
from fakes import FakeDetector
from running import ENVIRONMENT, finish, start, vigie
from servers.mariadb import MariaDB
from servers.postgresql import PASSWORD, Postgres
from stores import new_place

from scanner.databases import ReadSettings
from scanner.databases.errors import ReadingStoppedError
from scanner.store.engine import open_store

ROWS = 100
WORDS = ("cancer", "alcoolique", "prison", "dette", "fuite")
TABLE = "CREATE TABLE comments (id INTEGER PRIMARY KEY, note TEXT, site VARCHAR(10), entered DATE)"
SETTINGS = ReadSettings(page_rows=9, retry_patience=30)


def rows_sql() -> str:
    values = [f"({n}, 'M. Untel : {WORDS[n % 5]}, {WORDS[n % 3]}', 'S{n % 4}', '2026-01-0{n % 9 + 1}')" for n in range(1, ROWS + 1)]
    return f"INSERT INTO comments VALUES {', '.join(values)}"


@pytest.fixture
def base(postgres: Postgres) -> str:
    """The name of a database with a table of comments."""
    name = postgres.new_database()
    postgres.psql(f"{TABLE}; {rows_sql()}", name)
    return name


class Interrupted(FakeDetector):
    """Something happens while the fourth page is scanned."""

    def __init__(self, accident: Callable[[], object]) -> None:
        self.pages = 0
        self.accident = accident

    def find_many(self, texts: Sequence[str], names: Sequence[Sequence[str]] | None = None) -> list[list[Any]]:
        self.pages += 1
        if self.pages == 4:
            self.accident()
        return super().find_many(texts, names)


def findings_of(url: str, folder: Path, name: str = "calm", **options: Any) -> list[dict[str, Any]]:
    """Return the findings of a run with a store of its own."""
    with open_store(folder / f"{name}.sqlite") as store:
        summary = run_job(url, store, folder / name, **{"settings": SETTINGS, **options})
    assert (summary["status"], summary["rows_read"], summary["rows_scanned"]) == ("complete", ROWS, ROWS)
    return [json.loads(line) for line in (folder / name / "findings.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_is_restarted_in_the_middle_costs_nothing(postgres, base, tmp_path, mode):
    interrupted = Interrupted(lambda: postgres.restart(mode))
    assert findings_of(postgres.url(base), tmp_path, "restarted", detector=interrupted) == findings_of(postgres.url(base), tmp_path)


def test_a_server_that_stays_away_stops_the_run_which_then_resumes(postgres, base, tmp_path):
    with open_store(tmp_path / "state.sqlite") as store:
        with pytest.raises(ReadingStoppedError) as caught:
            run_job(
                postgres.url(base), store, tmp_path / "out", detector=Interrupted(postgres.stop),
                settings=ReadSettings(page_rows=9, retry_patience=1),
            )  # fmt: skip
        postgres.start()
        assert str(caught.value).endswith("; what was read is safe: run again to go on from there")
        assert PASSWORD not in str(caught.value)
        failed = json.loads((tmp_path / "out/summary.json").read_text())
        assert (failed["status"], failed["rows_read"], failed["sources"][0]["complete"]) == ("failed", 36, False)
        assert not (tmp_path / "out/findings.jsonl").exists()
        summary = run_job(postgres.url(base), store, tmp_path / "out", settings=SETTINGS)
    assert (summary["resumed"], summary["rows_read"], summary["rows_scanned"]) == (True, ROWS, ROWS)
    lines = [json.loads(line) for line in (tmp_path / "out/findings.jsonl").read_text().splitlines()]
    assert lines == findings_of(postgres.url(base), tmp_path)


def test_a_replica_gives_what_its_primary_gives_and_is_never_read_too_far_behind(postgres_pair, base, tmp_path):
    primary, replica = postgres_pair
    replica.catch_up(primary)
    assert findings_of(replica.url(base), tmp_path, "replica") == findings_of(primary.url(base), tmp_path)
    settings = ReadSettings(page_rows=9, max_replica_lag=0.5, lag_patience=2)

    def fall_behind() -> None:
        replica.psql("SELECT pg_wal_replay_pause()")
        primary.psql("UPDATE comments SET note = note || ' !' WHERE id = 99", base)

    with open_store(tmp_path / "state.sqlite") as store:
        try:
            with pytest.raises(ReadingStoppedError) as caught:
                run_job(replica.url(base), store, tmp_path / "out", detector=Interrupted(fall_behind), settings=settings)
        finally:
            replica.psql("SELECT pg_wal_replay_resume()")
        assert "run again to go on" in str(caught.value)
        replica.catch_up(primary)
        summary = run_job(replica.url(base), store, tmp_path / "out", settings=settings)
    assert (summary["status"], summary["resumed"], summary["rows_scanned"]) == ("complete", True, ROWS)


def test_every_database_gives_the_same_findings(postgres, base, mariadb: MariaDB, tmp_path):
    name = mariadb.new_database("CHARACTER SET utf8mb4")
    mariadb.mariadb(f"{TABLE}; {rows_sql()}", name)
    expected = [{**line, "source": "comments"} for line in findings_of(postgres.url(base), tmp_path)]
    assert [{**line, "source": "comments"} for line in findings_of(mariadb.url(name), tmp_path, "mariadb")] == expected


def test_a_store_in_postgresql_survives_kills_as_a_file_does(postgres, base, tmp_path, request):
    program = Path(__file__).with_name("database_job.py")
    environment = {**ENVIRONMENT, "PYTHONPATH": f"{program.parent}:{program.parent.parent}"}

    def run(state: str, out: Path, kill_at: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(program), postgres.url(base), state, str(out), str(kill_at)]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    whole = run(new_place("postgresql", request, tmp_path), tmp_path / "whole", 0)
    for kill_at in random.Random(5).sample(range(40, int(whole.stdout)), 5):
        state, out = new_place("postgresql", request, tmp_path), tmp_path / str(kill_at)
        assert run(state, out, kill_at).returncode == -9
        assert run(state, out, 0).returncode == 0
        assert (out / "findings.jsonl").read_bytes() == (tmp_path / "whole/findings.jsonl").read_bytes()
        summary = json.loads((out / "summary.json").read_text())
        assert (summary["rows_read"], summary["rows_scanned"], summary["rows_skipped"]) == (ROWS, ROWS, 0)


def test_the_command_reads_a_database(postgres, base, tmp_path):
    url = postgres.url(base).replace(f":{PASSWORD}", "")
    arguments = ("scan", url, "--table", "comments", "--id-column", "id", "--text-column", "note")
    places = ("--out", tmp_path / "out", "--state", tmp_path / "state.sqlite")
    environment = {**ENVIRONMENT, "VIGIE_DB_PASSWORD": PASSWORD}
    first, second = (finish(start(*arguments, *places, env=environment)) for _ in range(2))
    assert (first.code, first.err, second.code, second.err) == (1, "", 1, "")
    assert f"records: {ROWS} read, {ROWS} scanned, 0 not scanned in full" in first.out
    assert f"records: {ROWS} read, 0 scanned, {ROWS} unchanged, 0 not scanned in full" in second.out
    assert (tmp_path / "out/report.html").exists()
    wrong = vigie(*arguments, *places, env={**ENVIRONMENT, "VIGIE_DB_PASSWORD": "faux-mot-de-passe"})
    assert (wrong.code, wrong.out, "faux-mot-de-passe" in wrong.err, wrong.err.count("\n")) == (2, "", False, 1)


def test_a_job_file_names_everything(postgres, base, tmp_path, monkeypatch):
    (tmp_path / "secret").write_text(PASSWORD + "\n")
    (tmp_path / "night.toml").write_text(
        f"""
[job]
name = "nuit"
url = "{postgres.url(base).replace(f":{PASSWORD}", "")}"
password_file = "secret"
state = "state.sqlite"
out = "out"
[limits]
page_rows = 10
[[tables]]
name = "comments"
id = "id"
texts = ["note"]
site = "site"
where = "id <= 30"
purposes = {{note = "caretaker"}}
"""
    )
    result = vigie("scan", tmp_path / "night.toml", "--json")
    summary = json.loads(result.out)
    assert (result.code, result.err, summary["job"], summary["rows_read"]) == (1, "", "nuit", 30)
    assert summary["sources"][0]["purposes"] == {"note": "caretaker"}
    assert summary["site_records"] == [["S0", 7], ["S1", 8], ["S2", 8], ["S3", 7]]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"findings.jsonl", "report.html", "summary.json"}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("export.csv", "--table", "t", "--out", "out"), "--table is for databases: give a database URL or a job file, or leave it out"),
        (
            ("export.csv", "--max-replica-lag", "3", "--out", "out"),
            "--max-replica-lag is for databases: give a database URL or a job file, or leave it out",
        ),
        (("sqlite:///x.db", "--out", "out"), "name the table to read with --table; `vigie discover` proposes some"),
        (("sqlite:///x.db", "--table", "t"), "name the folder of the outputs with --out"),
        *(
            (
                (f"postgresql{between}ana:s3cret@h/base", "--out", "out"),
                "that looks like the URL of a database; write it as postgresql://USER@HOST:PORT/DATABASE",
            )
            for between in (":/", "//")
        ),
        (("sqlite:///x.db", "export.csv", "--out", "out"), "one database at a time: give one URL or one job file, and no export with it"),
        (
            ("sqlite:///x.db", "--table", "t", "--mode", "mask", "--out", "out"),
            "--mode, --encoding and --delimiter are for exports: `vigie plan --mode` says how a database is corrected",
        ),
    ],
)  # fmt: skip
def test_options_that_do_not_fit_are_refused(tmp_path, monkeypatch, arguments, complaint):
    monkeypatch.chdir(tmp_path)
    assert vigie("scan", *arguments) == (2, "", f"vigie: {complaint}\n")
    assert list(tmp_path.iterdir()) == []
