"""One scan on Spark: inputs in, ``findings.jsonl``, summary and report out, as ``vigie scan`` writes them."""

from __future__ import annotations

import datetime
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recognizers.rulepack import rules_digest
from scanner.catalogue import Catalogue
from scanner.errors import OutputError
from scanner.keys import SecretKey
from scanner.outputs import FINDINGS, FINDINGS_PART, REPORT, SUMMARY, prepare_folder
from scanner.policy import Policy
from scanner.report import write_report
from scanner.scan import writing
from scanner.sources import Layout, ReadOptions
from scanner.spark.dataframes import Outcome, scan_frame
from scanner.spark.inputs import open_inputs
from scanner.spark.jdbc import JdbcTable, open_table
from scanner.statistics import Statistics
from scanner.summary import RunFacts, summary_of, write_summary

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PARTITIONS_PER_CORE = 4
_ORDER = ("source", "row", "record_id", "field", "start", "end", "entity")


@dataclass(frozen=True, slots=True)
class SparkJob:
    """What to scan and where the outputs go.

    ``inputs`` are exports, folders or URIs of Parquet, none when ``table`` is given. ``findings`` is where the executors write the findings
    as Parquet, in place of ``findings.jsonl``. ``partitions`` is the least number of parts that the work is cut into.
    """

    out: Path
    policy: Policy
    catalogue: Catalogue
    key: SecretKey
    inputs: Sequence[str] = ()
    table: JdbcTable | None = None
    options: ReadOptions = field(default_factory=ReadOptions)
    findings: str | None = None
    partitions: int | None = None


def run_job(spark: SparkSession, job: SparkJob) -> dict[str, Any]:
    """Run ``job`` and return the summary, which is also written to ``summary.json``, with the report beside it.

    Raises :class:`InputError` when an input cannot be read to its end, :class:`OutputError` when an output cannot be written or when the
    input changed while it was read.
    """
    from pyspark import StorageLevel

    started = datetime.datetime.now(datetime.UTC)
    _prepare(job.out)
    partitions = job.partitions or PARTITIONS_PER_CORE * spark.sparkContext.defaultParallelism
    if job.table is not None:
        records = open_table(spark, job.table, job.options, partitions)
    else:
        records = open_inputs(spark, job.inputs, job.options)
    outcome = scan_frame(records.spread(partitions), job.policy, job.catalogue)
    outcome.table.persist(StorageLevel.MEMORY_AND_DISK)
    try:
        written = _write_findings(outcome, job)
        counts = outcome.counts(job.key)
    finally:
        outcome.table.unpersist()
    if written != counts["findings"]:
        raise OutputError(
            f"{written} findings can be read back, {counts['findings']} were counted: the input changed while it was read, or executors "
            "wrote to disks of their own (--findings); run the scan again"
        )
    run = RunFacts(secrets.token_hex(8), started, rules_digest(), job.key.id, redaction="")
    rows = dict(counts.pop("source_rows"))
    alone = counts["rows_read"] if len(records.layouts) == 1 else 0  # its rows may be of several files
    sources = [_source(layout, job.policy, alone or rows.get(layout.source, 0)) for layout in records.layouts]
    summary = {**summary_of("complete", run, job.policy, sources, Statistics()), **counts}
    write_summary(summary, job.out)
    write_report(summary, job.catalogue, job.out)
    return summary


def _prepare(out: Path) -> None:
    """Make the folder of the outputs; nothing of an earlier scan may pass for a result of this one."""
    prepare_folder(out)
    try:
        for name in (FINDINGS, FINDINGS_PART, SUMMARY, REPORT):
            (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{error.filename or out}: cannot be written ({error.strerror}); choose another --out folder") from None


def _write_findings(outcome: Outcome, job: SparkJob) -> int:
    """Write the findings and return how many can be read back."""
    if job.findings is None:
        return _write_lines(outcome.findings, job.out)
    outcome.findings.write.parquet(job.findings)
    return outcome.findings.sparkSession.read.parquet(job.findings).count()


def _write_lines(findings: DataFrame, out: Path) -> int:
    """Write ``findings.jsonl``, in one order whatever the partitions."""
    part = out / FINDINGS_PART
    count = 0
    with writing(part):
        with open(part, "w", encoding="utf-8", newline="\n", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            for row in findings.orderBy(*_ORDER).toLocalIterator():
                file.write(json.dumps({name: value for name, value in row.asDict(recursive=True).items() if value is not None}) + "\n")
                count += 1
        part.replace(out / FINDINGS)
    return count


def _source(layout: Layout, policy: Policy, rows: int) -> dict[str, Any]:
    policy = policy.with_purposes(layout.purposes, layout.roles.lines)
    return {
        "source": layout.source,
        "format": layout.format,
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
        "text_columns": list(layout.roles.texts),
        "id_column": layout.roles.id,
        "purposes": {column: policy.purpose_of(column) for column in layout.roles.texts},
        "rows": rows,
        "complete": True,
    }
