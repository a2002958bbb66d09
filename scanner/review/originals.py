"""The sealed originals of records follow what was decided of their findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from scanner.clock import utc_now
from scanner.store.schema import decisions, records, vault
from scanner.vault.entries import lock_entries
from scanner.vault.states import move, reopen

_BATCH = 500
_CORRECTED = ("redact", "quarantine")


def settle_originals(connection: Connection, record_ids: Sequence[int], *, who: str, why: str) -> list[str]:
    """Release the waiting originals of records in which nothing is left to correct, but for those held; let released ones wait again else.

    Where the original is gone, the next run reads the record again and seals it. Returns the ids of the entries whose state changed.
    """
    release: list[str] = []
    wait: list[str] = []
    for at in range(0, len(record_ids), _BATCH):
        batch = record_ids[at : at + _BATCH]
        entries: dict[int, list[Any]] = defaultdict(list)
        columns = vault.c.id, vault.c.record_id, vault.c.state, vault.c.held, vault.c.wrapped_key
        newest_first = vault.c.created.desc(), vault.c.id
        for row in connection.execute(select(*columns).where(vault.c.record_id.in_(batch)).order_by(*newest_first)):
            entries[row.record_id].append(row)
        kept = _released(connection, batch)
        unsealed: list[int] = []
        for record_id, action in connection.execute(select(records.c.id, records.c.action).where(records.c.id.in_(batch))):
            of_record = entries[record_id]
            pending = [row.id for row in of_record if row.state == "pending" and not row.held]
            to_correct = action in _CORRECTED and record_id not in kept
            if not to_correct:
                release += pending
            elif not any(row.state in ("pending", "redacted") for row in of_record):
                released = [row.id for row in of_record if row.state == "released" and row.wrapped_key is not None]
                wait += released[:1]
                if not released:
                    unsealed.append(record_id)
        connection.execute(update(records).where(records.c.id.in_(unsealed)).values(version=""))
    now = utc_now()
    move(connection, lock_entries(connection, release), "released", who=who, why=why, now=now)
    reopen(connection, lock_entries(connection, wait), who=who, why=why, now=now)
    return [*release, *wait]


def _released(connection: Connection, record_ids: Sequence[int]) -> set[int]:
    """Return those of the records of which somebody decided that their texts may stay."""
    holds = decisions.c.record_id.in_(record_ids), decisions.c.decision == "release", decisions.c.ended.is_(None)
    return set(connection.execute(select(decisions.c.record_id).where(*holds)).scalars())
