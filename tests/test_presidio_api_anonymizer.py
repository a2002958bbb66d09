"""Presidio's anonymizer over REST, beside its own engine, and a client written for Presidio."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from browsing.fixtures import Serve
from presidio_analyzer import RecognizerResult
from presidio_anonymizer import AnonymizerEngine, DeanonymizeEngine
from presidio_anonymizer.entities import OperatorConfig
from presidio_anonymizer.entities import RecognizerResult as Result
from serving import service
from starlette.testclient import TestClient

from scanner.accounts.api_keys import ApiKeys
from scanner.service import ServiceSettings
from tests.vaults import KEY, make_store

TEXT = "Ici M. Jean Durand 😀, au 06 39 98 12 34"
AES = "WmZq4t7w!z%C&F)J"
FINDINGS = [
    {"start": 7, "end": 18, "score": 0.8, "entity_type": "NAME"},
    {"start": 7, "end": 11, "score": 0.8, "entity_type": "FIRST_NAME"},
    {"start": 12, "end": 18, "score": 0.6, "entity_type": "LAST_NAME"},
    {"start": 25, "end": 39, "score": 0.95, "entity_type": "PHONE_NUMBER"},
]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with service(limits={"text_characters": 2_000}) as client:
        yield client


def post(client: TestClient, path: str, body: object) -> tuple[int, Any]:
    answer = client.post(path, json=body)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("anonymizers", "text"),
    [
        (None, "Ici M. <NAME> 😀, au <PHONE_NUMBER>"),
        ({}, "Ici M. <NAME> 😀, au <PHONE_NUMBER>"),
        ({"DEFAULT": {"type": "replace", "new_value": "ANONYME"}}, "Ici M. ANONYME 😀, au ANONYME"),
        (
            {
                "NAME": {"type": "redact"},
                "PHONE_NUMBER": {"type": "mask", "masking_char": "*", "chars_to_mask": 4, "from_end": True},
            },
            "Ici M.  😀, au 06 39 98 1****",
        ),
        ({"NAME": {"type": "keep"}, "PHONE_NUMBER": {"type": "mask", "masking_char": "x", "chars_to_mask": 99}}, f"{TEXT[:25]}{'x' * 14}"),
    ],
)
def test_every_way_to_anonymize_is_presidios(client: TestClient, anonymizers: dict[str, Any] | None, text: str) -> None:
    status, answer = post(client, "/anonymize", {"text": TEXT, "anonymizers": anonymizers, "analyzer_results": FINDINGS})
    assert (status, answer["text"]) == (200, text)
    operators = {
        entity: OperatorConfig.from_json({"from_end": False} | one if one["type"] == "mask" else dict(one))
        for entity, one in (anonymizers or {}).items()
    }
    results = [Result.from_json(one) for one in FINDINGS]
    assert answer == json.loads(AnonymizerEngine().anonymize(TEXT, results, operators).to_json())


def test_a_digest_with_a_salt_is_the_same_every_time(client: TestClient) -> None:
    hashed = {"DEFAULT": {"type": "hash", "hash_type": "sha512", "salt": "0123456789abcdef"}}
    body = {"text": TEXT, "anonymizers": hashed, "analyzer_results": FINDINGS}
    operators = {"DEFAULT": OperatorConfig.from_json(dict(hashed["DEFAULT"]))}
    expected = AnonymizerEngine().anonymize(TEXT, [Result.from_json(one) for one in FINDINGS], operators)
    assert post(client, "/anonymize", body) == (200, json.loads(expected.to_json()))


def test_without_findings_the_text_stays_as_it_is(client: TestClient) -> None:
    assert post(client, "/anonymize", {"text": TEXT, "analyzer_results": []}) == (200, {"text": TEXT, "items": []})


def test_what_was_encrypted_comes_back(client: TestClient) -> None:
    anonymizers = {"DEFAULT": {"type": "encrypt", "key": AES}}
    _, encrypted = post(client, "/anonymize", {"text": TEXT, "anonymizers": anonymizers, "analyzer_results": FINDINGS})
    assert "Durand" not in encrypted["text"]
    assert "06 39" not in encrypted["text"]
    decrypted = post(
        client,
        "/deanonymize",
        {
            "text": encrypted["text"],
            "deanonymizers": {"DEFAULT": {"type": "decrypt", "key": AES}},
            "anonymizer_results": encrypted["items"],
        },
    )
    phone = {"start": 25, "end": 39, "entity_type": "PHONE_NUMBER", "text": "06 39 98 12 34", "operator": "decrypt", "score": None}
    name = {"start": 7, "end": 18, "entity_type": "NAME", "text": "Jean Durand", "operator": "decrypt", "score": None}
    assert decrypted == (200, {"text": TEXT, "items": [phone, name]})


def test_what_is_not_to_be_decrypted_is_kept(client: TestClient) -> None:
    body = {"text": TEXT, "deanonymizers": {"NAME": {"type": "deanonymize_keep"}}, "anonymizer_results": [FINDINGS[0]]}
    kept = {"start": 7, "end": 18, "entity_type": "NAME", "text": "Jean Durand", "operator": "deanonymize_keep", "score": None}
    assert post(client, "/deanonymize", body) == (200, {"text": TEXT, "items": [kept]})


def test_lists_are_presidios_but_for_what_needs_a_network(client: TestClient) -> None:
    assert client.get("/anonymizers").json() == [name for name in AnonymizerEngine().get_anonymizers() if name != "surrogate_ahds"]
    assert client.get("/deanonymizers").json() == DeanonymizeEngine().get_deanonymizers()


def anonymizing(**changes: Any) -> dict[str, Any]:
    return {"text": TEXT, "analyzer_results": FINDINGS} | changes


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("/anonymize", {}, 400, "No text provided"),
        ("/anonymize", [], 400, "Invalid request json"),
        ("/deanonymize", "text", 400, "Invalid request json"),
        ("/anonymize", {"text": TEXT}, 422, "Invalid request, analyzer_results: missing"),
        ("/anonymize", {"analyzer_results": []}, 422, "No text provided"),
        ("/anonymize", anonymizing(anonymizers={"A": {"type": "custom"}}), 400, "Custom type anonymizer is not supported"),
        (
            "/anonymize",
            anonymizing(anonymizers={"A": {"type": "surrogate_ahds"}}),
            422,
            "Invalid request, anonymizers.…: union tag invalid",
        ),
        (
            "/anonymize",
            anonymizing(anonymizers={TEXT: {"type": "replace", "new_value": 1}}),
            422,
            "Invalid request, anonymizers.….….new_value: string type",
        ),
        ("/anonymize", anonymizing(text="Ici"), 422, "Invalid analyzer result, start: 25 and end: 39, while text length is only 3."),
        (
            "/anonymize",
            anonymizing(text="a" * 2_001),
            413,
            "a text has 2001 characters, more than 2000: cut it at a blank line and send the parts",
        ),
        ("/anonymize", anonymizing(analyzer_results=[FINDINGS[0]] * 2_001), 422, "Invalid request, analyzer_results: too long"),
        (
            "/anonymize",
            anonymizing(analyzer_results=[FINDINGS[0] | {"start": at, "end": at + 30, "entity_type": f"E{at}"} for at in range(10)] * 2),
            422,
            "The findings overlap too much: together 10 times the text at most",
        ),
        (
            "/deanonymize",
            {"text": TEXT, "deanonymizers": {"DEFAULT": {"type": "deanonymize_keep"}}, "anonymizer_results": [FINDINGS[3]] * 40},
            422,
            "The findings overlap too much: together 10 times the text at most",
        ),
        (
            "/anonymize",
            anonymizing(analyzer_results=[FINDINGS[0] | {"start": 19}]),
            422,
            "Invalid input, start index '19' must be smaller than end index '18'",
        ),
        (
            "/anonymize",
            anonymizing(anonymizers={"DEFAULT": {"type": "encrypt", "key": "short"}}),
            422,
            "Invalid input, key must be of length 128, 192 or 256 bits",
        ),
        (
            "/deanonymize",
            {"text": TEXT, "deanonymizers": {"DEFAULT": {"type": "decrypt", "key": AES}}, "anonymizer_results": [FINDINGS[0]]},
            422,
            "Invalid input, the text cannot be decrypted with this key",
        ),
        (
            "/deanonymize",
            {"text": TEXT, "deanonymizers": {"PHONE_NUMBER": {"type": "deanonymize_keep"}}, "anonymizer_results": [FINDINGS[0]]},
            422,
            "Invalid input, deanonymizers must name each entity_type, or DEFAULT",
        ),
    ],
)
def test_mistakes(client: TestClient, path: str, body: object, status: int, error: str) -> None:
    assert post(client, path, body) == (status, {"error": error})


class PresidioClient:
    """What programs that use Presidio's containers do: one address for the analyzer, one for the anonymizer."""

    def __init__(self, analyzer: str, anonymizer: str, headers: dict[str, str]) -> None:
        self.analyzer = analyzer
        self.anonymizer = anonymizer
        self.headers = headers

    def is_up(self) -> bool:
        return all(httpx2.get(f"{address}/health").status_code == 200 for address in (self.analyzer, self.anonymizer))

    def analyze(self, text: str, **options: Any) -> list[dict[str, Any]]:
        answer = httpx2.post(f"{self.analyzer}/analyze", json={"text": text, "language": "fr"} | options, headers=self.headers)
        answer.raise_for_status()
        findings: list[dict[str, Any]] = answer.json()
        return findings

    def anonymize(self, text: str, findings: list[dict[str, Any]]) -> str:
        body = {"text": text, "analyzer_results": findings, "anonymizers": {"DEFAULT": {"type": "replace"}}}
        answer = httpx2.post(f"{self.anonymizer}/anonymize", json=body, headers=self.headers)
        answer.raise_for_status()
        new: str = answer.json()["text"]
        return new


def test_a_client_of_presidio_works_unchanged(serve: Serve, tmp_path: Path) -> None:
    place = tmp_path / "state.sqlite"
    with make_store(place) as store:
        secret = ApiKeys(store, KEY).create("éditeur", ["presidio"], None, by="test").secret
        other = ApiKeys(store, KEY).create("écran", ["check"], None, by="test").secret
    address = serve(ServiceSettings(store=str(place), key=KEY))
    client = PresidioClient(address, address, {"Authorization": f"Bearer {secret}"})

    assert client.is_up()
    findings = client.analyze(TEXT, score_threshold=0.5)
    results = [RecognizerResult.from_json(one) for one in findings]
    assert [(one.entity_type, TEXT[one.start : one.end]) for one in results] == [
        ("PERSON", "Jean Durand"),
        ("PHONE_NUMBER", "06 39 98 12 34"),
    ]
    assert client.anonymize(TEXT, findings) == "Ici M. <PERSON> 😀, au <PHONE_NUMBER>"
    assert AnonymizerEngine().anonymize(TEXT, results).text == "Ici M. <PERSON> 😀, au <PHONE_NUMBER>"

    message = "show a valid API key: Authorization: Bearer vigie_…; `vigie apikey create` makes one"
    stranger = httpx2.post(f"{address}/analyze", json={"text": TEXT, "language": "fr"})
    assert (stranger.status_code, stranger.json()) == (401, {"error": message})
    screen = httpx2.get(f"{address}/recognizers", headers={"Authorization": f"Bearer {other}"})
    assert screen.status_code == 403
    assert screen.json() == {"error": "this API key lacks the scope presidio: make one with `vigie apikey create`"}
