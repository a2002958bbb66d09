"""The allow-list of the store as it is kept: terms, which are words of comments, sealed under the master key."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from scanner.allowlist import AllowEntry, AllowList
from scanner.errors import SecretKeyError
from scanner.keys import SecretKey
from scanner.policy import Policy
from scanner.sealing import BrokenSealError, new_nonce, seal, unseal
from scanner.store.review_tables import allow_entries

SCOPES = ("rule", "record", "entity", "field", "site", "source")


def sealed_term(entry_id: str, term: str, key: SecretKey) -> Mapping[str, Any]:
    """Return the columns that keep ``term``, ``""`` for none."""
    if not term:
        return {"key_id": "", "nonce": None, "term": None}
    nonce = new_nonce()
    return {"key_id": key.id, "nonce": nonce, "term": seal(key.derive("console"), nonce, term.encode(), _bound(entry_id))}


def term_of(row: Any, key: SecretKey) -> str:
    """Return the term of a row of ``allow_entries``. Raises :class:`SecretKeyError` when it was sealed with another key, or altered."""
    if row.term is None:
        return ""
    try:
        return unseal(key.derive("console"), row.nonce, row.term, _bound(row.id)).decode()
    except BrokenSealError:
        raise SecretKeyError(
            f"the term of entry {row.id} of the allow-list was sealed with key {row.key_id}; the key given is {key.id}: give that key"
        ) from None


def in_force(today: datetime.date) -> tuple[Any, ...]:
    """Return the conditions on entries that hold on ``today``."""
    return allow_entries.c.ended.is_(None), allow_entries.c.expires >= today.isoformat()


def over(today: datetime.date) -> Any:
    """Return the condition on entries that hold no longer on ``today``."""
    return or_(allow_entries.c.ended.is_not(None), allow_entries.c.expires < today.isoformat())


def allow_list(connection: Connection, key: SecretKey, today: datetime.date) -> AllowList:
    """Return the entries of the store that hold on ``today``. Raises :class:`SecretKeyError` as :func:`term_of` does."""
    rows = connection.execute(select(allow_entries).where(*in_force(today)).order_by(allow_entries.c.created, allow_entries.c.id))
    return AllowList([_entry(row, key) for row in rows], today)


def policy_with_store(policy: Policy, connection: Connection, key: SecretKey, today: datetime.date) -> Policy:
    """Return ``policy`` with the entries of the store that hold on ``today`` in its allow-list, for texts that are in no store.

    Raises :class:`SecretKeyError` as :func:`term_of` does.
    """
    own = policy.allow.active + policy.allow.expired
    return replace(policy, allow=AllowList([*own, *allow_list(connection, key, today).active], today))


def reseal_terms(connection: Connection, old: SecretKey, new: SecretKey) -> None:
    """Seal the terms that ``old`` seals under ``new``."""
    rows = connection.execute(select(allow_entries).where(allow_entries.c.key_id == old.id)).all()
    again = []
    for row in rows:
        sealed = sealed_term(row.id, term_of(row, old), new)
        again.append({"entry": row.id, **{f"new_{name}": value for name, value in sealed.items()}})
    if again:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("key_id", "nonce", "term")}
        connection.execute(update(allow_entries).where(allow_entries.c.id == bindparam("entry")).values(values), again)


def _entry(row: Any, key: SecretKey) -> AllowEntry:
    return AllowEntry(
        reason=row.reason,
        author=row.author,
        expires=datetime.date.fromisoformat(row.expires),
        term=term_of(row, key),
        rule=row.rule,
        record_id=row.record,
        entity=row.entity,
        field=row.field,
        site=row.site,
        source=row.source,
        id=row.id,
    )


def _bound(entry_id: str) -> bytes:
    return json.dumps(["allow-list term", entry_id]).encode("ascii")
