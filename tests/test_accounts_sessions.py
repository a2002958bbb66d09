"""Signing in, lock-out and sessions, without HTTP."""

from __future__ import annotations

import threading

import pytest
from argon2 import PasswordHasher
from fakes import KEY
from people import rows
from sqlalchemy import update

from scanner.accounts.attempts import Attempts, lock_seconds
from scanner.accounts.refusals import RefusedError
from scanner.keys import SecretKey
from scanner.store.account_tables import accounts, sessions, sign_in_failures

pytestmark = pytest.mark.usefixtures("cheap_hashes")
WRONG = ("sign-in-wrong", 0)
EXISTING, UNKNOWN = "anne", "personne"


def test_a_first_session_waits_for_a_password_of_ones_own(anywhere):
    account_id, first = anywhere.add("Anne ")
    token = anywhere.sessions.sign_in(" ANNE", first)
    session = anywhere.sessions.session_of(token)
    assert (session.step, session.viewer.login, session.viewer.account_id) == ("password", "anne", account_id)
    newer = anywhere.own.change_password(session, first, "quatre mots au hasard")
    assert (anywhere.step(token), anywhere.step(newer), newer != token) == (None, "done", True)
    assert anywhere.refusal("anne", first) == WRONG
    assert anywhere.step(anywhere.sessions.sign_in("anne", "quatre mots au hasard")) == "done"
    assert anywhere.audited() == [
        ("account-made", {"account": account_id, "role": "dpo"}),
        ("session-opened", {"account": account_id}),
        ("account-changed", {"account": account_id, "change": "password"}),
        ("session-refused", {"account": account_id}),
        ("session-opened", {"account": account_id}),
    ]


def test_the_store_holds_neither_token_nor_password(people, tmp_path):
    _, password = people.settled("anne")
    token = people.sessions.sign_in("anne", password)
    people.refusal("zwxquala", "zmarabou")
    people.store.close()
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert [word for word in (token, password, "zwxquala", "zmarabou") if word.encode() in content] == []
    assert b"anne" in content


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (4, 0), (5, 60), (6, 120), (7, 240), (8, 480), (9, 900), (10**6, 900)])
def test_the_lock_grows_to_a_quarter_of_an_hour(failures, seconds):
    assert lock_seconds(failures) == seconds


def outcomes(people, clock, login, password):
    """Return what somebody meets who tries ``password`` and then goes on guessing with ``login``."""
    met = [people.refusal(login, "faux") for _ in range(5)]
    clock.forward(20)
    met += [people.refusal(login, password)]
    clock.forward(41)
    met += [people.refusal(login, "faux")]
    clock.forward(119)
    met += [people.refusal(login, password)]
    return met


def test_an_unknown_login_is_refused_and_locked_exactly_like_a_known_one(anywhere, clock):
    _, password = anywhere.settled(EXISTING)
    expected = [*[WRONG] * 4, ("locked", 60), ("locked", 40), ("locked", 120), ("locked", 1)]
    assert outcomes(anywhere, clock, EXISTING, password) == expected
    clock.forward(3600)
    assert outcomes(anywhere, clock, UNKNOWN, password) == expected


def test_after_the_lock_the_right_password_opens_and_forgets_the_failures(people, clock):
    account_id, password = people.settled("anne")
    begun = len(people.audited())
    for _ in range(5):
        people.refusal("anne", "faux")
    clock.forward(60)
    assert people.step(people.sessions.sign_in("anne", password)) == "done"
    assert people.audited()[begun:] == [
        *[("session-refused", {"account": account_id})] * 5,
        ("account-locked", {"account": account_id}),
        ("session-opened", {"account": account_id}),
    ]
    assert [people.refusal("anne", "faux") for _ in range(4)] == [WRONG] * 4


def test_many_guesses_at_once_are_no_more_than_many_in_a_row(anywhere):
    _, password = anywhere.settled("anne")
    met = []
    start = threading.Barrier(12)

    def guess():
        start.wait()
        met.append(anywhere.refusal("anne", "faux")[0])

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(met) == ["locked"] * 8 + ["sign-in-wrong"] * 4
    assert anywhere.refusal("anne", password)[0] == "locked"


def test_several_sessions_of_one_person_live_side_by_side(anywhere):
    _, password = anywhere.settled("anne")
    tokens = [anywhere.sessions.sign_in("anne", password) for _ in range(3)]
    assert ([anywhere.step(token) for token in tokens], len(set(tokens))) == (["done"] * 3, 3)
    anywhere.sessions.sign_out(tokens[1])
    assert [anywhere.step(token) for token in tokens] == ["done", None, "done"]


def test_a_lock_outlives_a_clock_that_was_set_back_but_not_for_ever(people, clock):
    people.settled("anne")
    for _ in range(5):
        people.refusal("anne", "faux")
    clock.forward(-30 * 24 * 3600)
    assert people.refusal("anne", "faux") == ("locked", 60)
    clock.forward(59)
    assert people.refusal("anne", "faux") == ("locked", 1)
    clock.forward(1)
    assert people.refusal("anne", "faux") == ("locked", 120)


def test_failures_are_forgotten_after_a_day(people, clock):
    for _ in range(4):
        people.refusal("personne", "faux")
    clock.forward(24 * 3600 + 1)
    assert [people.refusal("personne", "faux") for _ in range(4)] == [WRONG] * 4
    people.refusal("autre", "faux")
    assert [row["failures"] for row in rows(people, sign_in_failures)] == [4, 1]


def test_a_session_ends_after_half_an_hour_without_use(people, clock):
    _, password = people.settled("anne")
    token = people.sessions.sign_in("anne", password)
    met = []
    for seconds in (1799, 1799, 1800, 0):
        clock.forward(seconds)
        met.append(people.step(token))
    assert met == ["done", "done", None, None]


def test_a_session_ends_after_twelve_hours_however_it_is_used(people, clock):
    _, password = people.settled("anne")
    token = people.sessions.sign_in("anne", password)
    met = []
    for _ in range(36):
        clock.forward(20 * 60)
        met.append(people.step(token))
    assert met == ["done"] * 35 + [None]
    people.sessions.sign_in("anne", password)
    assert len(rows(people, sessions)) == 1


@pytest.mark.parametrize(("back", "expected"), [(100, "done"), (130, None)])
def test_a_session_ends_when_the_clock_is_set_back(people, clock, back, expected):
    _, password = people.settled("anne")
    token = people.sessions.sign_in("anne", password)
    clock.forward(-back)
    assert people.step(token) == expected


@pytest.mark.parametrize("token", ["", "x", "é", "\ud800", "a" * 10_000])
def test_a_token_that_was_never_given_opens_nothing(people, token):
    people.settled("anne")
    assert people.sessions.session_of(token) is None


def test_an_outdated_hash_is_renewed_at_the_next_sign_in(people):
    _, password = people.settled("anne")
    weak = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(password)
    with people.store.begin() as connection:
        connection.execute(update(accounts).values(password=weak))
    assert people.step(people.sessions.sign_in("anne", password)) == "done"
    assert [row["password"].split("$")[3] for row in rows(people, accounts)] == ["m=8,t=1,p=1"]
    assert people.step(people.sessions.sign_in("anne", password)) == "done"


def test_a_wrong_old_password_counts_and_locks(people, clock):
    _, password = people.settled("anne")
    session = people.sessions.session_of(people.sessions.sign_in("anne", password))
    met = []
    for old in ["faux"] * 5 + [password]:
        with pytest.raises(RefusedError) as caught:
            people.own.change_password(session, old, "un tout autre secret")
        met.append(caught.value.reason)
    assert met == ["password-wrong"] * 4 + ["locked"] * 2


def test_the_digest_of_a_login_needs_the_key(people):
    Attempts(people.store, KEY).begin("anne")
    Attempts(people.store, SecretKey(bytes(32))).begin("anne")
    assert len({row["login"] for row in rows(people, sign_in_failures)}) == 2
