"""Where people decide: on records, on proposals of others, on what they did before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from scanner.accounts.viewer import Viewer
from scanner.review.carrying_out import Asked, refusal
from scanner.review.desk_base import Desk, check
from scanner.review.desk_proposals import ProposalDesk
from scanner.review.desk_texts import TextDesk
from scanner.review.outcome import Outcome
from scanner.review.proposals import propose
from scanner.review.rows import QueueRow
from scanner.review.undoing import decisions_in_force, take_back, undo_refusal
from scanner.review.words import Decision
from scanner.store.schema import findings


@dataclass(frozen=True, slots=True)
class _Part:
    """What of a record a decision is about: a field, an entity, both, or one finding; nothing named: all of it."""

    field: str
    entity: str
    finding: int


class DecisionDesk(Desk):
    """Decisions on records, taken back where that is possible, and legal holds."""

    def _decide(self, viewer: Viewer, shown: Mapping[int, str], decision: Decision, why: str, part: _Part) -> Outcome:
        check(viewer, "decide", why, shown)
        with self._store.begin() as connection:
            asked = _asked(connection, shown, decision, why.strip(), part)
            rows, refused = self._rows(connection, viewer, shown)
            rows = _without(rows, refused, {row.id: _refusal(connection, row, asked) for row in rows.values()})
            done: tuple[int, ...] = ()
            proposed: tuple[int, ...] = ()
            if rows and decision in self._policy.review.confirm:
                proposed = tuple(propose(connection, list(rows), asked, viewer.login))
                self._audit(viewer).add("decision-proposed", connection, records=list(rows), decision=decision)
            elif rows:
                done = tuple(self._carry_out(connection, list(rows.values()), asked, viewer.login))
                entries = [row.entry_id for row in rows.values() if row.entry_id]
                self._audit(viewer).add("decision-recorded", connection, records=list(rows), entries=entries, decision=decision)
        if decision == "erase" and done:
            self._vault.forget()
        return Outcome(done, proposed, refused)

    def undo(self, viewer: Viewer, shown: Mapping[int, str], *, why: str) -> Outcome:
        """Take back the last decision on each record, as far as it can be: until it was applied at the source or erased.

        Needs permission ``decide``.
        """
        check(viewer, "decide", why, shown)
        with self._store.begin() as connection:
            rows, refused = self._rows(connection, viewer, shown)
            last = decisions_in_force(connection, list(rows))
            rows = _without(rows, refused, {row.id: undo_refusal(connection, row, last.get(row.id)) for row in rows.values()})
            if rows:
                taken = {record_id: last[record_id].id for record_id in rows}
                entries = take_back(connection, self._policy, self._catalogue, taken, who=viewer.login, why=why.strip())
                self._audit(viewer).add("decision-undone", connection, records=list(rows), entries=list(entries))
        return Outcome(tuple(rows), refused=refused)

    def hold(self, viewer: Viewer, shown: Mapping[int, str], *, why: str) -> Outcome:
        """Put the originals of records under legal hold. Needs permission ``decide``."""
        check(viewer, "decide", why, shown)
        with self._store.begin() as connection:
            rows, refused = self._rows(connection, viewer, shown)
            rows = _without(
                rows, refused, {row.id: "" if row.entry_state not in ("", "erased") else "no-original" for row in rows.values()}
            )
            if rows:
                self._vault.hold([row.entry_id for row in rows.values()], who=viewer.login, why=why.strip(), connection=connection)
        return Outcome(tuple(rows), refused=refused)

    def free(self, viewer: Viewer, shown: Mapping[int, str], *, why: str) -> Outcome:
        """End the legal hold of the originals of records. Needs permission ``decide``."""
        check(viewer, "decide", why, shown)
        with self._store.begin() as connection:
            rows, refused = self._rows(connection, viewer, shown)
            rows = _without(rows, refused, {row.id: "" if row.held else "not-held" for row in rows.values()})
            if rows:
                self._vault.free([row.entry_id for row in rows.values()], who=viewer.login, why=why.strip(), connection=connection)
        return Outcome(tuple(rows), refused=refused)


class ReviewDesk(DecisionDesk, ProposalDesk, TextDesk):
    """Decisions on the records of ``store``, each written down with who, when and why.

    ``shown`` maps ids of records to the etags that the page showed (:class:`scanner.review.rows.QueueRow`): a record that has changed since
    is refused. ``why`` must not be blank: :class:`InputError`. What the viewer may not do raises :class:`NotAllowedError`; records outside
    the perimeter are refused as ``unknown``, like those that do not exist. Each call is one transaction.
    """

    def decide(
        self,
        viewer: Viewer,
        shown: Mapping[int, str],
        decision: Decision,
        *,
        why: str,
        field: str = "",
        entity: str = "",
        finding: int = 0,
        mode: Literal["label", "neutral"] = "label",
    ) -> Outcome:
        """Decide on records, or on ``field``, ``entity`` (or both) or one ``finding`` (its id) of them. Needs permission ``decide``.

        What the policy's ``[review] confirm`` lists becomes a proposal. ``erase`` and ``release`` are for whole records. ``mode`` is for
        ``redact`` of whole records: ``vigie plan`` puts in place of the findings what it is told to, or neutral wordings, which are kept as
        if somebody had written them.
        """
        if (decision, mode) == ("redact", "neutral") and not (field or entity or finding):
            return self.neutral(viewer, shown, why=why)
        return self._decide(viewer, shown, decision, why, _Part(field, entity, finding))


def _asked(connection: Connection, shown: Iterable[int], decision: Decision, why: str, part: _Part) -> Asked:
    if not part.finding:
        return Asked(decision, why, part.field, part.entity)
    columns = (findings.c[name] for name in ("field", "entity", "rule", "term"))
    of_shown = findings.c.id == part.finding, findings.c.record_id.in_(list(shown))
    row = connection.execute(select(*columns).where(*of_shown)).one_or_none()
    return Asked(decision, why, *row) if row else Asked(decision, why, rule="\0")  # no rule: it covers nothing, and is refused as such


def _refusal(connection: Connection, row: QueueRow, asked: Asked) -> str:
    return "waiting" if row.state == "proposed" else refusal(connection, row, asked)


def _without(rows: Mapping[int, QueueRow], refused: dict[int, str], reasons: Mapping[int, str]) -> dict[int, QueueRow]:
    """Return ``rows`` without those that ``reasons`` speak against, which join ``refused``."""
    refused |= {record_id: reason for record_id, reason in reasons.items() if reason}
    return {record_id: row for record_id, row in rows.items() if record_id not in refused}
