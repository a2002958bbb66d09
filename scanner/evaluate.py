"""Measure findings against labelled comments, as the annotation guide defines the measures.

* record level: for each entity, is it in the record or not; a span with several admissible labels counts for any of them; optional spans
  count neither way.
* span level: a labelled span is found when a finding of one of its entities overlaps it; a finding is right when it overlaps a labelled or
  optional span of its entity.
* leak: share of the characters inside labelled sensitive spans that no finding covers.
* over-redaction: share of the characters that sensitive findings cover outside every labelled or optional span.
* false alarms: share of the comments without any sensitive span that get a sensitive finding.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recognizers.detector import IDENTIFIERS
from recognizers.finding import Finding
from scanner.errors import InputError

CORE = ("HEALTH", "ADDICTION", "NATIONALITY", "DOMESTIC_VIOLENCE")
SENSITIVE = (
    *CORE, "ETHNIC_ORIGIN", "RELIGION", "POLITICAL_OPINION", "TRADE_UNION", "SEX_LIFE", "OFFENCE", "JUDGEMENT", "SOCIAL_HARDSHIP",
    "FINANCIAL", "PRIVATE_LIFE",
)  # fmt: skip
ENTITIES = (*SENSITIVE, *IDENTIFIERS)
GROUPS = {"core": CORE, "sensitive": SENSITIVE, "identifiers": IDENTIFIERS}


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """A labelled span: ``entities`` holds its label first, then the labels that count as well."""

    start: int
    end: int
    entities: tuple[str, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class GoldRecord:
    """A labelled comment."""

    id: str
    text: str
    spans: tuple[GoldSpan, ...]


@dataclass(slots=True)
class Counts:
    """True positives, false positives and false negatives of one entity."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    def figures(self) -> dict[str, float]:
        """Return precision, recall and F1 in [0, 1]; 1 where nothing was to be found or nothing was found."""
        precision = self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0
        recall = self.right / (self.right + self.missed) if self.right + self.missed else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return {"precision": precision, "recall": recall, "f1": f1}


@dataclass(slots=True)
class Error:
    """One disagreement: ``kind`` is MISS, ALARM (on a clean comment) or WRONG; offsets point into the comment ``record_id``."""

    kind: str
    record_id: str
    entity: str
    start: int
    end: int


@dataclass(slots=True)
class Evaluation:
    """The counts of one evaluation and the figures made of them."""

    records: int = 0
    clean: int = 0
    alarms: int = 0
    sensitive_chars: int = 0
    leaked_chars: int = 0
    covered_chars: int = 0
    needless_chars: int = 0
    record_counts: dict[str, Counts] = field(default_factory=lambda: {e: Counts() for e in ENTITIES})
    span_counts: dict[str, Counts] = field(default_factory=lambda: {e: Counts() for e in ENTITIES})
    errors: list[Error] = field(default_factory=list)

    def add(self, gold: GoldRecord, findings: Sequence[Finding]) -> None:
        """Compare the findings of one comment with its labels."""
        self.records += 1
        required = [s for s in gold.spans if not s.optional]
        sensitive = any(set(s.entities) & set(SENSITIVE) for s in gold.spans)
        if not sensitive:
            self.clean += 1
            self.alarms += any(f.entity in SENSITIVE for f in findings)
        self._count_record(gold, required, {f.entity for f in findings})
        self._count_spans(gold, required, findings, "WRONG" if sensitive else "ALARM")
        self._count_chars(gold, required, findings)

    def _count_chars(self, gold: GoldRecord, required: Sequence[GoldSpan], findings: Sequence[Finding]) -> None:
        covered = _characters(findings)
        for span in required:
            if span.entities[0] in SENSITIVE:
                chars = _characters([span])
                self.sensitive_chars += len(chars)
                self.leaked_chars += len(chars - covered)
        sensitive = _characters(f for f in findings if f.entity in SENSITIVE)
        self.covered_chars += len(sensitive)
        self.needless_chars += len(sensitive - _characters(gold.spans))

    def _count_record(self, gold: GoldRecord, required: Sequence[GoldSpan], found: set[str]) -> None:
        allowed = {entity for span in gold.spans for entity in span.entities}
        for entity in {span.entities[0] for span in required}:
            hit = any(found & set(span.entities) for span in required if span.entities[0] == entity)
            counts = self.record_counts[entity]
            counts.right += hit
            counts.missed += not hit
        for entity in found - allowed:
            self.record_counts[entity].wrong += 1

    def _count_spans(self, gold: GoldRecord, required: Sequence[GoldSpan], findings: Sequence[Finding], kind: str) -> None:
        for span in required:
            hit = any(f.entity in span.entities and _overlap(f, span) for f in findings)
            counts = self.span_counts[span.entities[0]]
            counts.right += hit
            counts.missed += not hit
            if not hit:
                self.errors.append(Error("MISS", gold.id, span.entities[0], span.start, span.end))
        for finding in findings:
            if not any(finding.entity in span.entities and _overlap(finding, span) for span in gold.spans):
                self.span_counts[finding.entity].wrong += 1
                self.errors.append(Error(kind, gold.id, finding.entity, finding.start, finding.end))

    def groups(self) -> dict[str, Counts]:
        """Return the counts of records of each of :data:`GROUPS`, all its entities together."""
        return {name: _total(self.record_counts, group) for name, group in GROUPS.items()}

    def figures(self) -> dict[str, Any]:
        """Return every figure, with the names that the reference scorer of the annotation guide uses where it has one."""
        out: dict[str, Any] = {
            "records": self.records,
            "clean": self.clean,
            "false_alarm_rate": self.alarms / self.clean if self.clean else 0.0,
            "leak_rate": self.leaked_chars / self.sensitive_chars if self.sensitive_chars else 0.0,
            "over_redaction_rate": self.needless_chars / self.covered_chars if self.covered_chars else 0.0,
        }
        for name, counts in self.groups().items():
            out[f"{name}_record"] = counts.figures()
            out[f"{name}_span"] = _total(self.span_counts, GROUPS[name]).figures()
        out["by_entity"] = {
            entity: {
                "record": self.record_counts[entity].figures(),
                "n": self.record_counts[entity].right + self.record_counts[entity].missed,
                "span": self.span_counts[entity].figures(),
            }
            for entity in ENTITIES
        }
        return out


def _characters(spans: Iterable[Finding | GoldSpan]) -> set[int]:
    return {at for span in spans for at in range(span.start, span.end)}


def _overlap(finding: Finding, span: GoldSpan) -> bool:
    return finding.start < span.end and span.start < finding.end


def _total(counts: Mapping[str, Counts], group: Iterable[str]) -> Counts:
    return sum((counts[entity] for entity in group), Counts())


def read_gold(path: Path) -> Iterator[GoldRecord]:
    """Yield the labelled comments of a JSON Lines file.

    Raises :class:`InputError` naming the line when it is not of the annotation guide's format.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as labelled comments ({type(error).__name__}); give a UTF-8 JSON Lines file") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
                yield GoldRecord(str(row["id"]), row["text"], tuple(_gold_span(span) for span in row["spans"]))
            except (ValueError, KeyError, TypeError):
                raise InputError(f'{path}, line {number}: not a labelled comment; expected {{"id", "text", "spans": […]}}') from None


def _gold_span(data: Mapping[str, Any]) -> GoldSpan:
    entities = (data["entity"], *data.get("or", ()))
    unknown = set(entities) - set(ENTITIES)
    if unknown:
        raise ValueError(unknown)
    return GoldSpan(int(data["start"]), int(data["end"]), entities, bool(data.get("optional")))
