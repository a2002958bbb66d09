"""The lines of ``findings.jsonl``: one finding each, never the text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scanner.errors import InputError
from scanner.judgement import JudgedFinding, Judgement
from scanner.records import Record
from scanner.scoring import Level

_ALWAYS = {"record_id", "source", "field", "entity", "start", "end", "score", "assertion", "subject", "rule", "term", "severity", "action"}


def json_lines(record: Record, stored: Judgement, tenant: str) -> Iterator[str]:
    """Yield the line of each finding of ``record`` as JSON, with its line break; ``stored`` has the offsets of the cells as stored."""
    for name, items in stored.fields.items():
        for item in items:
            yield json.dumps(finding_line(record, name, item, stored.risk.level, tenant)) + "\n"


def finding_line(record: Record, field: str, item: JudgedFinding, level: Level, tenant: str = "") -> dict[str, Any]:
    """Return the line of a finding in ``field`` of ``record``, which is of ``level``.

    ``tenant``, the pseudonym of the record's tenant, is absent where the source names none. ``row`` counts from 1 within ``source``, and is
    absent where rows have no number. ``start`` and ``end`` are code points of the cell as stored, end exclusive. Where the field is made of
    numbered lines, ``line`` names the one that they count in, and ``continued``, if the finding goes on, what of the next lines belongs to
    it (``line``, ``start``, ``end`` of each).
    """
    return {
        "record_id": record.id,
        "source": record.source,
        **({} if record.number is None else {"row": record.number}),
        **({"tenant": tenant} if tenant else {}),
        "field": field,
        **({"line": item.line} if item.line else {}),
        **finding_facts(item),
        "level": level,
        **({"continued": [place._asdict() for place in item.continued]} if item.continued else {}),
    }


def finding_facts(item: JudgedFinding) -> dict[str, Any]:
    """Return what is told of a finding wherever it is told: what, where in its cell, how sure, by which rule, and what becomes of it."""
    found = item.finding
    return {
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
    }


def read_findings(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the findings of a ``findings.jsonl``; raises :class:`InputError`, naming file and line, when it is missing or damaged."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                yield _finding(line, f"{path}, line {number}")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); give the --out folder of a scan that ended") from None


def _finding(line: bytes, where: str) -> dict[str, Any]:
    try:
        finding = json.loads(line)
    except (ValueError, RecursionError):
        finding = None
    if not isinstance(finding, dict) or not _ALWAYS.issubset(finding):
        raise InputError(f"{where}: not a finding; run the scan again")
    return finding
