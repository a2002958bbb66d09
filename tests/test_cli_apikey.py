"""``vigie apikey``: keys of programs, made, listed and revoked."""

from __future__ import annotations

import datetime
import json
import re

import pytest
from running import vigie
from vaults import audited

from scanner.store.engine import open_store

TODAY = datetime.datetime.now(datetime.UTC).date()
LATER = TODAY + datetime.timedelta(days=30)


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state.sqlite"


def made(state, *arguments):
    result = vigie("apikey", "create", "écran de saisie", "--state", state, *arguments)
    assert (result.code, result.err) == (0, "")
    (secret,) = result.out.splitlines()
    assert re.fullmatch(r"vigie_[0-9a-f]{16}_[A-Za-z0-9_-]{43}", secret)
    return secret


def listed(state):
    result = vigie("apikey", "list", "--state", state, "--json")
    assert (result.code, result.err) == (0, "")
    return [json.loads(line) for line in result.out.splitlines()]


def test_a_key_is_shown_once_and_listed_without_itself(state):
    secret = made(state, "--scope", "scan", "--scope", "check", "--expires", LATER)
    (known,) = listed(state)
    created = known.pop("created")
    assert known == {
        "id": secret.split("_")[1],
        "name": "écran de saisie",
        "scopes": ["check", "scan"],
        "expires": f"{LATER}T23:59:59+00:00",
        "revoked": "",
        "used": "",
    }
    assert datetime.datetime.fromisoformat(created).utcoffset() == datetime.timedelta(0)
    assert secret.split("_", 2)[2] not in vigie("apikey", "list", "--state", state).out


def test_a_key_is_revoked_once(state):
    key_id = made(state, "--scope", "check").split("_")[1]
    first, again, unknown = (vigie("apikey", "revoke", name, "--state", state, "--by", "dpo") for name in (key_id, key_id, "0" * 16))
    assert first == (0, f"API key {key_id} is revoked\n", "")
    assert [again, unknown] == [
        (2, "", f"vigie: no API key {name} that could be revoked: see `vigie apikey list`\n") for name in (key_id, "0" * 16)
    ]
    (known,) = listed(state)
    line = vigie("apikey", "list", "--state", state).out
    assert line == f"{key_id}  écran de saisie  check  revoked {known['revoked'][:10]}  last used never\n"


def test_what_is_done_with_keys_is_in_the_audit_log(state):
    key_id = made(state, "--scope", "check").split("_")[1]
    vigie("apikey", "revoke", key_id, "--state", state)
    with open_store(state) as store:
        assert audited(store) == [("api-key-made", {"api_key": key_id}), ("api-key-revoked", {"api_key": key_id})]
    assert vigie("audit", "verify", state).code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--scope", "all"], "the scopes of an API key are one or more of check, scan, presidio, metrics"),
        (["--scope", "check", "--expires", "2020-01-31"], "the API key would have expired already, on 2020-01-31: give a later day"),
    ],
)
def test_keys_that_cannot_be_made(state, arguments, message):
    result = vigie("apikey", "create", "écran", "--state", state, *arguments)
    assert result == (2, "", f"vigie: {message}\n")
    assert listed(state) == []


def test_nothing_is_listed_of_a_store_that_is_not_there(state):
    result = vigie("apikey", "list", "--state", state)
    assert (result.code, result.out, state.exists()) == (2, "", False)
