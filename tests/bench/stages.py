"""The stages of a scan, each alone over the same comments, in CPU seconds of this process."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from pathlib import Path

from recognizers.collector import collector_paused
from recognizers.detector import default_detector
from recognizers.document import Document
from recognizers.finding import Finding
from scanner.catalogue import default_catalogue
from scanner.judgement import judge
from scanner.policy import load_policy
from scanner.redaction import Redactor
from scanner.sources import ReadOptions, open_source


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds that ``work`` takes, with the collector of cycles paused as in a scan."""
    began = time.process_time()
    with collector_paused():
        work()
    return time.process_time() - began


def stage_seconds(export: Path) -> dict[str, float]:
    """Return the seconds that each stage takes for the comments of ``export``; "recognize" holds fold and screen as well."""
    source = open_source(export, ReadOptions())
    detector, catalogue = default_detector(), default_catalogue()
    policy = load_policy(None, catalogue.entities, datetime.date.today())
    redactor = Redactor("label", catalogue.tags, catalogue.severities, catalogue.wordings)
    records = [record for chunk in source.chunks() for record in chunk.records]
    cells = [(record, field, text) for record in records for field, text in record.texts.items() if text]
    texts = [text for *_, text in cells]
    names = [record.names for record, *_ in cells]
    detector.find_many(texts[:4_000], names[:4_000])  # warm: regular expressions compile at their first use
    found: list[list[Finding]] = []
    screens = detector._screens
    assert screens is not None
    hits = {
        "read": lambda: sum(len(chunk.records) for chunk in open_source(export, ReadOptions()).chunks()),
        "fold": lambda: [Document(text) for text in texts],
        "screen": lambda: sum(bool(s.rows or s.identifiers or s.alone) for piece in screens.suspicions(texts, names) for s in piece),
        "recognize": lambda: found.extend(detector.find_many(texts, names)),
        "score and policy": lambda: [
            judge(record, {field: findings}, policy, catalogue)
            for (record, field, _), findings in zip(cells, found, strict=True)
            if findings
        ],
        "redact": lambda: [redactor.redact(text, findings) for text, findings in zip(texts, found, strict=True) if findings],
    }
    return {name: cpu_seconds(work) for name, work in hits.items()}
