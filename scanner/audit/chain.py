"""One entry of the audit log, and the keyed digest that chains it to the one before."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, select

from scanner.keys import SecretKey
from scanner.store.schema import audit

GENESIS = "0" * 64
"""``previous`` of the first entry."""

_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: ``seq`` counts from 1, ``at`` is UTC in ISO form, ``actor`` a pseudonym, ``details`` canonical JSON.

    ``mac`` is the HMAC-SHA-256, in hexadecimal, of all the other columns under the key ``key_id``; ``previous`` that of the entry before.
    """

    seq: int
    at: str
    actor: str
    key_id: str
    event: str
    details: str
    previous: str
    mac: str = ""

    def computed_mac(self, key: SecretKey) -> str:
        """Return what ``mac`` is when the entry is as it was written."""
        return mac_of(key, "entry", self.seq, self.at, self.actor, self.key_id, self.event, self.details, self.previous)

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as JSON-ready data, ``details`` as an object."""
        return {**{name: getattr(self, name) for name in self.__slots__}, "details": json.loads(self.details)}


def mac_of(key: SecretKey, kind: Literal["entry", "anchor"], *values: object) -> str:
    """Return 64 hexadecimal digits: the HMAC-SHA-256 of ``values``. ``kind`` keeps the digests of different things apart."""
    content = json.dumps([kind, *values], default=repr)  # repr: whatever type somebody else's edit left in a column
    return hmac.new(key.derive("audit"), content.encode("ascii"), hashlib.sha256).hexdigest()


def read_entries(connection: Connection, last: int | None = None) -> Iterator[Entry]:
    """Yield the entries in order: the ``last`` so many, all when ``None``."""
    query = select(audit).order_by(audit.c.seq)
    if last is not None:
        newest = select(audit.c.seq).order_by(audit.c.seq.desc()).limit(last)
        query = query.where(audit.c.seq.in_(newest))
    for row in connection.execute(query.execution_options(yield_per=_PAGE)).mappings():
        yield Entry(**row)


def last_entry(connection: Connection) -> Entry | None:
    """Return the newest entry, ``None`` when there is none."""
    row = connection.execute(select(audit).order_by(audit.c.seq.desc()).limit(1)).mappings().one_or_none()
    return Entry(**row) if row else None
