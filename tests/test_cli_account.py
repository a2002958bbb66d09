"""``vigie account``, as root runs it on the server."""

from __future__ import annotations

import json
import re

import pytest
from people import People
from running import vigie

from scanner.store.engine import open_store

pytestmark = pytest.mark.usefixtures("cheap_hashes")
SHOWN = re.compile(r"password of (\S+), shown this once, to be changed at the first sign-in: ([a-z2-9]{5}(?:-[a-z2-9]{5}){3})\n")


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state.sqlite"


def account(state, *arguments):
    return vigie("account", *arguments, "--state", state, "--by", "root")


def made(state, login, *options):
    """Make an account and return its password."""
    result = account(state, "create", login, "--name", f"Personne {login}", *options)
    assert (result.code, result.err) == (0, "")
    return SHOWN.fullmatch(result.out)[2]


def listed(state):
    return vigie("account", "list", "--state", state).out.splitlines()


def step(state, login, password):
    with open_store(state) as store:
        people = People(store)
        return people.step(people.sessions.sign_in(login, password))


def test_an_account_is_made_listed_and_signs_in(state):
    password = made(state, "Anne", "--role", "dpo", "--every-site")
    made(state, "bob", "--role", "site_manager", "--site", "Parc", "--site", "Les Lilas")
    assert step(state, "anne", password) == "password"
    assert listed(state) == [
        "anne  Personne Anne  dpo  every site  password only  password not changed yet",
        "bob  Personne bob  site_manager  Les Lilas, Parc  password only  password not changed yet",
    ]
    rows = [json.loads(line) for line in vigie("account", "list", "--json", "--state", state).out.splitlines()]
    assert [(row["login"], row["sites"], row["role"], row["disabled"]) for row in rows] == [
        ("anne", None, "dpo", None),
        ("bob", ["Les Lilas", "Parc"], "site_manager", None),
    ]
    assert sorted(rows[0]) == ["created", "disabled", "id", "login", "must_change", "name", "role", "second_factor", "sites"]


def test_every_change_says_what_it_did(state):
    made(state, "anne", "--role", "dpo", "--every-site")
    made(state, "bob", "--role", "auditor", "--site", "Parc")
    said = [
        account(state, "role", "bob", "--role", "reviewer"),
        account(state, "sites", "bob", "--site", "Lilas", "--site", "Parc"),
        account(state, "sites", "bob", "--every-site"),
        account(state, "disable", "bob"),
        account(state, "enable", "bob"),
        account(state, "unlock", "bob"),
        account(state, "reset-second-factor", "bob"),
    ]
    assert [(result.code, result.out, result.err) for result in said] == [
        (0, "bob has the role reviewer\n", ""),
        (0, "bob sees Lilas, Parc\n", ""),
        (0, "bob sees every site\n", ""),
        (0, "bob is disabled\n", ""),
        (0, "bob is enabled\n", ""),
        (0, "bob is unlocked\n", ""),
        (0, "bob signs in without a second factor until another is set up\n", ""),
    ]
    assert listed(state)[1] == "bob  Personne bob  reviewer  every site  password only  password not changed yet"
    account(state, "disable", "bob")
    assert re.fullmatch(r"bob  .*  disabled \d{4}-\d\d-\d\d", listed(state)[1])


def test_a_new_password_takes_the_place_of_the_old(state):
    first = made(state, "anne", "--role", "dpo", "--every-site")
    result = account(state, "password", "anne")
    second = SHOWN.fullmatch(result.out)[2]
    assert (result.code, step(state, "anne", second), second != first) == (0, "password", True)


NEW = ("--name", "Zoé", "--every-site")
LAST = "this is the last enabled account that may administer accounts: create another first"
UNKNOWN = "there is no account of this login; `vigie account list` shows them"
REFUSED = {
    ("create", "anne", "--role", "dpo", *NEW): "there is an account of this login already; `vigie account list` shows them",
    ("create", "x y", "--role", "dpo", *NEW): "a login has 2 to 64 characters: a-z, 0-9 and . - _ @, beginning with a letter or digit",
    ("create", "zoe", "--role", "boss", *NEW): "there is no such role; there are dpo, reviewer, site_manager, auditor",
    ("create", "zoe", "--role", "dpo", "--name", " ", "--every-site"): "a name has 1 to 100 characters",
    ("create", "zoe", "--role", "dpo", "--name", "Zoé"): "say which sites the account sees: --site SITE, repeatable, or --every-site",
    ("sites", "anne", "--site", "A", "--every-site"): "give either --every-site or --site, not both",
    ("disable", "anne"): LAST,
    ("role", "anne", "--role", "auditor"): LAST,
    ("unlock", "zoe"): UNKNOWN,
    ("password", "zoe"): UNKNOWN,
}


@pytest.mark.parametrize(("arguments", "message"), REFUSED.items())
def test_what_cannot_be_done_is_said_with_what_to_do(state, arguments, message):
    made(state, "anne", "--role", "dpo", "--every-site")
    before = listed(state)
    assert account(state, *arguments) == (2, "", f"vigie: {message}\n")
    assert listed(state) == before


def test_no_account_is_looked_for_where_there_is_no_store(state):
    result = vigie("account", "list", "--state", state)
    assert (result.code, result.err, state.exists()) == (
        2, f"vigie: there is no state store at {state}: give the one that `vigie scan --state` wrote\n", False
    )  # fmt: skip
