"""An account as it is read from the store, and who changes one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Connection, RowMapping, select

from scanner.accounts.perimeter import Perimeter
from scanner.accounts.roles import Role, roles
from scanner.accounts.viewer import Viewer
from scanner.store.account_tables import account_sites, accounts


@dataclass(frozen=True, slots=True)
class Account:
    """``id`` has 16 hexadecimal digits, ``login`` is in lower case, ``disabled`` and ``created`` are UTC in ISO form.

    ``must_change`` is whether the password was given by somebody else, ``second_factor`` whether one is in use.
    """

    id: str
    login: str
    name: str
    role: Role
    perimeter: Perimeter
    second_factor: bool
    must_change: bool
    disabled: str | None
    created: str

    @property
    def viewer(self) -> Viewer:
        """The person, once they are signed in."""
        return Viewer(self.id, self.login, self.name, self.role, self.perimeter)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes accounts: ``name`` for the audit log, the sites they may give, and their own account, ``""`` on the command line."""

    name: str
    perimeter: Perimeter
    account_id: str = ""

    @classmethod
    def of(cls, viewer: Viewer) -> Self:
        """Return the actor that ``viewer`` is."""
        return cls(viewer.login, viewer.perimeter, viewer.account_id)


def read_accounts(connection: Connection, *conditions: Any, limit: int | None = None) -> list[Account]:
    """Return the accounts that fit, sorted by login. An account whose role is no more is not among them."""
    known = accounts.c.role.in_(list(roles()))
    query = select(accounts).where(known, *conditions).order_by(accounts.c.login).limit(limit)
    rows = connection.execute(query).mappings().all()
    sites = _sites_of(connection, [row["id"] for row in rows])
    return [_account(row, sites) for row in rows]


def _sites_of(connection: Connection, ids: Sequence[str]) -> Mapping[str, list[str]]:
    sites: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(select(account_sites).where(account_sites.c.account_id.in_(ids))):
        sites[row.account_id].append(row.site)
    return sites


def _account(row: RowMapping, sites: Mapping[str, list[str]]) -> Account:
    return Account(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        role=roles()[row["role"]],
        perimeter=Perimeter.everything() if row["every_site"] else Perimeter.of(sites.get(row["id"], ())),
        second_factor=row["totp_step"] is not None,
        must_change=row["must_change"],
        disabled=row["disabled"],
        created=row["created"],
    )
