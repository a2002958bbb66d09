"""A service with a console over a scanned store: two sites, a person of each role for one of them and for all, and clients signed in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from unittest import mock

import reviews
from database_job import run_job
from databases import make_sqlite
from fakes import KEY, POLICY
from people import CHEAP, ROOT
from sqlalchemy import select, update
from starlette.testclient import TestClient

from scanner.accounts import Perimeter, passwords
from scanner.accounts.accounts import Accounts
from scanner.accounts.sessions import open_session
from scanner.service import Limits, ServiceSettings, create_app
from scanner.store.account_tables import accounts
from scanner.store.engine import Store, open_store
from scanner.store.schema import records, vault

ADDRESS = "https://vigie.example"
PASSWORD = "quatre chevaux sur la colline"
COOKIE = "__Host-vigie_session"
ROLES = ("dpo", "reviewer", "site_manager", "auditor")
INSIDE, OUTSIDE = "Les Lilas", "Tour Zwxquala"
TABLE = replace(reviews.TABLE, author_group_column="team")
COMMENTS: tuple[tuple[Any, ...], ...] = (
    # ref, site, team, tenant, entered, note, suivi
    ("L-1", INSIDE, "gardiens", "T-101", "2026-10-01", "suivi pour un cancer depuis juin", "rien à signaler"),
    ("L-2", INSIDE, "gardiens", "T-102", "2026-10-02", "alcoolique et sorti de prison", "dette ancienne, cancer"),
    ("L-3", INSIDE, "accueil", "T-103", "2026-10-03", "dette de loyer importante", ""),
    ("L-4", INSIDE, "accueil", "T-104", "2026-10-04", "fuite dans la salle de bains", ""),
    ("L-5", INSIDE, "gardiens", "T-105", "2026-10-05", "son frère est en prison", ""),
    ("ZQO-91", OUTSIDE, "gardiens", "ZQT-71", "2026-10-06", "zkolibri : un cancer du sein", ""),
    ("ZQO-92", OUTSIDE, "zqteam", "ZQT-72", "2026-10-07", "zkolibri alcoolique notoire", "zmarabou en prison"),
    ("ZQO-93", OUTSIDE, "gardiens", "ZQT-73", "2026-10-08", "zkolibri dette", ""),
    ("ZQN-94", "", "gardiens", "ZQT-74", "2026-10-09", "zmarabou : cancer, sans site", ""),
)
OUTSIDE_WORDS = ("zwxquala", "zqo-9", "zqn-9", "zqt-7", "zkolibri", "zmarabou", "zqteam")
"""What stands only in records outside ``INSIDE``, in lower case: no page of who sees ``INSIDE`` only may hold one of them."""


def fill_store(folder: Path, store: Store, comments: Iterable[tuple[Any, ...]] = COMMENTS, policy: str = POLICY) -> None:
    """Scan ``comments`` with the detector of ``fakes.py`` into ``store``: one complete run of the job ``night``."""
    columns = ("ref", "site", "team", "tenant", "entered", "note", "suivi")
    definition = ", ".join(f"{name} TEXT{' PRIMARY KEY' if name == 'ref' else ''}" for name in columns)
    url = make_sqlite(folder, f"CREATE TABLE comments ({definition})", rows=comments, table="comments")
    run_job(url, store, folder / "out", tables=[TABLE], policy=policy)


def add_account(store: Store, login: str, role: str, sites: Iterable[str] | None = None, name: str = "") -> str:
    """Make an account whose password is ``PASSWORD``, hashed at little cost, for ``sites`` or every site; return its id."""
    perimeter = Perimeter.everything() if sites is None else Perimeter.of(sites)
    with mock.patch.object(passwords, "_hasher", CHEAP):
        account_id, _ = Accounts(store, KEY).create(login, name or f"Personne {login}", role, perimeter, by=ROOT)
        hashed = passwords.hash_password(PASSWORD)
    with store.begin() as connection:
        connection.execute(update(accounts).where(accounts.c.id == account_id).values(password=hashed, must_change=False))
    return account_id


def settings_of(where: str | Path, **changes: Any) -> ServiceSettings:
    """Return the settings of a service with the store at ``where``, without limits that tests would meet."""
    return ServiceSettings(**{"store": str(where), "key": KEY, "limits": Limits(console_requests=10**6, seconds=60), **changes})


class Client(TestClient):
    """A browser without scripts: it keeps cookies, follows no redirect, and fills ``csrf`` in by itself."""

    def get_page(self, path: str) -> str:
        """Return the page at ``path``, which must be there."""
        answer = self.get(path)
        assert (path, answer.status_code) == (path, 200)
        return answer.text

    def submit(self, path: str, data: Mapping[str, Any] | None = None, **options: Any) -> Any:
        """Send a form with the token that this console's forms carry; return the answer."""
        return self.post(path, data={**(data or {}), "csrf": self.csrf()}, **options)

    def csrf(self) -> str:
        """Return the token of forms, read from a page that everybody may see."""
        page = self.get("/console/sign-in")
        page = self.get("/console/password") if page.is_redirect else page
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page.text)
        assert found, "no form with a csrf field"
        return found[1]


class Site:
    """A running console over a store at ``where``, with the accounts ``<role>`` for ``INSIDE`` and ``<role>.all`` for every site."""

    def __init__(self, folder: Path, where: str | Path | None = None, *, policy: str = POLICY, **settings: Any) -> None:
        self.where = str(where or folder / "state.sqlite")
        self.store = open_store(self.where)
        fill_store(folder, self.store, policy=policy)
        file = folder / "policy.toml"
        file.write_text(policy, encoding="utf-8")
        self.accounts = {role: add_account(self.store, role, role, [INSIDE]) for role in ROLES}
        self.accounts |= {f"{role}.all": add_account(self.store, f"{role}.all", role) for role in ROLES}
        self.app = create_app(settings_of(self.where, policy=file, **settings))

    def client(self, login: str = "") -> Client:
        """Return a client, signed in as ``login`` unless that is ``""``."""
        client = Client(self.app, base_url=ADDRESS, follow_redirects=False)
        if login:
            with self.store.begin() as connection:
                token = open_session(connection, self.accounts[login], second_factor=False)
            client.cookies.set(COOKIE, token, domain="vigie.example", path="/")
        return client

    def record_ids(self, site: str) -> dict[str, int]:
        """Return the ids in the store of the records of ``site``, by the ids that the source has."""
        with self.store.connect() as connection:
            query = select(records.c.record, records.c.id).where(records.c.site == site).order_by(records.c.id)
            return {row.record: row.id for row in connection.execute(query)}

    def vault_ids(self, site: str) -> dict[str, str]:
        """Return the ids of the vault's entries of the records of ``site``, by the ids that the source has."""
        with self.store.connect() as connection:
            query = select(vault.c.record, vault.c.id).join(records, records.c.id == vault.c.record_id).where(records.c.site == site)
            return {row.record: row.id for row in connection.execute(query.order_by(vault.c.record))}

    def close(self) -> None:
        """Close the stores."""
        self.store.close()
        self.app.state.vigie.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
