"""What a scan puts into the vault and takes out of it, within the transaction that saves its findings."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from scanner.errors import VigieError
from scanner.keys import SecretKey
from scanner.store.schema import vault
from scanner.vault.entries import BATCH, CLEAR, NewEntry, log_event
from scanner.vault.sealing import open_texts, seal_texts
from scanner.vault.states import drop_wordings, erase_entries

ID_BYTES = 8
OVERTAKEN = "the source or the rules changed"

_REPLACED = ("source", "record", "entities", "level", "action", "changed", "key_id", "wrapped_key", "nonce", "sealed")


@dataclass(frozen=True, slots=True)
class PutCounts:
    """Entries that were added, replaced, left as they were because that original is kept already, held or released, and erased because a
    newer one has overtaken them.
    """

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    overtaken: int = 0


@dataclass(slots=True)
class _Writes:
    """What one batch leads to: rows to insert and update, ids of entries that newer ones have overtaken."""

    added: list[dict[str, Any]] = field(default_factory=list)
    replaced: list[dict[str, Any]] = field(default_factory=list)
    overtaken: list[str] = field(default_factory=list)
    unchanged: int = 0


def put_entries(connection: Connection, items: Sequence[NewEntry], key: SecretKey, *, who: str, now: str) -> PutCounts:
    """Seal ``items``, one a record: each takes the place of the record's pending entry, or becomes a new one.

    A held entry is never overwritten. Nothing is put where the same original waits or is held already, or was released with at least the
    same entities: somebody has decided on it, or may be about to.
    """
    writes = _Writes()
    for at in range(0, len(items), BATCH):
        batch = items[at : at + BATCH]
        known = _known_entries(connection, [item.record_id for item in batch])
        for item in batch:
            _put(connection, item, known.get(item.record_id, ()), writes, key, now)
    _write(connection, writes, who, now)
    return PutCounts(len(writes.added), len(writes.replaced), writes.unchanged, len(writes.overtaken))


def settle_gone(connection: Connection, record_ids: Sequence[int], *, who: str, now: str) -> int:
    """Erase the pending entries of records that became clean or were deleted, but for those held; return how many were erased."""
    erased = 0
    for at in range(0, len(record_ids), BATCH):
        of_records = vault.c.record_id.in_(record_ids[at : at + BATCH])
        query = select(vault.c.id).where(of_records, vault.c.state == "pending", vault.c.held == "").with_for_update()
        ids = list(connection.execute(query).scalars())
        erase_entries(connection, ids, who=who, why=OVERTAKEN, now=now)
        erased += len(ids)
    return erased


def _known_entries(connection: Connection, record_ids: Sequence[int]) -> Mapping[int, list[RowMapping]]:
    """Return the clear columns of the pending and released entries by record, newest first."""
    known: dict[int, list[RowMapping]] = defaultdict(list)
    query = select(*CLEAR).where(vault.c.record_id.in_(record_ids), vault.c.state.in_(("pending", "released")))
    for row in connection.execute(query.order_by(vault.c.changed.desc(), vault.c.id).with_for_update()).mappings():
        known[row["record_id"]].append(row)
    return known


def _put(connection: Connection, item: NewEntry, known: Sequence[RowMapping], writes: _Writes, key: SecretKey, now: str) -> None:
    pending = [row for row in known if row["state"] == "pending" and not row["held"]]
    settled = [row for row in known if row["state"] == "released" or row["held"]]
    if any(_keeps(connection, row, item, key) for row in settled):
        writes.unchanged += 1
        writes.overtaken += [row["id"] for row in pending]
        return
    if pending and pending[0]["action"] == item.action and _keeps(connection, pending[0], item, key):
        writes.unchanged += 1
        writes.overtaken += [row["id"] for row in pending[1:]]
        return
    clear = {
        "source": item.source,
        "record": item.record,
        "entities": json.dumps(item.entities),
        "level": item.level,
        "action": item.action,
    }
    if pending:
        newest, *others = pending
        clear |= {"id": newest["id"], "created": newest["created"], "changed": max(now, newest["changed"])}
        writes.replaced.append(clear | seal_texts(clear, item.texts, key))
        writes.overtaken += [row["id"] for row in others]
    else:
        clear |= {"id": secrets.token_hex(ID_BYTES), "created": now, "changed": now}
        sealed = seal_texts(clear, item.texts, key)
        writes.added.append({**clear, **sealed, "record_id": item.record_id, "state": "pending", "held": ""})


def _keeps(connection: Connection, row: RowMapping, item: NewEntry, key: SecretKey) -> bool:
    """Tell whether the entry ``row`` keeps the same original as ``item``."""
    entities = json.loads(row["entities"])
    if row["state"] == "released" and not set(item.entities) <= set(entities):
        return False
    if row["state"] == "pending" and not row["held"] and (list(item.entities), item.level) != (entities, row["level"]):
        return False
    whole = connection.execute(select(vault).where(vault.c.id == row["id"])).mappings().one()
    try:
        return open_texts(whole, key) == item.texts
    except VigieError:  # damaged, or sealed with a lost key: what it held cannot be told, the new original is kept beside it
        return False


def _write(connection: Connection, writes: _Writes, who: str, now: str) -> None:
    if writes.added:
        connection.execute(insert(vault), writes.added)
        log_event(connection, [row["id"] for row in writes.added], "added", who=who, why="", now=now)
    if writes.replaced:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _REPLACED}
        rows = [{"entry_id": row["id"], **{f"new_{name}": row[name] for name in _REPLACED}} for row in writes.replaced]
        connection.execute(update(vault).where(vault.c.id == bindparam("entry_id")).values(values), rows)
        drop_wordings(connection, [row["id"] for row in writes.replaced])
        log_event(connection, [row["id"] for row in writes.replaced], "replaced", who=who, why="", now=now)
    erase_entries(connection, writes.overtaken, who=who, why=OVERTAKEN, now=now)
