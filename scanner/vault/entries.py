"""Entries of the vault as they can be read without the key, and the states that they pass through."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, and_, insert, or_, select

from scanner.errors import InputError
from scanner.scoring import LEVELS, Level, at_least
from scanner.store.schema import vault, vault_events

State = Literal["pending", "released", "redacted", "erased"]
Event = Literal["added", "replaced", "shown", "released", "redacted", "erased", "restored", "held", "freed", "rotated"]

TRANSITIONS: Mapping[State, Mapping[State, Event]] = {
    "pending": {"released": "released", "redacted": "redacted", "erased": "erased"},
    "released": {},
    "redacted": {"pending": "restored", "erased": "erased"},
    "erased": {},
}
"""What people may turn a state into, and what the entry's history calls it. Only the end of its retention erases a released entry."""

CLEAR = tuple(column for column in vault.columns if column.name not in ("wrapped_key", "nonce", "sealed"))
BATCH = 500
"""Entries per statement and transaction: few enough for the parameters of every database, and for writers who wait."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """The original of one record. ``texts`` maps its columns to their texts, ``action`` is what the policy asks (redact, quarantine)."""

    record_id: int
    source: str
    record: str
    texts: Mapping[str, str]
    entities: tuple[str, ...]
    level: Level
    action: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be read of an entry without the key.

    ``id`` has 16 hexadecimal digits, ``record_id`` is ``None`` once the record is gone from the source, ``created`` and ``changed`` are UTC
    in ISO form, ``held`` is the reason of a legal hold, ``""`` when there is none.
    """

    id: str
    record_id: int | None
    source: str
    record: str
    entities: tuple[str, ...]
    level: Level
    action: str
    state: State
    created: str
    changed: str
    key_id: str
    held: str


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries to list; ``""`` and ``False`` mean any. ``min_level`` takes the levels at or above it."""

    state: State | Literal[""] = ""
    entity: str = ""
    min_level: Level = "none"
    source: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """What happened to an entry: ``at`` is UTC in ISO form, ``who`` a login name or the name of a run."""

    event: Event
    who: str
    at: str
    why: str


def find_entries(connection: Connection, wanted: EntryFilter, *, after: Entry | None = None, limit: int = BATCH) -> list[Entry]:
    """Return up to ``limit`` entries that fit, oldest first, those that follow ``after``. No key is needed."""
    query = select(*CLEAR).where(*_conditions(wanted)).order_by(vault.c.created, vault.c.id).limit(limit)
    if after is not None:
        query = query.where(or_(vault.c.created > after.created, and_(vault.c.created == after.created, vault.c.id > after.id)))
    return [_entry(row) for row in connection.execute(query).mappings()]


def history_of(connection: Connection, entry_id: str) -> list[HistoryLine]:
    """Return what happened to an entry, in order. No key is needed. Raises :class:`InputError` when the entry is unknown."""
    columns = (vault_events.c[name] for name in ("event", "who", "at", "why"))
    lines = connection.execute(select(*columns).where(vault_events.c.vault_id == entry_id).order_by(vault_events.c.id)).all()
    if not lines:
        raise unknown_entries([entry_id])
    return [HistoryLine(*line) for line in lines]


def lock_entries(connection: Connection, ids: Sequence[str]) -> list[Entry]:
    """Return the entries ``ids``, each once, locked until the transaction ends. Raises :class:`InputError` naming those unknown."""
    distinct = list(dict.fromkeys(ids))
    found: dict[str, Entry] = {}
    for at in range(0, len(distinct), BATCH):
        query = select(*CLEAR).where(vault.c.id.in_(distinct[at : at + BATCH])).with_for_update()
        found |= {row["id"]: _entry(row) for row in connection.execute(query).mappings()}
    if unknown := [entry_id for entry_id in distinct if entry_id not in found]:
        raise unknown_entries(unknown)
    return [found[entry_id] for entry_id in distinct]


def unknown_entries(ids: Sequence[str]) -> InputError:
    """Return the error to raise about entries that do not exist."""
    return InputError(f"the vault has no entry {', '.join(ids)}; `vigie quarantine list` shows them")


def log_event(connection: Connection, ids: Sequence[str], event: Event, *, who: str, why: str, now: str) -> None:
    """Add ``event`` to the history of the entries ``ids``."""
    if ids:
        rows = [{"vault_id": entry_id, "event": event, "who": who, "at": now, "why": why} for entry_id in ids]
        connection.execute(insert(vault_events), rows)


def _conditions(wanted: EntryFilter) -> list[Any]:
    conditions: list[Any] = [vault.c[name] == value for name in ("state", "source") if (value := getattr(wanted, name))]
    if wanted.entity:
        conditions.append(vault.c.entities.contains(json.dumps(wanted.entity), autoescape=True))
    if wanted.min_level != "none":
        conditions.append(vault.c.level.in_([level for level in LEVELS if at_least(level, wanted.min_level)]))
    if wanted.held:
        conditions.append(vault.c.held != "")
    return conditions


def _entry(row: RowMapping) -> Entry:
    return Entry(**{**row, "entities": tuple(json.loads(row["entities"]))})
