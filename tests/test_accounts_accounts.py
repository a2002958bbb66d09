"""What administrators may change of accounts, and what nobody may."""

from __future__ import annotations

import threading

import pytest
from people import EVERYTHING, ROOT, Clock, rows
from sqlalchemy import insert

from scanner.accounts import Perimeter, roles
from scanner.accounts.account import Actor
from scanner.accounts.refusals import RefusedError
from scanner.accounts.sites import known_sites
from scanner.audit.events import WORDS
from scanner.store.account_tables import account_sites, accounts, sessions
from scanner.store.review_tables import tallies
from scanner.store.schema import jobs, runs, source_tables

pytestmark = pytest.mark.usefixtures("cheap_hashes")


def reason(action, *arguments, **options):
    """Return why an action is refused, ``None`` when it is not."""
    try:
        action(*arguments, **options)
    except RefusedError as refusal:
        return refusal.reason
    return None


@pytest.mark.parametrize(
    ("login", "name", "role", "sites", "expected"),
    [
        ("a", "Anne", "dpo", None, "login-form"),
        (".anne", "Anne", "dpo", None, "login-form"),
        ("anne dupont", "Anne", "dpo", None, "login-form"),
        ("a" * 65, "Anne", "dpo", None, "login-form"),
        ("bob", "Bob", "dpo", None, "login-taken"),
        (" BOB ", "Bob", "dpo", None, "login-taken"),
        ("anne", " ", "dpo", None, "name-form"),
        ("anne", "A" * 101, "dpo", None, "name-form"),
        ("anne", "An\nne", "dpo", None, "name-form"),
        ("anne", "Anne", "root", None, "role-unknown"),
        ("anne", "Anne", "dpo", [], "sites-missing"),
        ("anne", "Anne", "dpo", [""], "sites-missing"),
        ("anne.d_2@office-3", "Anne", "dpo", ["Lilas"], None),
    ],
)
def test_what_an_account_must_be(people, login, name, role, sites, expected):
    people.add("bob")
    perimeter = EVERYTHING if sites is None else Perimeter.of(sites)
    assert reason(people.accounts.create, login, name, role, perimeter, by=ROOT) == expected
    assert len(rows(people, accounts)) == (1 if expected else 2)


def test_the_audit_log_knows_every_role():
    assert set(roles()) - WORDS == set()


def test_an_account_is_made_with_a_password_that_is_kept_nowhere(anywhere):
    account_id, password = anywhere.add("Anne", "reviewer", ["Parc", "Lilas"])
    account = anywhere.account(account_id)
    assert (account.login, account.name, account.role.key) == ("anne", "Personne Anne", "reviewer")
    assert (account.perimeter, account.second_factor) == (Perimeter.of(["Lilas", "Parc"]), False)
    assert (account.must_change, account.disabled) == (True, None)
    assert password not in repr(rows(anywhere, accounts))
    assert anywhere.accounts.of_login(" ANNE ") == account
    assert reason(anywhere.accounts.of_login, "zoe") == "account-unknown"


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        (lambda people, anne: people.accounts.set_role(anne, "auditor", by=ROOT), "role"),
        (lambda people, anne: people.accounts.set_perimeter(anne, Perimeter.of(["Parc"]), by=ROOT), "perimeter"),
        (lambda people, anne: people.accounts.disable(anne, by=ROOT), "disabled"),
        (lambda people, anne: people.accounts.reset_password(anne, by=ROOT), "password"),
        (lambda people, anne: people.accounts.reset_second_factor(anne, by=ROOT), "second-factor"),
    ],
)
def test_a_change_by_somebody_else_ends_the_sessions_and_is_written_down(anywhere, change, ends):
    anne, password = anywhere.settled("anne", "reviewer")
    bob, other = anywhere.settled("bob")
    token, kept = anywhere.sessions.sign_in("anne", password), anywhere.sessions.sign_in("bob", other)
    begun = len(anywhere.audited())
    change(anywhere, anne)
    assert (anywhere.step(token), anywhere.step(kept)) == (None, "done")
    assert anywhere.audited()[begun:] == [("account-changed", {"account": anne, "change": ends})]
    assert anywhere.account(bob).role.key == "dpo"


def test_role_and_sites_are_those_of_the_last_change(anywhere):
    anne, password = anywhere.settled("anne", "reviewer")
    anywhere.accounts.set_role(anne, "site_manager", by=ROOT)
    anywhere.accounts.set_perimeter(anne, Perimeter.of(["Parc", "Lilas"]), by=ROOT)
    anywhere.accounts.set_perimeter(anne, Perimeter.of(["Lilas"]), by=ROOT)
    viewer = anywhere.sessions.session_of(anywhere.sessions.sign_in("anne", password)).viewer
    assert (viewer.role.key, viewer.perimeter) == ("site_manager", Perimeter.of(["Lilas"]))
    anywhere.accounts.set_perimeter(anne, EVERYTHING, by=ROOT)
    assert (anywhere.account(anne).perimeter, rows(anywhere, account_sites)) == (EVERYTHING, [])


def test_a_disabled_account_is_refused_like_an_unknown_one(people):
    anne, password = people.settled("anne", "reviewer")
    people.accounts.disable(anne, by=ROOT)
    assert people.refusal("anne", password) == ("sign-in-wrong", 0)
    begun = len(people.audited())
    people.accounts.disable(anne, by=ROOT)
    people.accounts.enable(anne, by=ROOT)
    people.accounts.enable(anne, by=ROOT)
    assert people.audited()[begun:] == [("account-changed", {"account": anne, "change": "enabled"})]
    assert people.step(people.sessions.sign_in("anne", password)) == "done"


def test_an_account_is_unlocked_by_somebody_else(people, monkeypatch):
    Clock(monkeypatch)
    anne, password = people.settled("anne")
    for _ in range(5):
        people.refusal("anne", "faux")
    listed = [people.account(anne)]
    assert people.accounts.locked(listed) == {"anne"}
    people.accounts.unlock(anne, by=ROOT)
    assert people.accounts.locked(listed) == frozenset()
    assert people.step(people.sessions.sign_in("anne", password)) == "done"
    assert people.audited()[-2:] == [
        ("account-changed", {"account": anne, "change": "unlocked"}),
        ("session-opened", {"account": anne}),
    ]


def test_a_new_password_unlocks_and_must_be_changed(people):
    anne, password = people.settled("anne")
    for _ in range(5):
        people.refusal("anne", "faux")
    newer = people.accounts.reset_password(anne, by=ROOT)
    assert people.step(people.sessions.sign_in("anne", newer)) == "password"
    assert people.refusal("anne", password) == ("sign-in-wrong", 0)


def test_a_second_factor_is_taken_away_for_who_lost_it(people, monkeypatch):
    clock = Clock(monkeypatch)
    anne, password, _ = people.with_factor("anne", clock.now)
    assert people.account(anne).second_factor is True
    people.accounts.reset_second_factor(anne, by=ROOT)
    assert people.account(anne).second_factor is False
    assert people.step(people.sessions.sign_in("anne", password)) == "done"


def test_the_last_account_that_may_administer_accounts_stays(anywhere):
    anne, _ = anywhere.add("anne")
    bob, _ = anywhere.add("bob")
    anywhere.add("zoe", "reviewer")
    anywhere.accounts.disable(bob, by=ROOT)
    tries = {
        "disable": reason(anywhere.accounts.disable, anne, by=ROOT),
        "demote": reason(anywhere.accounts.set_role, anne, "auditor", by=ROOT),
        "same": reason(anywhere.accounts.set_role, anne, "dpo", by=ROOT),
        "disabled one": reason(anywhere.accounts.set_role, bob, "auditor", by=ROOT),
    }
    assert tries == {"disable": "last-keeper", "demote": "last-keeper", "same": None, "disabled one": None}
    assert (anywhere.account(anne).role.key, anywhere.account(anne).disabled) == ("dpo", None)


def test_two_who_disable_each_other_at_once_leave_one(anywhere):
    ids = [anywhere.add(login)[0] for login in ("anne", "bob")]
    start = threading.Barrier(2)
    met = []

    def disable(account_id):
        start.wait()
        met.append(reason(anywhere.accounts.disable, account_id, by=ROOT))

    threads = [threading.Thread(target=disable, args=(account_id,)) for account_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(met, key=str) == [None, "last-keeper"]


def test_nobody_changes_their_own_account_from_the_console(people):
    anne, _ = people.settled("anne")
    people.add("bob")
    actor = Actor.of(people.account(anne).viewer)
    tries = [
        reason(people.accounts.set_role, anne, "auditor", by=actor),
        reason(people.accounts.set_perimeter, anne, EVERYTHING, by=actor),
        reason(people.accounts.disable, anne, by=actor),
        reason(people.accounts.reset_password, anne, by=actor),
        reason(people.accounts.reset_second_factor, anne, by=actor),
    ]
    assert tries == ["own-account"] * 5


def test_who_sees_some_sites_sees_and_gives_no_others(anywhere):
    lilas = Perimeter.of(["Lilas", "Parc"])
    anywhere.add("anne", sites=["Lilas", "Parc"])
    inside, _ = anywhere.add("in", "site_manager", ["Lilas"])
    across, _ = anywhere.add("across", "site_manager", ["Lilas", "Tour"])
    over, _ = anywhere.add("over", "site_manager")
    actor = Actor("anne", lilas, "1" * 16)
    assert [account.login for account in anywhere.accounts.page(lilas)] == ["anne", "in"]
    assert [anywhere.accounts.find(one, lilas) is None for one in (inside, across, over, "0" * 16)] == [False, True, True, True]
    acts = (
        lambda one: anywhere.accounts.set_role(one, "auditor", by=actor),
        lambda one: anywhere.accounts.set_perimeter(one, Perimeter.of(["Parc"]), by=actor),
        lambda one: anywhere.accounts.disable(one, by=actor),
        lambda one: anywhere.accounts.enable(one, by=actor),
        lambda one: anywhere.accounts.unlock(one, by=actor),
        lambda one: anywhere.accounts.reset_password(one, by=actor),
        lambda one: anywhere.accounts.reset_second_factor(one, by=actor),
    )
    assert {reason(act, one) for act in acts for one in (across, over, "0" * 16)} == {"account-unknown"}
    assert [reason(act, inside) for act in acts] == [None] * 7
    given = [
        reason(anywhere.accounts.create, "new", "Neuf", "dpo", EVERYTHING, by=actor),
        reason(anywhere.accounts.create, "new", "Neuf", "dpo", Perimeter.of(["Tour"]), by=actor),
        reason(anywhere.accounts.set_perimeter, inside, EVERYTHING, by=actor),
    ]
    assert given == ["beyond-perimeter"] * 3


def test_accounts_are_listed_page_by_page(people):
    for number in range(7):
        people.add(f"p{number}", "auditor")
    pages, after = [], ""
    while listed := people.accounts.page(EVERYTHING, after=after, limit=3):
        pages.append([account.login for account in listed])
        after = listed[-1].login
    assert pages == [["p0", "p1", "p2"], ["p3", "p4", "p5"], ["p6"]]


def test_an_account_whose_role_is_no_more_opens_nothing(people):
    _, password = people.settled("anne")
    token = people.sessions.sign_in("anne", password)
    with people.store.begin() as connection:
        connection.execute(accounts.update().values(role="gone"))
    assert (people.step(token), people.accounts.page(EVERYTHING)) == (None, [])


def test_deleting_an_account_by_hand_leaves_no_session(anywhere):
    _, password = anywhere.settled("anne", sites=["Lilas"])
    token = anywhere.sessions.sign_in("anne", password)
    with anywhere.store.begin() as connection:
        connection.execute(accounts.delete())
    assert (anywhere.step(token), rows(anywhere, sessions), rows(anywhere, account_sites)) == (None, [], [])


def test_the_sites_to_choose_from_are_those_of_the_last_complete_runs(anywhere):
    anywhere.add("anne", sites=["Ancien"])
    known = {"job_id": 1, "started": "", "rules": "", "version": "", "key_id": ""}
    with anywhere.store.begin() as connection:
        connection.execute(insert(jobs).values(id=1, name="night", created=""))
        connection.execute(insert(source_tables).values(id=1, job_id=1, name="c", key_columns="[]", text_columns="[]"))
        numbered = ((1, "complete", "Passé"), (2, "complete", "Lilas"), (3, "running", "Demain"))
        for number, status, site in numbered:
            connection.execute(insert(runs).values(id=f"{number:016}", number=number, status=status, **known))
            tally = {"run_id": f"{number:016}", "kind": "site", "table_id": 1, "name": "", "level": "low", "records": 1, "findings": 1}
            connection.execute(insert(tallies), [{**tally, "site": name} for name in (site, "Tour", "")])
        found = [known_sites(connection, perimeter) for perimeter in (EVERYTHING, Perimeter.of(["Lilas", "Passé"]))]
    assert found == [["Ancien", "Lilas", "Tour"], ["Lilas"]]
