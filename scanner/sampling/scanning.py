"""The scan of a sample: findings, counts and a summary of the records drawn; nothing is redacted, quarantined or kept in a state store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recognizers.detector import Detector
from scanner.catalogue import Catalogue
from scanner.finding_lines import json_lines
from scanner.judgement import judge
from scanner.keys import SecretKey, pseudonym
from scanner.memos.reading import Reading, read_record
from scanner.outputs import REDACTED, findings_file, held, prepare, redacted_names
from scanner.policy import Policy
from scanner.recognition import FoundByField, TextList, found_in, texts_of
from scanner.report import write_report
from scanner.sampling.drawing import Sample
from scanner.sampling.frames import Candidate, Frame
from scanner.sampling.rates import sample_facts
from scanner.scan import Progress
from scanner.statistics import Statistics
from scanner.summary import Status, new_run, summarised, summary_of, write_summary
from scanner.workers import DetectionPool, Workers

_AT_ONCE = 1_000
"""Records of the sample that are read together."""


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """How many records of ``frame`` to draw, with which seed, what to make of them, and where the outputs go."""

    frame: Frame
    size: int
    seed: str
    out: Path
    detector: Detector
    catalogue: Catalogue
    policy: Policy
    key: SecretKey
    workers: Workers = field(default_factory=Workers)


def scan_sample(plan: SamplePlan, progress: Progress = lambda source, records: None) -> dict[str, Any]:
    """Draw and scan the sample of ``plan`` and return the summary, also written to ``summary.json``, with findings and report beside it.

    Every count of the summary is of the records drawn; its key ``sample`` says how these were drawn, and from how many (``population``, by
    table in ``sources``). An interrupted reading (Ctrl-C) gives no sample: the summary says ``"interrupted"``. Raises
    :class:`InputError` when an input cannot be read to its end, :class:`OutputError` when an output cannot be written.
    """
    return _SampleScan(plan, progress).run()


class _SampleScan:
    def __init__(self, plan: SamplePlan, progress: Progress) -> None:
        self.plan = plan
        self.progress = progress
        self.statistics = Statistics()
        self.facts = new_run(plan.key)
        self.sample: Sample[Candidate] = Sample(plan.size, plan.seed)
        self.tables: list[dict[str, Any]] = []
        """What the summary says of each table, once all was read."""
        self.populations: Counter[str] = Counter()
        self.drawn: Counter[str] = Counter()

    def run(self) -> dict[str, Any]:
        plan = self.plan
        with held(plan.out):
            prepare(plan.out, plan.frame.inputs, redacted_names(plan.frame.inputs))
            with suppress(OSError):  # copies of something else are none of this scan's
                (plan.out / REDACTED).rmdir()
            summary = summarised(self._draw_and_scan, self._write_summary)
            write_report(summary, plan.catalogue, plan.out)
        return summary

    def _draw_and_scan(self) -> None:
        for part in self.plan.frame.parts():
            self.sample.offer(part.table, part.keys, part.candidate)
            self.populations[part.table] += len(part.keys)
            self.progress(part.name, self.sample.population)
        self.tables = self.plan.frame.facts()
        self._scan(self.sample.drawn())

    def _scan(self, candidates: Sequence[Candidate]) -> None:
        plan = self.plan
        with findings_file(plan.out) as file, DetectionPool(plan.detector, plan.workers) as pool:
            for (readings, texts), detected in pool.detect(_readings(candidates)):
                for reading, found in found_in(readings, texts.outcomes(detected)):
                    file.writelines(self._judge(reading, found))

    def _judge(self, reading: Reading, found: FoundByField) -> Iterator[str]:
        """Count a record and yield the lines of its findings."""
        record, plan = reading.record, self.plan
        policy = plan.frame.policies[record.source]
        judgement = judge(record, found, policy, plan.catalogue) if found else None
        self.drawn[record.source] += 1
        self.statistics.add(record, judgement, pseudonym(record.id, plan.key), policy.purpose_of)
        if judgement is None:
            return
        self.statistics.alerts += policy.alerts(judgement.risk.level, judgement.action)
        tenant = pseudonym(record.tenant, plan.key) if record.tenant else ""
        yield from json_lines(record, reading.stored(judgement), tenant)

    def _write_summary(self, status: Status) -> dict[str, Any]:
        plan = self.plan
        sources = [
            {**table, "rows": self.drawn[name], "population": self.populations[name], "complete": status == "complete"}
            for table in self.tables
            for name in [table["source"]]
        ]
        sample = sample_facts(plan.size, self.statistics.rows_read, self.sample.population, plan.frame.without_key, plan.seed)
        summary = {**summary_of(status, self.facts, plan.policy, sources, self.statistics), "sample": sample}
        write_summary(summary, plan.out)
        return summary


def _readings(candidates: Sequence[Candidate]) -> Iterator[tuple[tuple[list[Reading], TextList], TextList]]:
    for at in range(0, len(candidates), _AT_ONCE):
        readings = [read_record(candidate.record, candidate.lines) for candidate in candidates[at : at + _AT_ONCE]]
        texts = texts_of(readings)
        yield (readings, texts), texts
