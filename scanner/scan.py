"""One scan: records in, findings, redacted copies, quarantine, counts and summary out."""

from __future__ import annotations

import datetime
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from recognizers.detector import Detector
from recognizers.finding import Finding
from recognizers.rulepack import rules_digest
from scanner.catalogue import Catalogue
from scanner.errors import InputError, OutputError
from scanner.judgement import Judgement, judge
from scanner.keys import SecretKey, pseudonym
from scanner.policy import Policy
from scanner.quarantine import QuarantinedRecord, QuarantineWriter
from scanner.records import Record
from scanner.redaction import Redactor
from scanner.sources import Chunk, Layout, ReadOptions, RedactedWriter, Source, open_sources
from scanner.statistics import Statistics

FINDINGS = "findings.jsonl"
SUMMARY = "summary.json"
QUARANTINE = "quarantine.jsonl"
REDACTED = "redacted"

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


def scan(plan: ScanPlan, progress: Progress = lambda source, records: None) -> dict[str, Any]:
    """Run ``plan`` and return the summary, which is also written to ``summary.json``.

    The outputs appear under their names only once complete; after an interruption the findings written so far stay in
    ``findings.jsonl.part`` and the summary says ``"interrupted"``. Raises :class:`InputError` and :class:`OutputError`.
    """
    return _Scan(plan, progress).run()


class _Scan:
    def __init__(self, plan: ScanPlan, progress: Progress) -> None:
        self.plan = plan
        self.progress = progress
        self.statistics = Statistics()
        self.run_id = secrets.token_hex(8)
        self.started = datetime.datetime.now(datetime.UTC)
        self.sources: list[dict[str, Any]] = []

    def run(self) -> dict[str, Any]:
        plan = self.plan
        opened = open_sources(_distinct(plan.inputs), plan.options)
        part = plan.out / (FINDINGS + ".part")
        try:
            plan.out.mkdir(parents=True, exist_ok=True)
            (plan.out / REDACTED).mkdir(exist_ok=True)
            (plan.out / SUMMARY).unlink(missing_ok=True)
            _set_aside(plan.out / QUARANTINE)
            with part.open("w", encoding="utf-8", newline="\n") as findings, ExitStack() as stack:
                quarantine = stack.enter_context(QuarantineWriter(plan.out / QUARANTINE, plan.key, self.run_id, self.started.date()))
                for source, target in zip(opened, _targets(opened, plan.out / REDACTED), strict=True):
                    self._scan_source(source, target, findings, quarantine)
            part.replace(plan.out / FINDINGS)
        except KeyboardInterrupt:
            return self._write_summary("interrupted")
        except OSError as error:
            raise OutputError(
                f"{plan.out}: cannot be written ({error.strerror or error}); what was written so far is in {part.name}"
            ) from error
        return self._write_summary("complete")

    def _scan_source(self, source: Source[Any], target: Path, findings: IO[str], quarantine: QuarantineWriter) -> None:
        before = self.statistics.rows_read
        started = time.perf_counter()
        with source.writer(target) as writer:
            for chunk in source.chunks():
                self._scan_chunk(source, chunk, writer, findings, quarantine)
                self.progress(source.path.name, self.statistics.rows_read)
            quarantine.flush()
        for layout in source.layouts:
            policy = self._policy(layout)
            self.sources.append(
                {
                    "source": layout.source,
                    "format": layout.format,
                    "encoding": layout.encoding,
                    "delimiter": layout.delimiter,
                    "text_columns": list(layout.roles.texts),
                    "id_column": layout.roles.id,
                    "purposes": {column: policy.purpose_of(column) for column in layout.roles.texts},
                    "sha256": _file_digest(source.path),
                    "bytes": source.path.stat().st_size,
                    "rows": self.statistics.rows_read - before,
                    "seconds": round(time.perf_counter() - started, 3),
                }
            )

    def _policy(self, layout: Layout) -> Policy:
        """Return the policy with the purposes that a mapping file gives to the columns of ``layout``."""
        policy = self.plan.policy
        return replace(policy, fields={**policy.fields, **layout.purposes}) if layout.purposes else policy

    def _scan_chunk(
        self, source: Source[Any], chunk: Chunk[Any], writer: RedactedWriter[Any], findings: IO[str], quarantine: QuarantineWriter
    ) -> None:
        policy = self._policy(chunk.layout)
        new_texts: dict[int, dict[str, str]] = {}
        drop: set[int] = set()
        lines: list[str] = []
        for at, (record, found) in enumerate(zip(chunk.records, self._find(chunk.records), strict=True)):
            self.statistics.read(record)
            if not found:
                self.statistics.levels["none"] += 1
                continue
            judgement = judge(record, found, policy, self.plan.catalogue)
            self.statistics.judged(record, judgement, pseudonym(record.id, self.plan.key))
            self.statistics.alerts += policy.alerts(judgement.risk.level, judgement.action)
            lines += self._lines(record, judgement)
            if judgement.action == "quarantine":
                drop.add(record.row)
                entities = sorted({item.finding.entity for items in judgement.fields.values() for item in items})
                quarantine.add(QuarantinedRecord(record.id, source.row_values(chunk, at), tuple(entities), judgement.risk.level))
            elif judgement.action == "redact":
                new_texts[record.row] = self._redacted(record, judgement)
        findings.writelines(lines)
        writer.write(chunk, new_texts, drop)

    def _find(self, records: Sequence[Record]) -> Iterator[dict[str, list[Finding]]]:
        """Yield the findings of each record by field, fields without any left out."""
        texts = [text for record in records for text in record.texts.values()]
        names = [record.names for record in records for _ in record.texts]
        found = iter(self.plan.detector.find_many(texts, names))
        for record in records:
            yield {name: findings for name, findings in zip(record.texts, found, strict=False) if findings}

    def _redacted(self, record: Record, judgement: Judgement) -> dict[str, str]:
        return {
            name: self.plan.redactor.redact(record.texts[name], chosen).text
            for name, items in judgement.fields.items()
            if (chosen := [item.finding for item in items if item.action == "redact"])
        }

    def _lines(self, record: Record, judgement: Judgement) -> Iterator[str]:
        for name, items in judgement.fields.items():
            for item in items:
                found = item.finding
                line = {
                    "record_id": record.id,
                    "source": record.source,
                    "row": record.row + 1,
                    "field": name,
                    "entity": found.entity,
                    "start": found.start,
                    "end": found.end,
                    "score": found.score,
                    "assertion": found.assertion,
                    "subject": found.subject,
                    "rule": found.rule,
                    "term": found.term,
                    "severity": item.severity,
                    "action": item.action,
                    "level": judgement.risk.level,
                }
                yield json.dumps(line) + "\n"

    def _write_summary(self, status: str) -> dict[str, Any]:
        plan = self.plan
        seconds = (datetime.datetime.now(datetime.UTC) - self.started).total_seconds()
        summary = {
            "status": status,
            "run": self.run_id,
            "started": self.started.isoformat(timespec="seconds"),
            "seconds": round(seconds, 3),
            "rules": rules_digest(),
            "key_id": plan.key.id,
            "redaction": plan.redactor.mode,
            "alert_level": plan.policy.alert_level,
            "allow_list_expired": len(plan.policy.allow.expired),
            "sources": self.sources,
            **self.statistics.as_dict(),
        }
        path = plan.out / SUMMARY
        try:
            path.write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise OutputError(f"{path}: cannot be written ({error.strerror or error})") from error
        return summary


def _distinct(paths: Sequence[Path]) -> list[Path]:
    if len({path.resolve() for path in paths}) < len(paths):
        raise InputError("the same file is given twice; name each input once")
    return list(paths)


def _targets(sources: Sequence[Source[Any]], folder: Path) -> Iterator[Path]:
    """Yield a distinct name in ``folder`` for the redacted copy of each source."""
    used: set[str] = set()
    for source in sources:
        name, number = source.path.name, 1
        while name in used:
            number += 1
            name = f"{source.path.stem}-{number}{source.path.suffix}"
        used.add(name)
        yield folder / name


def _set_aside(quarantine: Path) -> None:
    """Rename the quarantine of an earlier scan into the same folder: it may hold what nothing else does."""
    if quarantine.exists():
        written = datetime.datetime.fromtimestamp(quarantine.stat().st_mtime, datetime.UTC)
        quarantine.rename(quarantine.with_name(f"quarantine-{written:%Y%m%dT%H%M%S%f}.jsonl"))


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
