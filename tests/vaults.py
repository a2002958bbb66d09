"""A state store with a few records, and entries for its vault."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from scanner.keys import SecretKey
from scanner.store.engine import Store, open_store
from scanner.store.schema import audit, decisions, jobs, records, source_tables, vault
from scanner.vault import EntryFilter, NewEntry, Vault, find_entries, history_of

KEY = SecretKey(bytes(range(32)))  # that of fakes.KEY, so that the command line opens what tests sealed
OTHER = SecretKey(bytes(32))
TEXTS = {"NOTE": "Mme sous chimiothérapie ZWXQUA", "SUIVI": "kolibrix « ligne 2 »\nfin"}


def make_store(where: str | Path) -> Store:
    """Return a new store with the records 1 to 12."""
    store = open_store(where)
    with store.begin() as connection:
        connection.execute(insert(jobs).values(id=1, name="nuit", created="2026-11-22T01:00:00+00:00"))
        connection.execute(insert(source_tables).values(id=1, job_id=1, name="public.suivi", key_columns="[]", text_columns="[]"))
    add_records(store, range(1, 13))
    return store


def add_records(store: Store, numbers: Iterable[int]) -> None:
    known = {"table_id": 1, "digest": bytes(16), "version": "0", "run": 1}
    with store.begin() as connection:
        connection.execute(insert(records), [{**known, "id": n, "key": str(n), "record": f"L-{n}"} for n in numbers])


def new_entry(record_id: int = 1, **changes: Any) -> NewEntry:
    fields = {
        "record_id": record_id,
        "source": "public.suivi",
        "record": f"L-{record_id}",
        "texts": TEXTS,
        "entities": ("HEALTH", "OFFENCE"),
        "level": "critical",
        "action": "quarantine",
    }
    return NewEntry(**{**fields, **changes})


def put(store: Store, *items: NewEntry, key: SecretKey = KEY, who: str = "run 1") -> Any:
    with store.begin() as connection:
        return Vault(store, key).put_many(connection, items, who=who)


def entries(store: Store, **wanted: Any) -> list[Any]:
    with store.connect() as connection:
        return find_entries(connection, EntryFilter(**wanted))


def entry_of(store: Store, record_id: int) -> Any:
    """Return the one entry of a record."""
    (entry,) = (entry for entry in entries(store) if entry.record == f"L-{record_id}")
    return entry


def sealed_columns(store: Store, entry_id: str) -> Any:
    with store.connect() as connection:
        row = select(vault.c.wrapped_key, vault.c.nonce, vault.c.sealed).where(vault.c.id == entry_id)
        return tuple(connection.execute(row).one())


def decided(store: Store) -> list[tuple[Any, ...]]:
    with store.connect() as connection:
        columns = (decisions.c[name] for name in ("record_id", "decision", "who", "why"))
        return [tuple(row) for row in connection.execute(select(*columns).order_by(decisions.c.id))]


def history(store: Store, entry_id: str) -> list[tuple[str, str, str]]:
    with store.connect() as connection:
        return [(line.event, line.who, line.why) for line in history_of(connection, entry_id)]


def audited(store: Store) -> list[tuple[str, dict[str, Any]]]:
    with store.connect() as connection:
        rows = connection.execute(select(audit.c.event, audit.c.details).order_by(audit.c.seq))
        return [(event, json.loads(details)) for event, details in rows]
