"""The vault of a state store and a key: every change is a transaction that also holds its entry in the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace

from sqlalchemy import Connection, select

from scanner.audit import AuditLog
from scanner.clock import utc_now
from scanner.errors import InputError, SecretKeyError
from scanner.keys import SecretKey
from scanner.retention import Retention
from scanner.review.allow_rows import reseal_terms
from scanner.store.engine import Store
from scanner.store.schema import vault
from scanner.vault import intake, purge, rotation, states
from scanner.vault.entries import NewEntry, State, log_event, unknown_entries
from scanner.vault.sealing import open_texts

_EVENTS: Mapping[State, str] = {
    "pending": "original-restored",
    "released": "original-released",
    "redacted": "original-redacted",
    "erased": "original-erased",
}


class Vault:
    """The sealed originals of ``store``, under ``key``.

    ``who`` is the login name of the person, or the name of the run, that acts; ``why`` must not be blank. To list entries needs no key:
    :func:`scanner.vault.find_entries`. Every method raises :class:`StoreError` when the store cannot be read or written.
    """

    def __init__(self, store: Store, key: SecretKey) -> None:
        self._store = store
        self._key = key

    def put_many(self, connection: Connection, items: Sequence[NewEntry], *, who: str) -> intake.PutCounts:
        """Seal the originals of records within the transaction of ``connection``: see :func:`scanner.vault.intake.put_entries`."""
        return intake.put_entries(connection, items, self._key, who=who, now=utc_now())

    def settle_gone(self, connection: Connection, record_ids: Sequence[int], *, who: str) -> int:
        """Erase the pending entries of records that became clean, or are about to be deleted from the store; return how many."""
        return intake.settle_gone(connection, record_ids, who=who, now=utc_now())

    def texts(self, entry_id: str, connection: Connection | None = None) -> dict[str, str]:
        """Return the texts of an entry by column, for a program that does not show them.

        Raises :class:`InputError` when the entry is unknown, erased or damaged, :class:`SecretKeyError` when another key sealed it.
        """
        with nullcontext(connection) if connection else self._store.connect() as connected:
            row = connected.execute(select(vault).where(vault.c.id == entry_id)).mappings().one_or_none()
        if row is None:
            raise unknown_entries([entry_id])
        return open_texts(row, self._key)

    def open(self, entry_id: str, *, who: str, why: str = "") -> dict[str, str]:
        """Return the texts of an entry by column for somebody to read, once that is written down. Raises as :meth:`texts` does."""
        with self._store.begin() as connection:
            texts = self.texts(entry_id, connection)
            log_event(connection, [entry_id], "shown", who=who, why=why, now=utc_now())
            self._audit(who).add("original-shown", connection, entries=[entry_id])
        return texts

    def transition(self, ids: Sequence[str], state: State, *, who: str, why: str, connection: Connection | None = None) -> None:
        """Turn the entries ``ids`` into ``state``, all or none, within the transaction of ``connection`` when there is one.

        Raises :class:`InputError` when ``why`` is blank, an entry is unknown, cannot turn into ``state``, or is held and would be erased.
        """
        _check_reason(why)
        with nullcontext(connection) if connection else self._store.begin() as connected:
            states.transition(connected, ids, state, who=who, why=why, now=utc_now())
            self._audit(who).add(_EVENTS[state], connected, entries=list(ids))
        if state == "erased" and connection is None:
            self.forget()

    def decide(
        self, ids: Sequence[str], decision: states.Decision, *, who: str, why: str, connection: Connection | None = None, second: str = ""
    ) -> list[str]:
        """Write a decision on entries down, all or none; return the ids whose state it changed at once.

        It is done within the transaction of ``connection`` when there is one, whose owner also writes it into the audit log; ``second`` is
        the second person, who confirmed it. See :func:`scanner.vault.states.decide`. Raises :class:`InputError` as :meth:`transition` does.
        """
        _check_reason(why)
        with nullcontext(connection) if connection else self._store.begin() as connected:
            changed = states.decide(connected, ids, decision, who=who, why=why, now=utc_now(), confirmed_by=second)
            if connection is None:
                self._audit(who).add("decision-recorded", connected, entries=list(ids), decision=decision, settled=changed)
        if decision == "erase" and changed and connection is None:
            self.forget()
        return changed

    def hold(self, ids: Sequence[str], *, who: str, why: str, connection: Connection | None = None) -> None:
        """Put entries under legal hold for the reason ``why``: until :meth:`free`, nothing erases or overwrites them.

        Raises :class:`InputError` when ``why`` is blank, or an entry is unknown or erased.
        """
        _check_reason(why)
        with nullcontext(connection) if connection else self._store.begin() as connected:
            states.hold(connected, ids, who=who, reason=why, now=utc_now())
            self._audit(who).add("original-held", connected, entries=list(ids))

    def free(self, ids: Sequence[str], *, who: str, why: str, connection: Connection | None = None) -> None:
        """End the legal hold of entries. Raises :class:`InputError` when ``why`` is blank, or an entry is unknown or not held."""
        _check_reason(why)
        with nullcontext(connection) if connection else self._store.begin() as connected:
            states.free(connected, ids, who=who, why=why, now=utc_now())
            self._audit(who).add("original-freed", connected, entries=list(ids))

    def purge(self, retention: Retention, *, who: str, dry_run: bool = False) -> purge.PurgeCounts:
        """Erase what was decided on more than ``retention.vault_days`` ago and is not held; a dry run only counts.

        What waits for a decision as long is never erased, but counted as overdue. A purge that is stopped goes on where it was.
        """
        now = utc_now()
        kept_from = retention.vault_limit(now)
        with self._store.connect() as connection:
            counts = purge.count_past(connection, kept_from)
        if dry_run:
            return counts
        total, after = 0, ""
        while True:
            with self._store.begin() as connection:
                why = f"retention of {retention.vault_days} days"
                erased = purge.erase_past(connection, kept_from, after, who=who, why=why, now=now)
                if not erased:
                    break
                self._audit(who).add("vault-purged", connection, entries=len(erased))
            total, after = total + len(erased), erased[-1]
        self.forget()
        return replace(counts, erased=total)

    def rotate(self, new: SecretKey, *, who: str) -> rotation.RotationCounts:
        """Wrap the keys of all entries under the master key ``new``, and seal the terms of the allow-list under it.

        A rotation that is stopped goes on where it was; until it is done, both keys are needed. Damaged entries stay as they are. Raises
        :class:`SecretKeyError` when ``new`` is the key in use.
        """
        if new.id == self._key.id:
            raise SecretKeyError(f"the new key has the id of the old one, {new.id}: make another with `vigie keygen`")
        rotated = 0
        while True:
            done, damaged = self._rotate_all(new, who)
            rotated += done
            if not done:  # else a scan may have put entries under the old key behind the pass
                break
        with self._store.begin() as connection:
            reseal_terms(connection, self._key, new)
        self.forget()
        with self._store.connect() as connection:
            left = rotation.entries_by_key(connection)
        others = {key_id: count for key_id, count in left.items() if key_id not in (self._key.id, new.id)}
        return rotation.RotationCounts(rotated, tuple(damaged), others)

    def forget(self) -> None:
        """Fold SQLite's write-ahead log into the file and empty it: until then it may hold what was erased. Waits for readers to end."""
        if self._store.engine.dialect.name == "sqlite":
            with self._store.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def _rotate_all(self, new: SecretKey, who: str) -> tuple[int, list[str]]:
        """Pass once over all entries; return how many are under ``new`` now, and the ids of those damaged."""
        rotated, after = 0, ""
        damaged: list[str] = []
        while True:
            with self._store.begin() as connection:
                batch = rotation.rotate_batch(connection, self._key, new, after, who=who, now=utc_now())
                if batch.rotated:
                    self._audit(who).add("key-rotated", connection, entries=batch.rotated, new_key=new.id)
            if not batch.last:
                return rotated, damaged
            rotated, after = rotated + batch.rotated, batch.last
            damaged += batch.damaged

    def _audit(self, who: str) -> AuditLog:
        return AuditLog(self._store, self._key, who)


def _check_reason(why: str) -> None:
    if not why.strip():
        raise InputError("say why: a decision is written down with its reason")
