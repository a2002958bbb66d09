"""Keys of programs that call the API: made and shown once, kept as digests, limited to scopes, in time, and revocable."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from sqlalchemy import Row, insert, select, update

from scanner.audit import AuditLog
from scanner.clock import utc_now
from scanner.errors import InputError
from scanner.keys import SecretKey
from scanner.store.account_tables import api_keys
from scanner.store.engine import Store

Scope = Literal["check", "scan", "presidio", "metrics"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

_FORM = re.compile(r"vigie_([0-9a-f]{16})_[A-Za-z0-9_-]{43}")
_NOBODY = bytes(32)
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key. ``expires`` and ``revoked`` are UTC times, ``used`` the last day it was, each ``""`` for never."""

    id: str
    name: str
    scopes: frozenset[Scope]
    created: str
    expires: str
    revoked: str
    used: str


class NewKey(NamedTuple):
    """A key just made: its id, and the key itself, which is shown once and kept nowhere."""

    id: str
    secret: str


class ApiKeys:
    """The API keys of ``store``; ``key`` is that of its audit log."""

    def __init__(self, store: Store, key: SecretKey) -> None:
        self._store = store
        self._key = key

    def create(self, name: str, scopes: Collection[str], expires: datetime.date | None, *, by: str) -> NewKey:
        """Make a key called ``name`` for ``scopes``, good up to the end of the day ``expires`` (UTC), for ever when ``None``.

        Raises :class:`InputError` when scopes are unknown or none, ``expires`` is past, or the name is blank, long or not one line.
        """
        name = name.strip()
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            raise InputError(f"an API key needs a name of 1 to {_LONGEST_NAME} characters that says which program has it")
        if not scopes or set(scopes) - set(SCOPES):
            raise InputError(f"the scopes of an API key are one or more of {', '.join(SCOPES)}")
        now = utc_now()
        until = None if expires is None else f"{expires.isoformat()}T23:59:59+00:00"
        if until is not None and until < now:
            raise InputError(f"the API key would have expired already, on {expires}: give a later day")
        key_id = secrets.token_hex(8)
        secret = f"vigie_{key_id}_{secrets.token_urlsafe(32)}"
        row = {
            "id": key_id,
            "name": name,
            "digest": _digest(secret),
            "scopes": json.dumps(sorted(scopes)),
            "created": now,
            "expires": until,
        }
        with self._store.begin() as connection:
            connection.execute(insert(api_keys).values(row))
            AuditLog(self._store, self._key, by).add("api-key-made", connection, api_key=key_id)
        return NewKey(key_id, secret)

    def find(self, secret: str) -> ApiKey | None:
        """Return the key that ``secret`` is when it is in force, else ``None``, after as long a comparison for an id that is unknown."""
        form = _FORM.fullmatch(secret)
        if form is None:
            return None
        with self._store.connect() as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.id == form[1])).one_or_none()
        known = hmac.compare_digest(_digest(secret), _NOBODY if row is None else row.digest)
        if row is None or not known:
            return None
        if row.revoked is not None or (row.expires is not None and row.expires < utc_now()):
            return None
        return _api_key(row)

    def note_use(self, key: ApiKey) -> None:
        """Write down that ``key`` was used today. It may wait for another writer: no request should wait for it."""
        with self._store.begin() as connection:
            connection.execute(update(api_keys).where(api_keys.c.id == key.id).values(used=utc_now()[:10]))

    def all(self) -> list[ApiKey]:
        """Return every key, oldest first, revoked and expired ones included."""
        with self._store.connect() as connection:
            return [_api_key(row) for row in connection.execute(select(api_keys).order_by(api_keys.c.created, api_keys.c.id))]

    def revoke(self, key_id: str, *, by: str) -> None:
        """End the key ``key_id`` now. Raises :class:`InputError` when there is none that is not revoked yet."""
        with self._store.begin() as connection:
            standing = (api_keys.c.id == key_id) & api_keys.c.revoked.is_(None)
            if connection.execute(update(api_keys).where(standing).values(revoked=utc_now())).rowcount == 0:
                raise InputError(f"no API key {key_id} that could be revoked: see `vigie apikey list`")
            AuditLog(self._store, self._key, by).add("api-key-revoked", connection, api_key=key_id)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("ascii")).digest()


def _api_key(row: Row[tuple[object, ...]]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        scopes=frozenset(json.loads(row.scopes)),
        created=row.created,
        expires=row.expires or "",
        revoked=row.revoked or "",
        used=row.used or "",
    )
