"""The second person: proposals are confirmed or refused by others, and withdrawn by who made them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from scanner.accounts.viewer import Viewer
from scanner.review.carrying_out import Asked, refusal
from scanner.review.desk_base import Desk, check
from scanner.review.outcome import ProposalOutcome
from scanner.review.proposals import load_waiting, settle
from scanner.review.rows import QueueRow, load_rows
from scanner.store.review_states import sync_states
from scanner.vault.wordings import grant_wordings


class ProposalDesk(Desk):
    """Proposals wait until somebody settles them, or a scan finds that the record has changed: they do not expire."""

    def confirm(self, viewer: Viewer, proposal_ids: Sequence[str], *, why: str) -> ProposalOutcome:
        """Carry out proposals of others. Needs permission ``confirm``."""
        check(viewer, "confirm", why, proposal_ids)
        done: list[str] = []
        with self._store.begin() as connection:
            waiting, rows, refused = self._waiting(connection, viewer, proposal_ids, own=False)
            for proposal_id, proposal in waiting.items():
                asked = Asked(**{name: getattr(proposal, name) for name in Asked.__slots__})
                row = rows[proposal.record_id]
                if reason := refusal(connection, row, asked):
                    refused[proposal_id] = reason
                    continue
                settle(connection, [proposal_id], "confirmed", who=viewer.login, why=why.strip())
                taken = self._carry_out(connection, [row], asked, proposal.who, viewer.login)
                grant_wordings(connection, proposal_id, taken[row.id])
                done.append(proposal_id)
            if done:
                carried = [rows[waiting[proposal_id].record_id] for proposal_id in done]
                entries = [row.entry_id for row in carried if row.entry_id]
                ids = [row.id for row in carried]
                self._audit(viewer).add("decision-confirmed", connection, proposals=done, records=ids, entries=entries)
        if done:
            self._vault.forget()
        return ProposalOutcome(tuple(done), refused)

    def refuse(self, viewer: Viewer, proposal_ids: Sequence[str], *, why: str) -> ProposalOutcome:
        """Refuse proposals of others. Needs permission ``confirm``."""
        check(viewer, "confirm", why, proposal_ids)
        return self._drop(viewer, proposal_ids, "refused", why.strip(), own=False)

    def withdraw(self, viewer: Viewer, proposal_ids: Sequence[str], *, why: str) -> ProposalOutcome:
        """Take back one's own proposals. Needs permission ``decide``."""
        check(viewer, "decide", why, proposal_ids)
        return self._drop(viewer, proposal_ids, "withdrawn", why.strip(), own=True)

    def _drop(self, viewer: Viewer, proposal_ids: Sequence[str], state: str, why: str, *, own: bool) -> ProposalOutcome:
        with self._store.begin() as connection:
            waiting, rows, refused = self._waiting(connection, viewer, proposal_ids, own=own)
            if waiting:
                settle(connection, list(waiting), state, who=viewer.login, why=why)
                sync_states(connection, list(rows))
                self._audit(viewer).add("decision-refused", connection, proposals=list(waiting))
        return ProposalOutcome(tuple(waiting), refused)

    def _waiting(
        self, connection: Connection, viewer: Viewer, proposal_ids: Sequence[str], *, own: bool
    ) -> tuple[dict[str, Any], dict[int, QueueRow], dict[str, str]]:
        """Return the proposals that the viewer may settle, their records, and those to refuse with the reason."""
        found = load_waiting(connection, proposal_ids)
        rows = load_rows(connection, viewer.perimeter, [proposal.record_id for proposal in found.values()], lock=True)
        refused: dict[str, str] = {}
        for proposal_id in proposal_ids:
            proposal = found.get(proposal_id)
            if proposal is None or proposal.record_id not in rows:
                refused[proposal_id] = "unknown"
            elif proposal.state != "waiting":
                refused[proposal_id] = "settled"
            elif (proposal.who == viewer.login) is not own:
                refused[proposal_id] = "not-own" if own else "own"
        waiting = {proposal_id: proposal for proposal_id, proposal in found.items() if proposal_id not in refused}
        return waiting, {proposal.record_id: rows[proposal.record_id] for proposal in waiting.values()}, refused
