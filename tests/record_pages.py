"""The page of a record, asked for as a browser without scripts does, and what the store holds after that."""

from __future__ import annotations

from typing import Any

from consoles import INSIDE, OUTSIDE, Client, Site
from reading import values_of
from sqlalchemy import select

from scanner.store.schema import decisions, findings, records


def path(site: Site, record: str, rest: str = "") -> str:
    return f"/console/records/{(site.record_ids(INSIDE) | site.record_ids(OUTSIDE))[record]}{rest}"


def shown(client: Client, where: str) -> str:
    """Return the version of the record that its page shows."""
    return values_of(client.get_page(where.partition("?")[0]), "shown")[0]


def decide(client: Client, where: str, action: str, why: str = "vu", **more: Any) -> Any:
    return client.submit(where, {"shown": shown(client, where), "action": action, "why": why, **more})


def decided(site: Site) -> list[tuple[Any, ...]]:
    with site.store.connect() as connection:
        columns = [decisions.c[name] for name in ("decision", "field", "entity", "who", "why", "how_ended")]
        query = select(records.c.record, *columns).join_from(decisions, records).order_by(decisions.c.id)
        return [tuple(row) for row in connection.execute(query)]


def state(site: Site, record: str) -> tuple[str, str]:
    with site.store.connect() as connection:
        return tuple(connection.execute(select(records.c.state, records.c.decision).where(records.c.record == record)).one())  # type: ignore[return-value]


def finding_ids(site: Site, record: str) -> dict[str, int]:
    with site.store.connect() as connection:
        query = select(findings.c.rule, findings.c.id).join(records).where(records.c.record == record)
        return {f"{row.rule}": row.id for row in connection.execute(query.order_by(findings.c.id))}
