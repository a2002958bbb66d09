"""``findings.jsonl`` of a database scan, written from what the store holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection

from scanner.finding_lines import json_lines
from scanner.outputs import findings_file
from scanner.store.results import judged_records


def write_findings(connection: Connection, table_ids: Sequence[int], out: Path) -> None:
    """Write the findings of the tables that stand into the folder ``out``. Raises :class:`OutputError` when it cannot be written."""
    with findings_file(out) as file:
        file.writelines(finding_lines(connection, table_ids))


def finding_lines(connection: Connection, table_ids: Sequence[int]) -> Iterator[str]:
    """Yield the lines of the findings of the tables that stand, each with its line break."""
    for record, judgement in judged_records(connection, table_ids):
        yield from json_lines(record, judgement, record.tenant)
