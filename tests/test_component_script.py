"""vigie.js as it is served: one small script without what a strict page forbids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fakes import KEY
from fastapi.testclient import TestClient

from scanner.service import ServiceSettings, create_app
from scanner.service.component import component_script
from scanner.service.files import STATIC


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(ServiceSettings(auth=False)), base_url="http://127.0.0.1")


def test_every_part_is_in_the_script_once() -> None:
    parts = sorted((STATIC / "vigie").iterdir())
    assert {part.name: component_script().count(part.read_text(encoding="utf-8")) for part in parts} == {part.name: 1 for part in parts}


def test_the_script_is_small_and_holds_nothing_that_runs_text_keeps_it_or_writes_it_down() -> None:
    forbidden = (
        r"\b(eval|Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|localStorage|sessionStorage|cookie|indexedDB|console)\b"
    )
    assert (re.findall(forbidden, component_script()), len(component_script()) < 40_000) == ([], True)


def test_any_page_may_load_it_and_a_browser_that_has_it_is_not_sent_it_again(client: TestClient) -> None:
    first = client.get("/vigie.js")
    again = client.get("/vigie.js", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, first.text, first.headers["content-type"]) == (200, component_script(), "text/javascript; charset=utf-8")
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert {answer.headers["cross-origin-resource-policy"] for answer in (first, again)} == {"cross-origin"}


def test_it_is_packed_for_browsers_that_unpack_it(client: TestClient) -> None:
    answers = [client.get("/vigie.js", headers={"Accept-Encoding": wanted}) for wanted in ("gzip, deflate", "identity")]
    assert [answer.headers.get("content-encoding") for answer in answers] == ["gzip", None]
    assert [answer.text for answer in answers] == [component_script()] * 2
    assert {(answer.headers["etag"], answer.headers["vary"]) for answer in answers} == {(answers[0].headers["etag"], "Accept-Encoding")}
    assert int(answers[0].headers["content-length"]) < 14_000


def test_a_service_with_keys_has_no_demonstration(tmp_path: Path) -> None:
    settings = ServiceSettings(store=str(tmp_path / "state.sqlite"), key=KEY)
    answer = TestClient(create_app(settings)).get("/demo")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no-demonstration")


@pytest.mark.parametrize("path", ["/vigie.js", "/demo", "/healthz", "/readyz"])
def test_it_can_be_asked_without_its_body(client: TestClient, path: str) -> None:
    head, whole = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


def test_the_demonstration_and_its_files_are_served_under_the_policy_of_pages(client: TestClient) -> None:
    answers = {path: client.get(path) for path in ("/demo", "/static/demo.css", "/static/demo.js")}
    kinds = {path: (answer.status_code, answer.headers["content-type"].partition(";")[0]) for path, answer in answers.items()}
    assert kinds == {"/demo": (200, "text/html"), "/static/demo.css": (200, "text/css"), "/static/demo.js": (200, "text/javascript")}
    assert all("script-src 'self'; style-src 'self'" in answer.headers["content-security-policy"] for answer in answers.values())
