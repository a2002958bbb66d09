"""Failures to sign in, counted by login whether it exists or not, so that a lock tells nobody which logins do.

An attempt counts as a failure from its beginning until it has succeeded: a thousand guesses at once are no more than a thousand in a row.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from scanner.accounts.derived import derived_key
from scanner.accounts.moments import after, seconds_between
from scanner.clock import utc_now
from scanner.keys import SecretKey
from scanner.store.account_tables import sign_in_failures
from scanner.store.engine import Store

FREE = 5
"""Failures in a row before the first lock."""

_FIRST_SECONDS = 60
_LONGEST_SECONDS = 15 * 60
_FORGOTTEN_SECONDS = 24 * 3600
_DIGEST_CHARS = 32


def lock_seconds(failures: int) -> int:
    """Return how long nobody may try after so many failures in a row: a minute after the fifth, doubled by each, 15 minutes at most."""
    return 0 if failures < FREE else min(_FIRST_SECONDS * 2 ** min(failures - FREE, 10), _LONGEST_SECONDS)


class Attempts:
    """Failures to sign in, in ``store``. Logins are kept as digests under ``key``."""

    def __init__(self, store: Store, key: SecretKey) -> None:
        self._store = store
        self._key = derived_key(key, "logins")

    def begin(self, login: str) -> tuple[int, int]:
        """Count an attempt; return for how many seconds the login is still locked, and for how many this one locks it when it fails.

        Both are 0 when not. An attempt on a locked login is not counted.
        """
        digest, now = self._digest(login), utc_now()
        with self._store.begin() as connection:
            connection.execute(delete(sign_in_failures).where(sign_in_failures.c.last < after(now, -_FORGOTTEN_SECONDS)))
            failures, last = self._row(connection, digest, now)
            left = _seconds_left(failures, min(last, now), now)
            if left:
                # where the clock was set back, the lock begins anew, once
                values: dict[str, object] = {"last": min(last, now)}
            else:
                failures += 1
                values = {"failures": failures, "last": now}
            connection.execute(update(sign_in_failures).where(sign_in_failures.c.login == digest).values(values))
        return left, 0 if left else lock_seconds(failures)

    def take_back(self, login: str) -> None:
        """Count one failure less: the attempt was none, but does not prove yet that the person is who they say."""
        row = sign_in_failures.c
        with self._store.begin() as connection:
            fewer = update(sign_in_failures).where(row.login == self._digest(login), row.failures > 0)
            connection.execute(fewer.values(failures=row.failures - 1, last=after(utc_now(), -_LONGEST_SECONDS)))

    def clear(self, login: str, connection: Connection) -> None:
        """Forget the failures of ``login``."""
        connection.execute(delete(sign_in_failures).where(sign_in_failures.c.login == self._digest(login)))

    def locked(self, logins: Collection[str], connection: Connection) -> frozenset[str]:
        """Return those of ``logins`` that are locked now."""
        digests = {self._digest(login): login for login in logins}
        now = utc_now()
        rows = connection.execute(select(sign_in_failures).where(sign_in_failures.c.login.in_(digests)))
        return frozenset(digests[row.login] for row in rows if _seconds_left(row.failures, row.last, now))

    def _row(self, connection: Connection, digest: str, now: str) -> tuple[int, str]:
        """Return failures and time of the last, of a row that stays locked until the transaction ends and is made when missing."""
        query = select(sign_in_failures.c.failures, sign_in_failures.c.last).where(sign_in_failures.c.login == digest).with_for_update()
        row = connection.execute(query).one_or_none()
        if row is None:
            try:
                with connection.begin_nested():
                    connection.execute(insert(sign_in_failures).values(login=digest, failures=0, last=now))
            except IntegrityError:  # another attempt came first
                row = connection.execute(query).one_or_none()
        return (row.failures, row.last) if row else (0, now)

    def _digest(self, login: str) -> str:
        return hmac.new(self._key, login.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:_DIGEST_CHARS]


def _seconds_left(failures: int, last: str, now: str) -> int:
    lock = lock_seconds(failures)
    return max(0, min(lock, lock - seconds_between(last, now)))
