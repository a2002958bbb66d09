"""Whatever a person asks of whatever page, what lies outside their sites answers like what does not exist, and a site manager sees counts.

In 2012 the CNIL found every caretaker of Paris Habitat able to read every comment. These tests take every route from the application, so
that a page is covered from the day it is written.
"""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from unittest import mock

import pytest
from attacks import SAFE, field_names, forms, queries, routes_of, told
from consoles import INSIDE, OUTSIDE_WORDS, ROLES, Site
from outside import add_outside, named_outside, outside_rows
from people import CHEAP
from sqlalchemy import select

import scanner.console
from scanner.accounts import passwords, roles
from scanner.store.metadata import metadata

INSIDE_WORDS = ("depuis juin", "sorti de", "ancienne, cancer", "de loyer", "salle de bains", "son frère", "rien à signaler")
"""Words of comments inside, of which no page shows one before it is asked to reveal it."""
CALM = frozenset({200, 201, 303, 400, 401, 403, 404, 405, 413, 415, 422})
OWN = frozenset({"/console/sign-in", "/console/sign-in/code", "/console/sign-out", "/console/password", "/console/second-factor"})
"""Forms about oneself: they name nothing that lies anywhere."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A console with objects of every kind outside ``INSIDE``."""
    with mock.patch.object(passwords, "_hasher", CHEAP), Site(tmp_path_factory.mktemp("perimeter")) as made:
        add_outside(made)
        yield made


def attackers():
    """Return the people who may see ``INSIDE`` only, and nobody."""
    return [*ROLES, ""]


def leaks(answer, asked):
    """Return what of outside an answer shows that the asker did not say."""
    _, headers, text = told(answer, asked)
    return [word for word in OUTSIDE_WORDS if word in f"{headers}{text}".lower()]


def shown_records(text):
    """Return the numbers of records that a page links to or lets people choose."""
    return {number for found in re.findall(r'/records/(\d+)|name="records" value="(\d+)', text) for number in found if number}


def rows_of(store, *tables):
    with store.connect() as connection:
        return {table.name: sorted(map(repr, connection.execute(select(table)).mappings())) for table in tables}


def test_every_page_of_the_console_is_among_the_routes(site):
    written = {
        name for _, name, _ in pkgutil.iter_modules(scanner.console.__path__) if hasattr(import_module(f"scanner.console.{name}"), "router")
    }
    assert written == set(scanner.console.PAGES)
    paths = {route.path for route in routes_of(site.app)}
    assert {"/", "/console/", "/console/queue", "/console/accounts/{account_id}", "/v1/check"} <= paths
    assert {"site", "record", "login"} & set(field_names()) != set()


def console_routes(site, *, safe):
    return [
        route
        for route in routes_of(site.app)
        if (route.method in SAFE) is safe
        and route.path.startswith("/console")
        and route.path not in {*OWN, "/console/static"}
        and route.method != "HEAD"
    ]


def fault(site, login, first, second, outside, absent):
    """Return what is wrong with the answer about something outside, beside the answer about what does not exist; ``None`` if nothing."""
    inside = {str(number) for number in site.record_ids(INSIDE).values()} if login else set()
    faults = {
        "differs": told(first, outside) != told(second, absent),
        "leaks": leaks(first, outside),
        "records": shown_records(first.text) - inside - {outside},
        "text": [word for word in INSIDE_WORDS if word in first.text],
        "status": first.status_code if first.status_code not in CALM else 0,
    }
    return {name: found for name, found in faults.items() if found} or None


@pytest.mark.parametrize("login", attackers())
def test_what_lies_outside_answers_like_what_does_not_exist(site, login):
    client = site.client(login)
    problems, tried = [], 0
    names = named_outside(site)
    for route in console_routes(site, safe=True):
        for outside, absent in names:
            everywhere, *alone = zip(queries(route, outside), queries(route, absent), strict=True)
            pairs = [({}, {}), everywhere] if route.places else [everywhere]
            pairs += alone if (outside, absent) in names[:2] else []
            for query, other in pairs:
                tried += 1
                first, second = client.get(route.at(outside), params=query), client.get(route.at(absent), params=other)
                if found := fault(site, login, first, second, outside, absent):
                    problems.append((route.path, outside, sorted(query)[:3], found))
                if first.status_code in (303, 404):  # the page is not theirs, or the thing is not: more words change nothing
                    break
    assert (problems, tried > 100) == ([], True)


@pytest.mark.parametrize("login", attackers())
def test_no_form_reads_or_changes_anything_outside(site, login):
    client = site.client(login)
    before = outside_rows(site)
    token = client.csrf()
    problems, tried = [], 0
    for route in console_routes(site, safe=False):
        for outside, absent in named_outside(site):
            for form, other in zip(forms(route, outside), forms(route, absent), strict=True):
                tried += 1
                first = client.post(route.at(outside), data={**form, "csrf": token})
                second = client.post(route.at(absent), data={**other, "csrf": token})
                if found := fault(site, login, first, second, outside, absent):
                    problems.append((route.path, outside, form.get("action"), found))
                if first.headers.get("location") == "/console/sign-in":
                    break
    after = outside_rows(site)
    assert (problems, [name for name in before if before[name] != after[name]], tried > 100) == ([], [], True)


def test_the_rest_of_the_service_does_not_know_the_session(site):
    """A browser that is signed in opens nothing beside the console: programs show a key of their own."""
    client = site.client("dpo.all")
    answers = {
        (route.path, client.request(route.method, route.at("x")).status_code)
        for route in routes_of(site.app)
        if not route.path.startswith("/console") and route.method != "HEAD"
    }
    opened = {path for path, status in answers if status not in (401, 403, 404)}
    assert opened <= {"/", "/healthz", "/readyz", "/health", "/openapi.json", "/vigie.js", "/demo", "/static"}


def test_a_site_manager_gets_counts_and_no_record_whatever_he_asks(site):
    client = site.client("site_manager")
    assert roles()["site_manager"].permissions == {"counts"}
    inside = site.record_ids(INSIDE)
    values = [str(inside["L-1"]), "L-1", site.vault_ids(INSIDE)["L-1"], INSIDE, "T-101"]
    token = client.csrf()
    problems, opened = [], set()
    for route in [*console_routes(site, safe=True), *console_routes(site, safe=False)]:
        for value in values:
            if route.method in SAFE:
                answers = [client.get(route.at(value), params=query) for query in ({}, *queries(route, value))]
            else:
                answers = [client.post(route.at(value), data={**form, "csrf": token}) for form in forms(route, value)]
            for answer in answers:
                text = answer.text.replace(value, "")
                if answer.status_code == 200:
                    opened.add(route.path)
                found = [word for word in (*inside, *INSIDE_WORDS, "T-10") if word in text]
                if shown_records(answer.text) or found or answer.status_code not in CALM:
                    problems.append((route.path, route.method, value, answer.status_code, found))
    assert problems == []
    assert opened == {"/console/"}


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        pytest.param("", {}, id="none"),
        pytest.param("0" * 64, {}, id="wrong"),
        pytest.param("right", {"sec-fetch-site": "cross-site"}, id="cross-site"),
        pytest.param("right", {"sec-fetch-site": "same-site"}, id="same-site"),
        pytest.param("right", {"origin": "https://evil.example"}, id="origin"),
    ],
)
def test_no_form_is_taken_from_elsewhere(site, token, headers):
    """Without the token, or from another origin, every unsafe request of somebody who may do everything is refused and changes nothing."""
    client = site.client("dpo.all")
    token = client.csrf() if token == "right" else token
    tables = [table for table in metadata.sorted_tables if table.name != "sessions"]
    before = rows_of(site.store, *tables)
    inside = str(site.record_ids(INSIDE)["L-1"])
    answers = {
        route.path: client.post(route.at(inside), data={**next(forms(route, inside)), "csrf": token}, headers=headers).status_code
        for route in routes_of(site.app)
        if route.method not in SAFE and route.path.startswith("/console")
    }
    assert (set(answers.values()), len(answers) > 10) == ({403}, True)
    assert rows_of(site.store, *tables) == before
    assert client.get("/console/password").status_code == 200
