"""The state of a record's review, worked out from what is known of it: never set by hand, so it cannot contradict decisions or vault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from scanner.clock import utc_now
from scanner.store.bulk import Row, run_many
from scanner.store.dismissal import kind_of
from scanner.store.review_tables import proposals
from scanner.store.schema import decisions, findings, records, vault
from scanner.store.topics import refresh_topics

_BATCH = 500
_UPDATE = (
    update(records)
    .where(records.c.id == bindparam("known_id"))
    .values(state=bindparam("new_state"), decision=bindparam("new_decision"), opened=bindparam("new_opened"))
)


def rested_state(action: str, dismissed: Collection[str | None], before: str | None) -> tuple[str | None, str]:
    """Return state and decision of a record on which no decision holds but those that set findings aside.

    ``action`` is that of the findings that stand, ``dismissed`` by what those are set aside that do not, ``before`` the state before.
    """
    if action != "keep":
        return "open", ""
    kinds = {kind_of(item) for item in dismissed} - {""}
    if kinds:
        return "decided", "false_alarm" if "false_alarm" in kinds else "allowed"
    return ("corrected" if before == "corrected" else None), ""


def sync_states(connection: Connection, record_ids: Sequence[int]) -> None:
    """Work the states of records out anew, after decisions, proposals, findings or originals of them changed."""
    now = utc_now()
    for at in range(0, len(record_ids), _BATCH):
        batch = record_ids[at : at + _BATCH]
        found = _grouped(connection, findings, batch, "field", "entity", "rule", "term", "action", "dismissed")
        held = _grouped(connection, decisions, batch, "id", "field", "entity", "rule", "term", "decision", "ended")
        waiting = _grouped(connection, proposals, batch, "state")
        sealed = _grouped(connection, vault, batch, "state")
        columns = (records.c.id, records.c.state, records.c.action, records.c.decision, records.c.opened)
        rows: list[Row] = []
        for row in connection.execute(select(*columns).where(records.c.id.in_(batch))):
            in_force = [item for item in held[row.id] if item.ended is None]
            state, decision = _state(row, found[row.id], in_force, {item.state for item in sealed[row.id]})
            if state == "open" and any(item.state == "waiting" for item in waiting[row.id]):
                state = "proposed"
            opened = row.opened or (now if state == "open" else None)
            rows.append({"known_id": row.id, "new_state": state, "new_decision": decision, "new_opened": opened})
        run_many(connection, _UPDATE, rows)
        refresh_topics(connection, batch)


def overtake_proposals(connection: Connection, record_ids: Sequence[int], who: str) -> None:
    """End what waits for a second person on records that changed, or on which ``who`` has decided."""
    settled = {"state": "overtaken", "settled": utc_now(), "settled_by": who}
    for at in range(0, len(record_ids), _BATCH):
        waiting = proposals.c.record_id.in_(record_ids[at : at + _BATCH]), proposals.c.state == "waiting"
        connection.execute(update(proposals).where(*waiting).values(settled))


def covers(decision: Any, finding: Any) -> bool:
    """Tell whether what somebody decided, or proposed, is about ``finding``: rows with field, entity, rule and term, ``""`` for any."""
    return all(getattr(decision, name) in ("", getattr(finding, name)) for name in ("field", "entity", "rule", "term"))


def _state(row: Any, found: Sequence[Any], in_force: Sequence[Any], sealed: Collection[str]) -> tuple[str | None, str]:
    corrected = "redacted" in sealed or row.state == "corrected"
    if corrected and "pending" not in sealed:
        return "corrected", row.decision
    rested = rested_state(row.action, [item.dismissed for item in found], row.state)
    settling = [item for item in in_force if item.decision != "false_alarm"]
    if rested[0] != "open" or not settling:
        return rested
    to_settle = [item for item in found if item.dismissed is None and item.action != "keep"]
    if all(any(covers(decision, item) for decision in settling) for item in to_settle):
        return "decided", str(settling[-1].decision)
    return rested


def _grouped(connection: Connection, table: Any, record_ids: Sequence[int], *names: str) -> Mapping[int, list[Any]]:
    """Return rows of ``table`` by record, in the order of their ids."""
    rows: dict[int, list[Any]] = defaultdict(list)
    columns = (table.c[name] for name in ("record_id", *names))
    for row in connection.execute(select(*columns).where(table.c.record_id.in_(record_ids)).order_by(table.c.id)):
        rows[row.record_id].append(row)
    return rows
