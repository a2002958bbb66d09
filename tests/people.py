"""Accounts of an empty store, and a clock that moves when it is told to."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from fakes import KEY
from sqlalchemy import select
from stores import KINDS, new_place

from scanner.accounts import Perimeter, passwords
from scanner.accounts.account import Account, Actor
from scanner.accounts.accounts import Accounts
from scanner.accounts.moments import after
from scanner.accounts.own import OwnAccount
from scanner.accounts.refusals import RefusedError
from scanner.accounts.sessions import Sessions
from scanner.store.engine import Store, open_store
from scanner.store.schema import audit

START = "2026-11-22T08:00:00+00:00"
ROOT = Actor("root", Perimeter.everything())
EVERYTHING = Perimeter.everything()


CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords hashed at little cost, for tests that are not about hashing."""
    monkeypatch.setattr(passwords, "_hasher", CHEAP)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    """People of an empty store."""
    with open_store(tmp_path / "state.sqlite") as store:
        yield People(store)


@pytest.fixture(params=KINDS)
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[People]:
    """People of an empty store of either kind."""
    with open_store(new_place(request.param, request, tmp_path)) as store:
        yield People(store)


class Clock:
    """What ``utc_now`` returns in the modules of accounts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START
        for module in ("attempts", "sessions", "own", "accounts"):
            monkeypatch.setattr(f"scanner.accounts.{module}.utc_now", lambda: self.now)

    def forward(self, seconds: int) -> None:
        self.now = after(self.now, seconds)


class People:
    """Accounts, sessions and own accounts of ``store``."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.accounts = Accounts(store, KEY)
        self.sessions = Sessions(store, KEY)
        self.own = OwnAccount(store, KEY)

    def add(self, login: str, role: str = "dpo", sites: Any = None) -> tuple[str, str]:
        """Make an account; return its id and its password."""
        perimeter = EVERYTHING if sites is None else Perimeter.of(sites)
        return self.accounts.create(login, f"Personne {login}", role, perimeter, by=ROOT)

    def account(self, account_id: str) -> Account:
        found = self.accounts.find(account_id, EVERYTHING)
        assert found is not None
        return found

    def step(self, token: str) -> str | None:
        """Return what the session of ``token`` waits for, ``None`` when there is none."""
        session = self.sessions.session_of(token)
        return session.step if session else None

    def settled(self, login: str, role: str = "dpo", sites: Any = None) -> tuple[str, str]:
        """Make an account with a password of its own; return its id and that password."""
        account_id, first = self.add(login, role, sites)
        session = self.sessions.session_of(self.sessions.sign_in(login, first))
        assert session is not None
        password = f"{login[::-1]} grimpe au cerisier"
        self.own.change_password(session, first, password)
        return account_id, password

    def with_factor(self, login: str, now: str, role: str = "dpo") -> tuple[str, str, pyotp.TOTP]:
        """Make an account with password and second factor; return its id, its password and what shows its codes."""
        account_id, password = self.settled(login, role)
        session = self.sessions.session_of(self.sessions.sign_in(login, password))
        assert session is not None
        totp = pyotp.TOTP(self.own.begin_second_factor(session).secret)
        self.own.confirm_second_factor(session, code_at(totp, now))
        return account_id, password, totp

    def refusal(self, login: str, password: str) -> tuple[str, int]:
        """Sign in and return why that was refused, and for how long."""
        with pytest.raises(RefusedError) as caught:
            self.sessions.sign_in(login, password)
        return caught.value.reason, caught.value.seconds

    def audited(self) -> list[tuple[str, dict[str, Any]]]:
        with self.store.connect() as connection:
            rows = connection.execute(select(audit.c.event, audit.c.details).order_by(audit.c.seq))
            return [(event, json.loads(details)) for event, details in rows]


def rows(people: People, table: Any) -> Any:
    """Return the rows of a table by column."""
    with people.store.connect() as connection:
        return connection.execute(select(table)).mappings().all()


def code_at(totp: pyotp.TOTP, time: str) -> str:
    """Return the code that ``totp`` shows at a time of the store."""
    return totp.at(datetime.datetime.fromisoformat(time))
