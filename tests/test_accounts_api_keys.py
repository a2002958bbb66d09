"""API keys: how they are made, found, and kept."""

from __future__ import annotations

import datetime

import pytest
from fakes import KEY
from serving import make_key
from stores import KINDS, new_place

from scanner.accounts.api_keys import ApiKeys
from scanner.errors import InputError
from scanner.store.engine import open_store


@pytest.mark.parametrize(
    ("name", "scopes", "expires", "message"),
    [
        ("  ", ["check"], None, "needs a name of 1 to 100 characters"),
        ("a\nb", ["check"], None, "needs a name of 1 to 100 characters"),
        ("a" * 101, ["check"], None, "needs a name of 1 to 100 characters"),
        ("écran", [], None, "one or more of check, scan, presidio, metrics"),
        ("écran", ["check", "all"], None, "one or more of check, scan, presidio, metrics"),
        ("écran", ["check"], datetime.date(2020, 1, 31), "would have expired already, on 2020-01-31: give a later day"),
    ],
)
def test_keys_that_cannot_be_made(tmp_path, name, scopes, expires, message):
    with open_store(tmp_path / "state.sqlite") as store:
        keys = ApiKeys(store, KEY)
        with pytest.raises(InputError, match=message):
            keys.create(name, scopes, expires, by="dpo")
        assert keys.all() == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_from_its_making_to_its_end(kind, request, tmp_path):
    with open_store(new_place(kind, request, tmp_path)) as store:
        keys = ApiKeys(store, KEY)
        key_id, secret = keys.create("écran", ["scan", "check"], None, by="dpo")
        other = keys.create("paie", ["metrics"], None, by="dpo").id
        found = keys.find(secret)
        assert found is not None
        assert (found.id, found.name, found.scopes, found.expires, found.revoked, found.used) == (
            key_id,
            "écran",
            {"check", "scan"},
            "",
            "",
            "",
        )
        keys.note_use(found)
        keys.revoke(key_id, by="dpo")
        assert keys.find(secret) is None
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        known = {key.id: (key.used, key.revoked[:10]) for key in keys.all()}
        assert known == {key_id: (today, today), other: ("", "")}


def test_a_key_ends_with_its_last_day(tmp_path, monkeypatch):
    with open_store(tmp_path / "state.sqlite") as store:
        keys = ApiKeys(store, KEY)
        monkeypatch.setattr("scanner.accounts.api_keys.utc_now", lambda: "2026-11-22T10:00:00+00:00")
        key_id, secret = keys.create("écran", ["check"], datetime.date(2026, 11, 30), by="dpo")
        monkeypatch.setattr("scanner.accounts.api_keys.utc_now", lambda: "2026-11-30T23:59:59+00:00")
        last = keys.find(secret)
        monkeypatch.setattr("scanner.accounts.api_keys.utc_now", lambda: "2026-12-01T00:00:00+00:00")
        assert (last and last.id, keys.find(secret)) == (key_id, None)
        assert [(key.name, key.expires, key.used) for key in keys.all()] == [("écran", "2026-11-30T23:59:59+00:00", "")]


def test_the_store_holds_no_key(tmp_path):
    secret = make_key(tmp_path, "check")
    with open_store(tmp_path / "state.sqlite") as store:
        store.check()
    rest = secret.split("_", 2)[2].encode()
    assert [path.name for path in tmp_path.iterdir() if rest in path.read_bytes()] == []
