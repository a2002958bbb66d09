"""Objects of every kind that lie outside the sites of who looks, and what is known of them in the store."""

from __future__ import annotations

from typing import Any

from consoles import INSIDE, OUTSIDE, ROLES, Site, add_account
from fakes import KEY
from sqlalchemy import func, insert, select, update

from scanner.clock import utc_now
from scanner.store.account_tables import account_sites, accounts
from scanner.store.metadata import metadata
from scanner.store.review_tables import allow_entries, proposals
from scanner.store.schema import decisions, findings, records, vault, vault_events

FAR = 71_000_000
"""Added to the numbers of what lies outside, so that no page has them by chance."""


def add_outside(site: Site) -> None:
    """Add an account, decisions, proposals and allow-list entries, and give what lies outside numbers that no page has by chance."""
    add_account(site.store, "zwxquala.dpo", "dpo", [OUTSIDE], name="Personne Zwxquala")
    for place, mark in ((INSIDE, "inside"), (OUTSIDE, "zmarabou")):
        _add_objects(site, place, mark)
    for table, beyond in ((findings, findings.c.record_id > 5), (decisions, decisions.c.record_id > 5), (records, records.c.id > 5)):
        _renumber(site.store, table, beyond)


def _add_objects(site: Site, place: str, mark: str) -> None:
    """Write a decision, a proposal and an allow-list entry about records of ``place``."""
    now = utc_now()
    first, second, *_ = site.record_ids(place).values()
    with site.store.begin() as connection:
        taken = {"record_id": first, "decision": "release", "who": "dpo.all", "at": now, "why": f"{mark} décidé"}
        connection.execute(insert(decisions).values(taken))
        waiting = {"id": _id_of(f"p{mark}"), "record_id": second, "decision": "erase", "who": "reviewer.all", "state": "waiting"}
        connection.execute(insert(proposals).values(**waiting, at=now, why=f"{mark} proposé"))
        entry = {"id": _id_of(f"a{mark}"), "entity": "HEALTH", "site": place, "reason": f"{mark} excepté", "author": "dpo.all"}
        connection.execute(insert(allow_entries).values(**entry, created=now, expires="2099-01-01", key_id=KEY.id))


def _renumber(store: Any, table: Any, beyond: Any) -> None:
    """Add ``FAR`` to the ids of the rows of a table that lie outside, and wherever they are referred to."""
    with store.begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        ids = list(connection.execute(select(table.c.id).where(beyond)).scalars())
        referring = [
            column for other in metadata.sorted_tables for column in other.c for key in column.foreign_keys if key.column is table.c.id
        ]
        for column in [table.c.id, *referring]:
            connection.execute(update(column.table).where(column.in_(ids)).values({column.name: column + FAR}))


def _id_of(text: str) -> str:
    return text.encode().hex().ljust(16, "0")[:16]


def named_outside(site: Site) -> list[tuple[str, str]]:
    """Return what names something outside, of each kind, with what names nothing but looks the same."""
    with site.store.connect() as connection:
        outside = list(connection.execute(select(records.c.id).where(records.c.site != INSIDE).order_by(records.c.id)).scalars())
        finding = connection.execute(select(func.max(findings.c.id))).scalar_one()
        decision = connection.execute(select(func.max(decisions.c.id))).scalar_one()
        sealed = connection.execute(select(vault.c.id).where(vault.c.record_id.in_(outside))).scalars().first()
        person = connection.execute(select(accounts.c.id).where(accounts.c.login == "zwxquala.dpo")).scalar_one()
    named = [(OUTSIDE, "Tour Zwxquali"), *((str(number), str(number + 900)) for number in (*outside, finding, decision))]
    ids = (sealed, person, site.accounts["dpo.all"], _id_of("pzmarabou"), _id_of("azmarabou"))
    return [*named, *((one, f"{one[:-1]}{'e' if one[-1] != 'e' else 'f'}") for one in ids), ("ZQO-91", "ZQO-71"), ("ZQT-71", "ZQT-61")]


def outside_rows(site: Site) -> dict[str, list[str]]:
    """Return everything in the store that is about what lies outside ``INSIDE``."""
    with site.store.connect() as connection:
        ids = list(connection.execute(select(records.c.id).where(records.c.site != INSIDE)).scalars())
        entries = list(connection.execute(select(vault.c.id).where(vault.c.record_id.in_(ids))).scalars())
        people = list(connection.execute(select(accounts.c.id).where(accounts.c.login.not_in(ROLES))).scalars())
        asked = {
            "records": select(records).where(records.c.id.in_(ids)),
            "findings": select(findings).where(findings.c.record_id.in_(ids)),
            "decisions": select(decisions).where(decisions.c.record_id.in_(ids)),
            "proposals": select(proposals).where(proposals.c.record_id.in_(ids)),
            "vault": select(vault).where(vault.c.id.in_(entries)),
            "vault_events": select(vault_events).where(vault_events.c.vault_id.in_(entries)),
            "allow_entries": select(allow_entries).where(allow_entries.c.site != INSIDE),
            "accounts": select(accounts).where(accounts.c.id.in_(people)),
            "account_sites": select(account_sites).where(account_sites.c.account_id.in_(people)),
        }
        return {name: sorted(map(repr, connection.execute(query).mappings())) for name, query in asked.items()}
