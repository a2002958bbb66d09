"""What the pages of the console share to know people: accounts, sessions, and how often an address failed to sign in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from scanner.accounts.accounts import Accounts
from scanner.accounts.own import OwnAccount
from scanner.accounts.sessions import Sessions
from scanner.keys import SecretKey
from scanner.store.engine import Store

_FAILURES = RateLimitItemPerMinute(60, 5)
"""An office may share an address; guessing many accounts from one is what this stops."""


@dataclass(slots=True)
class PeopleDesk:
    """Accounts and sessions of one store, and the addresses from which signing in failed lately, in this process."""

    store: Store
    key: SecretKey
    accounts: Accounts = field(init=False)
    sessions: Sessions = field(init=False)
    own: OwnAccount = field(init=False)
    _addresses: MovingWindowRateLimiter = field(init=False)

    def __post_init__(self) -> None:
        self.accounts = Accounts(self.store, self.key)
        self.sessions = Sessions(self.store, self.key)
        self.own = OwnAccount(self.store, self.key)
        self._addresses = MovingWindowRateLimiter(MemoryStorage())

    def too_many(self, request: Request) -> bool:
        """Tell whether the address of ``request`` failed too often to try again."""
        return not self._addresses.test(_FAILURES, _address(request))

    def failed(self, request: Request) -> None:
        """Count a failure of the address of ``request``."""
        self._addresses.hit(_FAILURES, _address(request))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def people_of(request: Request) -> PeopleDesk:
    """Return the desk that :func:`scanner.console.add_console` made."""
    desk: PeopleDesk = request.app.state.people
    return desk


People = Annotated[PeopleDesk, Depends(people_of)]
