"""A vault that was tampered with, a lost key, and what an erased original leaves in the files."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, update
from vaults import KEY, OTHER, TEXTS, entries, entry_of, make_store, new_entry, put, sealed_columns

from scanner.errors import InputError, SecretKeyError
from scanner.retention import Retention
from scanner.store.schema import vault as table
from scanner.vault import Vault


@pytest.fixture
def store(tmp_path):
    with make_store(tmp_path / "state.db") as store:
        put(store, new_entry(1), new_entry(2))
        yield store


def alter(store, entry_id, **values):
    with store.begin() as connection:
        connection.execute(update(table).where(table.c.id == entry_id).values(values))


def flipped(content):
    return bytes([content[0] ^ 1]) + content[1:]


BOUND = {
    "id": "0" * 16,
    "source": "public.autre",
    "record": "L-9",
    "entities": '["HEALTH"]',
    "level": "low",
    "action": "redact",
    "created": "2020-01-01T00:00:00+00:00",
    "wrapped_key": flipped,
    "nonce": flipped,
    "sealed": flipped,
}
# They change during the life of an entry, by people or by the database, without the key: the audit log says who changed them.
NOT_BOUND = {
    "record_id": None,
    "state": "released",
    "changed": "2020-01-01T00:00:00+00:00",
    "held": "contentieux",
}
WITH_AN_ERROR_OF_ITS_OWN = {"key_id"}


def test_every_column_is_in_the_matrix():
    assert {*BOUND, *NOT_BOUND, *WITH_AN_ERROR_OF_ITS_OWN} == {column.name for column in table.columns}


@pytest.mark.parametrize("column", BOUND)
def test_an_altered_column_is_noticed_and_the_entry_named(store, column):
    altered, intact = entry_of(store, 1).id, entry_of(store, 2).id
    value = BOUND[column]
    if callable(value):
        with store.connect() as connection:
            value = value(connection.scalar(select(table.c[column]).where(table.c.id == altered)))
    if column == "id":
        with store.begin() as connection:
            connection.exec_driver_sql("DELETE FROM vault_events")  # nothing refers to the id any more
    alter(store, altered, **{column: value})
    name = value if column == "id" else altered
    with pytest.raises(InputError) as caught:
        Vault(store, KEY).open(name, who="dpo")
    message = f"entry {name} was altered or damaged and cannot be opened; restore it from a backup of the store"
    assert (str(caught.value), caught.value.__cause__) == (message, None)
    assert Vault(store, KEY).texts(intact) == TEXTS
    assert len(entries(store)) == 2


@pytest.mark.parametrize("column", NOT_BOUND)
def test_columns_that_change_without_the_key(store, column):
    entry_id = entry_of(store, 1).id
    alter(store, entry_id, **{column: NOT_BOUND[column]})
    assert Vault(store, KEY).texts(entry_id) == TEXTS


@pytest.mark.parametrize("columns", [("wrapped_key",), ("sealed",), ("nonce", "sealed"), ("wrapped_key", "nonce", "sealed")])
def test_columns_swapped_between_entries_are_noticed(store, columns):
    first, second = entry_of(store, 1).id, entry_of(store, 2).id
    with store.connect() as connection:
        rows = {row["id"]: row for row in connection.execute(select(table)).mappings()}
    for here, there in ((first, second), (second, first)):
        alter(store, here, **{column: rows[there][column] for column in columns})
        with pytest.raises(InputError, match=f"^entry {here} was altered or damaged"):
            Vault(store, KEY).texts(here)


@pytest.mark.parametrize("column", ["wrapped_key", "nonce", "sealed"])
@pytest.mark.parametrize("content", [None, b"", b"x"])
def test_columns_that_were_emptied_or_cut(store, column, content):
    entry_id = entry_of(store, 1).id
    alter(store, entry_id, **{column: content})
    with pytest.raises(InputError, match=f"^entry {entry_id} was altered or damaged"):
        Vault(store, KEY).texts(entry_id)


def test_another_key_opens_nothing_and_the_message_says_what_still_works(store):
    entry_id = entry_of(store, 1).id
    with pytest.raises(SecretKeyError) as caught:
        Vault(store, OTHER).open(entry_id, who="dpo")
    assert str(caught.value) == (
        f"entry {entry_id} was sealed with key id {KEY.id}; the key given has id {OTHER.id}. If the first is lost, so are the "
        "texts: listing, deciding and purging still work, and scans start again with a new state store"
    )
    vault = Vault(store, OTHER)
    vault.hold([entry_id], who="dpo", why="contentieux")
    assert vault.decide([entry_of(store, 2).id], "release", who="dpo", why="utile") == [entry_of(store, 2).id]


def test_a_key_id_that_was_altered_does_not_make_another_key_fit(store):
    entry_id = entry_of(store, 1).id
    alter(store, entry_id, key_id=OTHER.id)
    with pytest.raises(SecretKeyError, match=f"^entry {entry_id} was sealed with key id {OTHER.id}"):
        Vault(store, KEY).texts(entry_id)
    with pytest.raises(InputError, match=f"^entry {entry_id} was altered or damaged"):
        Vault(store, OTHER).texts(entry_id)


def on_disk(store):
    """Return the bytes of the store's files, its write-ahead log included."""
    path = store.engine.url.database
    return {suffix: Path(path + suffix).read_bytes() for suffix in ("", "-wal")}


def test_no_text_is_ever_on_disk_and_no_key_of_an_erased_original(store):
    entry_id = entry_of(store, 1).id
    wrapped, nonce, sealed = sealed_columns(store, entry_id)
    before = on_disk(store)
    assert any(wrapped in content for content in before.values())  # the search below can find what is there
    words = [word.encode() for text in TEXTS.values() for word in text.split() if len(word) > 3]
    Vault(store, KEY).transition([entry_id], "erased", who="dpo", why="demande")
    after = on_disk(store)
    assert [word for word in words for content in (*before.values(), *after.values()) if word in content] == []
    assert [part for part in (wrapped, nonce, sealed) for content in after.values() if part in content] == []


@pytest.mark.parametrize("way", ["purge", "decide", "settle"])
def test_every_way_of_erasing_leaves_no_key_on_disk(store, way, monkeypatch):
    entry_id = entry_of(store, 1).id
    vault = Vault(store, KEY)
    wrapped = sealed_columns(store, entry_id)[0]
    if way == "settle":
        with store.begin() as connection:
            vault.settle_gone(connection, [1], who="run 2")
        vault.forget()
    else:
        vault.transition([entry_id], "redacted", who="plan 1", why="plan")
        monkeypatch.setattr("scanner.vault.vault.utc_now", lambda: "2099-01-01T00:00:00+00:00")
        if way == "purge":
            vault.purge(Retention(), who="timer")
        else:
            vault.decide([entry_id], "erase", who="dpo", why="demande")
    assert [suffix for suffix, content in on_disk(store).items() if wrapped in content] == []
