"""Everything that is known of one record without opening its text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, exists, select

from scanner.accounts.perimeter import Perimeter
from scanner.review.proposals import ProposalView, proposals_of
from scanner.review.rows import QueueRow, load_rows
from scanner.review.undoing import decisions_in_force, undo_refusal
from scanner.store.dismissal import Dismissal, kind_of
from scanner.store.review_tables import wordings
from scanner.store.schema import decisions, findings, records, source_tables
from scanner.vault import HistoryLine, history_of

__all__ = ["DecisionView", "FindingView", "ProposalView", "RecordView", "record_view"]


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding. ``start`` and ``end`` are code points of its cell (``line``, where the field is made of numbered lines).

    ``dismissed`` is ``""`` where it stands, else ``"false_alarm"`` or ``"allowed"``.
    """

    id: int
    field: str
    line: str
    entity: str
    start: int
    end: int
    score: float
    assertion: str
    subject: str
    rule: str
    term: str
    severity: int
    action: str
    first_run: int
    dismissed: Dismissal


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision on a record: ``field``, ``entity``, ``rule`` and ``term`` narrow it, ``""`` means any. ``at`` and ``ended`` are UTC, ISO.

    ``how_ended`` is ``""`` while it holds, else ``undone`` or ``overtaken``. ``wording`` tells that a text was written for it.
    """

    id: int
    decision: str
    field: str
    entity: str
    rule: str
    term: str
    who: str
    at: str
    why: str
    confirmed_by: str
    how_ended: str
    ended: str
    ended_by: str
    ended_why: str
    wording: bool


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record: its row of the queue and what only its own page shows.

    ``can_reveal`` tells that its original can be opened, ``cannot_undo`` why its last decision cannot be taken back (a key of the group
    ``refusals`` of the words; ``""``: it can). ``tenant`` is a pseudonym. ``problem`` is why the record could not be scanned in full.
    ``purposes`` maps its fields to purposes. ``history`` is that of the sealed original.
    """

    row: QueueRow
    author_group: str
    tenant: str
    problem: str
    opened: str
    can_reveal: bool
    purposes: Mapping[str, str]
    findings: tuple[FindingView, ...]
    decisions: tuple[DecisionView, ...]
    proposals: tuple[ProposalView, ...]
    history: tuple[HistoryLine, ...]
    cannot_undo: str

    @property
    def entry_id(self) -> str:
        """The id of the sealed original, ``""`` where there is none."""
        return self.row.entry_id

    @property
    def can_undo(self) -> bool:
        """Whether the last decision can be taken back."""
        return not self.cannot_undo


def record_view(connection: Connection, perimeter: Perimeter, record_id: int) -> RecordView | None:
    """Return the record, ``None`` when it does not exist, has nothing to review, or lies outside ``perimeter``."""
    row = load_rows(connection, perimeter, [record_id]).get(record_id)
    if row is None:
        return None
    columns = records.c.author_group, records.c.tenant, records.c.problem, records.c.opened, source_tables.c.purposes
    facts = connection.execute(select(*columns).join_from(records, source_tables).where(records.c.id == record_id)).one()
    return RecordView(
        row=row,
        author_group=facts.author_group,
        tenant=facts.tenant,
        problem=facts.problem,
        opened=facts.opened or "",
        can_reveal=row.entry_state not in ("", "erased"),
        purposes=json.loads(facts.purposes),
        findings=_findings(connection, record_id),
        decisions=_decisions(connection, record_id),
        proposals=proposals_of(connection, row),
        history=tuple(history_of(connection, row.entry_id)) if row.entry_id else (),
        cannot_undo=undo_refusal(connection, row, decisions_in_force(connection, [record_id]).get(record_id)),
    )


def _findings(connection: Connection, record_id: int) -> tuple[FindingView, ...]:
    names = [name for name in FindingView.__slots__ if name != "dismissed"]
    columns = [findings.c[name] for name in names]
    in_order = findings.c.field, findings.c.line, findings.c.start, findings.c.id
    query = select(*columns, findings.c.dismissed).where(findings.c.record_id == record_id).order_by(*in_order)
    rows = connection.execute(query).mappings()
    return tuple(FindingView(**{name: row[name] for name in names}, dismissed=kind_of(row["dismissed"])) for row in rows)


def _decisions(connection: Connection, record_id: int) -> tuple[DecisionView, ...]:
    written = exists().where(wordings.c.decision_id == decisions.c.id).label("wording")
    query = select(decisions, written).where(decisions.c.record_id == record_id).order_by(decisions.c.id)
    rows = connection.execute(query).mappings()
    return tuple(
        DecisionView(**{name: row[name] for name in DecisionView.__slots__ if name != "ended"}, ended=row["ended"] or "") for row in rows
    )
