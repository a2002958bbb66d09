"""A new master key: what accounts have sealed under the old one is sealed again."""

from __future__ import annotations

from sqlalchemy import select, update

from scanner.accounts.second_factor import open_secret, seal_secret
from scanner.keys import SecretKey
from scanner.store.account_tables import accounts
from scanner.store.engine import Store


def reseal_second_factors(store: Store, old: SecretKey, new: SecretKey) -> int:
    """Seal the secrets of second factors under ``new``; return how many. Those that ``old`` does not open stay as they are."""
    resealed = 0
    with store.begin() as connection:
        query = select(accounts.c.id, accounts.c.totp).where(accounts.c.totp.is_not(None)).order_by(accounts.c.id).with_for_update()
        for row in connection.execute(query).all():
            secret = open_secret(row.totp, row.id, old)
            if secret is not None:
                connection.execute(update(accounts).where(accounts.c.id == row.id).values(totp=seal_secret(secret, row.id, new)))
                resealed += 1
    return resealed
