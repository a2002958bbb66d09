"""How often people confirmed what was found: the precision seen on the spot, from the decisions in a state store."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from scanner.intervals import Rate, rate
from scanner.store.dismissal import by_decision
from scanner.store.review_states import covers
from scanner.store.schema import decisions, findings, jobs, records, source_tables, vault


def seen_precision(connection: Connection, job: str, since: str = "", until: str = "") -> Mapping[str, Rate]:
    """Return, by entity, what share of the records that people decided on they confirmed; ``""`` is all entities together.

    ``count`` of each rate is how many pairs of record and entity were confirmed (redacted, erased or released), ``total`` these and those
    declared false alarms; the last decision on a pair counts, one that was taken back does not. Decisions count that were taken at
    ``since`` or later and before ``until`` (UTC, ISO; ``""``: no bound).

    This is no measurement of all findings: people review the riskiest records first, they say nothing of what was missed, and false alarms
    are forgotten of records that have changed since.
    """
    taken = _taken(job, since, until)
    found = _by_record(connection, select(findings).where(findings.c.record_id.in_(taken.with_only_columns(decisions.c.record_id))))
    sealed = _by_record(connection, select(vault).where(vault.c.record_id.in_(taken.with_only_columns(decisions.c.record_id))))
    confirmed: dict[tuple[int, str], bool] = {}
    for decision in connection.execute(taken.order_by(decisions.c.at, decisions.c.id)):
        for entity in _entities(decision, found[decision.record_id], sealed[decision.record_id]):
            confirmed[decision.record_id, entity] = decision.decision != "false_alarm"
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for (_, entity), is_right in confirmed.items():
        total.update(("", entity))
        right.update(("", entity) if is_right else ())
    return {entity: rate(right[entity], total[entity]) for entity in sorted(total)}


def _taken(job: str, since: str, until: str) -> Select[Any]:
    """Return the statement that gives the decisions on records of ``job`` that were taken in time and not taken back."""
    statement = (
        select(decisions)
        .join_from(decisions, records)
        .join(source_tables, records.c.table_id == source_tables.c.id)
        .join(jobs, source_tables.c.job_id == jobs.c.id)
        .where(jobs.c.name == job, decisions.c.how_ended != "undone", decisions.c.at >= since)
    )
    return statement.where(decisions.c.at < until) if until else statement


def _by_record(connection: Connection, statement: Select[Any]) -> Mapping[int, list[Any]]:
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(statement):
        rows[row.record_id].append(row)
    return rows


def _entities(decision: Any, found: Sequence[Any], sealed: Sequence[Any]) -> Collection[str]:
    """Return the entities that ``decision`` is about: the one it names, else those of the findings it covers.

    A text that was corrected has none left; the entry of its original knows what they were.
    """
    if decision.entity:
        return [decision.entity]
    if decision.decision == "false_alarm":
        return {item.entity for item in found if item.dismissed == by_decision(decision.id)}
    standing = {item.entity for item in found if item.dismissed is None and covers(decision, item)}
    is_whole = not (decision.field or decision.rule or decision.term)
    return standing or ({entity for entry in sealed for entity in json.loads(entry.entities)} if is_whole else ())
