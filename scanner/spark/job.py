"""One scan on Spark: inputs in, ``findings.jsonl``, summary and report out, as ``vigie scan`` writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.catalogue import Catalogue
from scanner.errors import OutputError
from scanner.keys import SecretKey, pseudonym
from scanner.outputs import RESULTS, findings_file, held
from scanner.policy import Policy
from scanner.report import write_report
from scanner.sampling.rates import sample_facts
from scanner.sources import Layout, ReadOptions
from scanner.spark.dataframes import Outcome, scan_frame
from scanner.spark.inputs import open_inputs
from scanner.spark.jdbc import JdbcTable, open_table
from scanner.spark.sampling import Drawing, draw
from scanner.statistics import Statistics
from scanner.summary import new_run, source_facts, summary_of, write_summary

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PARTITIONS_PER_CORE = 4
_ORDER = ("source", "row", "record_id", "field", "start", "end", "entity")


@dataclass(frozen=True, slots=True)
class SparkJob:
    """What to scan and where the outputs go.

    ``inputs`` are exports, folders or URIs of Parquet, none when ``table`` is given. ``findings`` is where the executors write the findings
    as Parquet, in place of ``findings.jsonl``. ``partitions`` is the least number of parts that the work is cut into. ``sample`` is how
    many records to draw, with ``seed``; ``None``: all are scanned.
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
    sample: int | None = None
    seed: str = ""


def run_job(spark: SparkSession, job: SparkJob) -> dict[str, Any]:
    """Run ``job`` and return the summary, which is also written to ``summary.json``, with the report beside it.

    Raises :class:`InputError` when an input cannot be read to its end, :class:`OutputError` when an output cannot be written or when the
    input changed while it was read, :class:`BusyError` when another scan writes there.
    """
    with held(job.out):
        _remove_results(job.out)
        return _run(spark, job)


def _run(spark: SparkSession, job: SparkJob) -> dict[str, Any]:
    from pyspark import StorageLevel

    run = new_run(job.key)
    partitions = job.partitions or PARTITIONS_PER_CORE * spark.sparkContext.defaultParallelism
    if job.table is not None:
        records = open_table(spark, job.table, job.options, partitions)
    else:
        records = open_inputs(spark, job.inputs, job.options)
    records = records.spread(partitions)
    drawing = draw(records, job.sample, job.seed) if job.sample else None
    outcome = scan_frame(drawing.records if drawing else records, job.policy, job.catalogue)
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
    rows = dict(counts.pop("source_rows"))
    alone = counts["rows_read"] if len(records.layouts) == 1 else 0  # its rows may be of several files
    sources = [_source(layout, job.policy, alone or rows.get(layout.source, 0)) for layout in records.layouts]
    summary = {**summary_of("complete", run, job.policy, sources, Statistics()), **counts}
    if drawing:
        summary["sample"] = _sample(job, drawing, summary["rows_read"])
        for source in sources:
            source["population"] = drawing.populations.get(source["source"], 0) if not alone else summary["sample"]["population"]
    write_summary(summary, job.out)
    write_report(summary, job.catalogue, job.out)
    return summary


def _remove_results(out: Path) -> None:
    """Remove what an earlier scan left, which must not pass for a result of this one."""
    try:
        for name in RESULTS:
            (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{error.filename or out}: cannot be written ({error.strerror}); choose another --out folder") from None


def _write_findings(outcome: Outcome, job: SparkJob) -> int:
    """Write the findings and return how many can be read back."""
    if job.findings is None:
        return _write_lines(outcome.findings_with_tenant, job)
    outcome.findings.write.parquet(job.findings)
    return outcome.findings.sparkSession.read.parquet(job.findings).count()


def _write_lines(findings: DataFrame, job: SparkJob) -> int:
    """Write ``findings.jsonl``, in one order whatever the partitions; tenants get their pseudonym."""
    count = 0
    with findings_file(job.out) as file:
        for row in findings.orderBy(*_ORDER).toLocalIterator():
            line = {name: value for name, value in row.asDict(recursive=True).items() if value is not None}
            if "tenant" in line:
                line["tenant"] = pseudonym(line["tenant"], job.key)
            file.write(json.dumps(line) + "\n")
            count += 1
    return count


def _sample(job: SparkJob, drawing: Drawing, size: int) -> dict[str, Any]:
    population = sum(drawing.populations.values())
    assert job.sample is not None
    if size < min(job.sample, population):
        raise OutputError(f"{size} records can be read of {job.sample} drawn: the input changed while it was read; run the scan again")
    return sample_facts(job.sample, size, population, drawing.without_key, job.seed)


def _source(layout: Layout, policy: Policy, rows: int) -> dict[str, Any]:
    return {**source_facts(layout, policy), "rows": rows, "complete": True}
