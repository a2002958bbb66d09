"""Codes of the second factor, without HTTP."""

from __future__ import annotations

import threading
from contextlib import nullcontext

import pytest
from fakes import KEY
from people import code_at, rows
from sqlalchemy import update

from scanner.accounts.refusals import RefusedError
from scanner.accounts.rotation import reseal_second_factors
from scanner.accounts.sessions import Sessions
from scanner.keys import SecretKey
from scanner.store.account_tables import accounts

pytestmark = pytest.mark.usefixtures("cheap_hashes")


def test_a_second_factor_is_asked_at_every_sign_in_and_takes_each_code_once(anywhere, clock):
    account_id, password, totp = anywhere.with_factor("anne", clock.now)
    begun = len(anywhere.audited())
    token = anywhere.sessions.sign_in("anne", password)
    assert anywhere.step(token) == "code"
    for wrong in (code_at(totp, clock.now), "000000", "", "abc", "１２３４５６"):  # the first was taken when it was set up
        with pytest.raises(RefusedError) as caught:
            anywhere.sessions.enter_code(token, wrong)
        assert caught.value.reason == ("code-wrong" if wrong != "１２３４５６" else "locked")
    clock.forward(60)
    opened = anywhere.sessions.enter_code(token, f" {code_at(totp, clock.now)[:3]} {code_at(totp, clock.now)[3:]}")
    assert (anywhere.step(token), anywhere.step(opened)) == (None, "done")
    second = anywhere.sessions.sign_in("anne", password)
    with pytest.raises(RefusedError) as caught:
        anywhere.sessions.enter_code(second, code_at(totp, clock.now))
    assert caught.value.reason == "code-wrong"
    assert anywhere.audited()[begun:] == [
        *[("session-refused", {"account": account_id})] * 5,
        ("account-locked", {"account": account_id}),
        ("session-opened", {"account": account_id, "second_factor": True}),
        ("session-refused", {"account": account_id}),
    ]


@pytest.mark.parametrize(("late", "right"), [(-30, True), (59, True), (-31, False), (60, False)])
def test_codes_of_the_step_before_and_after_are_taken(people, clock, late, right):
    _, password, totp = people.with_factor("anne", clock.now)
    clock.forward(600)
    token = people.sessions.sign_in("anne", password)
    shown = code_at(totp, clock.now)
    clock.forward(late)
    with nullcontext() if right else pytest.raises(RefusedError):
        token = people.sessions.enter_code(token, shown)
    assert people.step(token) == ("done" if right else "code")


def test_the_right_password_does_not_buy_more_guesses_of_the_code(people, clock):
    _, password, _ = people.with_factor("anne", clock.now)
    met = []
    for _ in range(8):
        try:
            people.sessions.enter_code(people.sessions.sign_in("anne", password), "000000")
        except RefusedError as refusal:
            met.append((refusal.reason, refusal.seconds))
    assert met == [*[("code-wrong", 0)] * 4, *[("locked", 60)] * 4]


def test_a_session_that_waits_for_its_code_ends_after_ten_minutes(people, clock):
    _, password, _ = people.with_factor("anne", clock.now)
    token = people.sessions.sign_in("anne", password)
    clock.forward(599)
    assert people.step(token) == "code"
    clock.forward(1)
    assert people.step(token) is None


def test_one_code_opens_one_session_however_many_try_at_once(anywhere, clock):
    _, password, totp = anywhere.with_factor("anne", clock.now)
    clock.forward(60)
    tokens = [anywhere.sessions.sign_in("anne", password) for _ in range(4)]
    met = []
    start = threading.Barrier(4)

    def enter(token):
        start.wait()
        try:
            met.append(anywhere.step(anywhere.sessions.enter_code(token, code_at(totp, clock.now))))
        except RefusedError as refusal:
            met.append(refusal.reason)

    threads = [threading.Thread(target=enter, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(met) == ["code-wrong", "code-wrong", "code-wrong", "done"]


def test_the_secret_of_a_second_factor_is_sealed_and_bound_to_its_account(people, clock, caplog):
    anne, password, totp = people.with_factor("anne", clock.now)
    bob, other, _ = people.with_factor("bob", clock.now)
    sealed = {row["id"]: row["totp"] for row in rows(people, accounts)}
    assert totp.secret.encode() not in sealed[anne]
    with people.store.begin() as connection:
        connection.execute(update(accounts).where(accounts.c.id == bob).values(totp=sealed[anne]))
    clock.forward(60)
    token = people.sessions.sign_in("bob", other)
    with pytest.raises(RefusedError):
        people.sessions.enter_code(token, code_at(totp, clock.now))
    rotated = Sessions(people.store, SecretKey(bytes(32)))
    with pytest.raises(RefusedError):
        rotated.enter_code(rotated.sign_in("anne", password), code_at(totp, clock.now))
    told = "the second factor of account {} cannot be opened with this key: vigie account reset-second-factor"
    assert caplog.messages == [told.format(bob), told.format(anne)]
    assert people.step(people.sessions.enter_code(people.sessions.sign_in("anne", password), code_at(totp, clock.now))) == "done"


def test_a_second_factor_is_set_up_once_and_only_with_its_code(people, clock):
    _, password = people.settled("anne")
    token = people.sessions.sign_in("anne", password)
    session = people.sessions.session_of(token)
    factor = people.own.begin_second_factor(session)
    assert people.own.begin_second_factor(session) == factor
    assert factor.uri == f"otpauth://totp/Vigie:anne?secret={factor.secret}&issuer=Vigie"
    with pytest.raises(RefusedError) as caught:
        people.own.confirm_second_factor(session, "000000")
    assert (caught.value.reason, people.step(token)) == ("code-wrong", "done")
    with_factor = people.with_factor("bob", clock.now)
    later = people.sessions.session_of(people.sessions.sign_in("bob", with_factor[1]))
    with pytest.raises(RefusedError) as caught:
        people.own.begin_second_factor(later)
    assert caught.value.reason == "second-factor-set"


def test_second_factors_outlive_a_rotation_of_the_key(anywhere, clock):
    _, password, totp = anywhere.with_factor("anne", clock.now)
    new = SecretKey(bytes(32))
    assert [reseal_second_factors(anywhere.store, KEY, new) for _ in range(2)] == [1, 0]
    clock.forward(60)
    sessions = Sessions(anywhere.store, new)
    opened = sessions.enter_code(sessions.sign_in("anne", password), code_at(totp, clock.now))
    assert sessions.session_of(opened).step == "done"
