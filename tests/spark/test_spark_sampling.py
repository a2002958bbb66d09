"""A sample on Spark holds the records that one machine draws."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes import KEY

from recognizers.detector import Detector
from scanner.catalogue import default_catalogue
from scanner.policy import Policy
from scanner.sampling.drawing import METHOD
from scanner.sampling.frames import ExportFrame
from scanner.sampling.scanning import SamplePlan, scan_sample
from scanner.sources import ReadOptions
from scanner.spark.dataframes import SparkScan, layout_of, records_of_frame, scan_frame
from scanner.spark.job import SparkJob, run_job
from scanner.spark.sampling import draw

SAMPLE = Path(__file__).parents[2] / "samples" / "ikos_export.csv"
OF_THE_RUN = ("run", "started", "seconds", "sources", "first_records")


def lines(out: Path) -> list[str]:
    found = [json.loads(line) for line in (out / "findings.jsonl").read_text(encoding="utf-8").splitlines()]
    return sorted(json.dumps(line, sort_keys=True) for line in found)


def facts(summary: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in summary.items() if name not in OF_THE_RUN}


@pytest.mark.parametrize("size", [300, 5000])
def test_an_export_is_drawn_from_as_on_one_machine(spark, policy: Policy, detector: Detector, tmp_path: Path, size: int) -> None:
    frame = ExportFrame([SAMPLE], ReadOptions(), policy)
    plan = SamplePlan(frame, size, "2026", tmp_path / "one", detector, default_catalogue(), policy, KEY)
    expected = scan_sample(plan)
    job = SparkJob(tmp_path / "out", policy, default_catalogue(), KEY, (str(SAMPLE),), partitions=3, sample=size, seed="2026")
    summary = run_job(spark, job)
    assert facts(summary) == facts(expected)
    assert lines(tmp_path / "out") == lines(tmp_path / "one") != []
    assert summary["sample"] == {
        "asked": size, "size": min(size, 2040), "population": 2040, "without_key": 0, "seed": "2026", "method": METHOD,
    }  # fmt: skip
    assert [(source["rows"], source["population"]) for source in summary["sources"]] == [(min(size, 2040), 2040)]


def test_rows_that_have_neither_id_nor_number_cannot_be_drawn(spark, policy: Policy) -> None:
    rows = [(None if number % 4 == 0 else str(number), "Mme sous chimiothérapie") for number in range(40)]
    frame = spark.createDataFrame(rows, "NUM string, COMMENTAIRE string")
    scan = SparkScan("notes", policy)
    drawing = draw(records_of_frame(frame, layout_of(frame, scan.name, "dataframe", scan.options)), 12, "2026")
    counts = scan_frame(drawing.records, policy, default_catalogue()).counts(KEY)
    assert (drawing.populations, drawing.without_key) == ({"notes": 30}, 10)
    assert (counts["rows_read"], counts["rows_not_scanned"], counts["records_with_findings"]) == (12, 0, 12)


def test_of_no_rows_nothing_is_drawn(spark, policy: Policy) -> None:
    frame = spark.createDataFrame([], "NUM string, COMMENTAIRE string")
    options = ReadOptions(id_column="NUM", text_columns=("COMMENTAIRE",))
    drawing = draw(records_of_frame(frame, layout_of(frame, "notes", "dataframe", options)), 5, "2026")
    counts = scan_frame(drawing.records, policy, default_catalogue()).counts(KEY)
    assert (drawing.populations, drawing.without_key, counts["rows_read"]) == ({}, 0, 0)
