"""What people change of their own account: password and second factor."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from scanner.accounts.gate import Gate
from scanner.accounts.passwords import check_strength, hash_password, is_password
from scanner.accounts.refusals import RefusedError
from scanner.accounts.second_factor import new_secret, open_secret, seal_secret, secret_uri
from scanner.accounts.sessions import Session, end_sessions, open_session, take_code
from scanner.audit import AuditLog
from scanner.clock import utc_now
from scanner.keys import SecretKey
from scanner.store.account_tables import accounts
from scanner.store.engine import Store


@dataclass(frozen=True, slots=True)
class NewFactor:
    """A second factor to be set up: its secret in base 32, and the ``otpauth:`` URI that holds it."""

    secret: str
    uri: str


class OwnAccount:
    """Changes by the person of a session. Each ends all of the person's sessions and opens a new one."""

    def __init__(self, store: Store, key: SecretKey) -> None:
        self._store = store
        self._key = key

    def change_password(self, session: Session, old: str, new: str) -> str:
        """Put ``new`` in the place of the password ``old``; return the token of the new session.

        Raises :class:`RefusedError` when ``old`` is wrong, which counts as a failure to sign in, or ``new`` is too weak.
        """
        person = session.viewer
        if old == new:
            raise RefusedError("password-same")
        check_strength(new, person.login, person.name)
        with self._store.connect() as connection:
            stored = connection.execute(select(accounts.c.password).where(accounts.c.id == person.account_id)).scalar_one()
        gate = Gate(self._store, self._key, person.login, person.account_id)
        gate.begin()
        if not is_password(old, stored):
            raise gate.refuse("password-wrong")
        hashed = hash_password(new)
        with self._store.begin() as connection:
            gate.clear(connection)
            return self._renew(connection, session, "password", password=hashed, must_change=False)

    def begin_second_factor(self, session: Session) -> NewFactor:
        """Return a second factor that is in use once a code of it was entered; the same one until then.

        Raises :class:`RefusedError` when one is in use already.
        """
        account_id = session.viewer.account_id
        with self._store.begin() as connection:
            row = connection.execute(select(accounts.c.totp, accounts.c.totp_step).where(accounts.c.id == account_id)).one()
            if row.totp_step is not None:
                raise RefusedError("second-factor-set")
            secret = open_secret(row.totp, account_id, self._key) if row.totp else None
            if secret is None:
                secret = new_secret()
                unset = accounts.c.id == account_id, accounts.c.totp_step.is_(None)
                connection.execute(update(accounts).where(*unset).values(totp=seal_secret(secret, account_id, self._key)))
        return NewFactor(secret, secret_uri(secret, session.viewer.login))

    def confirm_second_factor(self, session: Session, code: str) -> str:
        """Put the second factor into use with its first code; return the token of the new session. Raises :class:`RefusedError`."""
        with self._store.begin() as connection:
            if session.account.second_factor:
                raise RefusedError("second-factor-set")
            if not take_code(connection, session.viewer.account_id, code, self._key):
                raise RefusedError("code-wrong")
            return self._renew(connection, session, "second-factor")

    def _renew(self, connection: Connection, session: Session, change: str, **values: object) -> str:
        account_id = session.viewer.account_id
        connection.execute(update(accounts).where(accounts.c.id == account_id).values(**values, changed=utc_now()))
        end_sessions(connection, account_id)
        passed = change == "second-factor" or session.account.second_factor
        token = open_session(connection, account_id, second_factor=passed)
        AuditLog(self._store, self._key, session.viewer.login).add("account-changed", connection, account=account_id, change=change)
        return token
