"""``scan_dataframe``: whatever DataFrame it is given, however it is cut, every row comes out."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import EXPLODES, KEY, FakeDetector
from pyspark.sql import DataFrame, SparkSession

from recognizers.finding import Finding
from scanner.errors import InputError
from scanner.finding_lines import finding_line
from scanner.judgement import JudgedFinding
from scanner.keys import pseudonym
from scanner.memos.lines import Place
from scanner.policy import Policy
from scanner.records import Record
from scanner.sources import ReadOptions
from scanner.spark import SparkScan, scan_dataframe

ITEM = JudgedFinding(Finding("HEALTH", 0, 1, 0.9, "HEALTH.x"), 4, "redact", "NOTE1", (Place("NOTE2", 0, 1),))


def frame(spark: SparkSession, rows: list[tuple[Any, ...]], partitions: int = 1) -> DataFrame:
    return spark.createDataFrame(rows, "NUM string, COMMENTAIRE string, `lib. site` string").repartition(partitions)


def asked(policy: Policy, **options: Any) -> SparkScan:
    settings = ReadOptions(id_column="NUM", site_column="lib. site", text_columns=("COMMENTAIRE",))
    return SparkScan("notes", policy, ReadOptions(**options) if options else settings, detector=FakeDetector)  # type: ignore[arg-type]


@pytest.mark.parametrize("partitions", [1, 2, 7])
def test_partitions_change_nothing(spark, fake_policy, partitions):
    rows = [(f"n{number}", "une dette" if number % 2 else "un cancer", "Les Lilas") for number in range(5)]
    outcome = scan_dataframe(frame(spark, rows, partitions), asked(fake_policy))
    found = sorted((row.record_id, row.source, row.row, row.entity, row.start, row.end, row.action) for row in outcome.findings.collect())
    assert found == [
        ("n0", "notes", None, "HEALTH", 3, 9, "redact"),
        ("n1", "notes", None, "FINANCIAL", 4, 9, "warn"),
        ("n2", "notes", None, "HEALTH", 3, 9, "redact"),
        ("n3", "notes", None, "FINANCIAL", 4, 9, "warn"),
        ("n4", "notes", None, "HEALTH", 3, 9, "redact"),
    ]
    counts = outcome.counts(KEY)
    assert (counts["rows_read"], counts["alerts"], counts["site_findings"]) == (5, 5, [["Les Lilas", 5]])
    assert [entry["record"] for entry in counts["first_records"]] == [pseudonym(name, KEY) for name in ("n0", "n2", "n4", "n1", "n3")]


def test_rows_that_cannot_be_read_or_found_again_are_named_and_cost_only_themselves(spark, fake_policy):
    rows = [
        ("a", None, None),
        (None, "un cancer", None),
        ("  ", "RAS", None),
        ("b", f"{EXPLODES} en prison", None),
        ("c", "x" * 1_000_000 + " en prison", None),
        ("d", "une dette", None),
    ]
    bad = spark.sql("SELECT 'e' AS NUM, CAST(X'E974E9' AS STRING) AS COMMENTAIRE, CAST(NULL AS STRING) AS SITE")
    outcome = scan_dataframe(frame(spark, rows).union(bad), asked(fake_policy))
    assert sorted((row.record_id, row.start, row.end) for row in outcome.findings.collect()) == [
        ("", 3, 9),
        ("c", 1_000_004, 1_000_010),
        ("d", 4, 9),
    ]
    assert sorted((row.record_id, row.source, row.row, row.reason) for row in outcome.not_scanned.collect()) == [
        ("", "notes", None, "no-key"),
        ("", "notes", None, "no-key"),
        ("b", "notes", None, "analysis-error: ValueError"),
        ("e", "notes", None, "undecodable"),
    ]
    counts = outcome.counts(KEY)
    assert (counts["rows_read"], counts["rows_scanned"], counts["rows_not_scanned"]) == (7, 3, 4)
    assert counts["not_scanned"] == [
        {"source": "notes", "row": None, "record_id": "", "reason": "no-key", "rows": 2},
        {"source": "notes", "row": None, "record_id": "b", "reason": "analysis-error: ValueError"},
        {"source": "notes", "row": None, "record_id": "e", "reason": "undecodable"},
    ]


def test_a_dataframe_without_rows(spark, fake_policy):
    outcome = scan_dataframe(frame(spark, []), asked(fake_policy))
    assert (outcome.findings.collect(), outcome.not_scanned.collect(), outcome.counts(KEY)["rows_read"]) == ([], [], 0)


def test_the_columns_of_both_outputs(spark, fake_policy):
    outcome = scan_dataframe(frame(spark, []), asked(fake_policy))
    assert outcome.findings.columns == list(finding_line(Record("n1", 0, "notes", {}), "NOTE", ITEM, "low"))
    assert outcome.not_scanned.columns == ["record_id", "source", "row", "reason"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text_columns": ("NOTE",)}, "notes: no column 'NOTE'; the columns are: NUM, COMMENTAIRE, lib. site"),
        ({"id_column": "CLE"}, "notes: no column 'CLE'; the columns are: NUM, COMMENTAIRE, lib. site"),
    ],
)
def test_missing_columns(spark, fake_policy, options, message):
    with pytest.raises(InputError) as caught:
        scan_dataframe(frame(spark, [("1", "RAS", "")]), asked(fake_policy, **options))
    assert str(caught.value) == message


def test_a_dataframe_without_id_or_without_text(spark, fake_policy):
    nameless = spark.createDataFrame([("RAS",)], "COMMENTAIRE string")
    with pytest.raises(InputError) as caught:
        scan_dataframe(nameless, asked(fake_policy, text_columns=("COMMENTAIRE",)))
    assert str(caught.value) == "notes: no column identifies the record; name it with id_column, one of: COMMENTAIRE"
    textless = spark.createDataFrame([(1, 2.5)], "NUM int, LOYER double")
    with pytest.raises(InputError) as caught:
        scan_dataframe(textless, asked(fake_policy, id_column="NUM"))
    assert str(caught.value) == "notes: no free-text column found; name it with --text-column, one of: NUM, LOYER"
