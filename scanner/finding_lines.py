"""The lines of ``findings.jsonl``: one finding each, never the text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from scanner.judgement import JudgedFinding, Judgement
from scanner.records import Record
from scanner.scoring import Level


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
