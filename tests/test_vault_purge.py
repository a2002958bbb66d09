"""The end of retention."""

from __future__ import annotations

import pytest
from stores import KINDS, new_place
from vaults import KEY, TEXTS, audited, entries, entry_of, history, make_store, new_entry, put

from scanner.errors import InputError
from scanner.retention import Retention
from scanner.vault import PurgeCounts, Vault, purge

DAY_0 = "2026-03-01T02:00:00+00:00"
DAY_30 = "2026-03-31T02:00:00+00:00"
JUST_BEFORE = "2026-03-31T01:59:59+00:00"
DAY_60 = "2026-04-30T02:00:00+00:00"
RETENTION = Retention(vault_days=30)


@pytest.fixture
def clock(monkeypatch):
    def set_to(now):
        monkeypatch.setattr("scanner.vault.vault.utc_now", lambda: now)

    set_to(DAY_0)
    return set_to


@pytest.fixture(params=KINDS)
def store(request, tmp_path, clock):
    with make_store(new_place(request.param, request, tmp_path)) as store:
        yield store


@pytest.fixture
def vault(store):
    return Vault(store, KEY)


def states(store):
    return {entry.record: entry.state for entry in sorted(entries(store), key=lambda entry: entry.record)}


def settle(store, vault, **states):
    """Put entries of the records 1, 2, … into the states given by name."""
    put(store, *(new_entry(number) for number in range(1, len(states) + 1)))
    for number, state in enumerate(states.values(), start=1):
        if state != "pending":
            vault.transition([entry_of(store, number).id], state, who="dpo", why="décidé")


def test_what_was_decided_on_long_enough_ago_is_erased(store, vault, clock):
    settle(store, vault, a="released", b="redacted", c="pending", d="erased")
    logged = audited(store)
    clock("2026-03-31T02:00:01+00:00")
    assert vault.purge(RETENTION, who="timer") == PurgeCounts(erased=2, held=0, overdue=1)
    assert states(store) == {"L-1": "erased", "L-2": "erased", "L-3": "pending", "L-4": "erased"}
    assert history(store, entry_of(store, 1).id)[-1] == ("erased", "timer", "retention of 30 days")
    assert audited(store) == [*logged, ("vault-purged", {"entries": 2})]
    with pytest.raises(InputError, match=r"was erased on 2026-03-31T02:00:01\+00:00: its texts no longer exist"):
        vault.texts(entry_of(store, 1).id)
    assert vault.texts(entry_of(store, 3).id) == TEXTS
    assert vault.purge(RETENTION, who="timer") == PurgeCounts(erased=0, held=0, overdue=1)


@pytest.mark.parametrize("now", [JUST_BEFORE, DAY_30])
def test_nothing_is_erased_before_its_time(store, vault, clock, now):
    settle(store, vault, a="released", b="redacted", c="pending")
    clock(now)
    assert vault.purge(RETENTION, who="timer") == PurgeCounts(0, 0, 0)
    assert states(store) == {"L-1": "released", "L-2": "redacted", "L-3": "pending"}


def test_the_time_runs_from_the_last_change(store, vault, clock):
    settle(store, vault, a="redacted")
    clock(DAY_30)
    vault.transition([entry_of(store, 1).id], "pending", who="plan 1", why="annulé")
    vault.transition([entry_of(store, 1).id], "redacted", who="plan 2", why="plan")
    clock("2026-04-15T02:00:00+00:00")
    assert vault.purge(RETENTION, who="timer") == PurgeCounts(0, 0, 0)


def test_a_legal_hold_outlasts_retention(store, vault, clock):
    settle(store, vault, a="released", b="redacted", c="pending")
    ids = [entry_of(store, number).id for number in (1, 2, 3)]
    vault.hold(ids, who="dpo", why="contentieux")
    clock(DAY_60)
    assert vault.purge(RETENTION, who="timer") == PurgeCounts(erased=0, held=3, overdue=0)
    assert [vault.texts(entry_id) for entry_id in ids] == [TEXTS] * 3
    vault.free(ids, who="dpo", why="jugé")
    assert vault.purge(RETENTION, who="timer") == PurgeCounts(erased=2, held=0, overdue=1)


def test_a_dry_run_counts_only(store, vault, clock):
    settle(store, vault, a="released", b="redacted", c="pending")
    logged = audited(store)
    clock(DAY_60)
    assert vault.purge(RETENTION, who="timer", dry_run=True) == PurgeCounts(erased=2, held=0, overdue=1)
    assert (states(store), audited(store)) == ({"L-1": "released", "L-2": "redacted", "L-3": "pending"}, logged)


def test_a_clock_that_goes_back_erases_nothing_sooner(store, vault, clock):
    clock(DAY_30)
    settle(store, vault, a="released", b="redacted", c="pending")
    clock(DAY_0)
    vault.transition([entry_of(store, 3).id], "redacted", who="dpo", why="décidé avec l'horloge en retard")
    assert vault.purge(RETENTION, who="timer") == PurgeCounts(0, 0, 0)
    clock(DAY_60)
    assert vault.purge(RETENTION, who="timer") == PurgeCounts(0, 0, 0)
    clock("2026-04-30T02:00:01+00:00")
    assert vault.purge(RETENTION, who="timer") == PurgeCounts(erased=3, held=0, overdue=0)


def test_a_purge_that_is_stopped_goes_on_where_it_was(store, vault, clock, monkeypatch):
    settle(store, vault, **dict.fromkeys("abcde", "released"))
    logged = audited(store)
    monkeypatch.setattr("scanner.vault.purge.BATCH", 2)
    clock(DAY_60)
    whole = purge.erase_past
    calls = []

    def stopped_in_the_second(*arguments, **options):
        calls.append(whole(*arguments, **options))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return calls[-1]

    monkeypatch.setattr("scanner.vault.purge.erase_past", stopped_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        vault.purge(RETENTION, who="timer")
    assert sorted(states(store).values()) == ["erased"] * 2 + ["released"] * 3
    assert vault.purge(RETENTION, who="timer") == PurgeCounts(erased=3, held=0, overdue=0)
    assert audited(store) == [*logged, *(("vault-purged", {"entries": count}) for count in (2, 2, 1))]
