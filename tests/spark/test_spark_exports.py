"""A job on a real local Spark gives what the scan of one machine gives, row for row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fakes import KEY
from pyspark.errors import PySparkException

from recognizers.detector import Detector
from scanner.catalogue import default_catalogue
from scanner.errors import InputError, OutputError
from scanner.policy import Policy
from scanner.redaction import Redactor
from scanner.scan import ScanPlan, scan
from scanner.sources import ReadOptions, open_source
from scanner.spark import SparkScan, scan_dataframe
from scanner.spark.dataframes import scan_frame
from scanner.spark.inputs import open_inputs
from scanner.spark.job import SparkJob, run_job
from scanner.spark.session import spark_errors

SAMPLE = Path(__file__).parents[2] / "samples" / "ikos_export.csv"
RUN_FACTS = ("run", "started", "seconds", "redaction", "sources")
Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def one_machine(policy: Policy, detector: Detector, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lines, dict[str, Any]]:
    """The findings and the summary of the scan of the sample export without Spark."""
    out = tmp_path_factory.mktemp("one")
    summary = one_machine_scan(policy, detector, SAMPLE, out)
    assert summary["findings"] > 200
    return lines(out), summary


def one_machine_scan(policy: Policy, detector: Detector, path: Path, out: Path) -> dict[str, Any]:
    catalogue = default_catalogue()
    redactor = Redactor("label", catalogue.tags, catalogue.severities, catalogue.wordings, KEY)
    return scan(ScanPlan([path], out, detector, catalogue, policy, redactor, KEY))


def lines(out: Path) -> Lines:
    return [json.loads(line) for line in (out / "findings.jsonl").read_text(encoding="utf-8").splitlines()]


def as_set(found: Sequence[Mapping[str, Any]], *ignored: str) -> set[str]:
    """Return the findings as JSON, without the columns ``ignored`` and those that are null."""
    rows = [{name: value for name, value in line.items() if name not in ignored and value is not None} for line in found]
    written = {json.dumps(row, sort_keys=True) for row in rows}
    assert len(written) == len(found)
    return written


def facts(summary: dict[str, Any]) -> dict[str, Any]:
    """Return what two runs over the same records have in common."""
    return {name: value for name, value in summary.items() if name not in RUN_FACTS}


def job(out: Path, policy: Policy, *inputs: Path | str, **settings: Any) -> SparkJob:
    return SparkJob(out, policy, default_catalogue(), KEY, tuple(map(str, inputs)), **{"partitions": 2, **settings})


def test_an_export_gives_the_findings_and_the_counts_of_one_machine(spark, policy, one_machine, tmp_path):
    (tmp_path / "findings.jsonl").write_text("of an earlier scan", encoding="utf-8")
    summary = run_job(spark, job(tmp_path, policy, SAMPLE, partitions=3))
    assert as_set(lines(tmp_path)) == as_set(one_machine[0])
    assert facts(summary) == facts(one_machine[1])
    (source,) = summary["sources"]
    (expected,) = one_machine[1]["sources"]
    assert source == {name: expected[name] for name in source}
    assert json.loads((tmp_path / "summary.json").read_text(encoding="utf-8")) == summary
    assert {path.name for path in tmp_path.iterdir()} == {"findings.jsonl", "summary.json", "report.html"}


def test_parquet_gives_the_same_with_the_rows_of_each_file(spark, policy, one_machine, tmp_path):
    folder = tmp_path / "données + 1"
    folder.mkdir()
    source = open_source(SAMPLE, ReadOptions())
    table = pa.Table.from_pylist([source.row_values(chunk, at) for chunk in source.chunks() for at in range(len(chunk.records))])
    pq.write_table(table.slice(0, 1500), folder / "a b.parquet", row_group_size=400)
    pq.write_table(table.slice(1500), folder / "c+%41.parquet")
    out = tmp_path / "out"
    summary = run_job(spark, job(out, policy, folder))
    placed = [("a b.parquet", line["row"]) if line["row"] <= 1500 else ("c+%41.parquet", line["row"] - 1500) for line in one_machine[0]]
    expected = [{**line, "source": name, "row": row} for line, (name, row) in zip(one_machine[0], placed, strict=True)]
    assert as_set(lines(out)) == as_set(expected)
    assert [line["row"] for line in lines(out)] == sorted(row for name, row in placed if name == "a b.parquet") + sorted(
        row for name, row in placed if name != "a b.parquet"
    )
    assert (summary["rows_read"], summary["sources"][0]["rows"]) == (2040, 2040)


def test_sparks_own_reader_of_a_windows_1252_export(spark, policy, tmp_path):
    """Spark 4 refuses windows-1252 unless told otherwise, and its reader turns CRLF inside quotes into LF."""
    path = tmp_path / "unix.csv"
    path.write_bytes(SAMPLE.read_bytes().replace(b"\r\n", b"\n"))
    run_job(spark, job(tmp_path / "out", policy, path))
    reader = spark.read.options(header=True, sep=";", multiLine=True, escape='"', encoding="windows-1252")
    with pytest.raises(PySparkException, match=r"INVALID_PARAMETER_VALUE\.CHARSET"):
        reader.csv(str(path)).first()
    spark.conf.set("spark.sql.legacy.javaCharsets", "true")
    try:
        findings = scan_dataframe(reader.csv(str(path)), SparkScan("unix.csv", policy)).findings.collect()
    finally:
        spark.conf.unset("spark.sql.legacy.javaCharsets")
    assert as_set([row.asDict() for row in findings], "row") == as_set(lines(tmp_path / "out"), "row", "tenant")


def test_two_exports_with_a_row_that_is_no_row(spark, policy, tmp_path):
    (tmp_path / "a.csv").write_bytes("ID;COMMENTAIRE\n1;Mme sous chimiothérapie\n2;trop;peu\n".encode("cp1252"))
    (tmp_path / "b.jsonl").write_text('{"ID": 7, "COMMENTAIRE": "RAS"}\n', encoding="utf-8")
    summary = run_job(spark, job(tmp_path / "out", policy, tmp_path / "a.csv", tmp_path / "b.jsonl"))
    found = [
        (line["record_id"], line["source"], line["row"], line["entity"], line["start"], line["end"]) for line in lines(tmp_path / "out")
    ]
    assert found == [("1", "a.csv", 1, "HEALTH", 4, 23)]
    assert summary["not_scanned"] == [{"source": "a.csv", "row": 2, "record_id": "#2", "reason": "field-count"}]
    assert [(source["source"], source["rows"], source["encoding"]) for source in summary["sources"]] == [
        ("a.csv", 2, "cp1252"),
        ("b.jsonl", 1, "utf-8"),
    ]


def test_memos_and_numbered_lines_are_read_as_on_one_machine(spark, policy, detector, tmp_path):
    rtf = r"{\rtf1\ansi\ansicpg1252 Mme sous \b chimioth\'e9rapie\b0 , bail en cours}"
    path = tmp_path / "memos.csv"
    path.write_text(f"ID;MEMO;LIG1;LIG2\n1;{rtf};Monsieur est en garde à;vue depuis hier\n", encoding="utf-8")
    one_machine_scan(policy, detector, path, tmp_path / "one")
    run_job(spark, job(tmp_path / "out", policy, path))
    assert as_set(lines(tmp_path / "out")) == as_set(lines(tmp_path / "one"))
    assert [(line["field"], line.get("line"), line.get("continued")) for line in lines(tmp_path / "out")] == [
        ("LIG", "LIG1", [{"line": "LIG2", "start": 0, "end": 15}]),
        ("MEMO", None, None),
    ]


def test_the_wrong_encoding_is_not_a_clean_result(spark, policy, tmp_path):
    (tmp_path / "a.csv").write_bytes("ID;COMMENTAIRE\n1;été\n2;RAS\n".encode("cp1252"))
    summary = run_job(spark, job(tmp_path / "out", policy, tmp_path / "a.csv", options=ReadOptions(encoding="utf-8")))
    assert (summary["rows_scanned"], summary["rows_not_scanned"], summary["reason_records"]) == (1, 1, [["undecodable", 1]])


def test_executors_write_the_findings_as_parquet_where_they_are_told(spark, policy, tmp_path):
    (tmp_path / "a.csv").write_text("ID;LOCATAIRE;COMMENTAIRE\n1;7;Mme sous chimiothérapie\n2;8;RAS\n", encoding="utf-8")
    place = tmp_path / "findings"
    parquet_job = job(tmp_path / "out", policy, tmp_path / "a.csv", findings=f"file://{place}")
    run_job(spark, parquet_job)
    (found,) = pq.read_table(place).to_pylist()
    assert (found["record_id"], found["row"], found["entity"], found["start"], found["end"]) == ("1", 1, "HEALTH", 4, 23)
    assert "tenant" not in found
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"summary.json", "report.html"}
    with pytest.raises(InputError) as caught, spark_errors():
        run_job(spark, parquet_job)
    assert str(caught.value) == "the place for the findings holds something already; name another"


def test_an_input_that_changes_while_it_is_read_is_no_result(spark, policy, tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("ID;COMMENTAIRE\n1;Mme sous chimiothérapie\n", encoding="utf-8")
    monkeypatch.setattr("scanner.spark.job._write_findings", lambda outcome, job: 0)
    with pytest.raises(OutputError) as caught:
        run_job(spark, job(tmp_path / "out", policy, tmp_path / "a.csv"))
    assert str(caught.value) == (
        "0 findings can be read back, 1 were counted: the input changed while it was read, or executors wrote to disks of their own "
        "(--findings); run the scan again"
    )
    assert [path.name for path in (tmp_path / "out").iterdir()] == []


def test_a_file_that_an_executor_cannot_read_stops_the_scan(spark, policy, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("ID;COMMENTAIRE\n1;RAS\n", encoding="utf-8")
    records = open_inputs(spark, [str(path)], ReadOptions())
    path.unlink()
    with pytest.raises(InputError) as caught, spark_errors():
        scan_frame(records, policy, default_catalogue()).counts(KEY)
    assert str(caught.value) == f"{path}: cannot be read (No such file or directory); check the path and the rights"


def test_inputs_that_cannot_be_read(spark, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.csv").write_text("ID;COMMENTAIRE\n1;RAS\n", encoding="utf-8")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.csv").write_text("ID;COMMENTAIRE\n1;RAS\n", encoding="utf-8")
    pq.write_table(pa.table({"ID": [1], "COMMENTAIRE": ["RAS"]}), tmp_path / "b.parquet")
    (tmp_path / "damaged.parquet").write_bytes(b"PAR1 is all that is left of it")
    refused = {
        (tmp_path / "damaged.parquet",): (
            "an input cannot be read to its end: the file is damaged, or the file system failed; copy or export it again"
        ),
        (tmp_path / "empty",): f"{tmp_path}/empty: holds no file; check the path",
        (tmp_path / "none.csv",): f"{tmp_path}/none.csv: cannot be read (No such file or directory); check the path and the rights",
        ("file:///nowhere/at/all",): "an input does not exist where Spark looks for it; check the path and the file system",
        (tmp_path / "a.csv", tmp_path / "b.parquet"): "Parquet and other exports cannot be scanned together; give them to one command each",
        (tmp_path / "a.csv", tmp_path / "other"): (
            "two of the exports have the same name; give them different names, which findings can tell apart"
        ),
    }
    for inputs, message in refused.items():
        with pytest.raises(InputError) as caught, spark_errors():
            open_inputs(spark, [str(path) for path in inputs], ReadOptions())
        assert str(caught.value) == message
