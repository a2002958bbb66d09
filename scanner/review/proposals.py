"""What waits for a second person, and what came of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, tuple_, update

from scanner.accounts.perimeter import Perimeter
from scanner.clock import utc_now
from scanner.review.carrying_out import Asked
from scanner.review.cursors import read_cursor, write_cursor
from scanner.review.rows import QueueRow, load_rows
from scanner.store.review_states import sync_states
from scanner.store.review_tables import proposals
from scanner.store.schema import records


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What waits, or waited, for a second person. ``state`` is a key of the group ``proposals`` of the words; times are UTC, ISO."""

    id: str
    row: QueueRow
    decision: str
    field: str
    entity: str
    rule: str
    term: str
    who: str
    at: str
    why: str
    state: str
    settled_by: str
    settled: str
    settled_why: str


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """Proposals, oldest first. ``next`` is the cursor of the page after, ``""`` at the end; ``total`` counts those of all pages."""

    rows: tuple[ProposalView, ...]
    next: str
    total: int


def proposal_page(
    connection: Connection, perimeter: Perimeter, *, state: str = "waiting", after: str = "", limit: int = 50
) -> ProposalPage:
    """Return the proposals in ``state`` on records within ``perimeter``. Raises :class:`InputError` on a cursor that is none."""
    here = proposals.c.state == state, perimeter.condition(records.c.site), records.c.state.is_not(None)
    joined = select(proposals).join_from(proposals, records).where(*here)
    total = connection.execute(select(func.count()).select_from(joined.subquery())).scalar_one()
    if after:
        joined = joined.where(tuple_(proposals.c.at, proposals.c.id) > tuple_(*read_cursor(after, str, str)))
    found = connection.execute(joined.order_by(proposals.c.at, proposals.c.id).limit(limit + 1)).all()
    rows = load_rows(connection, perimeter, [item.record_id for item in found])
    more = write_cursor(found[limit - 1].at, found[limit - 1].id) if len(found) > limit else ""
    return ProposalPage(tuple(_view(item, rows[item.record_id]) for item in found[:limit]), more, total)


def proposals_of(connection: Connection, row: QueueRow) -> tuple[ProposalView, ...]:
    """Return what was ever proposed on the record of ``row``, oldest first."""
    query = select(proposals).where(proposals.c.record_id == row.id).order_by(proposals.c.at, proposals.c.id)
    return tuple(_view(item, row) for item in connection.execute(query))


def propose(connection: Connection, record_ids: Sequence[int], asked: Asked, who: str) -> Mapping[int, str]:
    """Let ``asked`` wait for a second person; return the ids of the proposals by record."""
    now = utc_now()
    ids = {record_id: secrets.token_hex(8) for record_id in record_ids}
    common = {"decision": asked.decision, "why": asked.why, "who": who, "at": now, "state": "waiting", **asked.facts}
    connection.execute(insert(proposals), [{"id": ids[record_id], "record_id": record_id, **common} for record_id in record_ids])
    sync_states(connection, list(record_ids))
    return ids


def load_waiting(connection: Connection, proposal_ids: Sequence[str]) -> dict[str, Row[Any]]:
    """Return those of ``proposal_ids`` that exist, whatever their state, by id, locked until the transaction ends."""
    query = select(proposals).where(proposals.c.id.in_(proposal_ids)).order_by(proposals.c.id).with_for_update()
    return {row.id: row for row in connection.execute(query)}


def settle(connection: Connection, proposal_ids: Sequence[str], state: str, *, who: str, why: str) -> None:
    """Put proposals into ``state``: nobody waits for them any more."""
    settled = {"state": state, "settled": utc_now(), "settled_by": who, "settled_why": why}
    connection.execute(update(proposals).where(proposals.c.id.in_(proposal_ids)).values(settled))


def _view(item: Row[Any], row: QueueRow) -> ProposalView:
    facts: dict[str, str] = {name: getattr(item, name) or "" for name in ProposalView.__slots__ if name != "row"}
    return ProposalView(row=row, **facts)
