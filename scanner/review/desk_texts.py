"""The texts of records: masked for whoever may see the record, revealed once that is written down, and rewritten by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from scanner.accounts.viewer import Viewer
from scanner.errors import NotFoundError
from scanner.review.carrying_out import Asked, refusal
from scanner.review.desk_base import Desk, check, check_permission
from scanner.review.masking import Segment
from scanner.review.outcome import Outcome, Revealed, WordingOutcome
from scanner.review.proposals import propose
from scanner.review.rows import QueueRow, load_rows
from scanner.review.texts import OpenedTexts, open_texts, segments
from scanner.vault.wordings import write_wording

_GONE = ("", "erased")


class TextDesk(Desk):
    """Texts are opened from the vault: where no original is kept, they are in the business software only."""

    def masked(self, viewer: Viewer, record_id: int) -> Mapping[str, Sequence[Segment]]:
        """Return the segments of the record's texts by field, masked; empty where no original is kept. Needs permission ``records``."""
        check_permission(viewer, "records")
        with self._store.connect() as connection:
            row = load_rows(connection, viewer.perimeter, [record_id]).get(record_id)
            if row is None or row.entry_state in _GONE:
                return {}
            opened = self._opened(connection, row)
        return segments(opened, self._catalogue, masked=True)

    def reveal(self, viewer: Viewer, record_id: int, *, why: str) -> Revealed:
        """Return the texts of a record, once that is written down. Needs permission ``reveal``.

        Raises :class:`NotFoundError` when there is no such record or original within the perimeter.
        """
        check(viewer, "reveal", why, (record_id,))
        with self._store.connect() as connection:
            row = load_rows(connection, viewer.perimeter, [record_id]).get(record_id)
        if row is None or row.entry_state in _GONE:
            raise NotFoundError("no original of such a record is kept")
        cells = self._vault.open(row.entry_id, who=viewer.login, why=why.strip())
        with self._store.connect() as connection:
            return self._writer.revealed(connection, row, open_texts(connection, record_id, cells))

    def write_wording(
        self, viewer: Viewer, record_id: int, etag: str, texts: Mapping[str, str], *, why: str, accept_remaining: bool = False
    ) -> WordingOutcome:
        """Decide that fields of a record shall say ``texts``: kept sealed, written by ``vigie plan``. Needs permission ``decide``.

        The texts are checked first: where they still hold findings that the policy does not keep, they are refused (``still-reveals``)
        unless ``accept_remaining``. Where the policy wants ``redact`` confirmed, they wait for a second person.
        """
        check(viewer, "decide", why, texts)
        with self._store.begin() as connection:
            rows, refused = self._rows(connection, viewer, {record_id: etag})
            if refused:
                return WordingOutcome(False, refused[record_id])
            row = rows[record_id]
            if reason := _wording_refusal(connection, row):
                return WordingOutcome(False, reason)
            checked = self._writer.checked(connection, row, self._opened(connection, row), texts)
            if checked.refusal:
                return checked
            if checked.remaining and not accept_remaining:
                return replace(checked, refusal="still-reveals")
            waits = self._keep(connection, viewer, row, why.strip(), texts)
            event = "decision-proposed" if waits else "wording-written"
            self._audit(viewer).add(event, connection, records=[record_id], entries=[row.entry_id], fields=len(texts))
        return replace(checked, done=not waits, waits=waits)

    def neutral(self, viewer: Viewer, shown: Mapping[int, str], *, why: str) -> Outcome:
        """Decide that records shall say neutral wordings in place of their findings, as if these had been written by hand.

        Needs permission ``decide``.
        """
        check(viewer, "decide", why, shown)
        done: list[int] = []
        proposed: list[int] = []
        with self._store.begin() as connection:
            rows, refused = self._rows(connection, viewer, shown)
            for row in rows.values():
                if reason := _wording_refusal(connection, row):
                    refused[row.id] = reason
                    continue
                texts = self._writer.neutral(self._opened(connection, row))
                if not texts:
                    refused[row.id] = "not-covered"
                    continue
                (proposed if self._keep(connection, viewer, row, why.strip(), texts) else done).append(row.id)
            if done or proposed:
                event = "decision-proposed" if proposed else "wording-written"
                self._audit(viewer).add(event, connection, records=[*done, *proposed])
        return Outcome(tuple(done), tuple(proposed), refused)

    def _opened(self, connection: Connection, row: QueueRow) -> OpenedTexts:
        return open_texts(connection, row.id, self._vault.texts(row.entry_id, connection))

    def _keep(self, connection: Connection, viewer: Viewer, row: QueueRow, why: str, texts: Mapping[str, str]) -> bool:
        """Keep ``texts`` with a decision, or a proposal, on each of their fields; return whether they wait for a second person."""
        waits = "redact" in self._policy.review.confirm
        for field, text in texts.items():
            asked = Asked("redact", why, field)
            if waits:
                proposal_id = propose(connection, [row.id], asked, viewer.login)[row.id]
                write_wording(connection, row.entry_id, field, text, self._key, proposal_id=proposal_id)
            else:
                decision_id = self._carry_out(connection, [row], asked, viewer.login)[row.id]
                write_wording(connection, row.entry_id, field, text, self._key, decision_id=decision_id)
        return waits


def _wording_refusal(connection: Connection, row: QueueRow) -> str:
    if row.state == "proposed":
        return "waiting"
    return refusal(connection, row, Asked("redact", "")) or ("" if row.entry_state == "pending" else "corrected")
