"""Accounts and what administrators change of them. Each change is a transaction that also holds its entry in the audit log."""

from __future__ import annotations

import re
import secrets
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, not_, select, update
from sqlalchemy.exc import IntegrityError

from scanner.accounts.account import Account, Actor, read_accounts
from scanner.accounts.attempts import Attempts
from scanner.accounts.passwords import hash_password, new_password
from scanner.accounts.perimeter import Perimeter
from scanner.accounts.refusals import RefusedError
from scanner.accounts.roles import roles
from scanner.accounts.sessions import end_sessions
from scanner.audit import AuditLog
from scanner.clock import utc_now
from scanner.keys import SecretKey
from scanner.store.account_tables import account_sites, accounts
from scanner.store.engine import Store

_ID_BYTES = 8
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
_LONGEST_NAME = 100
_KEEPERS = tuple(key for key, role in roles().items() if "accounts" in role.permissions)


class Accounts:
    """The accounts of ``store``. Who acts sees and gives only what lies within their own perimeter, and leaves their own account alone.

    Every method but the reading ones raises :class:`RefusedError`: ``account-unknown`` for what is not there or not within.
    """

    def __init__(self, store: Store, key: SecretKey) -> None:
        self._store = store
        self._key = key
        self._attempts = Attempts(store, key)

    def page(self, within: Perimeter, *, after: str = "", limit: int = 100) -> list[Account]:
        """Return up to ``limit`` accounts sorted by login, those that follow the login ``after``."""
        with self._store.connect() as connection:
            return read_accounts(connection, accounts.c.login > after, *_within(within), limit=limit)

    def find(self, account_id: str, within: Perimeter) -> Account | None:
        """Return an account, ``None`` when there is none or it may see more than ``within``."""
        with self._store.connect() as connection:
            return next(iter(read_accounts(connection, accounts.c.id == account_id, *_within(within))), None)

    def of_login(self, login: str) -> Account:
        """Return the account of ``login``. Raises :class:`RefusedError` when there is none."""
        with self._store.connect() as connection:
            found = read_accounts(connection, accounts.c.login == login.strip().lower())
        if not found:
            raise RefusedError("account-unknown")
        return found[0]

    def locked(self, listed: list[Account]) -> frozenset[str]:
        """Return the logins of those ``listed`` that cannot sign in now after too many failures."""
        with self._store.connect() as connection:
            return self._attempts.locked([account.login for account in listed], connection)

    def create(self, login: str, name: str, role: str, perimeter: Perimeter, *, by: Actor) -> tuple[str, str]:
        """Make an account; return its id and its password, which is kept nowhere and must be changed at the first sign-in."""
        login, name = login.strip().lower(), name.strip()
        if not _LOGIN.fullmatch(login):
            raise RefusedError("login-form")
        if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
            raise RefusedError("name-form")
        _check_given(role, perimeter, by)
        account_id, password, now = secrets.token_hex(_ID_BYTES), new_password(), utc_now()
        row = {"id": account_id, "login": login, "name": name, "role": role, "password": hash_password(password), "created": now}
        with self._store.begin() as connection:
            try:
                with connection.begin_nested():
                    connection.execute(insert(accounts).values(**row, changed=now, every_site=False, must_change=True))
            except IntegrityError:
                raise RefusedError("login-taken") from None
            self._write_perimeter(connection, account_id, perimeter)
            self._audit(by).add("account-made", connection, account=account_id, role=role)
        return account_id, password

    def set_role(self, account_id: str, role: str, *, by: Actor) -> None:
        """Give an account another role, which ends its sessions."""
        _check_not_own(account_id, by)
        with self._store.begin() as connection:
            known = self._locked_row(connection, account_id, by)
            _check_given(role, known.perimeter, by)
            if role not in _KEEPERS:
                _check_not_last(connection, known)
            self._change(connection, account_id, "role", by, role=role)

    def set_perimeter(self, account_id: str, perimeter: Perimeter, *, by: Actor) -> None:
        """Give an account other sites, which ends its sessions."""
        _check_not_own(account_id, by)
        with self._store.begin() as connection:
            known = self._locked_row(connection, account_id, by)
            _check_given(known.role.key, perimeter, by)
            self._write_perimeter(connection, account_id, perimeter)
            self._change(connection, account_id, "perimeter", by)

    def disable(self, account_id: str, *, by: Actor) -> None:
        """Disable an account, which ends its sessions. One that is disabled stays as it is."""
        _check_not_own(account_id, by)
        with self._store.begin() as connection:
            known = self._locked_row(connection, account_id, by)
            _check_not_last(connection, known)
            if known.disabled is None:
                self._change(connection, account_id, "disabled", by, disabled=utc_now())

    def enable(self, account_id: str, *, by: Actor) -> None:
        """Enable an account that was disabled."""
        with self._store.begin() as connection:
            if self._locked_row(connection, account_id, by).disabled is not None:
                self._change(connection, account_id, "enabled", by, disabled=None)

    def unlock(self, account_id: str, *, by: Actor) -> None:
        """Forget the failures to sign in with an account."""
        with self._store.begin() as connection:
            known = self._locked_row(connection, account_id, by)
            self._attempts.clear(known.login, connection)
            self._audit(by).add("account-changed", connection, account=account_id, change="unlocked")

    def reset_password(self, account_id: str, *, by: Actor) -> str:
        """Return a new password, which is kept nowhere and must be changed at the first sign-in; the account's sessions end."""
        _check_not_own(account_id, by)
        password = new_password()
        hashed = hash_password(password)
        with self._store.begin() as connection:
            known = self._locked_row(connection, account_id, by)
            self._attempts.clear(known.login, connection)
            self._change(connection, account_id, "password", by, password=hashed, must_change=True)
        return password

    def reset_second_factor(self, account_id: str, *, by: Actor) -> None:
        """Take the second factor of an account away, so that another can be set up; its sessions end."""
        _check_not_own(account_id, by)
        with self._store.begin() as connection:
            self._locked_row(connection, account_id, by)
            self._change(connection, account_id, "second-factor", by, totp=None, totp_step=None)

    def _locked_row(self, connection: Connection, account_id: str, by: Actor) -> Account:
        """Return an account that nobody else changes until the transaction ends, and no keeper either: see :func:`_check_not_last`."""
        ours = (accounts.c.id == account_id) | (accounts.c.role.in_(_KEEPERS) & accounts.c.disabled.is_(None))
        connection.execute(select(accounts.c.id).where(ours).order_by(accounts.c.id).with_for_update()).all()
        found = read_accounts(connection, accounts.c.id == account_id, *_within(by.perimeter))
        if not found:
            raise RefusedError("account-unknown")
        return found[0]

    def _change(self, connection: Connection, account_id: str, change: str, by: Actor, **values: Any) -> None:
        connection.execute(update(accounts).where(accounts.c.id == account_id).values(**values, changed=utc_now()))
        end_sessions(connection, account_id)
        self._audit(by).add("account-changed", connection, account=account_id, change=change)

    def _write_perimeter(self, connection: Connection, account_id: str, perimeter: Perimeter) -> None:
        connection.execute(update(accounts).where(accounts.c.id == account_id).values(every_site=perimeter.sites is None))
        connection.execute(delete(account_sites).where(account_sites.c.account_id == account_id))
        if perimeter.sites:
            connection.execute(insert(account_sites), [{"account_id": account_id, "site": site} for site in sorted(perimeter.sites)])

    def _audit(self, by: Actor) -> AuditLog:
        return AuditLog(self._store, self._key, by.name)


def _within(perimeter: Perimeter) -> tuple[Any, ...]:
    """Return what a query asks of accounts, so that it finds none that may see a site outside ``perimeter``."""
    if perimeter.sites is None:
        return ()
    beyond = account_sites.c.account_id == accounts.c.id, not_(perimeter.condition(account_sites.c.site))
    return not_(accounts.c.every_site), not_(exists().where(*beyond))


def _check_given(role: str, perimeter: Perimeter, by: Actor) -> None:
    if role not in roles():
        raise RefusedError("role-unknown")
    if perimeter.sites is not None and not perimeter.sites:
        raise RefusedError("sites-missing")
    if not by.perimeter.includes(perimeter):
        raise RefusedError("beyond-perimeter")


def _check_not_own(account_id: str, by: Actor) -> None:
    if account_id == by.account_id:
        raise RefusedError("own-account")


def _check_not_last(connection: Connection, account: Account) -> None:
    """Raise when ``account`` is the only enabled one that may administer accounts."""
    others = accounts.c.role.in_(_KEEPERS), accounts.c.disabled.is_(None), accounts.c.id != account.id
    keeps = account.disabled is None and account.role.key in _KEEPERS
    if keeps and connection.execute(select(accounts.c.id).where(*others).limit(1)).first() is None:
        raise RefusedError("last-keeper")
