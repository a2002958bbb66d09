"""A new master key for the vault."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import update
from stores import KINDS, new_place
from vaults import KEY, OTHER, TEXTS, audited, entries, entry_of, history, make_store, new_entry, put, sealed_columns

from scanner.errors import InputError, SecretKeyError
from scanner.keys import SecretKey
from scanner.store.schema import vault as table
from scanner.vault import RotationCounts, Vault, rotation

THIRD = SecretKey(bytes([7]) * 32)
TESTS = Path(__file__).parent


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    with make_store(new_place(request.param, request, tmp_path)) as store:
        yield store


@pytest.fixture
def file_store(tmp_path):
    with make_store(tmp_path / "state.db") as store:
        yield store


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr("scanner.vault.rotation.BATCH", 2)


def opened_by(store, key):
    """Return the ids of the entries whose texts ``key`` opens."""
    opened = set()
    for entry in entries(store):
        try:
            assert Vault(store, key).texts(entry.id) == TEXTS
        except (SecretKeyError, InputError):
            continue
        opened.add(entry.id)
    return opened


def test_after_a_rotation_only_the_new_key_opens(store, small_batches):
    put(store, *(new_entry(number) for number in range(1, 6)))
    ids = {entry.id for entry in entries(store)}
    before = {entry_id: sealed_columns(store, entry_id) for entry_id in ids}
    assert Vault(store, KEY).rotate(OTHER, who="admin") == RotationCounts(5, (), {})
    assert (opened_by(store, KEY), opened_by(store, OTHER)) == (set(), ids)
    after = {entry_id: sealed_columns(store, entry_id) for entry_id in ids}
    assert [after[entry_id][0] == before[entry_id][0] for entry_id in ids] == [False] * 5
    assert [after[entry_id][1:] == before[entry_id][1:] for entry_id in ids] == [True] * 5
    assert {entry.key_id for entry in entries(store)} == {OTHER.id}
    assert history(store, min(ids)) == [("added", "run 1", ""), ("rotated", "admin", f"{KEY.id} to {OTHER.id}")]
    assert audited(store) == [("key-rotated", {"entries": count, "new_key": OTHER.id}) for count in (2, 2, 1)]


def test_the_old_wrapped_keys_leave_the_disk(file_store):
    put(file_store, new_entry(1))
    wrapped = sealed_columns(file_store, entry_of(file_store, 1).id)[0]
    Vault(file_store, KEY).rotate(OTHER, who="admin")
    path = Path(file_store.engine.url.database)
    assert [file.name for file in path.parent.iterdir() if wrapped in file.read_bytes()] == []


def test_a_rotation_killed_half_way_is_finished_by_the_next(file_store, small_batches):
    put(file_store, *(new_entry(number) for number in range(1, 8)))
    ids = [entry.id for entry in sorted(entries(file_store), key=lambda entry: entry.id)]
    code = """
import os, signal, sys
from scanner.store.engine import open_store
from scanner.vault import Vault, rotation, vault
from vaults import KEY, OTHER
rotation.BATCH = 2
whole = rotation.rotate_batch
calls = []
def killed_in_the_third(*arguments, **options):
    batch = whole(*arguments, **options)
    calls.append(batch)
    if len(calls) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return batch
rotation.rotate_batch = killed_in_the_third
Vault(open_store(sys.argv[1]), KEY).rotate(OTHER, who="admin")
"""
    env = {**os.environ, "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}"}
    killed = subprocess.run([sys.executable, "-c", code, file_store.engine.url.database], env=env, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (opened_by(file_store, OTHER), opened_by(file_store, KEY)) == (set(ids[:4]), set(ids[4:]))
    assert Vault(file_store, KEY).rotate(OTHER, who="admin") == RotationCounts(3, (), {})
    assert (opened_by(file_store, OTHER), opened_by(file_store, KEY)) == (set(ids), set())
    assert Vault(file_store, KEY).rotate(OTHER, who="admin") == RotationCounts(0, (), {})
    assert [details["entries"] for _, details in audited(file_store)] == [2, 2, 2, 1]


def test_damaged_foreign_and_erased_entries_do_not_stop_it(store, small_batches):
    put(store, *(new_entry(number) for number in range(1, 6)))
    put(store, new_entry(6), new_entry(7), key=THIRD)
    damaged, erased = entry_of(store, 1).id, entry_of(store, 2).id
    with store.begin() as connection:
        connection.execute(update(table).where(table.c.id == damaged).values(wrapped_key=bytes(60)))
    Vault(store, KEY).transition([erased], "erased", who="dpo", why="demande")
    counts = Vault(store, KEY).rotate(OTHER, who="admin")
    assert counts == RotationCounts(3, (damaged,), {THIRD.id: 2})
    assert opened_by(store, OTHER) == {entry_of(store, number).id for number in (3, 4, 5)}
    assert opened_by(store, THIRD) == {entry_of(store, number).id for number in (6, 7)}


def test_what_a_scan_adds_meanwhile_is_rotated_too(store, monkeypatch):
    put(store, new_entry(1))
    whole = rotation.rotate_batch
    late = [new_entry(number) for number in range(2, 9)]

    def with_a_scan_beside(connection, *arguments, **options):
        batch = whole(connection, *arguments, **options)
        Vault(store, KEY).put_many(connection, late, who="run 2")
        late.clear()
        return batch

    monkeypatch.setattr(rotation, "rotate_batch", with_a_scan_beside)
    assert Vault(store, KEY).rotate(OTHER, who="admin") == RotationCounts(8, (), {})
    assert opened_by(store, OTHER) == {entry.id for entry in entries(store)}


def test_held_and_settled_entries_are_rotated(store):
    put(store, new_entry(1), new_entry(2), new_entry(3))
    vault = Vault(store, KEY)
    vault.hold([entry_of(store, 1).id], who="dpo", why="contentieux")
    vault.transition([entry_of(store, 2).id], "redacted", who="plan 1", why="plan")
    before = entries(store)
    assert vault.rotate(OTHER, who="admin") == RotationCounts(3, (), {})
    assert [(entry.id, entry.state, entry.held, entry.changed) for entry in entries(store)] == [
        (entry.id, entry.state, entry.held, entry.changed) for entry in before
    ]
    assert opened_by(store, OTHER) == {entry.id for entry in before}


def test_the_key_in_use_is_no_new_key(store):
    with pytest.raises(SecretKeyError) as caught:
        Vault(store, KEY).rotate(KEY, who="admin")
    assert str(caught.value) == f"the new key has the id of the old one, {KEY.id}: make another with `vigie keygen`"
