"""How many originals of a job the vault keeps, by state."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import Connection, func, select

from scanner.store.schema import records, source_tables, vault
from scanner.vault import State


def entries_by_state(connection: Connection, job_id: int) -> dict[str, int]:
    """Return the number of entries in each state, 0 included, whose records are of the job; those of records that are gone are not."""
    counted = (
        select(vault.c.state, func.count().label("entries"))
        .join_from(vault, records)
        .join(source_tables)
        .where(source_tables.c.job_id == job_id)
        .group_by(vault.c.state)
    )
    return dict.fromkeys(get_args(State), 0) | {row.state: row.entries for row in connection.execute(counted)}
