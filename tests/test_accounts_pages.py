"""Pages of accounts and of signing in, by HTTP alone."""

from __future__ import annotations

import logging
import re

import pytest
from attacks import routes_of
from consoles import ADDRESS, COOKIE, INSIDE, OUTSIDE, PASSWORD, Client, Site
from sqlalchemy import update

from scanner.accounts import Perimeter, roles
from scanner.accounts.roles import Role
from scanner.store.account_tables import accounts

pytestmark = pytest.mark.usefixtures("cheap_hashes")
EVERYTHING = Perimeter.everything()


@pytest.fixture
def site(tmp_path):
    with Site(tmp_path) as made:
        yield made


def account(site, account_id):
    return site.app.state.people.accounts.find(account_id, EVERYTHING)


def chosen(page):
    """Return the values of the boxes and buttons that are checked on a page."""
    return re.findall(r'name="(\w+)"[^>]* value="([^"]*)"[^>]* checked', page)


def test_the_session_cookie_is_tied_to_the_host_and_to_tls(site):
    answer = site.client().submit("/console/sign-in", {"login": "dpo", "password": PASSWORD})
    token = site.client("dpo").cookies[COOKIE]
    cookie = re.sub(f"^{COOKIE}=[A-Za-z0-9_-]{{43}}", f"{COOKIE}=…", answer.headers["set-cookie"])
    assert (answer.status_code, cookie) == (303, f"{COOKIE}=…; HttpOnly; Path=/; SameSite=strict; Secure")
    assert len(token) == 43


@pytest.mark.parametrize("path", ["/console/", "/console/accounts", "/console/password"])
def test_a_part_of_a_page_that_a_script_asks_for_makes_it_leave(site, path):
    answer = site.client().get(path, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"], answer.text) == (401, "/console/sign-in", "")


def test_no_page_is_kept_by_the_browser(site):
    client = site.client("dpo.all")
    paths = ["/console/accounts", "/console/password", "/console/sign-in", f"/console/accounts/{site.accounts['dpo']}"]
    assert {client.get(path).headers["cache-control"] for path in paths} == {"no-store"}


def test_neither_login_nor_password_is_logged(site, caplog):
    caplog.set_level(logging.DEBUG)
    client = site.client()
    client.submit("/console/sign-in", {"login": "zwxquala", "password": "zmarabou"})
    client.submit("/console/sign-in", {"login": "dpo", "password": PASSWORD})
    assert [word for word in ("zwxquala", "zmarabou", PASSWORD) if word in caplog.text] == []


def test_an_address_that_fails_again_and_again_must_wait(site):
    client = site.client()
    statuses = [client.submit("/console/sign-in", {"login": f"login-{number}", "password": "x"}).status_code for number in range(62)]
    assert statuses == [401] * 60 + [429] * 2
    answer = client.submit("/console/sign-in", {"login": "dpo", "password": PASSWORD})
    assert (answer.status_code, "depuis cette adresse" in answer.text) == (429, True)


@pytest.mark.parametrize("login", ["", "x" * 1_001, "é" * 300])
def test_what_is_typed_too_long_is_refused_without_an_echo(site, login):
    answer = site.client().submit("/console/sign-in", {"login": login, "password": "zmarabou" * 200})
    assert (answer.status_code, "zmarabou" in answer.text) == (422, False)


def test_sites_and_role_are_changed_by_forms(site):
    client = site.client("dpo.all")
    path = f"/console/accounts/{site.accounts['reviewer']}"
    assert chosen(client.get_page(path)) == [("role", "reviewer"), ("site", INSIDE)]
    answers = [
        client.submit(f"{path}/role", {"role": "auditor"}),
        client.submit(f"{path}/perimeter", {"site": [INSIDE, OUTSIDE, "Nulle Part"]}),
    ]
    assert [(answer.status_code, answer.headers["location"]) for answer in answers] == [(303, f"{path}?done=saved")] * 2
    assert chosen(client.get_page(path)) == [("role", "auditor"), ("site", INSIDE), ("site", OUTSIDE)]
    client.submit(f"{path}/perimeter", {"every": "1"})
    assert account(site, site.accounts["reviewer"]).perimeter == EVERYTHING
    refused = client.submit(f"{path}/perimeter", {"site": "Nulle Part"})
    assert (refused.status_code, "Choisissez au moins un site, ou tous les sites." in refused.text) == (422, True)


def test_a_password_is_shown_once_and_what_was_typed_is_kept_when_refused(site):
    client = site.client("dpo.all")
    form = {"login": "karim", "name": "Karim", "role": "site_manager", "site": INSIDE}
    made = client.submit("/console/accounts", form)
    password = re.search(r'id="password">([a-z2-9-]{23})<', made.text)[1]
    assert (made.status_code, password in client.get_page("/console/accounts")) == (201, False)
    again = client.submit("/console/accounts", form)
    assert (again.status_code, chosen(again.text)) == (422, [("role", "site_manager"), ("site", INSIDE)])
    assert ("Cet identifiant est déjà pris." in again.text, 'value="karim"' in again.text) == (True, True)
    signed = site.client().submit("/console/sign-in", {"login": "karim", "password": password})
    assert signed.headers["location"] == "/console/password"


def test_who_sees_one_site_is_offered_and_shown_no_other(site):
    client = site.client("dpo")
    page = client.get_page("/console/accounts")
    assert (INSIDE in page, OUTSIDE in page, "Tous les sites" in page) == (True, False, False)
    assert sorted(re.findall(r'/console/accounts/\w+">([\w.]+)<', page)) == ["auditor", "dpo", "reviewer", "site_manager"]
    form = {"login": "karim", "name": "Karim", "role": "reviewer"}
    beyond = [client.submit("/console/accounts", {**form, **extra}).status_code for extra in ({"every": "1"}, {"site": OUTSIDE}, {})]
    assert beyond == [422] * 3


def test_a_role_that_obliges_to_a_second_factor_opens_nothing_without_one(site, monkeypatch):
    strict = {key: Role(key, role.label, role.permissions, key == "auditor", role.description) for key, role in roles().items()}
    monkeypatch.setattr("scanner.accounts.account.roles", lambda: strict)
    pages = {login: site.client(login).get("/console/audit").headers.get("location") for login in ("auditor", "dpo")}
    assert pages == {"auditor": "/console/second-factor", "dpo": None}
    assert "Votre rôle la demande" in site.client("auditor").get_page("/console/second-factor")


def test_who_was_given_a_password_reaches_nothing_but_its_change(site):
    with site.store.begin() as connection:
        connection.execute(update(accounts).where(accounts.c.login == "dpo.all").values(must_change=True))
    client = site.client("dpo.all")
    reached = {
        (route.path, answer.status_code)
        for route in routes_of(site.app)
        if route.method == "GET" and route.path.startswith("/console/") and "static" not in route.path
        for answer in [client.get(route.at(site.accounts["dpo"]))]
        if answer.headers.get("location") != "/console/password"
    }
    assert reached == {("/console/password", 200)}


def test_a_cookie_of_another_kind_of_connection_is_not_read(site):
    client = Client(site.app, base_url=ADDRESS, follow_redirects=False)
    client.cookies.set("vigie_session", site.client("dpo").cookies[COOKIE])
    assert client.get("/console/accounts").headers["location"] == "/console/sign-in"
