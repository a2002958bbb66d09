"""The end of retention: what was decided on long enough ago is erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from scanner.store.schema import vault
from scanner.vault.entries import BATCH
from scanner.vault.states import erase_entries


@dataclass(frozen=True, slots=True)
class PurgeCounts:
    """Entries past their retention: erased, kept by a legal hold, and still waiting for a decision, which are kept as well."""

    erased: int
    held: int
    overdue: int


def count_past(connection: Connection, kept_from: str) -> PurgeCounts:
    """Count what is past its retention: ``erased`` is what :func:`erase_past` would erase."""

    def count(*conditions: Any) -> int:
        return connection.execute(select(func.count()).select_from(vault).where(*conditions)).scalar_one()

    overdue = vault.c.state == "pending", vault.c.created < kept_from
    return PurgeCounts(
        erased=count(*_decided_before(kept_from), vault.c.held == ""),
        held=count(*_decided_before(kept_from), vault.c.held != "") + count(*overdue, vault.c.held != ""),
        overdue=count(*overdue, vault.c.held == ""),
    )


def erase_past(connection: Connection, kept_from: str, after: str, *, who: str, why: str, now: str) -> Sequence[str]:
    """Erase up to ``BATCH`` entries that were decided on before ``kept_from`` and are not held, in the order of ids from ``after``.

    Return their ids, none when all is done.
    """
    past = vault.c.id > after, *_decided_before(kept_from), vault.c.held == ""
    ids = connection.execute(select(vault.c.id).where(*past).order_by(vault.c.id).limit(BATCH).with_for_update()).scalars().all()
    erase_entries(connection, ids, who=who, why=why, now=now)
    return ids


def _decided_before(kept_from: str) -> tuple[Any, ...]:
    return vault.c.state.in_(("released", "redacted")), vault.c.changed < kept_from
