"""The way into an account: every try passes here, is counted until it has succeeded, and is written down when it is refused."""

from __future__ import annotations

from sqlalchemy import Connection

from scanner.accounts.attempts import Attempts
from scanner.accounts.refusals import Reason, RefusedError
from scanner.audit import AuditLog
from scanner.keys import SecretKey
from scanner.store.engine import Store


class Gate:
    """Tries of the login ``login``, whose account is ``account_id``, ``""`` when there is none."""

    def __init__(self, store: Store, key: SecretKey, login: str, account_id: str) -> None:
        self._store = store
        self._attempts = Attempts(store, key)
        self._audit = AuditLog(store, key, login)
        self._login = login
        self._details = {"account": account_id} if account_id else {}
        self._locks = 0

    def begin(self) -> None:
        """Count a try. Raises :class:`RefusedError` when the login is locked."""
        seconds, self._locks = self._attempts.begin(self._login)
        if seconds:
            self._audit.add("session-refused", None, **self._details)
            raise RefusedError("locked", seconds)

    def refuse(self, reason: Reason) -> RefusedError:
        """Return the error to raise when the try failed: ``reason``, or that the login is locked from now on."""
        with self._store.begin() as connection:
            self._audit.add("session-refused", connection, **self._details)
            if self._locks:
                self._audit.add("account-locked", connection, **self._details)
        return RefusedError("locked", self._locks) if self._locks else RefusedError(reason)

    def take_back(self) -> None:
        """Count the try no longer, but keep the failures before it: another factor is still to be shown."""
        self._attempts.take_back(self._login)

    def clear(self, connection: Connection) -> None:
        """Forget every failure: the person is who they say."""
        self._attempts.clear(self._login, connection)
