"""The rows of lists: what is shown of a record without its text, and the etag of what was shown."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from scanner.accounts.perimeter import Perimeter
from scanner.review.words import State
from scanner.scoring import Level
from scanner.store.runs import COMPLETE
from scanner.store.schema import findings, jobs, records, runs, source_tables, vault
from scanner.store.standing import IDENTITY

_BATCH = 500
_ETAG_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A record as lists show it, without text. ``record`` is the id as the source writes it, ``id`` that of the store.

    ``entities`` and ``fields`` map to counts of findings that stand (all of them where none stands). ``etag`` names the version that was
    shown: :class:`scanner.review.desk.ReviewDesk` wants it back. ``decision`` is ``""`` while none is taken. ``new`` tells that the last
    complete run of its job, which was not the first one, found something in it first. ``entry_id`` and ``entry_state`` are those of the
    sealed original, ``""`` where there is none; ``held`` is the reason of its legal hold, ``""`` without one.
    """

    id: int
    record: str
    job: str
    source: str
    site: str
    date: str
    level: Level
    risk: int
    action: str
    state: State
    decision: str
    entities: Mapping[str, int]
    fields: Mapping[str, int]
    new: bool
    entry_id: str
    entry_state: str
    held: str
    etag: str


def load_rows(connection: Connection, perimeter: Perimeter, record_ids: Sequence[int], *, lock: bool = False) -> dict[int, QueueRow]:
    """Return the rows of those of ``record_ids`` that have something to review and lie within ``perimeter``, by id, in that order.

    ``lock`` keeps others from deciding on them until the transaction ends.
    """
    rows: dict[int, QueueRow] = {}
    since = news_since(connection)
    for at in range(0, len(record_ids), _BATCH):
        batch = record_ids[at : at + _BATCH]
        found = {row.id: row for row in connection.execute(_query(perimeter, batch, lock=lock))}
        of_records = _by_record(connection, list(found))
        entries = _entries(connection, list(found))
        rows |= {
            record_id: _row(found[record_id], of_records[record_id], entries.get(record_id), since)
            for record_id in batch
            if record_id in found
        }
    return rows


def _query(perimeter: Perimeter, record_ids: Sequence[int], *, lock: bool) -> Select[Any]:
    query = (
        select(records, source_tables.c.name.label("source"), source_tables.c.job_id, jobs.c.name.label("job"))
        .join_from(records, source_tables)
        .join(jobs)
        .where(records.c.id.in_(record_ids), records.c.state.is_not(None), perimeter.condition(records.c.site))
    )
    return query.order_by(records.c.id).with_for_update(of=records) if lock else query


def news_since(connection: Connection) -> dict[int, int]:
    """Return, by job, the number of the first run whose findings are new: of the last complete one, but never of the job's first.

    What the first complete run finds has no news among it: it was all there before anybody looked.
    """
    numbers = func.min(runs.c.number), func.max(runs.c.number)
    query = select(runs.c.job_id, *numbers).where(runs.c.status == COMPLETE).group_by(runs.c.job_id)
    return {job_id: max(first + 1, last) for job_id, first, last in connection.execute(query)}


def _by_record(connection: Connection, record_ids: Sequence[int]) -> Mapping[int, list[Any]]:
    rows: dict[int, list[Any]] = defaultdict(list)
    columns = (findings.c[name] for name in ("record_id", *IDENTITY, "dismissed"))
    for row in connection.execute(select(*columns).where(findings.c.record_id.in_(record_ids)).order_by(findings.c.id)):
        rows[row.record_id].append(row)
    return rows


def _entries(connection: Connection, record_ids: Sequence[int]) -> dict[int, Any]:
    """Return the entry of the vault that counts for each record: the one that waits, else the newest."""
    columns = (vault.c[name] for name in ("id", "record_id", "state", "held", "changed", "created"))
    query = select(*columns).where(vault.c.record_id.in_(record_ids)).order_by(vault.c.created, vault.c.id)
    found: dict[int, Any] = {}
    for row in connection.execute(query):
        if row.record_id not in found or row.state == "pending" or found[row.record_id].state != "pending":
            found[row.record_id] = row
    return found


def _row(row: Any, found: Sequence[Any], entry: Any, since: Mapping[int, int]) -> QueueRow:
    shown = [item for item in found if item.dismissed is None] or found
    return QueueRow(
        id=row.id,
        record=row.record,
        job=row.job,
        source=row.source,
        site=row.site,
        date=row.date,
        level=row.level,
        risk=row.risk,
        action=row.action,
        state=row.state,
        decision=row.decision,
        entities=dict(sorted(Counter(item.entity for item in shown).items())),
        fields=dict(sorted(Counter(item.field for item in shown).items())),
        new=row.job_id in since and row.newest >= since[row.job_id],
        entry_id=entry.id if entry else "",
        entry_state=entry.state if entry else "",
        held=entry.held if entry else "",
        etag=_etag(row, found, entry),
    )


def _etag(row: Any, found: Sequence[Any], entry: Any) -> str:
    """Return what changes with the record's cells, its findings, what was decided of them, and its original."""
    of_record = [row.id, row.digest.hex(), row.level, row.risk, row.action, row.state, row.decision]
    of_findings = sorted([*(getattr(item, name) for name in IDENTITY), item.dismissed or ""] for item in found)
    of_entry = [entry.id, entry.state, entry.changed, bool(entry.held)] if entry else []
    content = json.dumps([of_record, of_findings, of_entry])
    return hashlib.sha256(content.encode()).hexdigest()[:_ETAG_CHARACTERS]
