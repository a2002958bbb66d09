"""Runs as lines of a series, and whether two of them compare."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import Any

from scanner.finding_lines import read_findings
from scanner.outputs import FINDINGS
from scanner.report.dossier import Comparison, RunLine

_SAME = ("record_id", "field", "entity", "rule", "term")


def run_line(summary: Mapping[str, Any], number: int | None = None) -> RunLine:
    """Return the run of ``summary`` as a line; ``number`` is its own within its job."""
    against = summary.get("comparison", {})
    known = against.get("previous_run") is not None
    return RunLine(
        id=summary["run"],
        number=number,
        started=summary["started"],
        status=summary["status"],
        rules=summary["rules"],
        perimeter=_perimeter(summary),
        sampled="sample" in summary,
        rows_read=summary["rows_read"],
        records=summary["records_with_findings"],
        findings=summary["findings"],
        levels=summary["levels"],
        entities={entity: count for entity, count in summary["entity_records"]},  # noqa: C416 - pairs are lists
        new=against["new"] if known else None,
        gone=against["gone"] if known else None,
    )


def _perimeter(summary: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    """Return the purposes of the free-text columns by table; a single file may be called otherwise the next time."""
    sources = summary["sources"]
    is_one_export = "comparison" not in summary and len(sources) == 1
    return {"" if is_one_export else source["source"]: source["purposes"] for source in sources}


def compare(before: RunLine, after: RunLine, changes: tuple[int, int, int] | None = None) -> Comparison:
    """Return how ``after`` is held against ``before``, with what stands in the way; ``changes`` are findings new, gone and unchanged."""
    obstacles = []
    if before.perimeter != after.perimeter:
        obstacles.append("obstacle-perimeter")
    if before.rules != after.rules:
        obstacles.append("obstacle-rules")
    if not before.status == after.status == "complete":
        obstacles.append("obstacle-status")
    if before.sampled or after.sampled:
        obstacles.append("obstacle-sample")
    return Comparison(before, after, tuple(obstacles), changes)


def compare_findings(before: Path, after: Path, *, by_source: bool) -> tuple[int, int, int] | None:
    """Return how many findings of the folder ``after`` are new, gone and unchanged against the folder ``before``.

    A finding is the same when record, field, entity, rule and term are, as often as it stands there: a remark that moved within its text
    stays the same. ``by_source`` tells records of several files apart. ``None`` when one of the folders has no ``findings.jsonl``. The
    findings are compared in a temporary database on disk, since memory must not grow with them. Raises :class:`InputError` when one of the
    files is damaged.
    """
    files = before / FINDINGS, after / FINDINGS
    if not all(path.exists() for path in files):
        return None
    with closing(sqlite3.connect("")) as database:  # a private file, removed when closed
        database.execute("PRAGMA cache_size = -65536")  # KiB: with less, each insert would wait for the disk
        database.execute("CREATE TABLE found (identity BLOB PRIMARY KEY, before INTEGER NOT NULL, after INTEGER NOT NULL) WITHOUT ROWID")
        for column, path in zip(("before", "after"), files, strict=True):
            add = f"INSERT INTO found VALUES (?, {int(column == 'before')}, {int(column == 'after')}) "
            database.executemany(
                add + f"ON CONFLICT DO UPDATE SET {column} = {column} + 1", ((one,) for one in _identities(path, by_source=by_source))
            )
        query = "SELECT total(max(after - before, 0)), total(max(before - after, 0)), total(min(before, after)) FROM found"
        new, gone, unchanged = database.execute(query).fetchone()
    return int(new), int(gone), int(unchanged)


def _identities(path: Path, *, by_source: bool) -> Iterator[bytes]:
    for line in read_findings(path):
        facts = [line["source"] if by_source else "", line.get("line", ""), *(line[name] for name in _SAME)]
        yield blake2b(json.dumps(facts).encode(), digest_size=16).digest()
