"""One scan: records in, findings, redacted copies, quarantine, counts and summary out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from recognizers.collector import collect_recent, collector_paused
from recognizers.detector import Detector
from scanner.catalogue import Catalogue
from scanner.chunk_reading import ChunkReading, read_chunk
from scanner.export_reading import chunks_of, file_facts, open_distinct
from scanner.finding_lines import json_lines
from scanner.judgement import Judgement, judge
from scanner.keys import SecretKey, pseudonym
from scanner.memos.reading import Reading
from scanner.outputs import QUARANTINE, REDACTED, findings_file, held, prepare, redacted_names
from scanner.policy import Policy
from scanner.quarantine import QuarantinedRecord, QuarantineWriter
from scanner.recognition import Detected, Outcome, TextList, with_problem
from scanner.redaction import Redactor
from scanner.report import write_report
from scanner.sources import Chunk, Layout, ReadOptions, RedactedWriter, Source
from scanner.statistics import Statistics
from scanner.summary import Status, new_run, source_facts, summarised, summary_of, write_summary
from scanner.workers import DetectionPool, Workers

Progress = Callable[[str, int], None]
"""Called after each chunk with the source and the number of records read in all."""


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """What to scan with which rules, and where the outputs go."""

    inputs: Sequence[Path]
    out: Path
    detector: Detector
    catalogue: Catalogue
    policy: Policy
    redactor: Redactor
    key: SecretKey
    options: ReadOptions = field(default_factory=ReadOptions)
    workers: Workers = field(default_factory=Workers)


@dataclass(frozen=True, slots=True)
class _Outputs:
    """Where what is found in ``source`` goes."""

    source: Source[Any]
    writer: RedactedWriter[Any]
    findings: IO[str]
    quarantine: QuarantineWriter


def scan(plan: ScanPlan, progress: Progress = lambda source, records: None) -> dict[str, Any]:
    """Run ``plan`` and return the summary, which is also written to ``summary.json``, with the report beside it.

    The outputs appear under their names only once complete. After an interruption (Ctrl-C) or an error the findings so far stay in
    ``findings.jsonl.part`` and the summary says ``"interrupted"`` or ``"failed"``. Raises :class:`InputError` when an input cannot be
    read to its end, :class:`OutputError` when an output cannot be written, :class:`BusyError` when another scan writes there.
    """
    return _Scan(plan, progress).run()


class _Scan:
    def __init__(self, plan: ScanPlan, progress: Progress) -> None:
        self.plan = plan
        self.progress = progress
        self.statistics = Statistics()
        self.facts = new_run(plan.key, plan.redactor.mode)
        self.tables: dict[str, dict[str, Any]] = {}
        """What the summary says of each table read, by ``Layout.source``."""

    def run(self) -> dict[str, Any]:
        plan = self.plan
        sources = open_distinct(plan.inputs, plan.options)
        targets = redacted_names(plan.inputs)
        with held(plan.out):
            prepare(plan.out, plan.inputs, targets)
            for source, target in zip(sources, targets, strict=True):
                self.tables |= {layout.source: self._table(layout, target) for layout in source.layouts}
            summary = summarised(lambda: self._scan_all(sources, targets), self._write_summary)
            write_report(summary, plan.catalogue, plan.out)
        return summary

    def _scan_all(self, sources: Sequence[Source[Any]], targets: Sequence[str]) -> None:
        out = self.plan.out
        with (
            findings_file(out) as findings,
            QuarantineWriter(out / QUARANTINE, self.plan.key, self.facts.id, self.facts.started.date()) as quarantine,
            DetectionPool(self.plan.detector, self.plan.workers) as pool,
        ):
            for source, target in zip(sources, targets, strict=True):
                self._scan_source(source, out / REDACTED / target, pool, findings, quarantine)

    def _scan_source(self, source: Source[Any], target: Path, pool: DetectionPool, findings: IO[str], quarantine: QuarantineWriter) -> None:
        started = time.perf_counter()
        with source.writer(target) as writer, collector_paused():
            outputs = _Outputs(source, writer, findings, quarantine)
            for (chunk, reading), detected in pool.detect(_readings(source)):
                self._scan_chunk(chunk, reading, detected, outputs)
                self.progress(source.path.name, self.statistics.rows_read)
                collect_recent()
            # Before the copy is published: what it lacks must be safe in the quarantine, and named in the findings.
            findings.flush()
            quarantine.flush()
        whole = {"complete": True, **file_facts(source.path)}
        for layout in source.layouts:
            self.tables[layout.source] |= {**whole, "seconds": round(time.perf_counter() - started, 3)}

    def _table(self, layout: Layout, target: str) -> dict[str, Any]:
        """Return what the summary says of a table of which nothing has been read yet."""
        return {**source_facts(layout, self.plan.policy), "redacted": f"{REDACTED}/{target}", "rows": 0, "complete": False}

    def _scan_chunk(self, chunk: Chunk[Any], reading: ChunkReading, detected: Detected, outputs: _Outputs) -> None:
        policy = self.plan.policy.with_purposes(chunk.layout.purposes, chunk.layout.roles.lines)
        outcomes = reading.texts.outcomes(detected)
        self._count_read(chunk, reading, outcomes)
        new_texts: dict[int, dict[str, str]] = {}
        drop: set[int] = set()
        for at, outcome in sorted(outcomes.items()):
            if not outcome.found:
                continue
            read = with_problem(reading.reading(at), outcome.problem)
            record = read.record
            judgement = judge(record, outcome.found, policy, self.plan.catalogue)
            self.statistics.add_outcome(record, judgement, pseudonym(record.id, self.plan.key), policy.purpose_of)
            self.statistics.alerts += policy.alerts(judgement.risk.level, judgement.action)
            tenant = pseudonym(record.tenant, self.plan.key) if record.tenant else ""
            outputs.findings.writelines(json_lines(record, read.stored(judgement), tenant))
            if judgement.action == "quarantine":
                drop.add(record.row)
                entities = sorted({item.finding.entity for items in judgement.fields.values() for item in items})
                row = outputs.source.row_values(chunk, at)
                outputs.quarantine.add(QuarantinedRecord(record.id, row, tuple(entities), judgement.risk.level))
            elif judgement.action == "redact":
                new_texts[record.row] = self._redacted(read, judgement)
        outputs.writer.write(chunk, new_texts, drop)

    def _count_read(self, chunk: Chunk[Any], reading: ChunkReading, outcomes: Mapping[int, Outcome]) -> None:
        """Count the records of ``chunk`` as read, and those without findings."""
        records = chunk.records
        problems = {at: problem for at, problem in enumerate(records.problems) if problem}
        problems |= {at: outcome.problem for at, outcome in outcomes.items() if outcome.problem}
        not_scanned = [replace(records[at], problem=problem) for at, problem in sorted(problems.items())]
        self.statistics.add_read(records.sites, records.dates, records.tenants, reading.texts_read, reading.characters, not_scanned)
        found = {at for at, outcome in outcomes.items() if outcome.found}
        self.statistics.add_without_findings(len(records) - len(found), unsettled=len(problems.keys() - found))
        self.tables[chunk.layout.source]["rows"] += len(records)

    def _redacted(self, reading: Reading, judgement: Judgement) -> dict[str, str]:
        cells: dict[str, str] = {}
        for name, items in judgement.fields.items():
            if chosen := [item.finding for item in items if item.action == "redact"]:
                cells |= reading.rewritten(name, self.plan.redactor.redact(reading.record.texts[name], chosen))
        return cells

    def _write_summary(self, status: Status) -> dict[str, Any]:
        plan = self.plan
        summary = summary_of(status, self.facts, plan.policy, list(self.tables.values()), self.statistics)
        write_summary(summary, plan.out)
        return summary


def _readings(source: Source[Any]) -> Iterator[tuple[tuple[Chunk[Any], ChunkReading], TextList]]:
    for chunk in chunks_of(source):
        reading = read_chunk(chunk.records, chunk.layout.roles.lines)
        yield (chunk, reading), reading.texts
