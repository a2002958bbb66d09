"""What a decision does, once nothing speaks against it and nobody else needs to confirm it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from scanner.catalogue import Catalogue
from scanner.clock import utc_now
from scanner.policy import Policy
from scanner.review.rejudging import rejudge
from scanner.review.rows import QueueRow
from scanner.review.words import Decision
from scanner.store.dismissal import by_decision
from scanner.store.review_states import covers, overtake_proposals, sync_states
from scanner.store.schema import decisions, findings, vault
from scanner.vault import Vault

WAITS = "pending"
_FACTS = ("field", "entity", "rule", "term")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for: a decision on whole records, or on what ``field`` to ``term`` name in them (``""``: any)."""

    decision: Decision
    why: str
    field: str = ""
    entity: str = ""
    rule: str = ""
    term: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is about all of a record."""
        return not (self.field or self.entity or self.rule or self.term)

    @property
    def facts(self) -> dict[str, str]:
        """The columns of decisions and proposals that say what it is about."""
        return {name: getattr(self, name) for name in _FACTS}


def refusal(connection: Connection, row: QueueRow, asked: Asked) -> str:
    """Return why ``asked`` cannot be done to the record of ``row``, ``""`` when it can: a key of the group ``refusals`` of the words."""
    if asked.decision in ("erase", "release") and not asked.whole:
        return "whole-only"
    if row.state == "corrected" and not (asked.decision == "erase" and row.entry_state == "redacted"):
        return "corrected"
    if asked.decision in ("redact", "erase") and row.entry_state not in (WAITS, "redacted"):
        return "no-original"
    if asked.decision == "erase" and row.held:
        return "held"
    if asked.decision in ("false_alarm", "redact"):
        found = connection.execute(select(findings).where(findings.c.record_id == row.id, findings.c.dismissed.is_(None))).all()
        if not any(covers(asked, item) for item in found):
            return "not-covered" if found else "clean"
    return ""


def carry_out(
    connection: Connection,
    vault_of_store: Vault,
    policy: Policy,
    catalogue: Catalogue,
    rows: Sequence[QueueRow],
    asked: Asked,
    *,
    who: str,
    second: str = "",
) -> Mapping[int, int]:
    """Do what ``asked`` asks to the records of ``rows``, in the name of ``who``; ``second`` is who confirmed it.

    Returns the id of the decision by record.
    """
    entries = {row.id: row.entry_id for row in rows if row.entry_id and row.entry_state in (WAITS, "redacted")}
    of_entries = asked.decision != "false_alarm" and asked.whole
    if asked.decision != "false_alarm" and asked.whole and entries:
        vault_of_store.decide(list(entries.values()), asked.decision, who=who, why=asked.why, connection=connection, second=second)
    others = [row for row in rows if not (of_entries and row.id in entries)]
    if others:
        _write(connection, others, asked, who, second)
    ids = [row.id for row in rows]
    taken = _last_decisions(connection, ids)
    if asked.decision == "false_alarm":
        for record_id, decision_id in taken.items():
            _dismiss(connection, record_id, decision_id, asked)
        rejudge(connection, ids, policy, catalogue, who=second or who, why=asked.why)
    elif others:
        sync_states(connection, [row.id for row in others])
    return taken


def _write(connection: Connection, rows: Sequence[QueueRow], asked: Asked, who: str, second: str) -> None:
    now = utc_now()
    columns = vault.c.id, vault.c.changed
    found = connection.execute(select(*columns).where(vault.c.id.in_([row.entry_id for row in rows])))
    changed = {row.id: row.changed for row in found}
    common = {"decision": asked.decision, "who": who, "why": asked.why, "confirmed_by": second, **asked.facts}
    values = [{"record_id": row.id, "at": max(now, changed.get(row.entry_id, "")), **common} for row in rows]
    connection.execute(insert(decisions), values)
    if not second:
        overtake_proposals(connection, [row.id for row in rows], who)


def _last_decisions(connection: Connection, record_ids: Sequence[int]) -> dict[int, int]:
    """Return the newest decision by record."""
    query = select(decisions.c.record_id, decisions.c.id).where(decisions.c.record_id.in_(record_ids)).order_by(decisions.c.id)
    return {record_id: decision_id for record_id, decision_id in connection.execute(query)}  # noqa: C416


def _dismiss(connection: Connection, record_id: int, decision_id: int, asked: Asked) -> None:
    named: list[Any] = [findings.c[name] == value for name, value in asked.facts.items() if value]
    standing = findings.c.record_id == record_id, findings.c.dismissed.is_(None)
    connection.execute(update(findings).where(*standing, *named).values(dismissed=by_decision(decision_id)))
