"""A new master key: the keys of the entries are wrapped again, batch by batch; the sealed texts stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from scanner.keys import SecretKey
from scanner.sealing import BrokenSealError
from scanner.store.schema import vault
from scanner.vault.entries import BATCH, log_event
from scanner.vault.sealing import rewrap


@dataclass(frozen=True, slots=True)
class RotationCounts:
    """Entries now under the new key, ids of those too damaged to be wrapped again, and entries under neither key, by key id."""

    rotated: int
    damaged: tuple[str, ...]
    other_keys: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RotationBatch:
    """One batch done: how many entries were wrapped again, ids of those damaged, and the last id, ``""`` after the last batch."""

    rotated: int
    damaged: tuple[str, ...]
    last: str


def rotate_batch(connection: Connection, old: SecretKey, new: SecretKey, after: str, *, who: str, now: str) -> RotationBatch:
    """Wrap the keys of up to ``BATCH`` entries, in the order of ids from ``after``, under ``new`` instead of ``old``."""
    columns = (vault.c.id, vault.c.key_id, vault.c.wrapped_key)
    waiting = vault.c.id > after, vault.c.key_id == old.id, vault.c.wrapped_key.is_not(None)
    rows = connection.execute(select(*columns).where(*waiting).order_by(vault.c.id).limit(BATCH).with_for_update()).mappings().all()
    wrapped, damaged = [], []
    for row in rows:
        try:
            again = rewrap(row, old, new)
        except BrokenSealError:
            damaged.append(row["id"])
        else:
            wrapped.append({"entry_id": row["id"], "new_key_id": again["key_id"], "new_wrapped_key": again["wrapped_key"]})
    if wrapped:
        values: dict[str, Any] = {"key_id": bindparam("new_key_id"), "wrapped_key": bindparam("new_wrapped_key")}
        connection.execute(update(vault).where(vault.c.id == bindparam("entry_id")).values(values), wrapped)
        log_event(connection, [row["entry_id"] for row in wrapped], "rotated", who=who, why=f"{old.id} to {new.id}", now=now)
    return RotationBatch(len(wrapped), tuple(damaged), rows[-1]["id"] if rows else "")


def entries_by_key(connection: Connection) -> dict[str, int]:
    """Count the entries that are not erased by the id of their key."""
    query = (
        select(vault.c.key_id, func.count().label("entries"))
        .where(vault.c.wrapped_key.is_not(None))
        .group_by(vault.c.key_id)
        .order_by(vault.c.key_id)
    )
    return {row.key_id: row.entries for row in connection.execute(query)}
