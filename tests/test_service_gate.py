"""Who may call the service: keys, scopes, origins, names, and how often."""

from __future__ import annotations

import datetime
import logging
import threading

import pytest
from fakes import KEY
from serving import bearer, error, locked_service, make_key, service
from starlette.testclient import TestClient

from scanner.accounts.api_keys import ApiKeys
from scanner.errors import InputError, StoreError
from scanner.service import ServiceSettings, create_app, gate
from scanner.service.places import OPEN, SCOPES
from scanner.store.engine import open_store

REFUSED = error("key-refused", "show a valid API key: Authorization: Bearer vigie_…; `vigie apikey create` makes one")
ASKED = {"text": "un cancer"}


def status(response):
    return response.status_code, response.json()


def test_a_key_of_the_scope_lets_in(tmp_path):
    secret = make_key(tmp_path, "check")
    with locked_service(tmp_path, fake=True) as client:
        answer = client.post("/v1/check", json=ASKED, headers=bearer(secret))
        assert (answer.status_code, answer.json()["verdict"]) == (200, "warn")
        refused = client.post("/v1/scan", json={"records": [{"id": "1", "texts": {}}]}, headers=bearer(secret))
    message = "this API key lacks the scope scan: make one with `vigie apikey create`"
    assert status(refused) == (403, error("scope-missing", message))


@pytest.mark.parametrize("path", sorted(SCOPES))
def test_without_a_key_nothing_is_answered(tmp_path, path):
    with locked_service(tmp_path) as client:
        answers = [client.request(method, path) for method in ("GET", "POST", "PUT")]
    refused = {"error": REFUSED["error"]["message"]} if SCOPES[path] == "presidio" else REFUSED
    assert [status(answer) for answer in answers] == [(401, refused)] * 3
    assert {answer.headers["www-authenticate"] for answer in answers} == {"Bearer"}


def test_a_wrong_key_is_refused_however_it_is_wrong(tmp_path):
    secret = make_key(tmp_path, "check")
    prefix, key_id, rest = secret.split("_", 2)
    wrong = [
        f"Bearer {prefix}_{key_id}_{'A' * 43}",
        f"Bearer {prefix}_{'0' * 16}_{rest}",
        f"Bearer {secret[:-1]}",
        f"Bearer {secret}é".encode(),
        f"Basic {secret}",
        secret,
        "Bearer",
        "",
    ]
    with locked_service(tmp_path) as client:
        assert client.post("/v1/check", json=ASKED, headers=bearer(secret)).status_code == 200
        answers = [client.post("/v1/check", json=ASKED, headers={"Authorization": value}) for value in wrong]
        assert client.post("/v1/check", json=ASKED, headers=bearer(secret)).status_code == 200
    assert [status(answer) for answer in answers] == [(401, REFUSED)] * len(wrong)


def test_a_revoked_key_is_refused_by_a_service_that_knew_it(tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "TRUSTED_SECONDS", 0.0)
    secret = make_key(tmp_path, "check")
    with locked_service(tmp_path) as client, open_store(tmp_path / "state.sqlite") as store:
        before = client.post("/v1/check", json=ASKED, headers=bearer(secret))
        ApiKeys(store, KEY).revoke(secret.split("_")[1], by="dpo")
        after = client.post("/v1/check", json=ASKED, headers=bearer(secret))
    assert (before.status_code, status(after)) == (200, (401, REFUSED))


def test_a_key_just_seen_is_not_looked_up_again(tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "TRUSTED_SECONDS", 1e6)
    secret = make_key(tmp_path, "check")
    looked_up = []
    find = ApiKeys.find
    monkeypatch.setattr(ApiKeys, "find", lambda self, secret: looked_up.append(secret) or find(self, secret))
    with locked_service(tmp_path) as client:
        codes = [client.post("/v1/check", json=ASKED, headers=bearer(secret)).status_code for _ in range(3)]
    assert (codes, looked_up) == ([200] * 3, [secret])


def test_a_service_with_keys_needs_a_store_and_a_store_its_key():
    with pytest.raises(InputError, match="API keys live in the state store: give --state"):
        create_app(ServiceSettings())
    with pytest.raises(InputError, match="the state store needs its key: give --key-file"):
        create_app(ServiceSettings(store="state.sqlite"))


def test_every_path_is_open_or_asks_for_a_scope(tmp_path):
    with service() as client:
        described = set(client.get("/openapi.json").json()["paths"])
    assert described == set(SCOPES) | {"/healthz", "/readyz", "/health"}
    assert described & OPEN == {"/healthz", "/readyz", "/health"}


def test_what_is_not_served_does_not_exist(tmp_path):
    not_found = error("not-found", "nothing is served here: see /openapi.json")
    with locked_service(tmp_path) as client:
        paths = ("/docs", "/redoc", "/v1", "/v1/check/", "/admin", "/favicon.ico", "/v1/../metrics/x")
        assert [status(client.get(path)) for path in paths] == [(404, not_found)] * len(paths)


def test_a_wrong_method_is_told_so():
    with service() as client:
        answer = client.get("/v1/check")
    assert status(answer) == (405, error("method-not-allowed", "Method Not Allowed: see /openapi.json"))
    assert answer.headers["allow"] == "POST"


def too_many(answer, limit):
    wait = int(answer.headers["retry-after"])
    assert 1 <= wait <= 60
    return status(answer) == (429, error("too-many-requests", f"more than {limit} requests a minute: wait {wait} seconds"))


def test_a_key_has_so_many_requests_a_minute(tmp_path):
    secret, other = make_key(tmp_path, "check"), make_key(tmp_path, "check")
    with locked_service(tmp_path, limits={"requests_per_minute": 3}) as client:
        answers = [client.post("/v1/check", json=ASKED, headers=bearer(secret)) for _ in range(4)]
        of_other = client.post("/v1/check", json=ASKED, headers=bearer(other))
        probes = [client.get("/healthz").status_code for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert too_many(answers[3], 3)
    assert (of_other.status_code, probes) == (200, [200] * 5)


def test_screens_that_show_the_same_key_do_not_use_up_each_others_requests(tmp_path):
    secret = make_key(tmp_path, "check")
    with locked_service(tmp_path, fake=True, limits={"requests_per_minute": 1}) as client:
        screens = [TestClient(client.app, client=(address, 50_000)) for address in ("192.0.2.1", "192.0.2.2")]
        answers = [screen.post("/v1/check", json=ASKED, headers=bearer(secret)).status_code for screen in screens * 2]
    assert answers == [200, 200, 429, 429]


def test_the_console_answers_an_address_so_often_however_much_programs_may_ask(tmp_path):
    secret = make_key(tmp_path, "check")
    with locked_service(tmp_path, fake=True, limits={"requests_per_minute": 3, "console_requests": 2}) as client:
        pages = [client.get("/console/sign-in").status_code for _ in range(3)]
        answer = client.post("/v1/check", json=ASKED, headers=bearer(secret))
    assert (pages, answer.status_code) == ([200, 200, 429], 200)


def test_so_has_an_address_without_keys():
    with service(limits={"requests_per_minute": 2}) as client:
        answers = [client.post("/v1/check", json=ASKED) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert too_many(answers[2], 2)


def test_guessing_keys_is_limited_and_does_not_lock_out_those_that_have_one(tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "TRUSTED_SECONDS", 0.0)
    secret = make_key(tmp_path, "check")
    with locked_service(tmp_path, limits={"requests_per_minute": 3}) as client:
        assert client.post("/v1/check", json=ASKED, headers=bearer(secret)).status_code == 200
        guesses = [client.post("/v1/check", json=ASKED, headers=bearer("vigie_guess")) for _ in range(4)]
        known = client.post("/v1/check", json=ASKED, headers=bearer(secret))
    assert [guess.status_code for guess in guesses] == [401, 401, 401, 429]
    assert too_many(guesses[3], 3)
    assert known.status_code == 200


def test_the_last_day_of_use_is_written_down_and_no_request_waits_for_it(tmp_path, monkeypatch):
    secret = make_key(tmp_path, "check")
    may_go_on, noted = threading.Event(), threading.Event()
    note_use = ApiKeys.note_use

    def slowly(self, key):
        assert may_go_on.wait(60)
        note_use(self, key)
        noted.set()

    monkeypatch.setattr(ApiKeys, "note_use", slowly)
    with locked_service(tmp_path) as client:
        codes = [client.post("/v1/check", json=ASKED, headers=bearer(secret)).status_code for _ in range(2)]
        may_go_on.set()
        assert noted.wait(60)
    with open_store(tmp_path / "state.sqlite") as store:
        used = [key.used for key in ApiKeys(store, KEY).all()]
    assert (codes, used) == ([200, 200], [datetime.datetime.now(datetime.UTC).date().isoformat()])


def test_a_store_that_fails_is_told_as_such(tmp_path, monkeypatch, caplog):
    def fail(keys, secret):
        raise StoreError("state store s.sqlite cannot grow, the disk is full")

    monkeypatch.setattr(ApiKeys, "find", fail)
    with locked_service(tmp_path) as client:
        answer = client.post("/v1/check", json=ASKED, headers=bearer("vigie_x"))
    message = "the state store cannot be used, so nothing was checked: the service's log says why; try again later"
    assert (*status(answer), answer.headers["retry-after"]) == (503, error("store-failed", message), "5")
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [
        "state store s.sqlite cannot grow, the disk is full"
    ]


def test_no_key_is_logged(tmp_path, caplog):
    secret = make_key(tmp_path, "check")
    with caplog.at_level(logging.DEBUG), locked_service(tmp_path) as client:
        client.post("/v1/check", json=ASKED, headers=bearer(secret))
        client.post("/v1/check", json=ASKED, headers=bearer(secret + "x"))
    assert [record.name for record in caplog.records if "request" in record.message] != []
    assert [record for record in caplog.records if secret in f"{record.message}{vars(record)}"] == []
