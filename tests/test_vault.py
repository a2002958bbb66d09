"""Putting originals into the vault, taking them out, listing them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete
from stores import KINDS, new_place
from vaults import KEY, OTHER, TEXTS, add_records, audited, decided, entries, entry_of, history, make_store, new_entry, put, sealed_columns

from scanner.errors import InputError
from scanner.store.schema import records
from scanner.vault import Entry, HistoryLine, PutCounts, Vault, find_entries, history_of
from scanner.vault.entries import BATCH, EntryFilter

NOW = "2026-11-22T02:00:00+00:00"
LATER = "2026-11-23T02:00:00+00:00"


@pytest.fixture
def clock(monkeypatch):
    def set_to(now):
        monkeypatch.setattr("scanner.vault.vault.utc_now", lambda: now)

    set_to(NOW)
    return set_to


@pytest.fixture(params=KINDS)
def store(request, tmp_path, clock):
    with make_store(new_place(request.param, request, tmp_path)) as store:
        yield store


def test_an_original_comes_back_whole_and_in_order(store):
    assert put(store, new_entry(1), new_entry(2, texts={"NOTE": "autre"})) == PutCounts(added=2)
    vault = Vault(store, KEY)
    assert list(vault.texts(entry_of(store, 1).id).items()) == list(TEXTS.items())
    assert vault.texts(entry_of(store, 2).id) == {"NOTE": "autre"}


def test_what_can_be_read_without_the_key(store):
    put(store, new_entry(3))
    (entry,) = entries(store)
    assert entry == Entry(
        id=entry.id, record_id=3, source="public.suivi", record="L-3", entities=("HEALTH", "OFFENCE"), level="critical",
        action="quarantine", state="pending", created=NOW, changed=NOW, key_id=KEY.id, held="",
    )  # fmt: skip
    assert (len(entry.id), int(entry.id, 16) >= 0) == (16, True)


def test_the_same_text_twice_looks_different(store):
    put(store, new_entry(1), new_entry(2))
    first, second = (sealed_columns(store, entry_of(store, number).id) for number in (1, 2))
    assert [one == other for one, other in zip(first, second, strict=True)] == [False, False, False]
    assert [len(column) for column in first[:2]] == [60, 12]


def test_a_changed_text_replaces_the_pending_one_and_its_key(store, clock):
    put(store, new_entry(1))
    before = sealed_columns(store, entry_of(store, 1).id)
    clock(LATER)
    counts = put(store, new_entry(1, texts={"NOTE": "corrigé"}, entities=("HEALTH",), level="high", action="redact"), who="run 2")
    entry = entry_of(store, 1)
    assert counts == PutCounts(replaced=1)
    assert (entry.entities, entry.level, entry.action, entry.created, entry.changed) == (("HEALTH",), "high", "redact", NOW, LATER)
    assert Vault(store, KEY).texts(entry.id) == {"NOTE": "corrigé"}
    assert [one == other for one, other in zip(before, sealed_columns(store, entry.id), strict=True)] == [False, False, False]
    assert history(store, entry.id) == [("added", "run 1", ""), ("replaced", "run 2", "")]


def test_a_clock_set_back_does_not_take_the_last_change_back(store, clock):
    clock(LATER)
    put(store, new_entry(1))
    clock(NOW)
    put(store, new_entry(1, texts={"NOTE": "corrigé"}))
    Vault(store, KEY).decide([entry_of(store, 1).id], "release", who="dpo", why="utile")
    assert (entry_of(store, 1).created, entry_of(store, 1).changed) == (LATER, LATER)


def test_more_than_one_batch(store):
    numbers = range(100, 100 + 2 * BATCH + 3)
    add_records(store, numbers)
    items = [new_entry(number, texts={"NOTE": str(number)}) for number in numbers]
    assert put(store, *items) == PutCounts(added=len(numbers))
    assert put(store, *items) == PutCounts(unchanged=len(numbers))
    items = [replace(item, texts={"NOTE": f"{item.record_id} bis"}) for item in items]
    assert put(store, *items) == PutCounts(replaced=len(numbers))
    listed, after = [], None
    with store.connect() as connection:
        while page := find_entries(connection, EntryFilter(), after=after):
            listed += page
            after = page[-1]
    assert sorted(entry.record_id for entry in listed) == list(numbers)
    vault = Vault(store, KEY)
    assert [vault.texts(entry.id) for entry in listed[::97]] == [{"NOTE": f"{entry.record_id} bis"} for entry in listed[::97]]


def test_a_held_entry_is_never_overwritten(store):
    put(store, new_entry(1))
    held = entry_of(store, 1).id
    Vault(store, KEY).hold([held], who="dpo", why="contentieux")
    assert put(store, new_entry(1, level="high")) == PutCounts(unchanged=1)
    assert put(store, new_entry(1, texts={"NOTE": "corrigé"})) == PutCounts(added=1)
    assert put(store, new_entry(1, texts={"NOTE": "corrigé encore"})) == PutCounts(replaced=1)
    (new,) = (entry.id for entry in entries(store) if entry.id != held)
    vault = Vault(store, KEY)
    assert (vault.texts(held), vault.texts(new)) == (TEXTS, {"NOTE": "corrigé encore"})
    vault.free([held], who="dpo", why="jugé")
    assert put(store, new_entry(1, texts={"NOTE": "dernier"})) == PutCounts(replaced=1, overtaken=1)
    left = entries(store, state="pending")
    assert [vault.texts(entry.id) for entry in left] == [{"NOTE": "dernier"}]
    assert len(entries(store, state="erased")) == 1


def test_a_released_original_is_not_sealed_again_unless_more_is_found_or_the_text_changed(store):
    put(store, new_entry(1))
    Vault(store, KEY).decide([entry_of(store, 1).id], "release", who="dpo", why="utile au suivi")
    assert put(store, new_entry(1)) == PutCounts(unchanged=1)
    assert put(store, new_entry(1, entities=("HEALTH",))) == PutCounts(unchanged=1)
    assert put(store, new_entry(1, entities=("HEALTH", "OFFENCE", "RELIGION"))) == PutCounts(added=1)
    assert put(store, new_entry(1)) == PutCounts(unchanged=1, overtaken=1)
    assert [entry.state for entry in sorted(entries(store), key=lambda entry: entry.state)] == ["erased", "released"]
    assert put(store, new_entry(1, texts={"NOTE": "autre chose"})) == PutCounts(added=1)


def test_an_original_held_under_a_lost_key_is_kept_beside_the_new_one(store):
    put(store, new_entry(1))
    Vault(store, KEY).hold([entry_of(store, 1).id], who="dpo", why="contentieux")
    assert put(store, new_entry(1), key=OTHER) == PutCounts(added=1)
    assert sorted(entry.key_id for entry in entries(store)) == sorted([KEY.id, OTHER.id])


def test_what_became_clean_is_erased_unless_held_or_decided(store):
    put(store, *(new_entry(number) for number in range(1, 6)))
    ids = {number: entry_of(store, number).id for number in range(1, 6)}
    vault = Vault(store, KEY)
    vault.hold([ids[2]], who="dpo", why="contentieux")
    vault.transition([ids[3]], "redacted", who="dpo", why="plan")
    with store.begin() as connection:
        assert vault.settle_gone(connection, [1, 2, 3, 4, 12], who="run 2") == 2
    assert {number: entry_of(store, number).state for number in ids} == {
        1: "erased", 2: "pending", 3: "redacted", 4: "erased", 5: "pending",
    }  # fmt: skip
    assert history(store, ids[1]) == [("added", "run 1", ""), ("erased", "run 2", "the source or the rules changed")]


def test_an_entry_outlives_its_record(store):
    put(store, new_entry(1))
    with store.begin() as connection:
        connection.execute(delete(records).where(records.c.id == 1))
    (entry,) = entries(store)
    assert (entry.record_id, entry.record, Vault(store, KEY).texts(entry.id)) == (None, "L-1", TEXTS)


def test_filters(store):
    put(
        store,
        new_entry(1),
        new_entry(2, entities=("HEALTH",), level="low"),
        new_entry(3, entities=("HEALTHX",), level="high", source="public.autre"),
    )
    vault = Vault(store, KEY)
    vault.hold([entry_of(store, 2).id], who="dpo", why="contentieux")
    vault.transition([entry_of(store, 3).id], "redacted", who="dpo", why="plan")
    wanted = {
        "state": {"state": "redacted"},
        "entity": {"entity": "HEALTH"},
        "underscore": {"entity": "HEALT_"},
        "level": {"min_level": "high"},
        "source": {"source": "public.autre"},
        "held": {"held": True},
        "two": {"entity": "HEALTH", "min_level": "medium"},
        "all": {},
    }
    assert {name: sorted(entry.record for entry in entries(store, **filters)) for name, filters in wanted.items()} == {
        "state": ["L-3"],
        "entity": ["L-1", "L-2"],
        "underscore": [],
        "level": ["L-1", "L-3"],
        "source": ["L-3"],
        "held": ["L-2"],
        "two": ["L-1"],
        "all": ["L-1", "L-2", "L-3"],
    }


def test_reading_is_written_down_before_the_text_is_given(store, monkeypatch):
    put(store, new_entry(1))
    entry_id = entry_of(store, 1).id
    vault = Vault(store, KEY)
    assert vault.open(entry_id, who="dpo", why="demande d'accès") == TEXTS
    with store.connect() as connection:
        assert history_of(connection, entry_id)[1:] == [HistoryLine("shown", "dpo", NOW, "demande d'accès")]
    assert audited(store) == [("original-shown", {"entries": [entry_id]})]

    def fail(*_, **__):
        raise InputError("no log, no text")

    monkeypatch.setattr("scanner.audit.AuditLog.add", fail)
    with pytest.raises(InputError, match="no log, no text"):
        vault.open(entry_id, who="dpo")
    assert [event for event, _, _ in history(store, entry_id)] == ["added", "shown"]


def test_unknown_entries_are_named(store):
    for attempt in (
        lambda: Vault(store, KEY).texts("ffff"),
        lambda: Vault(store, KEY).open("ffff", who="dpo"),
        lambda: history(store, "ffff"),
        lambda: Vault(store, KEY).transition(["ffff"], "redacted", who="dpo", why="plan"),
        lambda: Vault(store, KEY).hold(["ffff"], who="dpo", why="plan"),
    ):
        with pytest.raises(InputError) as caught:
            attempt()
        assert str(caught.value) == "the vault has no entry ffff; `vigie quarantine list` shows them"
    assert decided(store) == []


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory):
    with make_store(tmp_path_factory.mktemp("vault") / "state.db") as store:
        yield store


anything = st.text(st.characters(exclude_categories=()))


@given(st.dictionaries(anything, anything))
def test_any_texts_come_back(shared_store, texts):
    put(shared_store, new_entry(1, texts=texts))
    assert Vault(shared_store, KEY).texts(entry_of(shared_store, 1).id) == texts
