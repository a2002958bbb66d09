"""Whatever is sent, the API answers it or refuses it in its own words: no failure, nothing repeated, no limit passed."""

from __future__ import annotations

import copy
import gzip
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serving import service
from starlette.testclient import TestClient

MARK = "ZWXQUA"
"""Stands in everything that is sent, and must stand in nothing that comes back or is logged."""
JSON = {"content-type": "application/json"}
LIMIT = 1_000_000
FINDING = {"entity_type": "HEALTH", "start": 0, "end": 3, "score": 0.5}
VALID: dict[str, dict[str, Any]] = {
    "/v1/check": {"text": MARK, "field": MARK},
    "/v1/scan": {"records": [{"id": MARK, "texts": {MARK: MARK}, "source": MARK, "site": MARK, "names": [MARK]}], "redact": True},
    "/v1/override": {"field": MARK, "entities": ["HEALTH"], "verdict": "warn"},
    "/analyze": {
        "text": [MARK],
        "language": "fr",
        "score_threshold": 0.5,
        "entities": ["HEALTH"],
        "context": [MARK],
        "allow_list": [MARK],
        "ad_hoc_recognizers": [
            {
                "supported_entity": "A",
                "supported_language": "fr",
                "patterns": [{"name": MARK, "regex": MARK, "score": 0.5}],
                "context": [MARK],
            }
        ],
    },
    "/anonymize": {"text": MARK, "analyzer_results": [FINDING], "anonymizers": {MARK: {"type": "replace", "new_value": "x"}}},
    "/deanonymize": {"text": MARK, "anonymizer_results": [FINDING], "deanonymizers": {"HEALTH": {"type": "deanonymize_keep"}}},
}
PATHS = sorted(VALID)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with service(limits={"body_bytes": LIMIT, "requests_per_minute": 10**9}) as client:
        yield client


def send(client: TestClient, path: str, body: bytes, headers: dict[str, str] = JSON) -> int:
    """Return the status of the answer, which must be one of the API's."""
    answer = client.post(path, content=body, headers=headers)
    if answer.status_code >= 400:
        error = answer.json()["error"]
        message = error["message"] if path.startswith("/v1/") else error
        assert answer.json() == ({"error": {"code": error["code"], "message": message}} if path.startswith("/v1/") else {"error": message})
        assert MARK not in f"{answer.text}{answer.headers}"
        assert 0 < len(message) < 500
    return answer.status_code


BROKEN = {
    "empty": b"",
    "cut short": f'{{"text": "{MARK}'.encode(),
    "no JSON": f"text={MARK}".encode(),
    "a million opening brackets": b"[" * LIMIT,
    "deep objects": b'{"text":' * (LIMIT // 8),
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "a number of many digits": b'{"text": ' + b"9" * 10_000 + b"}",
    "bytes that are no UTF-8": b'{"text": "\xff\xfe ' + MARK.encode() + b'"}',
    "Latin-1": f'{{"text": "é {MARK}"}}'.encode("latin-1"),
    "half a UTF-16": f'{{"text": "{MARK}"}}'.encode("utf-16")[:-1],
    "compressed": gzip.compress(json.dumps({"text": MARK}).encode()),
    "single quotes": f"{{'text': '{MARK}'}}".encode(),
    "a comma too many": f'{{"text": "{MARK}",}}'.encode(),
    "two values": f'{{"text": "{MARK}"}} {{}}'.encode(),
    "a control character": f'{{"text": "{MARK}\n"}}'.encode(),
}


@pytest.mark.parametrize("path", PATHS)
def test_what_cannot_be_parsed_is_refused(client: TestClient, path: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        statuses = {name: send(client, path, body) for name, body in BROKEN.items()}
    assert {name for name, status in statuses.items() if status not in (400, 422)} == set()
    assert MARK not in caplog.text


@pytest.mark.parametrize("path", PATHS)
def test_values_that_are_not_as_they_must_be_are_refused(client: TestClient, path: str) -> None:
    name, entry = next(iter(VALID[path].items()))
    others = {one: entry_of for one, entry_of in VALID[path].items() if one != name}
    bodies = {
        "null": "null",
        "a list": f'["{MARK}"]',
        "a text": f'"{MARK}"',
        "a number": "5",
        "without its first value": json.dumps(others) if others else "{}",
        "a lone surrogate": json.dumps(others | {name: "\ud800" + MARK}),
        "not a number": f'{{"{name}": NaN}}',
        "infinite": f'{{"{name}": -Infinity}}',
        "beyond all numbers": f'{{"{name}": 1e999}}',
        "twice, the second wrong": f'{{"{name}": {json.dumps(entry)}, "{name}": {{"{MARK}": null}}}}',
    }
    if path == "/v1/override":  # its first value may be left out
        del bodies["without its first value"]
    statuses = {name: send(client, path, body.encode()) for name, body in bodies.items()}
    assert {name for name, status in statuses.items() if status not in (400, 422)} == set()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "text/html; charset=utf-16"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": f"multipart/form-data; boundary={MARK}"},
        {"content-type": "application/json-seq"},
        {"content-type": f"{MARK}"},
    ],
    ids=lambda headers: headers.get("content-type", "none"),
)
def test_bodies_that_are_not_declared_as_json_are_refused(client: TestClient, path: str, headers: dict[str, str]) -> None:
    assert send(client, path, json.dumps(VALID[path]).encode(), headers) in (415, 422)


@pytest.mark.parametrize("path", PATHS)
def test_compressed_bodies_are_not_unpacked(client: TestClient, path: str) -> None:
    bomb = gzip.compress(b'{"text": "' + b"a" * 50_000_000 + b'"}')
    assert len(bomb) < LIMIT
    assert send(client, path, bomb, {**JSON, "content-encoding": "gzip"}) in (400, 415, 422)


@pytest.mark.parametrize("path", PATHS)
def test_a_body_over_the_limit_is_refused(client: TestClient, path: str) -> None:
    long = json.dumps({"text": MARK + "a" * LIMIT}).encode()
    assert send(client, path, long) == 413


def test_every_unicode_encoding_of_json_is_read_right(client: TestClient) -> None:
    body = json.dumps({"text": "Mme est alcoolique \0 é 😀", "field": ""}, ensure_ascii=False)
    answers = [
        client.post("/v1/check", content=body.encode(encoding), headers=JSON).json()["findings"]
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32")
    ]
    assert [(one["entity"], one["start"], one["end"]) for one in answers[0]] == [("ADDICTION", 8, 22)]
    assert answers == [answers[0]] * 5


@pytest.mark.parametrize("path", PATHS)
def test_a_lone_surrogate_anywhere_is_answered_or_refused(client: TestClient, path: str) -> None:
    for at in range(len(_places(VALID[path]))):
        for as_name in (False, True):
            body = copy.deepcopy(VALID[path])
            place, key = _places(body)[at]
            if as_name and isinstance(place, dict):
                place["\ud800" + MARK] = place.pop(key)
            else:
                place[key] = "\ud800" + MARK
            assert send(client, path, json.dumps(body).encode()) in (200, 204, 400, 422)


MARKED = st.text(max_size=20).map(lambda text: MARK + text)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | MARKED
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(MARKED | st.sampled_from(["text", "type", "records"]), inner, max_size=4),
)


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=60)
@given(data=st.data())
def test_any_value_anywhere_is_answered_or_refused(client: TestClient, path: str, data: st.DataObject) -> None:
    body = copy.deepcopy(VALID[path])
    place, key = data.draw(st.sampled_from(list(_places(body))))
    if data.draw(st.booleans()) or not isinstance(place, dict):
        place[key] = data.draw(VALUES)
    else:
        place[data.draw(MARKED)] = place.pop(key)
    assert send(client, path, json.dumps(body).encode()) in (200, 204, 400, 422)


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=60)
@given(start=st.integers(0, 300), cut=st.integers(0, 8), junk=st.binary(max_size=8))
def test_any_bytes_anywhere_are_answered_or_refused(client: TestClient, path: str, start: int, cut: int, junk: bytes) -> None:
    body = json.dumps(VALID[path]).encode()
    assert send(client, path, body[:start] + junk + body[start + cut :]) in (200, 204, 400, 422)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return every part of ``value``, as what holds it and its key there."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, inner in items for found in ((value, key), *_places(inner))]
