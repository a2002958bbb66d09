"""What one page of a table leaves in the store: its records and their findings, compared with what was known."""

from __future__ import annotations

import json
import operator
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update

from scanner.finding_lines import finding_facts
from scanner.judgement import Judgement
from scanner.records import Record
from scanner.store.bulk import Row, run_many
from scanner.store.runs import Run
from scanner.store.schema import findings, records, runs

_BATCH = 5_000
_UPDATE = update(records).where(records.c.id == bindparam("known_id"))

# What makes a finding the same one in the next run: not its place, which moves when words are added before it.
_IDENTITY = ("field", "line", "entity", "rule", "term")


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
    rows = [{"table_id": table_id, "version": version, "run": run.number, **_record_row(item)} for item in scanned]
    changed = [{"known_id": known[row["key"]].id, **row} for row in rows if row["key"] in known]
    run_many(connection, _UPDATE, changed)
    run_many(connection, insert(records), [row for row in rows if row["key"] not in known])
    ids = {row["key"]: row["known_id"] for row in changed}
    if wanted := [item.key for item in scanned if item.judgement and item.key not in ids]:
        added = select(records.c.key, records.c.id).where(records.c.table_id == table_id, records.c.key.in_(wanted))
        ids |= {key: record_id for key, record_id in connection.execute(added)}  # noqa: C416
    new, gone = _replace_findings(connection, run, scanned, ids, {record.id for record in known.values()})
    _add_to_comparison(connection, run, new, gone)
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


def _replace_findings(
    connection: Connection, run: Run, scanned: Sequence[Scanned], ids: Mapping[str, int], known: Collection[int]
) -> tuple[int, int]:
    """Replace the findings of the records scanned; return how many are new and how many are gone."""
    again = [ids[item.key] for item in scanned if ids.get(item.key) in known]
    before: dict[int, Counter[tuple[Any, ...]]] = defaultdict(Counter)
    first_runs: dict[tuple[Any, ...], int] = {}
    if again:
        columns = [findings.c[name] for name in ("record_id", *_IDENTITY, "first_run")]
        for known_finding in connection.execute(select(*columns).where(findings.c.record_id.in_(again))):
            record_id, *words, first = known_finding
            identity = tuple(words)
            before[record_id][identity] += 1
            first_runs[(record_id, *identity)] = first
        connection.execute(delete(findings).where(findings.c.record_id.in_(again)))
    rows: list[Row] = []
    new = 0
    for item in scanned:
        if item.judgement is None:
            continue
        record_id = ids[item.key]
        left = before[record_id] if record_id in before else Counter()
        for row in _finding_rows(item.judgement):
            identity = tuple([row[name] for name in _IDENTITY])
            stays = left[identity] > 0
            left[identity] -= stays
            new += not stays
            rows.append({"record_id": record_id, "first_run": first_runs[(record_id, *identity)] if stays else run.number, **row})
    run_many(connection, insert(findings), rows)
    return new, sum(left.total() for left in before.values())


def _finding_rows(judgement: Judgement) -> Iterator[Row]:
    for name, judged in judgement.fields.items():
        for one in judged:
            continued = json.dumps(one.continued) if one.continued else ""
            yield {"field": name, "line": one.line, "continued": continued, **finding_facts(one)}


def _add_to_comparison(connection: Connection, run: Run, new: int, gone: int) -> None:
    if new or gone:
        values = {"findings_new": runs.c.findings_new + new, "findings_gone": runs.c.findings_gone + gone}
        connection.execute(update(runs).where(runs.c.id == run.id).values(values))


def _batches(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + _BATCH] for at in range(0, len(ids), _BATCH))
