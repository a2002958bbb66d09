"""Plans and their changes in the state store: which cell, which digests, how far the change has come. No text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, func, insert, select, update

from scanner.clock import utc_now
from scanner.corrections.treatment import Treatment
from scanner.errors import InputError
from scanner.store.schema import changes, jobs, plans

State = Literal["planned", "applying", "applied", "undoing", "undone", "conflict"]
BATCH = 500
"""Changes per statement: few enough for the parameters of every database."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan. ``database`` is named as :mod:`scanner.databases` does, ``key_id`` is that of its digests' key, ``created`` is in UTC."""

    id: str
    job: str
    database: str
    key_id: str
    who: str
    created: str


@dataclass(frozen=True, slots=True)
class Change:
    """A cell to change, and how far that has come.

    ``field`` is its column; ``line`` names it among the sealed cells where it is one of several rows that hold one text. ``key_values`` is
    the key of the row as JSON: key column to value. ``new_digest`` is that of the text last written, or planned.
    """

    id: str
    plan_id: str
    vault_id: str
    source: str
    key_values: str
    field: str
    line: str
    action: Treatment
    old_digest: bytes
    new_digest: bytes
    state: State = "planned"


def add_plan(connection: Connection, plan: PlanRow, job_id: int) -> None:
    """Enter ``plan``, of the job ``job_id``."""
    connection.execute(
        insert(plans).values(id=plan.id, job_id=job_id, database=plan.database, key_id=plan.key_id, who=plan.who, created=plan.created)
    )


def find_plan(connection: Connection, plan_id: str) -> PlanRow:
    """Return the plan ``plan_id``; raise :class:`InputError` when the store has none of that id."""
    columns = (plans.c.id, jobs.c.name.label("job"), plans.c.database, plans.c.key_id, plans.c.who, plans.c.created)
    row = connection.execute(select(*columns).join_from(plans, jobs).where(plans.c.id == plan_id)).mappings().one_or_none()
    if row is None:
        raise InputError(f"the state store has no plan {plan_id}: name the store that `vigie plan` read")
    return PlanRow(**row)


def add_changes(connection: Connection, items: Sequence[Change]) -> None:
    """Enter ``items``."""
    if items:
        now = utc_now()
        connection.execute(
            insert(changes), [{**{name: getattr(item, name) for name in Change.__slots__}, "changed": now} for item in items]
        )


def find_changes(connection: Connection, plan_id: str, ids: Sequence[str]) -> dict[str, Change]:
    """Return those changes ``ids`` of a plan that exist, by id."""
    found: dict[str, Change] = {}
    for batch in _batches(ids):
        query = select(*_COLUMNS).where(changes.c.plan_id == plan_id, changes.c.id.in_(batch))
        found |= {row["id"]: Change(**row) for row in connection.execute(query).mappings()}
    return found


def changes_in_states(connection: Connection, plan_id: str, states: Sequence[State]) -> list[Change]:
    """Return the changes of a plan that are in one of ``states``, those of one table and record next to each other."""
    query = select(*_COLUMNS).where(changes.c.plan_id == plan_id, changes.c.state.in_(states))
    rows = connection.execute(query.order_by(changes.c.source, changes.c.vault_id, changes.c.field)).mappings()
    return [Change(**row) for row in rows]


def changes_by_entry(connection: Connection, items: Iterable[Change]) -> dict[str, list[Change]]:
    """Return, by entry of the vault, all changes of the plan of ``items`` to the records of ``items``, as they are now."""
    plan_ids = {item.vault_id: item.plan_id for item in items}
    found: dict[str, list[Change]] = {vault_id: [] for vault_id in plan_ids}
    for batch in _batches(list(plan_ids)):
        query = select(*_COLUMNS).where(changes.c.plan_id.in_(set(plan_ids.values())), changes.c.vault_id.in_(batch))
        for row in connection.execute(query).mappings():
            found[row["vault_id"]].append(Change(**row))
    return found


def count_changes(connection: Connection, plan_id: str) -> int:
    """Return how many changes a plan has."""
    return connection.execute(select(func.count()).select_from(changes).where(changes.c.plan_id == plan_id)).scalar_one()


def mark(connection: Connection, ids: Iterable[str], state: State) -> None:
    """Put the changes ``ids`` into ``state``."""
    for batch in _batches(list(ids)):
        connection.execute(update(changes).where(changes.c.id.in_(batch)).values(state=state, changed=utc_now()))


def mark_written(connection: Connection, digests: Mapping[str, bytes], state: State) -> None:
    """Put changes, given by id with the digest of what is written, into ``state``."""
    if digests:
        values: Mapping[str, Any] = {"new_digest": bindparam("digest"), "state": state, "changed": utc_now()}
        rows = [{"change_id": change_id, "digest": digest} for change_id, digest in digests.items()]
        connection.execute(update(changes).where(changes.c.id == bindparam("change_id")).values(values), rows)


def unsettled_plans(connection: Connection, job_id: int) -> dict[str, int]:
    """Count, by plan of a job, the changes that a process which died left half done."""
    half_done = changes.c.state.in_(("applying", "undoing"))
    query = (
        select(plans.c.id, func.count().label("changes"))
        .join_from(plans, changes)
        .where(plans.c.job_id == job_id, half_done)
        .group_by(plans.c.id)
    )
    return {row.id: row.changes for row in connection.execute(query.order_by(plans.c.id))}


_COLUMNS = tuple(changes.c[name] for name in Change.__slots__)


def _batches(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + BATCH] for at in range(0, len(ids), BATCH))
