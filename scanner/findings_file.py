"""``findings.jsonl`` of a database scan, written from what the store holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection

from scanner.finding_lines import finding_line
from scanner.outputs import FINDINGS, FINDINGS_PART
from scanner.scan import writing
from scanner.store.results import judged_records


def write_findings(connection: Connection, table_ids: Sequence[int], out: Path) -> None:
    """Write the findings of the tables that stand into the folder ``out``. Raises :class:`OutputError` when it cannot be written."""
    part = out / FINDINGS_PART
    with writing(part):
        with part.open("w", encoding="utf-8", newline="\n") as file:
            for record, judgement in judged_records(connection, table_ids):
                for name, items in judgement.fields.items():
                    file.writelines(json.dumps(finding_line(record, name, item, judgement.risk.level)) + "\n" for item in items)
        part.replace(out / FINDINGS)
