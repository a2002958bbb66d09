"""The queue: records with findings, riskiest first, a page at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from sqlalchemy import ColumnElement, Connection, and_, exists, false, or_, select

from scanner.accounts.perimeter import Perimeter
from scanner.review.cursors import read_cursor, write_cursor
from scanner.review.rows import QueueRow, load_rows, news_since
from scanner.review.ways import COUNTED, Matches, Place, Way, find_matches
from scanner.review.words import State
from scanner.scoring import LEVEL_FLOORS, LEVELS, Level
from scanner.store.review_tables import record_topics
from scanner.store.schema import jobs, records, source_tables
from scanner.store.topics import entity_topic, field_topic

__all__ = ["QueueFilter", "QueuePage", "QueueRow", "queue_page"]

STATES: tuple[State, ...] = get_args(State)
_HIGHEST_RISK = 100
_OTHER = record_topics.alias()
_SINGLY = 20
"""Sites whose records are walked one site after the other: those of more are met often enough among all records."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What to show; ``""`` means any. ``date_from`` and ``date_to`` are ISO dates, both inclusive. ``entity`` with ``field`` or ``purpose``
    asks for records that have each, not both in one finding. ``new`` keeps the records with findings that the last complete run of their
    job, which was not its first, found first.
    """

    state: State | str = "open"
    entity: str = ""
    site: str = ""
    field: str = ""
    purpose: str = ""
    level: Level | str = ""
    date_from: str = ""
    date_to: str = ""
    job: str = ""
    source: str = ""
    new: bool = False


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Rows in the order of the queue: risk, then date, then id, all descending.

    ``next`` is the cursor of the page after, ``""`` at the end. ``total`` counts the records of all pages; where ``capped``, there are, or
    may be, more than that: "plus de 10 000".
    """

    rows: tuple[QueueRow, ...]
    next: str
    total: int
    capped: bool


def queue_page(connection: Connection, perimeter: Perimeter, wanted: QueueFilter, *, after: str = "", limit: int = 50) -> QueuePage:
    """Return the page of ``wanted`` that follows the cursor ``after``. Raises :class:`InputError` on a cursor that is none."""
    place = read_cursor(after, int, str, int) if after else None
    tables = _tables(connection, wanted)
    of_states = [_matches(connection, perimeter, wanted, state, tables, place, limit) for state in STATES if wanted.state in ("", state)]
    places = sorted((item for matches in of_states for item in matches.places), reverse=True)
    total = sum(matches.total for matches in of_states)
    rows = load_rows(connection, perimeter, [record_id for *_, record_id in places[:limit]])
    more = write_cursor(*places[limit - 1]) if len(places) > limit else ""
    return QueuePage(tuple(rows.values()), more, min(total, COUNTED), total > COUNTED or any(matches.capped for matches in of_states))


def next_record(connection: Connection, perimeter: Perimeter, wanted: QueueFilter, row: QueueRow) -> int:
    """Return the id of the record that follows ``row`` in the queue of ``wanted``, 0 when it is the last."""
    page = queue_page(connection, perimeter, wanted, after=write_cursor(row.risk, row.date, row.id), limit=1)
    return page.rows[0].id if page.rows else 0


def _matches(
    connection: Connection,
    perimeter: Perimeter,
    wanted: QueueFilter,
    state: State,
    tables: Sequence[Any],
    after: Place | None,
    limit: int,
) -> Matches:
    in_state = records.c.state == state
    ways: list[Way] = []
    conditions: dict[str, ColumnElement[bool]] = {"state": in_state}

    def add(name: str, index: str, *parts: ColumnElement[bool], ordered: bool) -> None:
        conditions[name] = or_(*parts)
        ways.append(Way(records, index, [and_(in_state, part) for part in parts], ordered, frozenset({"state", name})))

    if (sites := _sites(perimeter, wanted.site)) is not None:
        of_sites = [records.c.site == site for site in sites] if 0 < len(sites) <= _SINGLY else [records.c.site.in_(sites)]
        add("site", "ix_records_site_state_risk_date_id", *of_sites, ordered=len(sites) <= _SINGLY)
    for name, topics in _topics(wanted, tables).items():
        conditions[name] = exists().where(_OTHER.c.record_id == records.c.id, _OTHER.c.topic.in_(topics))
        of_topics = [and_(record_topics.c.topic == topic, record_topics.c.state == state) for topic in topics] or [false()]
        ways.append(Way(record_topics, "ix_record_topics_queue", of_topics, ordered=True, answers=frozenset({"state", name})))
    if wanted.date_from or wanted.date_to:
        add("date", "ix_records_state_date", records.c.date.between(wanted.date_from or "0", wanted.date_to or "9"), ordered=False)
    if wanted.job or wanted.source or wanted.new:
        since = news_since(connection) if wanted.new else None
        add("table", "ix_records_table_id_state_newest", *_of_tables(tables, since), ordered=False)
    if wanted.level:
        add("level", "ix_records_state_risk_date_id", _risks(wanted.level), ordered=True)
    else:
        ways.append(Way(records, "ix_records_state_risk_date_id", [in_state], ordered=True, answers=frozenset({"state"})))
    return find_matches(connection, ways, conditions, after, limit)


def _sites(perimeter: Perimeter, site: str) -> Sequence[str] | None:
    """Return the sites to look in, ``None`` for every one."""
    if site:
        return [site] if perimeter.holds(site) else []
    return None if perimeter.sites is None else sorted(perimeter.sites)


def _tables(connection: Connection, wanted: QueueFilter) -> Sequence[Any]:
    """Return the rows of the tables to look in."""
    query = select(source_tables).join_from(source_tables, jobs).order_by(source_tables.c.id)
    if wanted.job:
        query = query.where(jobs.c.name == wanted.job)
    if wanted.source:
        query = query.where(source_tables.c.name == wanted.source)
    return connection.execute(query).all()


def _topics(wanted: QueueFilter, tables: Sequence[Any]) -> dict[str, list[str]]:
    """Return, for each filter that topics answer, the topics of which a record must have one."""
    topics = {"entity": [entity_topic(wanted.entity)]} if wanted.entity else {}
    if wanted.field:
        topics["field"] = [field_topic(table.id, wanted.field) for table in tables]
    if wanted.purpose:
        of_purpose = [(table.id, name) for table in tables for name, one in json.loads(table.purposes).items() if one == wanted.purpose]
        topics["purpose"] = [field_topic(table_id, name) for table_id, name in of_purpose]
    return topics


def _of_tables(tables: Sequence[Any], since: Mapping[int, int] | None) -> list[ColumnElement[bool]]:
    """Return the conditions for the records of ``tables``, with findings of the runs ``since`` that of their job where that is given."""
    if since is None:
        return [records.c.table_id.in_([table.id for table in tables])]
    recent = [(table.id, since[table.job_id]) for table in tables if table.job_id in since]
    return [and_(records.c.table_id == table_id, records.c.newest >= number) for table_id, number in recent] or [false()]


def _risks(level: str) -> ColumnElement[bool]:
    """Return the condition that a record is of ``level``: one range of risks, so that the order of an index serves."""
    if level not in LEVEL_FLOORS:
        return records.c.risk >= 0
    floors = {name: LEVEL_FLOORS[name] for name in LEVELS if name in LEVEL_FLOORS}
    above = [floor for floor in floors.values() if floor > floors[level]]  # type: ignore[index]
    return records.c.risk.between(LEVEL_FLOORS[level], min(above, default=_HIGHEST_RISK + 1) - 1)  # type: ignore[index]
