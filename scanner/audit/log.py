"""Writing to the audit log, reading it, and removing what is past its retention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import TypedDict

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from scanner.audit.chain import GENESIS, Entry, last_entry, read_entries
from scanner.audit.events import EVENTS, Detail, details_text
from scanner.clock import utc_now
from scanner.errors import StoreError
from scanner.keys import SecretKey, pseudonym
from scanner.retention import Retention
from scanner.store.engine import Store
from scanner.store.schema import audit

_ATTEMPTS = 100


class Head(TypedDict):
    """The newest entry: its number, 0 when there is none, and its keyed digest."""

    seq: int
    mac: str


def head_of(store: Store) -> Head:
    """Return the newest entry's number and keyed digest, to be kept where the store's administrator cannot write. No key is needed."""
    with store.connect() as connection:
        last = last_entry(connection)
    return {"seq": last.seq, "mac": last.mac} if last else {"seq": 0, "mac": GENESIS}


def read_log(store: Store, last: int | None = None) -> Iterator[Entry]:
    """Yield the entries of the log of ``store`` in order: the ``last`` so many, all when ``None``. No key is needed."""
    with store.connect() as connection:
        yield from read_entries(connection, last)


class AuditLog:
    """The audit log of ``store``, written by ``actor``, of whom only the pseudonym is kept."""

    def __init__(self, store: Store, key: SecretKey, actor: str) -> None:
        self._store = store
        self._key = key
        self._actor = pseudonym(actor, key)

    def add(self, event: str, /, connection: Connection | None = None, **details: Detail) -> Head:
        """Append an entry: in the transaction of ``connection``, best as its last statement, or in one of its own; return the new head.

        ``event`` is one of :data:`EVENTS`; ``details`` are numbers, ids, names and words (``events.py``). Raises :class:`ValueError` on
        anything else, :class:`StoreError` when the entry cannot be written.
        """
        if event not in EVENTS:
            raise ValueError(f"the audit log knows no event {event!r}")
        content = details_text(details, lambda name: pseudonym(name, self._key))
        if connection is not None:
            return self._append(connection, event, content)
        with self._store.begin() as own:
            return self._append(own, event, content)

    def prune(self, retention: Retention) -> int:
        """Remove the entries past their retention from the front and return how many; an entry says so, and keeps the chain verifiable.

        Age is counted back from now or from the newest entry, whichever is earlier: a clock that is ahead removes nothing too soon.
        """
        with self._store.begin() as connection:
            newest = last_entry(connection)
            if newest is None:
                return 0
            limit = retention.audit_limit(min(utc_now(), newest.at))
            first_kept = connection.scalar(select(func.min(audit.c.seq)).where(audit.c.at >= limit))
            past = audit.c.seq < first_kept
            newest_past = connection.execute(select(audit.c.mac).where(past).order_by(audit.c.seq.desc()).limit(1)).one_or_none()
            if newest_past is None:
                return 0
            removed = connection.execute(delete(audit).where(past)).rowcount
            self.add("log-pruned", connection, first_kept=first_kept, removed=removed, removed_mac=newest_past.mac)
        return removed

    def _append(self, connection: Connection, event: str, details: str) -> Head:
        for _ in range(_ATTEMPTS):
            last = last_entry(connection)
            seq, previous = (last.seq + 1, last.mac) if last else (1, GENESIS)
            entry = Entry(seq, utc_now(), self._actor, self._key.id, event, details, previous)
            entry = replace(entry, mac=entry.computed_mac(self._key))
            try:
                with connection.begin_nested():
                    connection.execute(insert(audit).values(asdict(entry)))
            except IntegrityError:  # another writer took the number while this one waited
                continue
            return {"seq": entry.seq, "mac": entry.mac}
        raise StoreError(f"state store {self._store.name}: too many processes write to the audit log at once; run again")
