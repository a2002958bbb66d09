"""What stands of a record when it is read again: which findings are the same, which stay set aside, whether what was decided holds.

Decisions hold as long as neither the record's cells nor its findings, level or action change. A finding that was declared a false alarm
stays set aside as long as the cells do not change; with another text it comes back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select, update

from scanner.clock import utc_now
from scanner.store.bulk import Row
from scanner.store.dismissal import kind_of
from scanner.store.review_states import overtake_proposals, rested_state
from scanner.store.schema import decisions, findings, records

IDENTITY = ("field", "line", "entity", "rule", "term")
"""What makes a finding the same one in the next run: not its place, which moves when words are added before it."""

Identity = tuple[str, ...]


@dataclass(slots=True)
class Before:
    """What was known of a record: its row, its findings by identity, and the run that found each first."""

    row: Any
    findings: Counter[Identity] = field(default_factory=Counter)
    first_runs: dict[Identity, int] = field(default_factory=dict)


def known_before(connection: Connection, record_ids: Sequence[int]) -> dict[int, Before]:
    """Return what is known of the records ``record_ids``, by id."""
    if not record_ids:
        return {}
    facts = [records.c[name] for name in ("id", "digest", "level", "action", "state", "decision", "opened")]
    before = {row.id: Before(row) for row in connection.execute(select(*facts).where(records.c.id.in_(record_ids)))}
    columns = [findings.c[name] for name in ("record_id", "first_run", *IDENTITY)]
    for record_id, first, *words in connection.execute(select(*columns).where(findings.c.record_id.in_(record_ids))):
        known, identity = before[record_id], tuple(words)
        known.findings[identity] += 1
        known.first_runs[identity] = first
    return before


def false_alarms(connection: Connection, record_ids: Collection[int]) -> Mapping[int, Mapping[Identity, str]]:
    """Return, by record, by what each of its false alarms is set aside."""
    found: dict[int, dict[Identity, str]] = defaultdict(dict)
    columns = [findings.c[name] for name in ("record_id", "dismissed", *IDENTITY)]
    of_records = findings.c.record_id.in_(record_ids), findings.c.dismissed.is_not(None)
    for record_id, dismissed, *words in connection.execute(select(*columns).where(*of_records)):
        if kind_of(dismissed) == "false_alarm":
            found[record_id][tuple(words)] = dismissed
    return found


def review_columns(before: Before | None, row: Row, found: Sequence[Row], started: str) -> tuple[Row, bool]:
    """Return what the review knows of a record whose new columns are ``row`` and whose findings are ``found``, and whether it still holds.

    ``started`` is when the run began.
    """
    standing = [item for item in found if item["dismissed"] is None]
    newest = max((item["first_run"] for item in standing), default=0)
    known: Any = before.row if before else None
    if before and known.state is not None:
        identities = Counter(tuple(item[name] for name in IDENTITY) for item in found)
        same = all(getattr(known, name) == row[name] for name in ("digest", "level", "action"))
        if same and identities == before.findings:
            return {"state": known.state, "decision": known.decision, "opened": known.opened, "newest": newest}, True
    state, decision = rested_state(row["action"], [item["dismissed"] for item in found], known.state if known else None)
    still_open = known is not None and known.state == "open"
    opened = (known.opened if still_open else started) if state == "open" else None
    return {"state": state, "decision": decision, "opened": opened, "newest": newest}, False


def overtake(connection: Connection, record_ids: Sequence[int], new_cells: Sequence[int], run_id: str) -> None:
    """End what was decided and proposed on the records ``record_ids``, which changed; of those with ``new_cells``, false alarms as well."""
    ended = {"ended": utc_now(), "how_ended": "overtaken", "ended_by": f"run {run_id}"}
    for ids, kinds in ((record_ids, ("redact", "erase", "release")), (new_cells, ("false_alarm",))):
        if ids:
            chosen = decisions.c.record_id.in_(ids), decisions.c.ended.is_(None), decisions.c.decision.in_(kinds)
            connection.execute(update(decisions).where(*chosen).values(ended))
    overtake_proposals(connection, record_ids, f"run {run_id}")
