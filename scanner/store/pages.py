"""What one page of a table leaves in the store: its records and their findings, compared with what was known."""

from __future__ import annotations

import json
import operator
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update

from scanner.finding_lines import finding_facts
from scanner.judgement import Judgement
from scanner.records import Record
from scanner.store.bulk import Row, run_many
from scanner.store.runs import Run
from scanner.store.schema import findings, records, runs
from scanner.store.standing import IDENTITY, Before, known_before, overtake, review_columns
from scanner.store.topics import refresh_topics

_BATCH = 5_000
_UPDATE = update(records).where(records.c.id == bindparam("known_id"))


@dataclass(frozen=True, slots=True)
class Known:
    """A record as the store knows it."""

    id: int
    digest: bytes
    version: str
    problem: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """A record, as stored, that was scanned: its sort key, the keyed digest of its cells, the pseudonym of its tenant, what was made of it.

    ``key_values`` is the key itself as JSON where the record is to be corrected, else ``""``. ``problem`` is why the record could not be
    scanned in full. ``judgement`` has the offsets of the cells; it is ``None`` when nothing was found. ``originals`` are the cells to be
    sealed, by column.
    """

    key: str
    key_values: str
    digest: bytes
    tenant: str
    problem: str
    record: Record
    judgement: Judgement | None
    originals: Mapping[str, str]


def known_records(connection: Connection, table_id: int, keys: Sequence[str]) -> dict[str, Known]:
    """Return what the store knows of the records of a page with these sort keys, and of those that once stood between them."""
    columns = (records.c.key, records.c.id, records.c.digest, records.c.version, records.c.problem)
    rows = connection.execute(select(*columns).where(records.c.table_id == table_id, _among(keys)))
    return {key: Known(*values) for key, *values in rows}


def mark_seen(connection: Connection, run: Run, table_id: int, keys: Sequence[str], known: Mapping[str, Known]) -> None:
    """Write down that ``run`` met those of a page's records that are ``known``, whose sort keys are among ``keys``."""
    if known.keys() <= set(keys):
        where = _among(keys)
    else:  # something that once stood between them is gone
        where = records.c.key.in_([key for key in keys if key in known])
    connection.execute(update(records).where(records.c.table_id == table_id, where).values(run=run.number))


def _among(keys: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that finds the keys of a page: a range where the database sorts keys as we do, far cheaper than a list."""
    in_order = all(map(operator.lt, keys, keys[1:]))
    return (records.c.key >= keys[0]) & (records.c.key <= keys[-1]) if in_order else records.c.key.in_(keys)


def save_scanned(
    connection: Connection, run: Run, table_id: int, version: str, scanned: Sequence[Scanned], known: Mapping[str, Known]
) -> dict[str, int]:
    """Save the records of one page and their findings in place of what was known of them.

    Returns the ids, by sort key, of those that were known or have findings.
    """
    before = known_before(connection, [known[item.key].id for item in scanned if item.key in known])
    pages = [_saved(item, before.get(known[item.key].id) if item.key in known else None, run) for item in scanned]
    common = {"table_id": table_id, "version": version, "run": run.number}
    changed = [{"known_id": known[one.key].id, **common, **one.row} for one in pages if one.key in known]
    run_many(connection, _UPDATE, changed)
    run_many(connection, insert(records), [{**common, **one.row} for one in pages if one.key not in known])
    ids = {row["key"]: row["known_id"] for row in changed}
    if wanted := [one.key for one in pages if one.found and one.key not in ids]:
        added = select(records.c.key, records.c.id).where(records.c.table_id == table_id, records.c.key.in_(wanted))
        ids |= {key: record_id for key, record_id in connection.execute(added)}  # noqa: C416
    if before:
        connection.execute(delete(findings).where(findings.c.record_id.in_(before)))
    run_many(connection, insert(findings), [{"record_id": ids[one.key], **row} for one in pages for row in one.found])
    overtaken = {ids[one.key]: one.row["digest"] for one in pages if one.key in known and not one.holds}
    new_cells = [record_id for record_id, digest in overtaken.items() if before[record_id].row.digest != digest]
    overtake(connection, list(overtaken), new_cells, run.id)
    refresh_topics(connection, list(ids.values()))
    _add_to_comparison(connection, run, sum(one.new for one in pages), sum(one.gone for one in pages))
    return ids


def remove_unseen(connection: Connection, run: Run, table_id: int) -> list[int]:
    """Remove the records of a table that ``run``, which has read all of it, did not meet; return their ids, findings gone with them."""
    unseen = list(connection.execute(select(records.c.id).where(records.c.table_id == table_id, records.c.run < run.number)).scalars())
    for ids in _batches(unseen):
        gone = connection.execute(select(func.count()).where(findings.c.record_id.in_(ids))).scalar_one()
        _add_to_comparison(connection, run, 0, gone)
    return unseen


def delete_records(connection: Connection, ids: Sequence[int]) -> None:
    """Delete records and what depends on them."""
    for batch in _batches(ids):
        connection.execute(delete(findings).where(findings.c.record_id.in_(batch)))
        connection.execute(delete(records).where(records.c.id.in_(batch)))


def _record_row(item: Scanned) -> Row:
    record, judgement = item.record, item.judgement
    texts = [text for text in record.texts.values() if text]
    return {
        "key": item.key,
        "key_values": item.key_values,
        "record": _storable(record.id),
        "digest": item.digest,
        "texts": len(texts),
        "characters": sum(map(len, texts)),
        "site": _storable(record.site),
        "author_group": _storable(record.author_group),
        "date": record.date,
        "tenant": item.tenant,
        "problem": item.problem,
        "level": judgement.risk.level if judgement else "none",
        "risk": judgement.risk.value if judgement else 0,
        "action": judgement.action if judgement else "keep",
        "allowed": judgement.allowed if judgement else 0,
    }


def _storable(text: str) -> str:
    """Return ``text`` without the one character that PostgreSQL refuses."""
    return text.replace("\x00", "\ufffd")


@dataclass(frozen=True, slots=True)
class _Saved:
    """The columns of a record, its findings, how many of them are new and how many are gone, and whether what people decided holds."""

    key: str
    row: Row
    found: Sequence[Row]
    new: int
    gone: int
    holds: bool


def _saved(item: Scanned, before: Before | None, run: Run) -> _Saved:
    left = Counter(before.findings) if before else Counter()
    found: list[Row] = []
    new = 0
    for row in _finding_rows(item.judgement) if item.judgement else ():
        identity = tuple([row[name] for name in IDENTITY])
        stays = left[identity] > 0
        left[identity] -= stays
        new += not stays
        found.append({"first_run": before.first_runs[identity] if before and stays else run.number, **row})
    row = _record_row(item)
    review, holds = review_columns(before, row, found, run.started)
    return _Saved(item.key, {**row, **review}, found, new, left.total(), holds)


def _finding_rows(judgement: Judgement) -> Iterator[Row]:
    for name, judged in judgement.fields.items():
        for one in judged:
            continued = json.dumps(one.continued) if one.continued else ""
            yield {"field": name, "line": one.line, "continued": continued, "dismissed": one.dismissed or None, **finding_facts(one)}


def _add_to_comparison(connection: Connection, run: Run, new: int, gone: int) -> None:
    if new or gone:
        values = {"findings_new": runs.c.findings_new + new, "findings_gone": runs.c.findings_gone + gone}
        connection.execute(update(runs).where(runs.c.id == run.id).values(values))


def _batches(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + _BATCH] for at in range(0, len(ids), _BATCH))
