"""Findings of records: the step that exports, databases and Spark share. A text that a recognizer fails on costs only its own record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from recognizers.detector import Detector
from recognizers.finding import Finding
from scanner.memos.reading import Reading
from scanner.records import Record

ANALYSIS_ERROR = "analysis-error"
"""Problem of a record that a recognizer failed on; the type of the exception follows."""

FoundByField = Mapping[str, list[Finding]]
"""The findings of a record by field, fields without any left out."""


def find_in_records(records: Sequence[Record], detector: Detector) -> Iterator[tuple[Record, FoundByField]]:
    """Yield each record, in order, with its findings; one that a recognizer failed on comes with its ``problem`` set."""
    texts = [text for record in records for text in record.texts.values()]
    names = [record.names for record in records for _ in record.texts]
    try:
        found = iter(detector.find_many(texts, names))
    except Exception:  # whatever it is, it must not cost the other records their scan
        for record in records:
            yield _find_alone(record, detector)
        return
    for record in records:
        yield record, {name: findings for name, findings in zip(record.texts, found, strict=False) if findings}


def find_in_readings(readings: Sequence[Reading], detector: Detector) -> Iterator[tuple[Reading, FoundByField]]:
    """Do the same for records as they are to be read; where a word may be cut at the end of a line, with what the second reading adds."""
    seconds = [reading.second for reading in readings]
    records = [record for reading, second in zip(readings, seconds, strict=True) for record in (reading.record, second) if record]
    results = find_in_records(records, detector)
    for reading, second in zip(readings, seconds, strict=True):
        record, found = next(results)
        if second:
            second, added = next(results)
            record = replace(record, problem=record.problem or second.problem)
            found = {**found, **{name: _united(found.get(name, []), reading.only_in_second(name, added[name])) for name in added}}
            found = {name: findings for name, findings in found.items() if findings}
        yield replace(reading, record=record), found


def _united(findings: list[Finding], added: Sequence[Finding]) -> list[Finding]:
    """Return ``findings`` and those of ``added`` that none of the same entity overlaps, in order of their start."""
    new = [a for a in added if not any(f.entity == a.entity and f.start < a.end and a.start < f.end for f in findings)]
    return sorted([*findings, *new], key=lambda f: (f.start, f.end, f.entity))


def _find_alone(record: Record, detector: Detector) -> tuple[Record, FoundByField]:
    found = {}
    for name, text in record.texts.items():
        try:
            findings = detector.find(text, record.names)
        except Exception as error:  # its message may hold words of the text: only its type is kept
            record = replace(record, problem=f"{ANALYSIS_ERROR}: {type(error).__name__}")
        else:
            if findings:
                found[name] = findings
    return record, found
