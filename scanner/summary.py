"""``summary.json``: every count of a scan, for scripts and for the report."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from scanner.append_log import write_whole
from scanner.outputs import SUMMARY
from scanner.policy import Policy
from scanner.statistics import Statistics

SUMMARY_FORMAT = "vigie-summary"
SUMMARY_VERSION = 1

Status = Literal["complete", "interrupted", "failed"]


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What identifies a run: its id, when it began (UTC), the digest of the rules, the id of the key, the mode of redaction."""

    id: str
    started: datetime.datetime
    rules: str
    key_id: str
    redaction: str


def summary_of(
    status: Status, run: RunFacts, policy: Policy, sources: Sequence[Mapping[str, Any]], statistics: Statistics
) -> dict[str, Any]:
    """Return the summary of a run that ends now; ``sources`` says what was read of each table."""
    seconds = (datetime.datetime.now(datetime.UTC) - run.started).total_seconds()
    return {
        "format": SUMMARY_FORMAT,
        "version": SUMMARY_VERSION,
        "status": status,
        "run": run.id,
        "started": run.started.isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "rules": run.rules,
        "key_id": run.key_id,
        "redaction": run.redaction,
        "alert_level": policy.alert_level,
        "allow_list_expired": len(policy.allow.expired),
        "sources": list(sources),
        **statistics.as_dict(),
    }


def write_summary(summary: Mapping[str, Any], out: Path) -> None:
    """Write ``summary.json`` into ``out``; raises :class:`OutputError` when it cannot be written."""
    content = json.dumps(summary, ensure_ascii=False, indent=1) + "\n"
    write_whole(out / SUMMARY, content.encode("utf-8", "backslashreplace"))
