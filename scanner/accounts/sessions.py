"""Sessions: a random token that only the browser has, for half an hour without use and twelve hours at most."""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from scanner.accounts.account import Account, read_accounts
from scanner.accounts.gate import Gate
from scanner.accounts.moments import after, seconds_between
from scanner.accounts.passwords import hash_password, is_outdated, is_password
from scanner.accounts.refusals import RefusedError
from scanner.accounts.second_factor import open_secret, step_of
from scanner.accounts.viewer import Viewer
from scanner.audit import AuditLog
from scanner.clock import utc_now
from scanner.keys import SecretKey
from scanner.store.account_tables import accounts, sessions
from scanner.store.engine import Store

Step = Literal["code", "password", "second-factor", "done"]
"""What a session waits for: the code of the second factor, a password of one's own, a second factor to be set up, nothing."""

IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 12 * 3600

_CODE_SECONDS = 10 * 60
_SEEN_SECONDS = 60
_CLOCK_SECONDS = 120
_TOKEN_BYTES = 32
_LONGEST_LOGIN = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Session:
    """An open session and the step that it waits for. Only when that is ``done`` may ``viewer`` see anything."""

    viewer: Viewer
    step: Step
    account: Account


class Sessions:
    """The sessions of ``store``. Every refusal is a :class:`RefusedError`, and an entry in the audit log."""

    def __init__(self, store: Store, key: SecretKey) -> None:
        self._store = store
        self._key = key

    def sign_in(self, login: str, password: str) -> str:
        """Return the token of a new session. Raises :class:`RefusedError`: wrong or locked, which are the same for unknown logins."""
        login = login.strip().lower()[:_LONGEST_LOGIN]
        with self._store.connect() as connection:
            row = connection.execute(select(accounts).where(accounts.c.login == login)).mappings().one_or_none()
        account_id = row["id"] if row else ""
        gate = Gate(self._store, self._key, login, account_id)
        gate.begin()
        if not is_password(password, row["password"] if row and row["disabled"] is None else None) or row is None:
            raise gate.refuse("sign-in-wrong")
        newer = hash_password(password) if is_outdated(row["password"]) else row["password"]
        with self._store.begin() as connection:
            same = accounts.c.id == account_id, accounts.c.password == row["password"], accounts.c.disabled.is_(None)
            known = connection.execute(update(accounts).where(*same).values(password=newer)).rowcount == 1
            if known and row["totp_step"] is None:
                gate.clear(connection)
                token = open_session(connection, account_id, second_factor=False)
                self._audit(login).add("session-opened", connection, account=account_id)
            elif known:
                token = open_session(connection, account_id, second_factor=False, seconds=_CODE_SECONDS)
        if not known:  # changed or disabled meanwhile
            raise gate.refuse("sign-in-wrong")
        if row["totp_step"] is not None:
            gate.take_back()
        return token

    def enter_code(self, token: str, code: str) -> str:
        """Return the token of the session that takes the place of ``token`` when ``code`` is right. Raises :class:`RefusedError`."""
        session = self.session_of(token)
        if session is None or session.step != "code":
            raise RefusedError("sign-in-wrong")
        account_id, login = session.viewer.account_id, session.viewer.login
        gate = Gate(self._store, self._key, login, account_id)
        gate.begin()
        with self._store.begin() as connection:
            right = take_code(connection, account_id, code, self._key)
            if right:
                gate.clear(connection)
                connection.execute(delete(sessions).where(sessions.c.digest == _digest(token)))
                opened = open_session(connection, account_id, second_factor=True)
                self._audit(login).add("session-opened", connection, account=account_id, second_factor=True)
        if not right:
            raise gate.refuse("code-wrong")
        return opened

    def session_of(self, token: str) -> Session | None:
        """Return the session of ``token``, which counts as its use; ``None`` when it is unknown, ended or too old.

        It ends when the clock was set back by more than two minutes as well: nobody could tell how old it is.
        """
        if not token:
            return None
        now = utc_now()
        with self._store.connect() as connection:
            row = connection.execute(select(sessions).where(sessions.c.digest == _digest(token))).mappings().one_or_none()
            if row is None or not _is_alive(row, now):
                return None
            account = next(iter(read_accounts(connection, accounts.c.id == row["account_id"], accounts.c.disabled.is_(None))), None)
        if account is None:
            return None
        if seconds_between(row["seen"], now) >= _SEEN_SECONDS:
            with self._store.begin() as connection:
                connection.execute(update(sessions).where(sessions.c.digest == row["digest"]).values(seen=now))
        return Session(account.viewer, _step(account, passed=row["second_factor"]), account)

    def sign_out(self, token: str) -> None:
        """End the session of ``token``."""
        with self._store.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.digest == _digest(token)))

    def _audit(self, login: str) -> AuditLog:
        return AuditLog(self._store, self._key, login)


def open_session(connection: Connection, account_id: str, *, second_factor: bool, seconds: int = LONGEST_SECONDS) -> str:
    """Write a new session of an account, take away what is past, and return its token."""
    token, now = secrets.token_urlsafe(_TOKEN_BYTES), utc_now()
    connection.execute(delete(sessions).where(sessions.c.expires <= now))
    row = {"digest": _digest(token), "account_id": account_id, "second_factor": second_factor}
    connection.execute(insert(sessions).values(**row, created=now, seen=now, expires=after(now, seconds)))
    return token


def end_sessions(connection: Connection, account_id: str) -> None:
    """End every session of an account."""
    connection.execute(delete(sessions).where(sessions.c.account_id == account_id))


def take_code(connection: Connection, account_id: str, code: str, key: SecretKey) -> bool:
    """Tell whether ``code`` is one of the account's second factor now, and take it: it is good for one time only."""
    row = connection.execute(select(accounts.c.totp, accounts.c.totp_step).where(accounts.c.id == account_id)).one()
    secret = open_secret(row.totp, account_id, key) if row.totp else None
    if secret is None:
        _log.warning("the second factor of account %s cannot be opened with this key: vigie account reset-second-factor", account_id)
        return False
    step = step_of(code, secret, utc_now())
    if step is None:
        return False
    unused = accounts.c.totp_step.is_(None) | (accounts.c.totp_step < step)
    taken = update(accounts).where(accounts.c.id == account_id, accounts.c.totp == row.totp, unused).values(totp_step=step)
    return connection.execute(taken).rowcount == 1


def _is_alive(row: RowMapping, now: str) -> bool:
    if seconds_between(row["seen"], now) < -_CLOCK_SECONDS:
        return False
    return now < row["expires"] and now < after(row["seen"], IDLE_SECONDS)


def _step(account: Account, *, passed: bool) -> Step:
    if account.second_factor and not passed:
        return "code"
    if account.must_change:
        return "password"
    return "second-factor" if account.role.second_factor and not account.second_factor else "done"


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
