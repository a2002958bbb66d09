"""Findings of records: the step that exports, databases and Spark share. A text that a recognizer fails on costs only its own record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from recognizers.detector import Detector
from recognizers.finding import Finding
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
