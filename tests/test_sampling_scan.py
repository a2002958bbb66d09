"""The scan of a sample: what it says of the records drawn is what a whole scan says of them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import EXPLODES, FakeDetector, make_plan
from openpyxl import Workbook

from scanner.databases import NumberedLines, ReadSettings, TableRequest, open_database
from scanner.errors import BusyError, InputError
from scanner.outputs import held
from scanner.sampling import SampleRates, sample_rates
from scanner.sampling.drawing import METHOD, new_seed
from scanner.sampling.frames import DatabaseFrame, ExportFrame, Frame
from scanner.sampling.scanning import SamplePlan, scan_sample
from scanner.scan import ScanPlan, scan
from scanner.workers import Workers

TEXTS = ["cancer", "fuite", "prison et dette", "RAS", "chaudière", "dette", EXPLODES, "alcoolique, cancer, prison"]
RUN_FACTS = {"run", "started", "seconds", "redaction", "sources", "sample"}
Lines = list[dict[str, Any]]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export of 101 rows of which one is broken, by seven tenants."""
    path = tmp_path / "export.csv"
    rows = [f"{number};T{number % 7};2026-0{number % 9 + 1}-03;{TEXTS[number % len(TEXTS)]}" for number in range(1, 101)]
    path.write_text("\n".join(["ID;LOCATAIRE;DATE;COMMENTAIRE", *rows, "101;une;cellule;de;trop"]) + "\n", encoding="utf-8")
    return path


def plan_of(plan: ScanPlan, size: int, frame: Frame | None = None, **more: Any) -> SamplePlan:
    frame = frame or ExportFrame(plan.inputs, plan.options, plan.policy)
    sample = SamplePlan(frame, size, "2026", plan.out, plan.detector, plan.catalogue, plan.policy, plan.key)
    return replace(sample, **more)


def lines(out: Path) -> Lines:
    return [json.loads(line) for line in (out / "findings.jsonl").read_text(encoding="utf-8").splitlines()]


def files(out: Path) -> list[str]:
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*"))


def test_findings_and_counts_are_those_of_the_rows_drawn(export, tmp_path):
    scan(make_plan([export], tmp_path / "whole"))
    summary = scan_sample(plan_of(make_plan([export], tmp_path / "out"), 30))
    rows = {row["row"] for row in lines(tmp_path / "out")}
    assert lines(tmp_path / "out") == [line for line in lines(tmp_path / "whole") if line["row"] in rows]
    alone = tmp_path / "alone" / "export.csv"
    alone.parent.mkdir()
    text = export.read_text(encoding="utf-8").splitlines()
    found = [number for number in range(1, 101) if number in rows]
    alone.write_text("\n".join([text[0], *(text[number] for number in found)]) + "\n", encoding="utf-8")
    expected = scan(make_plan([alone], tmp_path / "again"))
    assert len(found) == summary["records_with_findings"] == expected["records_with_findings"]
    named = {name for name in expected if name.startswith(("entity_", "field_")) or name == "actions"}
    assert {name: summary[name] for name in named} == {name: expected[name] for name in named}
    assert summary["sample"] == {"asked": 30, "size": 30, "population": 101, "without_key": 0, "seed": "2026", "method": METHOD}
    (source,) = summary["sources"]
    assert (source["rows"], source["population"], source["complete"], len(source["sha256"])) == (30, 101, True, 64)
    assert (summary["rows_read"], sum(summary["levels"].values()) + summary["rows_unsettled"]) == (30, 30)
    assert json.loads((tmp_path / "out/summary.json").read_text(encoding="utf-8")) == summary


def test_nothing_is_redacted_or_quarantined_and_nothing_older_passes_for_a_result(export, tmp_path):
    out = tmp_path / "out"
    scan(make_plan([export], out))
    (quarantine,) = (path.read_bytes() for path in out.glob("quarantine.jsonl"))
    scan_sample(plan_of(make_plan([export], out), 10))
    (aside,) = out.glob("quarantine-*.jsonl")
    assert aside.read_bytes() == quarantine
    assert files(out) == ["findings.jsonl", aside.name, "report.html", "summary.json"]
    assert (out / "findings.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_another_scan_writes_into_is_left_alone(export, tmp_path):
    out = tmp_path / "out"
    scan(make_plan([export], out))
    before = files(out)
    with held(out), pytest.raises(BusyError, match="another scan is writing there"):
        scan_sample(plan_of(make_plan([export], out), 10))
    assert files(out) == before


def test_a_sample_of_everything_is_the_whole_scan(export, tmp_path):
    whole = scan(make_plan([export], tmp_path / "whole"))
    summary = scan_sample(plan_of(make_plan([export], tmp_path / "out"), 101))
    assert {name: summary[name] for name in whole if name not in RUN_FACTS} == {
        name: value for name, value in whole.items() if name not in RUN_FACTS
    }
    assert lines(tmp_path / "out") == lines(tmp_path / "whole")
    rates = sample_rates(summary)
    assert isinstance(rates, SampleRates)
    assert (rates.is_everything, rates.not_scanned.low, rates.not_scanned.high) == (True, 13 / 101, 13 / 101)


def test_chunks_and_workers_do_not_matter(export, tmp_path):
    one = scan_sample(plan_of(make_plan([export], tmp_path / "one"), 40))
    two = scan_sample(plan_of(make_plan([export], tmp_path / "two", chunk_size=7), 40, workers=Workers(2, FakeDetector, start_after=0)))
    assert lines(tmp_path / "one") == lines(tmp_path / "two") != []
    assert {**one, **dict.fromkeys(RUN_FACTS)} == {**two, **dict.fromkeys(RUN_FACTS)}


def test_several_files_and_sheets_are_one_population(export, tmp_path):
    book = Workbook()
    for title in ("Nord", "Sud"):
        sheet = book.create_sheet(title)
        for row in [("ID", "COMMENTAIRE"), *((number, "cancer") for number in range(50))]:
            sheet.append(row)
    del book["Sheet"]
    book.save(tmp_path / "book.xlsx")
    summary = scan_sample(plan_of(make_plan([export, tmp_path / "book.xlsx"], tmp_path / "out"), 60))
    populations = [(source["source"], source["population"]) for source in summary["sources"]]
    assert populations == [("export.csv", 101), ("book.xlsx#Nord", 50), ("book.xlsx#Sud", 50)]
    assert (summary["sample"]["population"], sum(source["rows"] for source in summary["sources"])) == (201, 60)
    assert {line["source"] for line in lines(tmp_path / "out")} == {"export.csv", "book.xlsx#Nord", "book.xlsx#Sud"}


def test_numbered_lines_and_memos_are_read_as_in_a_whole_scan(tmp_path):
    path = tmp_path / "memos.csv"
    rows = "".join(f"{number};{{\\rtf1\\ansi un {{\\b can}}cer}};en pri;son depuis hier\n" for number in range(20))
    path.write_text("ID;MEMO;LIG1;LIG2\n" + rows, encoding="utf-8")
    scan(make_plan([path], tmp_path / "whole"))
    scan_sample(plan_of(make_plan([path], tmp_path / "out"), 5))
    found = lines(tmp_path / "out")
    assert found == [line for line in lines(tmp_path / "whole") if line["row"] in {line["row"] for line in found}]
    assert len({line["row"] for line in found}) == 5


def test_an_interrupted_reading_gives_no_sample(export, tmp_path):
    def interrupt(source: str, records: int) -> None:
        raise KeyboardInterrupt

    summary = scan_sample(plan_of(make_plan([export], tmp_path / "out"), 10), interrupt)
    assert (summary["status"], summary["rows_read"], summary["sources"], sample_rates(summary)) == ("interrupted", 0, [], None)
    assert files(tmp_path / "out") == ["report.html", "summary.json"]


def test_a_file_given_twice_is_refused(export, tmp_path):
    with pytest.raises(InputError, match="the same file is given twice"):
        plan_of(make_plan([export, export], tmp_path / "out"), 10)


def test_seeds_that_nobody_chose_differ():
    assert len({new_seed() for _ in range(100)}) == 100


def database(path: Path, *statements: str) -> str:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    return f"sqlite:///{path}"


def sampled(url: str, out: Path, size: int, *requests: TableRequest, page_rows: int = 7) -> dict[str, Any]:
    plan = make_plan([], out)
    with open_database(url, ReadSettings(page_rows=page_rows)) as opened:
        return scan_sample(plan_of(plan, size, DatabaseFrame(opened, requests, plan.policy)))


def test_a_table_is_drawn_from_by_its_keys_and_nothing_is_kept(tmp_path):
    url = database(
        tmp_path / "source.db",
        "CREATE TABLE comments (id INTEGER PRIMARY KEY, tenant TEXT, note TEXT)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90) "
        "INSERT INTO comments SELECT i, 'T' || (i % 7), CASE i % 3 WHEN 0 THEN 'un cancer' ELSE 'RAS' END FROM n",
    )
    table = TableRequest("comments", id_column="id", text_columns=("note",), tenant_column="tenant")
    summary = sampled(url, tmp_path / "out", 30, table)
    sampled(url, tmp_path / "again", 30, table, page_rows=50)
    assert lines(tmp_path / "out") == lines(tmp_path / "again")
    found = [int(line["record_id"]) for line in lines(tmp_path / "out")]
    assert (found, [number % 3 for number in found]) == (sorted(found), [0] * summary["records_with_findings"])
    assert (summary["sample"]["population"], summary["rows_read"], summary["persons"]["read"]) == (90, 30, 7)
    assert [(source["source"], source["rows"], source["key_columns"]) for source in summary["sources"]] == [("comments", 30, ["id"])]
    assert files(tmp_path / "out") == ["findings.jsonl", "report.html", "summary.json"]
    with pytest.raises(InputError, match="a table is named twice"):
        sampled(url, tmp_path / "out", 30, table, table)


def test_rows_without_key_cannot_be_drawn_and_are_counted(tmp_path):
    url = database(
        tmp_path / "source.db",
        "CREATE TABLE nameless (id INTEGER UNIQUE, note TEXT)",
        "INSERT INTO nameless VALUES (1, 'cancer'), (2, 'RAS'), (NULL, 'prison'), (NULL, 'RAS')",
    )
    summary = sampled(url, tmp_path / "out", 5, TableRequest("nameless", id_column="id", text_columns=("note",)))
    assert (summary["rows_read"], summary["sample"]["population"], summary["sample"]["without_key"]) == (2, 2, 2)


def test_a_text_spread_over_rows_is_one_record_of_the_population(tmp_path):
    url = database(
        tmp_path / "source.db",
        "CREATE TABLE memo (dossier INTEGER, line INTEGER, note TEXT, PRIMARY KEY (dossier, line))",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) INSERT INTO memo SELECT i, 1, 'sortie de' FROM n",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) INSERT INTO memo SELECT i, 2, 'prison' FROM n",
    )
    request = TableRequest("memo", lines=NumberedLines(("dossier",), "line", "note"))
    summary = sampled(url, tmp_path / "out", 6, request, page_rows=5)
    assert (summary["sample"]["population"], summary["records_with_findings"]) == (20, 6)
    assert {(line["entity"], line["line"]) for line in lines(tmp_path / "out")} == {("OFFENCE", "2")}


def test_rates_are_of_the_records_that_could_be_judged(export, tmp_path):
    summary = scan_sample(plan_of(make_plan([export], tmp_path / "out"), 50))
    rates = sample_rates(summary)
    assert rates is not None
    judged = 50 - summary["rows_unsettled"]
    assert (rates.size, rates.population, rates.judged, rates.seed) == (50, 101, judged, "2026")
    assert 0 < summary["rows_unsettled"] == summary["rows_not_scanned"]
    assert {level: (share.count, share.total) for level, share in rates.levels.items()} == {
        level: (count, judged) for level, count in summary["levels"].items()
    }
    assert {entity: share.count for entity, share in rates.entities.items()} == dict(summary["entity_records"])
    true_share = sum(TEXTS[number % 8] not in ("fuite", "RAS", "chaudière", EXPLODES) for number in range(1, 101)) / (101 - 13)
    assert rates.with_findings.low <= true_share <= rates.with_findings.high
    few, many = rates.records(rates.with_findings)
    assert summary["records_with_findings"] <= few < many <= 101
    assert sample_rates(scan(make_plan([export], tmp_path / "whole"))) is None
