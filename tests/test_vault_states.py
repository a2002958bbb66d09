"""The states of an entry, decisions and legal holds."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete
from stores import KINDS, new_place
from vaults import KEY, TEXTS, audited, decided, entries, entry_of, history, make_store, new_entry, put, sealed_columns

from scanner.errors import InputError
from scanner.store.schema import records
from scanner.vault import TRANSITIONS, Vault

STATES = ("pending", "released", "redacted", "erased")
WAYS = {"pending": (), "released": ("released",), "redacted": ("redacted",), "erased": ("erased",)}
LEGAL = {
    ("pending", "released"): "released",
    ("pending", "redacted"): "redacted",
    ("pending", "erased"): "erased",
    ("redacted", "erased"): "erased",
    ("redacted", "pending"): "restored",
}


@pytest.fixture
def store(tmp_path):
    with make_store(tmp_path / "state.db") as store:
        yield store


@pytest.fixture
def vault(store):
    return Vault(store, KEY)


def put_in(store, state, record_id=1):
    put(store, new_entry(record_id))
    entry_id = entry_of(store, record_id).id
    for step in WAYS[state]:
        Vault(store, KEY).transition([entry_id], step, who="plan 1", why="préparation")
    return entry_id


@pytest.mark.parametrize(("before", "after"), list(itertools.product(STATES, STATES)))
def test_the_whole_table_of_states(store, vault, before, after):
    entry_id = put_in(store, before)
    lines, logged = history(store, entry_id), audited(store)
    if event := LEGAL.get((before, after)):
        vault.transition([entry_id], after, who="dpo", why="décidé")
        assert entry_of(store, 1).state == after
        assert history(store, entry_id) == [*lines, (event, "dpo", "décidé")]
        assert audited(store) == [*logged, (f"original-{event}", {"entries": [entry_id]})]
    else:
        with pytest.raises(InputError) as caught:
            vault.transition([entry_id], after, who="dpo", why="décidé")
        assert str(caught.value) == f"entry {entry_id} is {before}: it cannot become {after}"
        assert (entry_of(store, 1).state, history(store, entry_id), audited(store)) == (before, lines, logged)


def test_the_table_is_the_one_that_is_published():
    assert {(before, after): event for before, afters in TRANSITIONS.items() for after, event in afters.items()} == LEGAL


def test_only_an_erased_original_is_unreadable(store, vault):
    ids = {state: put_in(store, state, number) for number, state in enumerate(STATES, start=1)}
    assert {state: vault.texts(ids[state]) for state in STATES[:3]} == dict.fromkeys(STATES[:3], TEXTS)
    assert sealed_columns(store, ids["erased"]) == (None, None, None)
    with pytest.raises(InputError) as caught:
        vault.texts(ids["erased"])
    assert str(caught.value) == f"entry {ids['erased']} was erased on {entry_of(store, 4).changed}: its texts no longer exist"


def test_all_or_none(store, vault):
    first, second = put_in(store, "pending", 1), put_in(store, "erased", 2)
    for ids in ([first, second], [first, "ffff"]):
        for attempt in (
            lambda ids=ids: vault.transition(ids, "released", who="dpo", why="utile"),
            lambda ids=ids: vault.decide(ids, "release", who="dpo", why="utile"),
            lambda ids=ids: vault.hold(ids, who="dpo", why="contentieux"),
        ):
            with pytest.raises(InputError):
                attempt()
    assert (entry_of(store, 1).state, entry_of(store, 1).held, decided(store)) == ("pending", "", [])
    third = put_in(store, "pending", 3)
    vault.transition([third, first, third], "released", who="dpo", why="utile")
    assert [(entry_of(store, number).state, len(history(store, entry_of(store, number).id))) for number in (1, 3)] == [("released", 2)] * 2


def test_a_change_within_the_transaction_of_another_is_undone_with_it(store, vault):
    entry_id = put_in(store, "pending")

    def transaction_that_fails():
        with store.begin() as connection:
            vault.transition([entry_id], "redacted", who="plan 1", why="plan", connection=connection)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        transaction_that_fails()
    assert (entry_of(store, 1).state, audited(store)) == ("pending", [])


@pytest.mark.parametrize("kind", KINDS)
def test_two_who_decide_at_once(kind, request, tmp_path):
    with make_store(new_place(kind, request, tmp_path)) as store, ThreadPoolExecutor() as pool:
        entry_id = put_in(store, "pending")
        vault = Vault(store, KEY)
        with store.begin() as connection:
            vault.transition([entry_id], "released", who="first", why="utile", connection=connection)
            second = pool.submit(vault.transition, [entry_id], "redacted", who="second", why="plan")
            with pytest.raises(TimeoutError):
                second.result(timeout=0.2)  # it waits for the first
        with pytest.raises(InputError, match=f"^entry {entry_id} is released: it cannot become redacted$"):
            second.result(timeout=60)
        assert [event for event, _, _ in history(store, entry_id)] == ["added", "released"]


@pytest.mark.parametrize("why", ["", "  \n"])
def test_every_decision_has_a_reason(store, vault, why):
    entry_id = put_in(store, "pending")
    for attempt in (
        lambda: vault.transition([entry_id], "released", who="dpo", why=why),
        lambda: vault.decide([entry_id], "redact", who="dpo", why=why),
        lambda: vault.hold([entry_id], who="dpo", why=why),
        lambda: vault.free([entry_id], who="dpo", why=why),
    ):
        with pytest.raises(InputError, match=r"^say why: a decision is written down with its reason$"):
            attempt()
    assert history(store, entry_id) == [("added", "run 1", "")]


def test_a_release_settles_at_once(store, vault):
    entry_id = put_in(store, "pending")
    assert vault.decide([entry_id], "release", who="dpo", why="utile") == [entry_id]
    assert (entry_of(store, 1).state, decided(store)) == ("released", [(1, "release", "dpo", "utile")])
    assert audited(store) == [("decision-recorded", {"decision": "release", "entries": [entry_id], "settled": [entry_id]})]


@pytest.mark.parametrize("decision", ["redact", "erase"])
def test_what_must_be_corrected_at_the_source_stays_pending(store, vault, decision):
    entry_id = put_in(store, "pending")
    assert vault.decide([entry_id], decision, who="dpo", why="excessif") == []
    assert (entry_of(store, 1).state, decided(store)) == ("pending", [(1, decision, "dpo", "excessif")])
    assert (vault.texts(entry_id), history(store, entry_id)) == (TEXTS, [("added", "run 1", "")])


def test_where_nothing_is_left_to_correct_the_original_is_erased_at_once(store, vault):
    redacted, gone = put_in(store, "redacted", 1), put_in(store, "pending", 2)
    with store.begin() as connection:
        connection.execute(delete(records).where(records.c.id == 2))
    assert sorted(vault.decide([redacted, gone], "erase", who="dpo", why="demande")) == sorted([redacted, gone])
    assert [entry.state for entry in entries(store)] == ["erased", "erased"]
    assert decided(store) == [(1, "erase", "dpo", "demande")]


def test_nothing_can_be_redacted_in_a_record_that_is_gone(store, vault):
    entry_id = put_in(store, "pending")
    with store.begin() as connection:
        connection.execute(delete(records).where(records.c.id == 1))
    with pytest.raises(InputError) as caught:
        vault.decide([entry_id], "redact", who="dpo", why="excessif")
    message = f"the record of entry {entry_id} is gone from the source, nothing is left to redact: erase or release it"
    assert (str(caught.value), decided(store)) == (message, [])


def test_a_hold_forbids_erasure_only(store, vault):
    entry_id = put_in(store, "pending")
    vault.hold([entry_id], who="dpo", why="contentieux 12")
    message = f"entry {entry_id} is under legal hold: end that first with `vigie quarantine free`"
    for attempt in (
        lambda: vault.transition([entry_id], "erased", who="dpo", why="excessif"),
        lambda: vault.decide([entry_id], "erase", who="dpo", why="excessif"),
    ):
        with pytest.raises(InputError) as caught:
            attempt()
        assert str(caught.value) == message
    vault.transition([entry_id], "redacted", who="plan 1", why="plan")
    assert (entry_of(store, 1).state, entry_of(store, 1).held) == ("redacted", "contentieux 12")
    vault.free([entry_id], who="dpo", why="jugé")
    vault.transition([entry_id], "erased", who="dpo", why="excessif")
    assert history(store, entry_id)[1:] == [
        ("held", "dpo", "contentieux 12"),
        ("redacted", "plan 1", "plan"),
        ("freed", "dpo", "jugé"),
        ("erased", "dpo", "excessif"),
    ]
    assert [event for event, _ in audited(store)] == ["original-held", "original-redacted", "original-freed", "original-erased"]


def test_holds_that_make_no_sense(store, vault):
    free, erased = put_in(store, "pending", 1), put_in(store, "erased", 2)
    with pytest.raises(InputError, match=f"^entry {erased} was erased: nothing is left to hold$"):
        vault.hold([erased], who="dpo", why="contentieux")
    with pytest.raises(InputError, match=f"^entry {free} is not held$"):
        vault.free([free], who="dpo", why="jugé")
