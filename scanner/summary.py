"""``summary.json``: every count of a scan, for scripts and for the report."""

from __future__ import annotations

import datetime
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from recognizers.rulepack import rules_digest
from scanner.errors import InputError, OutputError
from scanner.json_files import write_json
from scanner.outputs import SUMMARY
from scanner.policy import Policy
from scanner.statistics import Statistics

if TYPE_CHECKING:
    from scanner.keys import SecretKey
    from scanner.sources import Layout

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


def new_run(key: SecretKey, redaction: str = "") -> RunFacts:
    """Return what identifies a run that begins now."""
    return RunFacts(secrets.token_hex(8), datetime.datetime.now(datetime.UTC), rules_digest(), key.id, redaction)


def summarised(work: Callable[[], None], end: Callable[[Status], dict[str, Any]]) -> dict[str, Any]:
    """Do ``work`` and return the summary that ``end`` makes of how it ended: complete, or interrupted by Ctrl-C.

    After an error ``end`` is told that it failed, and the error is raised again.
    """
    try:
        work()
    except KeyboardInterrupt:
        return end("interrupted")
    except Exception:
        with suppress(OutputError):  # the error at hand says more
            end("failed")
        raise
    return end("complete")


def source_facts(layout: Layout, policy: Policy) -> dict[str, Any]:
    """Return what ``sources`` of the summary says of how a table is laid out and what its fields are for."""
    of_table = policy.with_purposes(layout.purposes, layout.roles.lines)
    return {
        "source": layout.source,
        "format": layout.format,
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
        "text_columns": list(layout.roles.texts),
        "id_column": layout.roles.id,
        "purposes": {column: of_table.purpose_of(column) for column in layout.roles.texts},
    }


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
        "policy": policy.digest,
        "key_id": run.key_id,
        "redaction": run.redaction,
        "alert_level": policy.alert_level,
        "allow_list_expired": len(policy.allow.expired),
        "sources": list(sources),
        **statistics.as_dict(),
    }


def write_summary(summary: Mapping[str, Any], out: Path) -> None:
    """Write ``summary.json`` into ``out``; raises :class:`OutputError` when it cannot be written."""
    write_json(out / SUMMARY, summary)


def read_summary(out: Path) -> dict[str, Any]:
    """Return the summary of the scan that wrote into ``out``; raises :class:`InputError` when there is none of this version."""
    path = out / SUMMARY
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); give the --out folder of a scan") from None
    except ValueError:
        summary = None
    if not isinstance(summary, dict) or (summary.get("format"), summary.get("version")) != (SUMMARY_FORMAT, SUMMARY_VERSION):
        raise InputError(f"{path} is not a summary that this version of Vigie reads; run the scan again")
    return summary
