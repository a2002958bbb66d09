from __future__ import annotations

import json
import random
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from database_job import TABLE, run_job
from fakes import EXPLODES, KEY, FakeDetector
from hypothesis import given, settings
from hypothesis import strategies as st
from running import ENVIRONMENT
from sqlalchemy import event, select

from scanner import clock, record_scan
from scanner.databases import NumberedLines, ReadSettings, TableRequest
from scanner.errors import BusyError, InputError, SecretKeyError, StoreError
from scanner.keys import SecretKey, pseudonym
from scanner.outputs import held
from scanner.store.engine import Store, open_store
from scanner.store.lock import job_lock
from scanner.store.schema import audit, records, vault

WORDS = ["cancer", "alcoolique", "prison", "dette", "fuite", "RAS", "chaudière"]
COUNTS = ("rows_read", "rows_scanned", "rows_skipped", "rows_not_scanned")


def note(number: int) -> str:
    return f"M. Untel n° {number} : {WORDS[number % 7]}, {WORDS[(number * 3 + 1) % 7]}"


class Source:
    """A SQLite database with one table of comments."""

    def __init__(self, path: Path, rows: int) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"
        self.write("CREATE TABLE comments (id INTEGER PRIMARY KEY, note TEXT, site TEXT, entered TEXT)")
        self.put([(number, note(number)) for number in range(1, rows + 1)])

    def write(self, statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(statement, values)

    def put(self, rows: Sequence[tuple[int, str | None]]) -> None:
        values = [(key, text, f"S{key % 3}", f"2026-0{key % 9 + 1}-03") for key, text in rows]
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO comments VALUES (?, ?, ?, ?)", values)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path / "source.db", 100)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "state.sqlite") as store:
        yield store


def counts(summary: dict[str, Any]) -> tuple[int, ...]:
    return tuple(summary[name] for name in COUNTS)


def fresh_findings(source: Source, folder: Path, name: str = "fresh", **options: Any) -> bytes:
    """Return the findings of a run of its own, with a store of its own."""
    with open_store(folder / f"{name}.sqlite") as store:
        run_job(source.url, store, folder / name, **options)
    return (folder / name / "findings.jsonl").read_bytes()


def test_the_whole_table_is_scanned_and_its_findings_say_where_they_are(source, store, tmp_path):
    summary = run_job(source.url, store, tmp_path / "out")
    lines = [json.loads(line) for line in (tmp_path / "out/findings.jsonl").read_text().splitlines()]
    expected = [
        (str(number), match.group(), match.start()) for number in range(1, 101) for match in re.finditer("|".join(WORDS[:4]), note(number))
    ]
    found = [(line["record_id"], note(int(line["record_id"]))[line["start"] : line["end"]], line["start"]) for line in lines]
    assert sorted(found) == sorted(expected)
    assert [int(line["record_id"]) for line in lines] == sorted(int(line["record_id"]) for line in lines)
    assert set(lines[0]) == {
        "record_id", "source", "field", "entity", "start", "end", "score", "assertion", "subject", "rule", "term", "severity", "action",
        "level",
    }  # fmt: skip
    assert (summary["status"], counts(summary), summary["findings"]) == ("complete", (100, 100, 0, 0), len(expected))
    assert json.loads((tmp_path / "out/summary.json").read_text()) == summary


def test_the_summary_counts_as_that_of_an_export_does(source, store, tmp_path):
    summary = run_job(source.url, store, tmp_path / "out")
    assert summary["sources"] == [
        {
            "source": "comments", "format": "sqlite", "encoding": "", "delimiter": "", "text_columns": ["note"], "id_column": "id",
            "key_columns": ["id"], "purposes": {"note": "general"}, "rows": 100, "rows_skipped": 0, "rows_not_scanned": 0, "complete": True,
        }
    ]  # fmt: skip
    assert summary["site_records"] == [["S0", 33], ["S1", 34], ["S2", 33]]
    assert sum(count for _, count in summary["month_read"]) == 100
    assert (summary["texts"], summary["characters"]) == (100, sum(len(note(number)) for number in range(1, 101)))
    assert sum(summary["levels"].values()) == 100
    assert summary["first_records"][0]["record"] in {pseudonym(str(number), KEY) for number in range(1, 101)}


def test_unchanged_rows_are_skipped_and_their_findings_stay(source, store, tmp_path):
    first = run_job(source.url, store, tmp_path / "out")
    before = (tmp_path / "out/findings.jsonl").read_bytes()
    second = run_job(source.url, store, tmp_path / "out")
    assert counts(second) == (100, 0, 100, 0)
    assert second["comparison"] == {"previous_run": first["run"], "new": 0, "gone": 0, "unchanged": first["findings"]}
    assert (tmp_path / "out/findings.jsonl").read_bytes() == before
    differing = {name for name in first if first[name] != second[name]}
    assert differing == {"run", "seconds", "rows_scanned", "rows_skipped", "sources", "comparison", "audit"} | (differing & {"started"})


def test_changed_new_and_deleted_rows_are_told_from_the_others(source, store, tmp_path):
    run_job(source.url, store, tmp_path / "out")
    source.put([(2, "rien"), (3, note(3) + ", cancer"), (500, "dette")])
    source.write("DELETE FROM comments WHERE id IN (7, 8)")
    summary = run_job(source.url, store, tmp_path / "out")
    gone = sum(note(number).count(word) for number in (2, 7, 8) for word in WORDS[:4])
    assert counts(summary) == (99, 3, 96, 0)
    assert (summary["comparison"]["new"], summary["comparison"]["gone"]) == (2, gone)
    assert (tmp_path / "out/findings.jsonl").read_bytes() == fresh_findings(source, tmp_path)


@pytest.mark.parametrize("change", ["rules", "policy"])
def test_new_rules_read_old_rows_again(source, store, tmp_path, monkeypatch, change):
    run_job(source.url, store, tmp_path / "out")
    if change == "rules":
        monkeypatch.setattr(record_scan, "rules_digest", lambda: "0" * 16)
        summary = run_job(source.url, store, tmp_path / "out")
    else:
        summary = run_job(source.url, store, tmp_path / "out", policy='[[rules]]\naction = "keep"')
        assert summary["actions"] == {"keep": summary["records_with_findings"]}
    assert counts(summary) == (100, 100, 0, 0)


@settings(max_examples=25)
@given(
    st.lists(
        st.dictionaries(
            st.integers(1, 30), st.sampled_from([None, "", "fuite", "cancer", "cancer et prison", "dette", EXPLODES]), max_size=8
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_history_of_edits_ends_with_the_findings_of_a_fresh_scan(tmp_path_factory, nights):
    folder = tmp_path_factory.mktemp("history")
    source = Source(folder / "source.db", 12)
    with open_store(folder / "state.sqlite") as store:
        for night in nights:
            source.put([(key, text) for key, text in night.items() if text is not None])
            for key in [key for key, text in night.items() if text is None]:
                source.write("DELETE FROM comments WHERE id = ?", key)
            summary = run_job(source.url, store, folder / "out")
    assert (folder / "out/findings.jsonl").read_bytes() == fresh_findings(source, folder)
    assert summary["rows_read"] == sum(summary[name] for name in COUNTS[1:])


def test_a_run_killed_at_any_statement_resumes_and_ends_as_if_it_had_not_been(source, tmp_path):
    whole, _ = _process(source, tmp_path / "whole", 0)
    total = int(whole.stdout)
    for kill_at in random.Random(20).sample(range(1, total), 20):
        folder = tmp_path / str(kill_at)
        killed, _ = _process(source, folder, kill_at)
        assert killed.returncode == -9
        _, summary = _process(source, folder, 0)
        assert (folder / "findings.jsonl").read_bytes() == (tmp_path / "whole/findings.jsonl").read_bytes()
        assert counts(summary) == (100, 100, 0, 0)
        with open_store(folder.with_suffix(".sqlite")) as store, store.connect() as connection:
            assert len(connection.execute(select(vault.c.id).where(vault.c.state == "pending")).all()) == 58
            events = connection.execute(select(audit.c.event).order_by(audit.c.seq)).scalars().all()
        assert (events[0], events[-1]) == ("scan-started", "scan-ended")


def _process(source: Source, folder: Path, kill_at: int) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    program = Path(__file__).with_name("database_job.py")
    arguments = [source.url, str(folder.with_suffix(".sqlite")), str(folder), str(kill_at)]
    environment = {**ENVIRONMENT, "PYTHONPATH": f"{program.parent}:{program.parent.parent}"}
    process = subprocess.run([sys.executable, str(program), *arguments], capture_output=True, text=True, env=environment, check=False)
    summary = folder / "summary.json"
    return process, json.loads(summary.read_text()) if summary.exists() else {}


def test_a_record_that_cannot_be_analysed_is_named_and_tried_again(source, store, tmp_path):
    source.put([(5, f"{EXPLODES} cancer")])
    for _ in range(2):
        summary = run_job(source.url, store, tmp_path / "out")
        assert summary["not_scanned"] == [{"source": "comments", "row": None, "record_id": "5", "reason": "analysis-error: ValueError"}]
        assert (summary["rows_not_scanned"], summary["rows_unsettled"]) == (1, 1)
    assert counts(summary) == (100, 0, 99, 1)
    source.put([(5, "cancer")])
    assert counts(run_job(source.url, store, tmp_path / "out")) == (100, 1, 99, 0)


def test_rows_without_key_are_counted(tmp_path, store):
    source = Source(tmp_path / "source.db", 0)
    source.write("CREATE VIEW nameless AS SELECT CASE WHEN id % 2 THEN id END AS id, note, site, entered FROM comments")
    source.put([(1, "cancer"), (2, "prison"), (4, "dette"), (5, None)])
    request = TableRequest("nameless", TABLE.id_column, TABLE.text_columns)
    summary = run_job(source.url, store, tmp_path / "out", tables=[request])
    assert counts(summary) == (4, 2, 0, 2)
    assert summary["reason_records"] == [["no-key", 2]]
    assert summary["not_scanned"] == [{"source": "nameless", "row": None, "record_id": "", "reason": "no-key", "rows": 2}]


def test_one_run_of_a_job_at_a_time(source, store, tmp_path):
    with job_lock(store, "night"), pytest.raises(BusyError) as caught:
        run_job(source.url, store, tmp_path / "out")
    assert str(caught.value) == "another run of the job night is alive: wait until it has ended, or stop it, then run again"
    assert not (tmp_path / "out/summary.json").exists()


def test_one_scan_at_a_time_writes_into_a_folder(source, store, tmp_path):
    out = tmp_path / "out"
    with (
        held(out),
        pytest.raises(BusyError, match="another scan is writing there; wait until it has ended, or choose another --out folder"),
    ):
        run_job(source.url, store, out)
    assert list(out.iterdir()) == []
    assert run_job(source.url, store, out)["status"] == "complete"


def test_a_table_that_changes_while_it_is_read_is_read_to_its_end(source, store, tmp_path):
    class Meddler(FakeDetector):
        def find_many(self, texts: Sequence[str], names: Sequence[Sequence[str]] | None = None) -> list[list[Any]]:
            if "n° 1 :" in texts[0]:
                source.put([(3, "dette"), (50, "dette"), (101, "dette")])
                source.write("DELETE FROM comments WHERE id IN (4, 60)")
            return super().find_many(texts, names)

    first = run_job(source.url, store, tmp_path / "out", detector=Meddler())
    assert counts(first) == (100, 100, 0, 0)  # 60 is gone, 101 is there, 3 and 4 are as they were when their page was read
    second = run_job(source.url, store, tmp_path / "out")
    assert counts(second) == (99, 1, 98, 0)
    assert (tmp_path / "out/findings.jsonl").read_bytes() == fresh_findings(source, tmp_path)


def test_a_full_disk_stops_the_run_and_loses_nothing(source, tmp_path):
    state = tmp_path / "state.sqlite"
    with open_store(state) as store:
        with store.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        store.engine.dispose()
        event.listen(store.engine, "connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count = {pages + 8}"))
        with pytest.raises(StoreError) as caught:
            run_job(source.url, store, tmp_path / "out")
    assert str(caught.value) == (
        f"state store {state} cannot grow, the disk is full: free some space, then run again; what was committed is safe"
    )
    with open_store(state) as store:
        summary = run_job(source.url, store, tmp_path / "out")
    assert (summary["resumed"], counts(summary)) == (True, (100, 100, 0, 0))
    assert (tmp_path / "out/findings.jsonl").read_bytes() == fresh_findings(source, tmp_path)


def test_a_clock_set_back_changes_nothing(source, store, tmp_path, monkeypatch):
    run_job(source.url, store, tmp_path / "out")
    source.put([(2, "dette")])
    monkeypatch.setattr(clock, "utc_now", lambda: "2020-01-01T00:00:00+00:00")
    assert counts(run_job(source.url, store, tmp_path / "out")) == (100, 1, 99, 0)
    assert (tmp_path / "out/findings.jsonl").read_bytes() == fresh_findings(source, tmp_path)


def test_another_key_is_refused_while_originals_are_sealed(source, store, tmp_path, monkeypatch):
    run_job(source.url, store, tmp_path / "out")
    other = SecretKey(bytes(32))
    monkeypatch.setattr("database_job.KEY", other)
    with pytest.raises(SecretKeyError) as caught:
        run_job(source.url, store, tmp_path / "out")
    assert str(caught.value) == (
        f"58 quarantined originals of this store are sealed with key {KEY.id}; the key given is {other.id}: "
        "give that key, or rotate to the new one with `vigie quarantine rotate`"
    )


def test_a_very_long_comment_is_read_whole(source, store, tmp_path):
    source.put([(50, "bla " * 2_500_000 + "cancer")])
    run_job(source.url, store, tmp_path / "out")
    lines = [json.loads(line) for line in (tmp_path / "out/findings.jsonl").read_text().splitlines()]
    assert [(line["entity"], line["start"], line["end"]) for line in lines if line["record_id"] == "50"] == [
        ("HEALTH", 10_000_000, 10_000_006)
    ]


def test_neither_the_store_nor_the_outputs_hold_a_text(source, store, tmp_path):
    source.put([(1, "cancer de Gwendoline Kerdoncuff")])
    run_job(source.url, store, tmp_path / "out")
    files = [path for path in [*tmp_path.glob("state.sqlite*"), *(tmp_path / "out").iterdir()] if path.is_file()]
    assert [path.name for path in files if b"Gwendoline" in path.read_bytes() or b"Untel" in path.read_bytes()] == []


def test_what_the_source_no_longer_holds_is_not_kept(source, store, tmp_path):
    run_job(source.url, store, tmp_path / "out")
    source.write("UPDATE comments SET note = 'RAS'")
    source.write("DELETE FROM comments WHERE id > 50")
    run_job(source.url, store, tmp_path / "out")
    with store.connect() as connection:
        states = connection.execute(select(vault.c.state, vault.c.sealed)).all()
        assert len(connection.execute(select(records.c.id)).all()) == 50
    assert set(states) == {("erased", None)}


def test_the_first_error_of_the_database_is_the_one_told(source, store, tmp_path):
    run_job(source.url, store, tmp_path / "out")
    source.write("DROP TABLE comments")
    with pytest.raises(InputError):
        run_job(source.url, store, tmp_path / "out")
    assert json.loads((tmp_path / "out/summary.json").read_text())["status"] == "failed"


def test_numbered_rows_and_columns_are_one_text_and_memos_are_read(tmp_path, store):
    source = Source(tmp_path / "source.db", 0)
    source.write("CREATE TABLE lines (dossier TEXT, n INTEGER, texte TEXT, PRIMARY KEY (dossier, n))")
    for row in [("D1", 1, "Mme traite un can"), ("D1", 2, "cer depuis mars"), ("D2", 1, "fuite"), ("D2", 2, "dette")]:
        source.write("INSERT INTO lines VALUES (?, ?, ?)", *row)
    source.write("CREATE TABLE columns (id INTEGER PRIMARY KEY, LIG1 TEXT, LIG2 TEXT)")
    source.write("INSERT INTO columns VALUES (7, 'M. sort de pri', 'son')")
    source.put([(1, r"{\rtf1\ansi M. est {\b alcoo}lique}")])
    tables = [
        TableRequest("lines", lines=NumberedLines(("dossier",), "n", "texte")),
        TableRequest("columns", text_columns=("LIG1", "LIG2")),
        TABLE,
    ]
    for _ in range(2):
        summary = run_job(source.url, store, tmp_path / "out", tables=tables, settings=ReadSettings(page_rows=3))
    assert counts(summary) == (4, 0, 4, 0)
    lines = [json.loads(line) for line in (tmp_path / "out/findings.jsonl").read_text().splitlines()]
    places = [(line["record_id"], line["field"], line.get("line"), line["start"], line["end"], line.get("continued")) for line in lines]
    assert places == [
        ("7", "LIG", "LIG1", 11, 14, [{"line": "LIG2", "start": 0, "end": 3}]),
        ("1", "note", None, 23, 34, None),
        ("D1", "texte", "1", 14, 17, [{"line": "2", "start": 0, "end": 3}]),
        ("D2", "texte", "2", 0, 5, None),
    ]


def test_a_table_whose_key_has_changed_since_the_crash_is_read_from_its_beginning(source, store, tmp_path):
    class Crash(FakeDetector):
        def find_many(self, texts: Sequence[str], names: Sequence[Sequence[str]] | None = None) -> list[list[Any]]:
            if "n° 50 :" in " ".join(texts):
                raise KeyboardInterrupt
            return super().find_many(texts, names)

    assert run_job(source.url, store, tmp_path / "out", detector=Crash())["status"] == "interrupted"
    source.write("ALTER TABLE comments RENAME TO old")
    source.write("CREATE TABLE comments (id INTEGER, note TEXT, site TEXT, entered TEXT, PRIMARY KEY (site, id))")
    source.write("INSERT INTO comments SELECT * FROM old")
    summary = run_job(source.url, store, tmp_path / "out")
    assert (summary["resumed"], counts(summary)) == (True, (100, 100, 0, 0))
    assert (tmp_path / "out/findings.jsonl").read_bytes() == fresh_findings(source, tmp_path)


def test_workers_change_nothing(source, store, tmp_path):
    source.put([(5, f"{EXPLODES} cancer")])
    summary = run_job(source.url, store, tmp_path / "out", workers=2, settings=ReadSettings(page_rows=3))
    assert counts(summary) == (100, 99, 0, 1)
    assert (tmp_path / "out/findings.jsonl").read_bytes() == fresh_findings(source, tmp_path)


def test_a_table_named_twice_is_refused(source, store, tmp_path):
    with pytest.raises(InputError) as caught:
        run_job(source.url, store, tmp_path / "out", tables=[TABLE, TABLE])
    assert str(caught.value) == "table comments is named twice: read it once, with all its text columns and one filter"


def test_a_record_whose_id_has_changed_is_told_by_its_new_id(tmp_path, store):
    source = Source(tmp_path / "source.db", 0)
    source.write("CREATE TABLE notes (pk INTEGER PRIMARY KEY, num TEXT, note TEXT)")
    source.write("INSERT INTO notes VALUES (1, 'A7', 'cancer')")
    tables = [TableRequest("notes", id_column="num", text_columns=("note",))]
    run_job(source.url, store, tmp_path / "out", tables=tables)
    source.write("UPDATE notes SET num = 'B7'")
    assert counts(run_job(source.url, store, tmp_path / "out", tables=tables)) == (1, 1, 0, 0)
    assert json.loads((tmp_path / "out/findings.jsonl").read_text())["record_id"] == "B7"
