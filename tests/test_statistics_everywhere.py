"""An export, read by one process or several, and a database, read at once or bit by bit, count the same."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from database_job import run_job
from fakes import FakeDetector, make_plan

from scanner.databases import TableRequest
from scanner.scan import scan
from scanner.store.engine import open_store
from scanner.workers import Workers

COLUMNS = ("ID", "LOCATAIRE", "SITE", "DATE", "COMMENTAIRE", "NOTE")
TEXTS = ("cancer et dette", "RAS", "prison", "fuite", "dette", "alcoolique, cancer, prison", "chaudière")
PURPOSES = {"NOTE": "social_follow_up"}
TABLE = TableRequest(
    "comments", id_column="ID", text_columns=("COMMENTAIRE", "NOTE"), tenant_column="LOCATAIRE", site_column="SITE", date_column="DATE",
    purposes=PURPOSES,
)  # fmt: skip
OF_THE_RUN = ("run", "started", "seconds", "redaction", "sources", "rows_scanned", "rows_skipped", "job", "resumed", "comparison", "audit")
ONLY_THERE = ("quarantine",)


def rows(nameless: int = 10, count: int = 80) -> list[tuple[str, ...]]:
    """Return rows of which every ``nameless``-th names no tenant."""
    return [
        (
            f"{number:04}", "" if number % nameless == 0 else f"T{number % 13}", f"S{number % 3}", f"202{number % 4}-0{number % 9 + 1}-03",
            TEXTS[number % 7], TEXTS[number * 3 % 7],
        )
        for number in range(1, count + 1)
    ]  # fmt: skip


def counts(summary: dict[str, Any]) -> dict[str, Any]:
    """Return what a summary says whatever was read and however: records without the place where they stand."""
    kept = {name: value for name, value in summary.items() if name not in (*OF_THE_RUN, *ONLY_THERE)}
    return {**kept, "first_records": [{**entry, "row": None, "source": ""} for entry in kept["first_records"]]}


def write_export(path: Path, content: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([COLUMNS, *content])
    return path


def write_table(path: Path, content: Sequence[Sequence[str]]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE IF NOT EXISTS comments ({', '.join(COLUMNS)}, PRIMARY KEY (ID))")
        connection.executemany("INSERT OR REPLACE INTO comments VALUES (?, ?, ?, ?, ?, ?)", content)


def tenants(out: Path) -> list[tuple[Any, ...]]:
    lines = [json.loads(line) for line in (out / "findings.jsonl").read_text(encoding="utf-8").splitlines()]
    return [(line["record_id"], line["field"], line["entity"], line["start"], line.get("tenant")) for line in lines]


@pytest.mark.parametrize("nameless", [1, 10, 1000])
def test_exports_and_databases_count_the_same(tmp_path: Path, nameless: int) -> None:
    content = rows(nameless)
    options = {"text_columns": ("COMMENTAIRE", "NOTE"), "tenant_column": "LOCATAIRE", "purposes": PURPOSES}
    plan = make_plan([write_export(tmp_path / "export.csv", content)], tmp_path / "export", **options, chunk_size=9)
    of_export = scan(plan)
    by_workers = scan(replace(plan, out=tmp_path / "workers", workers=Workers(2, FakeDetector, start_after=0)))
    write_table(tmp_path / "source.db", content)
    with open_store(tmp_path / "once.sqlite") as store:
        of_database = run_job(f"sqlite:///{tmp_path}/source.db", store, tmp_path / "once", tables=[TABLE])
    expected = {
        "read": 13 if nameless > 1 else None,
        "with_findings": 13 if nameless > 1 else None,
        "at_least": nameless == 10,
        "records_without": 80 // nameless,
    }
    assert of_export["persons"] == expected
    assert {name for name in of_export if name.startswith(("entity_", "level_", "persons"))} == {
        "entity_findings", "entity_records", "entity_assertion", "entity_subject", "entity_field", "entity_site", "entity_term",
        "entity_severity", "entity_month", "entity_purpose", "level_month", "entity_persons", "persons",
    }  # fmt: skip
    assert counts(by_workers) == counts(of_export) == counts(of_database)
    assert tenants(tmp_path / "workers") == tenants(tmp_path / "export") == tenants(tmp_path / "once")


def test_a_database_that_changes_from_run_to_run_counts_what_it_holds_now(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/source.db"
    before, after = (
        rows(count=60),
        [*rows(count=60)[5:], *((f"9{number:03}", "T99", "S9", "2025-01-02", "prison", "") for number in range(5))],
    )
    with open_store(tmp_path / "state.sqlite") as store:
        write_table(tmp_path / "source.db", before)
        run_job(url, store, tmp_path / "night", tables=[TABLE])
        with closing(sqlite3.connect(tmp_path / "source.db")) as connection, connection:
            connection.execute("DELETE FROM comments WHERE ID <= '0005'")
        write_table(tmp_path / "source.db", after)
        last = run_job(url, store, tmp_path / "night", tables=[TABLE])
    with open_store(tmp_path / "fresh.sqlite") as store:
        fresh = run_job(url, store, tmp_path / "fresh", tables=[TABLE])
    assert counts(last) == counts(fresh)
    assert (last["rows_skipped"], last["persons"]["read"]) == (55, 14)
    assert tenants(tmp_path / "night") == tenants(tmp_path / "fresh")
