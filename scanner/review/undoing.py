"""Taking decisions back, the last one first, as far as they can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from scanner.catalogue import Catalogue
from scanner.clock import utc_now
from scanner.policy import Policy
from scanner.review.rejudging import rejudge
from scanner.review.rows import QueueRow
from scanner.store.dismissal import by_decision
from scanner.store.schema import changes, decisions, findings

_BEGUN = ("applying", "applied", "undoing")


def decisions_in_force(connection: Connection, record_ids: Sequence[int]) -> Mapping[int, Any]:
    """Return the last decision that holds by record: its id and what was decided."""
    holds = decisions.c.record_id.in_(record_ids), decisions.c.ended.is_(None)
    query = select(decisions.c.record_id, decisions.c.id, decisions.c.decision).where(*holds).order_by(decisions.c.id)
    return {row.record_id: row for row in connection.execute(query)}


def undo_refusal(connection: Connection, row: QueueRow, last: Any) -> str:
    """Return why ``last``, the last decision on the record of ``row``, cannot be taken back, ``""`` when it can."""
    if row.state == "proposed":
        return "waiting"
    if last is None:
        return "nothing-to-undo"
    if row.entry_state == "erased" and last.decision == "erase":
        return "erased"
    begun = select(changes.c.id).where(changes.c.vault_id == row.entry_id, changes.c.state.in_(_BEGUN)).limit(1)
    if row.state == "corrected" or row.entry_state == "redacted" or (row.entry_id and connection.execute(begun).first()):
        return "applied"
    return ""


def take_back(
    connection: Connection, policy: Policy, catalogue: Catalogue, taken: Mapping[int, int], *, who: str, why: str
) -> Sequence[str]:
    """End the decisions of ``taken``, by record, and all that followed from them; return the entries of the vault that changed."""
    ended = {"ended": utc_now(), "how_ended": "undone", "ended_by": who, "ended_why": why}
    ids = list(taken.values())
    connection.execute(update(decisions).where(decisions.c.id.in_(ids)).values(ended))
    marks = [by_decision(decision_id) for decision_id in ids]
    connection.execute(update(findings).where(findings.c.dismissed.in_(marks)).values(dismissed=None))
    return rejudge(connection, list(taken), policy, catalogue, who=who, why=why)
