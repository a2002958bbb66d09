"""The sealed originals behind the changes of a plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, update

from scanner.audit import AuditLog
from scanner.corrections.digests import TextDigests
from scanner.corrections.ledger import Change
from scanner.corrections.outcome import Outcome, Verdict
from scanner.errors import InputError
from scanner.keys import SecretKey
from scanner.store.engine import Store
from scanner.store.schema import records
from scanner.vault import Entry, State, Vault
from scanner.vault.entries import lock_entries


class NoOriginalError(Exception):
    """The original of a change cannot be had; ``verdict`` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict


class Sealed:
    """Reads originals and moves their entries from state to state, in the name of ``who``, for the plan ``plan_id``."""

    def __init__(self, store: Store, key: SecretKey, digests: TextDigests, who: str, plan_id: str) -> None:
        self._vault = Vault(store, key)
        self._digests = digests
        self._audit = AuditLog(store, key, who)
        self._who = who
        self._plan_id = plan_id
        self._last: tuple[str, Mapping[str, str]] = ("", {})  # the cells of one record follow each other

    def entries(self, ledger: Connection, changes: Collection[Change]) -> dict[str, Entry]:
        """Return the entries of ``changes`` by id."""
        return {entry.id: entry for entry in lock_entries(ledger, [change.vault_id for change in changes])}

    def original(self, ledger: Connection, change: Change, entry: Entry) -> str:
        """Return the text that ``change`` replaces.

        Raises :class:`NoOriginalError` when it was erased or altered, or another text was sealed since the plan was made,
        :class:`SecretKeyError` when it was sealed with another key.
        """
        if entry.state == "erased":
            raise NoOriginalError("erased")
        if self._last[0] != entry.id:
            try:
                self._last = entry.id, self._vault.texts(entry.id, ledger)
            except InputError:
                raise NoOriginalError("damaged") from None
        text = self._last[1].get(change.line or change.field)
        if text is None or self._digests.of(text, change.id) != change.old_digest:
            raise NoOriginalError("overtaken")
        return text

    def move(self, ledger: Connection, entries: Sequence[Entry], state: State) -> None:
        """Turn ``entries`` into ``state``."""
        if entries:
            ids = [entry.id for entry in entries]
            self._vault.transition(ids, state, who=self._who, why=f"plan {self._plan_id}", connection=ledger)

    def restore(self, ledger: Connection, entries: Sequence[Entry]) -> None:
        """Let ``entries`` wait for a decision again. Their records will be scanned again: the findings may be those of another text."""
        self.move(ledger, entries, "pending")
        ids = [entry.record_id for entry in entries if entry.record_id is not None]
        if ids:
            ledger.execute(update(records).where(records.c.id.in_(ids)).values(version=""))

    def log(self, event: str, job: str, outcome: Outcome, **details: str) -> None:
        """Write ``event``, of the plan of ``job``, into the audit log, with the counts of ``outcome``."""
        counts = {"changed": outcome.changed, "already": outcome.already, "conflicts": len(outcome.conflicts)}
        self._audit.add(event, None, job=job, plan=self._plan_id, **counts, **details)

    def forget(self) -> None:
        """Empty what may still hold erased originals; see :meth:`Vault.forget`."""
        self._vault.forget()
