"""The figures of a run as metrics of Prometheus: names, labels, values. Nothing in them tells of a person.

Every metric carries ``scan_job``, so that the files of several jobs can lie in one folder; the label ``job`` is Prometheus' own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, get_args

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric

from recognizers.rulepack import rules_digest
from scanner.summary import Status

JOB_LABEL = "scan_job"
LAST_SUCCESS = "vigie_run_last_success_timestamp_seconds"

_OUTCOMES = ("scanned", "skipped", "not_scanned")
_CHANGES = ("new", "gone", "unchanged")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: its status, its duration in seconds, the class of the error that ended it if any.

    ``last_success`` is when the job was last complete, in seconds since 1970, 0 for never.
    """

    status: Status
    seconds: float
    last_success: float
    error: str = ""


def run_metrics(job: str, ending: Ending, summary: Mapping[str, Any] | None = None) -> Iterator[Metric]:
    """Yield the metrics of a run of ``job``; without a ``summary``, as when it failed, those of its ending only."""
    yield _info("vigie_build", "Version of Vigie and digest of its rules.", job, version=version("vigie"), rules=rules_digest())
    yield _gauge(LAST_SUCCESS, "When a run of the job was last complete, 0 for never.", job, ending.last_success)
    yield _gauge("vigie_run_duration_seconds", "How long the last run took.", job, ending.seconds)
    statuses = {status: status == ending.status for status in get_args(Status)}
    yield _gauges("vigie_run_status", "1 for how the last run ended.", job, "status", statuses)
    if ending.status == "failed":
        yield _info("vigie_run_failure", "Class of the error that ended the last run.", job, error=ending.error)
    if summary is not None:
        yield from _counts(job, summary)


def _counts(job: str, summary: Mapping[str, Any]) -> Iterator[Metric]:
    sources = summary["sources"]
    rows = {outcome: summary[f"rows_{outcome}"] for outcome in _OUTCOMES}
    yield _gauges("vigie_rows", "Rows that the last run read, by what became of them.", job, "outcome", rows)
    tables = {source["source"]: source["rows"] for source in sources}
    yield _gauges("vigie_table_rows", "Rows that the last run read of each table.", job, "table", tables)
    complete = {source["source"]: source["complete"] for source in sources}
    yield _gauges("vigie_table_complete", "1 when the last run read the table to its end.", job, "table", complete)
    yield _gauges("vigie_findings", "Findings that stand, by entity.", job, "entity", dict(summary["entity_findings"]))
    yield _gauges("vigie_records", "Records by level of risk.", job, "level", summary["levels"])
    yield _gauge("vigie_alerts", "Records at or above the policy's alert level.", job, summary["alerts"])
    if "comparison" in summary:
        changes = {change: summary["comparison"][change] for change in _CHANGES}
        yield _gauges("vigie_findings_compared", "Findings compared with the run before.", job, "change", changes)
    if "quarantine" in summary:
        yield _gauges("vigie_quarantine_entries", "Sealed originals by state.", job, "state", summary["quarantine"])


def _gauge(name: str, text: str, job: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, text, labels=(JOB_LABEL,))
    family.add_metric([job], float(value))
    return family


def _gauges(name: str, text: str, job: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=(JOB_LABEL, label))
    for key, value in values.items():
        family.add_metric([job, key], float(value))
    return family


def _info(name: str, text: str, job: str, **labels: str) -> Metric:
    family = InfoMetricFamily(name, text, labels=(JOB_LABEL,))
    family.add_metric([job], labels)
    return family
