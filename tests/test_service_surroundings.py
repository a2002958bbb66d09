"""What surrounds every request: size, time and turns, headers, errors and logs that hold no text."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from serving import error, locked_service, service

from recognizers.finding import Finding
from scanner.service import Limits, ServiceSettings, create_app

SECRET = "zwxquala"
ASKED = {"text": "un cancer"}


def status(response):
    return response.status_code, response.json()


# Size ----------------------------------------------------------------------------------------------------------------------------

TOO_LARGE = error("body-too-large", "the body has more than 100 bytes: send less, in several requests")


def pieces(size):
    """A body without Content-Length."""
    yield from [b"x"] * size


@pytest.mark.parametrize("body", [lambda: b"x" * 101, lambda: pieces(101), lambda: b'{"text": "' + b"x" * 200])
@pytest.mark.parametrize("path", ["/v1/check", "/v1/scan", "/v1/override"])
def test_a_body_that_is_too_large_is_not_read(path, body):
    with service(limits={"body_bytes": 100}) as client:
        answer = client.post(path, content=body(), headers={"content-type": "application/json"})
    assert status(answer) == (413, TOO_LARGE)


def test_a_body_of_the_largest_size_is():
    with service(limits={"body_bytes": 100}, fake=True) as client:
        body, json = b'{"text": "un cancer"}'.ljust(100), {"content-type": "application/json"}
        codes = [client.post("/v1/check", content=given, headers=json).status_code for given in (body, iter([body]))]
    assert codes == [200, 200]


# Time and turns ------------------------------------------------------------------------------------------------------------------


class SlowDetector:
    """Waits in every text until it may go on, and tells how many wait at once."""

    def __init__(self):
        self.entered = threading.Semaphore(0)
        self.may_go_on = threading.Event()
        self.at_once = self.most = 0
        self.lock = threading.Lock()

    def find_many(self, texts, names):
        with self.lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        self.entered.release()
        assert self.may_go_on.wait(60)
        with self.lock:
            self.at_once -= 1
        return [[Finding("HEALTH", 0, 1, 0.9, "HEALTH.cancer")] for _ in texts]


def slow_service(**limits):
    app = create_app(ServiceSettings(auth=False, secure_cookies=False, limits=Limits(**limits)))
    app.state.vigie.detector = SlowDetector()
    return app, app.state.vigie.detector


def client_of(app):
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://testserver", timeout=60)


def run(story):
    """Run a coroutine in a thread of its own: this one has Playwright's loop once a test has used the browser."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()


BATCH = {"records": [{"id": "1", "texts": {"NOTE": "texte"}}]}


def test_an_answer_that_is_late_is_given_up_and_its_turn_comes_back_when_the_work_ends(caplog):
    app, detector = slow_service(seconds=0.05, concurrent=1)

    async def story():
        async with client_of(app) as client:
            late = await client.post("/v1/scan", json=BATCH)
            waiting = await client.post("/v1/scan", json=BATCH)  # the only turn is taken by work that nobody waits for
            probe = await client.get("/healthz")
            detector.may_go_on.set()
            after = await client.post("/v1/scan", json=BATCH)
            while after.status_code == 503:
                after = await client.post("/v1/scan", json=BATCH)
            return late, waiting, probe, after

    late, waiting, probe, after = run(story())
    message = "no answer within 0.05 seconds: send a shorter text or a smaller batch, or try again later"
    assert [status(one) for one in (late, waiting)] == [(503, error("too-slow", message))] * 2
    assert (late.headers["retry-after"], late.headers["content-security-policy"]) == ("1", "default-src 'none'; frame-ancestors 'none'")
    assert (probe.status_code, after.status_code, detector.most) == (200, 200, 1)
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_no_more_requests_are_worked_on_at_once_than_allowed():
    app, detector = slow_service(seconds=60, concurrent=3)

    async def story():
        async with client_of(app) as client:
            asked = [asyncio.create_task(client.post("/v1/scan", json=BATCH)) for _ in range(12)]
            for _ in range(3):
                await asyncio.to_thread(detector.entered.acquire)
            assert detector.at_once == 3
            detector.may_go_on.set()
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    assert (run(story()), detector.most) == ([200] * 12, 3)


def test_many_callers_at_once_get_their_own_answers():
    app = create_app(ServiceSettings(auth=False, secure_cookies=False, limits=Limits(seconds=60)))

    async def story():
        async with client_of(app) as client:
            texts = [f"{'x' * at} Mme sous chimiothérapie" for at in range(40)]
            return await asyncio.gather(*(client.post("/v1/check", json={"text": text}) for text in texts))

    answers = run(story())
    assert [[f["start"] for f in answer.json()["findings"]] for answer in answers] == [[at + 5] for at in range(40)]


# Headers -------------------------------------------------------------------------------------------------------------------------

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
API = {**ALWAYS, "content-security-policy": "default-src 'none'; frame-ancestors 'none'", "cache-control": "no-store"}
PAGES = {
    **ALWAYS,
    "content-security-policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'; "
        "base-uri 'none'; object-src 'none'"
    ),
}
HSTS = {"strict-transport-security": "max-age=31536000"}


def protection(answer):
    names = {*API, *HSTS, "server", "x-powered-by"}
    return {name: value for name, value in answer.headers.items() if name in names}


def test_every_answer_of_the_api_has_its_headers():
    with service(limits={"body_bytes": 100}, fake=True) as client:
        client.app.state.vigie.policies = None  # whatever asks for it fails
        answers = [
            client.get("/healthz"),
            client.get("/openapi.json"),
            client.get("/nothing"),
            client.get("/v1/check"),
            client.post("/v1/check", json={"text": "x" * 200}),
            client.post("/v1/check", json={}),
            client.post("/v1/check", json=ASKED),
            client.post("/v1/check", json=ASKED, headers={"Origin": "https://evil.example"}),
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 405, 413, 422, 500, 403]
    assert [protection(answer) for answer in answers] == [API] * len(answers)


def test_pages_have_theirs_and_browsers_stay_on_tls(tmp_path):
    with locked_service(tmp_path, secure_cookies=True) as client:
        assert protection(client.get("/healthz")) == {**API, **HSTS}
        assert protection(client.get("/console/nothing")) == {**PAGES, **HSTS, "cache-control": "no-store"}
        assert protection(client.get("/console/static/nothing.js")) == {**PAGES, **HSTS, "cache-control": "no-cache"}


# Text goes nowhere ---------------------------------------------------------------------------------------------------------------


class FailingDetector:
    def find_many(self, texts, names):
        raise MemoryError(texts[0])

    find = find_many


@pytest.mark.parametrize("body", [{"text": SECRET}, {"text": 1, SECRET: SECRET}, {"text": SECRET * 9}, [SECRET], SECRET])
def test_no_text_is_in_a_log_or_an_error(caplog, body):
    with caplog.at_level(logging.DEBUG), service(limits={"text_characters": 50}) as client:
        client.app.state.vigie.detector = FailingDetector()
        answers = [client.post(f"{path}?text={SECRET}", json=body) for path in ("/v1/check", "/v1/scan", "/v1/override", f"/{SECRET}")]
        answers.append(client.post("/v1/scan", json={"records": [{"id": "1", "texts": {SECRET: SECRET}}], SECRET: 1}))
        metrics = client.get("/metrics")
    assert {answer.status_code for answer in answers} <= {404, 405, 413, 422, 500}
    assert [answer for answer in answers if SECRET in f"{answer.text}{answer.headers}"] == []
    assert SECRET not in metrics.text
    ours = [record for record in caplog.records if record.name.startswith(("scanner", "uvicorn", "fastapi"))]
    assert [record for record in ours if SECRET in f"{record.getMessage()}{vars(record)}"] == []
    assert len([record for record in ours if record.message == "request"]) == len(answers) + 1


def test_a_failure_tells_its_class_and_place_only(caplog):
    with service() as client:

        def failing(*arguments):
            raise RuntimeError(SECRET)

        client.app.state.vigie.redactor.redact = failing
        answer = client.post("/v1/check", json={"text": "Mme sous chimiothérapie"})
    message = "the service failed; the text was neither checked nor kept. Its log names the place"
    assert status(answer) == (500, error("internal-error", message))
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.message.startswith("internal error, please report it: RuntimeError at test_service_surroundings.py, line ")
    assert record.exc_info is None


def test_what_is_logged_of_a_request(caplog):
    with caplog.at_level(logging.INFO, "scanner.service"), service(fake=True) as client:
        client.post(f"/v1/check?x={SECRET}", json=ASKED)
        client.get(f"/{SECRET}")
        client.get("/static/nothing.css")
    facts = [record.vigie_facts for record in caplog.records if record.message == "request"]
    assert [{**fact, "seconds": fact["seconds"] >= 0} for fact in facts] == [
        {"method": "POST", "route": "/v1/check", "status": 200, "seconds": True},
        {"method": "GET", "route": "unknown", "status": 404, "seconds": True},
        {"method": "GET", "route": "files", "status": 404, "seconds": True},
    ]
