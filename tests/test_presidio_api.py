"""Presidio's analyzer over REST: the answers of Vigie in the shapes of Presidio."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NoOpNlpEngine
from serving import service
from starlette.testclient import TestClient

from recognizers.detector import Detector
from recognizers.presidio import french_recognizers
from tests.conftest import ROOT

TEXT = "Mme 😀 ivre, suit une chimiothérapie, rappeler au 06 39 98 12 34"
HEALTH = {"entity_type": "HEALTH", "start": 12, "end": 35, "score": 0.95}
PHONE = {"entity_type": "PHONE_NUMBER", "start": 49, "end": 63, "score": 0.95}
ADDICTION = {"entity_type": "ADDICTION", "start": 6, "end": 10, "score": 0.92}
LEAN = {"analysis_explanation": None}
NO_RECOGNIZERS = {"error": "No matching recognizers were found to serve the request."}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with service(limits={"text_characters": 2_000, "texts": 300}) as client:
        yield client


def analyze(client: TestClient, **request: Any) -> tuple[int, Any]:
    answer = client.post("/analyze", json=request)
    return answer.status_code, answer.json()


def test_a_minimal_request(client: TestClient) -> None:
    assert analyze(client, text=TEXT, language="fr") == (200, [HEALTH | LEAN, PHONE | LEAN, ADDICTION | LEAN])


def test_everything_that_the_documentation_names(client: TestClient) -> None:
    assert analyze(
        client,
        text=TEXT,
        language="fr",
        return_decision_process=False,
        correlation_id="123e4567-e89b-12d3-a456-426614174000",
        score_threshold=0.93,
        entities=["ADDICTION", "HEALTH", "ZIP"],
        trace="0",
        ad_hoc_recognizers=[],
        context=[],
        allow_list=[],
        allow_list_match="exact",
        regex_flags=26,
    ) == (200, [HEALTH | LEAN])


def test_one_list_for_each_of_several_texts(client: TestClient) -> None:
    assert analyze(client, text=["M. a rendu les clés", TEXT, 75013, True, ""], language="fr", entities=["HEALTH"]) == (
        200,
        [[], [HEALTH | LEAN], [], [], []],
    )


@pytest.mark.parametrize(("threshold", "kept"), [(0, [HEALTH, PHONE, ADDICTION]), (0.95, [HEALTH, PHONE]), (1.5, [])])
def test_a_threshold(client: TestClient, threshold: float, kept: list[dict[str, Any]]) -> None:
    assert analyze(client, text=TEXT, language="fr", score_threshold=threshold) == (200, [one | LEAN for one in kept])


@pytest.mark.parametrize("wish", [True, 1])
def test_the_decision_process(client: TestClient, wish: object) -> None:
    explanation = {
        "recognizer": "VigieAddictionRecognizer",
        "pattern_name": "ADDICTION.drunk",
        "pattern": None,
        "original_score": 0.92,
        "score": 0.92,
        "textual_explanation": "assertion affirmed; subject tenant; cues tenant:mme",
        "score_context_improvement": 0,
        "supportive_context_word": "",
        "validation_result": None,
        "regex_flags": None,
    }
    assert analyze(client, text=TEXT, language="fr", entities=["ADDICTION"], return_decision_process=wish) == (
        200,
        [ADDICTION | {"analysis_explanation": explanation}],
    )


@pytest.mark.parametrize(
    ("allowing", "kept"),
    [
        ({"allow_list": ["ivre"]}, [HEALTH, PHONE]),
        ({"allow_list": ["Ivre", "chimio"]}, [HEALTH, PHONE, ADDICTION]),
        ({"allow_list": ["suit une chimiothérapie"]}, [PHONE, ADDICTION]),
        ({"allow_list": ["chimiothérapie"]}, [PHONE, ADDICTION]),
        ({"allow_list": ["suit", "une chimiothérapie"]}, [HEALTH, PHONE, ADDICTION]),
        ({"allow_list": ["^chimio"], "allow_list_match": "regex"}, [PHONE, ADDICTION]),
        ({"allow_list": ["^suit une"], "allow_list_match": "regex"}, [PHONE, ADDICTION]),
        ({"allow_list": ["CHIMIO", "^06"], "allow_list_match": "regex"}, [ADDICTION]),
        ({"allow_list": ["CHIMIO", "^06"], "allow_list_match": "regex", "regex_flags": 8}, [HEALTH, ADDICTION]),
        ({"allow_list": [""], "allow_list_match": "regex"}, [HEALTH, PHONE, ADDICTION]),
    ],
)
def test_an_allow_list(client: TestClient, allowing: dict[str, Any], kept: list[dict[str, Any]]) -> None:
    assert analyze(client, text=TEXT, language="fr", **allowing) == (200, [one | LEAN for one in kept])


def test_an_allow_list_of_words_that_markup_hides(client: TestClient) -> None:
    text = "<p>Mme suit une chimioth&eacute;rapie</p>"
    assert analyze(client, text=text, language="fr") == (200, [HEALTH | LEAN | {"start": 12, "end": 37}])
    assert analyze(client, text=text, language="fr", allow_list=["chimiothérapie"]) == (200, [])
    assert analyze(client, text=text, language="fr", allow_list=["une chimioth&eacute;rapie"]) == (200, [])


def test_the_same_as_presidios_own_engine_and_as_scan(client: TestClient) -> None:
    registry = RecognizerRegistry(recognizers=french_recognizers(), supported_languages=["fr"])
    no_model = NoOpNlpEngine([{"lang_code": "fr", "model_name": "none"}])
    engine = AnalyzerEngine(registry=registry, nlp_engine=no_model, supported_languages=["fr"])
    names = ("01-health", "32-caretakers-d", "05-hardship-finance-identifiers")
    files = [(ROOT / "samples" / "gold" / f"{name}.jsonl").read_text(encoding="utf-8") for name in names]
    texts = [json.loads(line)["text"] for file in files for line in file.splitlines()[:100]]

    status, answers = analyze(client, text=texts, language="fr", return_decision_process=True)

    assert status == 200
    expected = [[_as_json(result) for result in engine.analyze(text, "fr", return_decision_process=True)] for text in texts]
    assert answers == expected
    scanned = client.post("/v1/scan", json={"records": [{"id": str(at), "texts": {"": text}} for at, text in enumerate(texts)]})
    assert [_spans(answer, "entity_type") for answer in answers] == [_spans(one["findings"], "entity") for one in scanned.json()["records"]]
    assert sum(map(len, answers)) > 200


def test_answers_are_what_clients_read_into_their_results(client: TestClient) -> None:
    _, answer = analyze(client, text=TEXT, language="fr")
    assert [RecognizerResult.from_json(one) for one in answer] == [
        RecognizerResult("HEALTH", 12, 35, 0.95),
        RecognizerResult("PHONE_NUMBER", 49, 63, 0.95),
        RecognizerResult("ADDICTION", 6, 10, 0.92),
    ]


def test_lists_of_what_there_is(client: TestClient, detector: Detector) -> None:
    for query in ("", "?language=fr", "?language=", "?unknown=input"):
        assert client.get(f"/supportedentities{query}").json() == list(detector.entities)
        assert client.get(f"/recognizers{query}").json() == [recognizer.name for recognizer in french_recognizers()]


def test_health(client: TestClient) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.text) == (200, "Presidio Analyzer service is up")


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({}, "No text provided"),
        ({"language": "fr"}, "No text provided"),
        ({"text": "", "language": "fr"}, "No text provided"),
        ({"text": [], "language": "fr"}, "No text provided"),
        ({"text": TEXT}, "No language provided"),
        ({"text": TEXT, "language": ""}, "No language provided"),
        ({"text": TEXT, "language": "en"}, NO_RECOGNIZERS["error"]),
        ({"text": TEXT, "language": "fr", "entities": ["CHIMIO"]}, NO_RECOGNIZERS["error"]),
        ({"text": None, "language": "fr"}, "No text provided"),
        ({"text": [{"a": TEXT}], "language": "fr"}, "Invalid request, text.…: string type"),
        ({"text": TEXT, "language": "fr", "score_threshold": "0.5"}, "Invalid request, score_threshold: float type"),
        ({"text": TEXT, "language": "fr", "allow_list_match": TEXT}, "Invalid request, allow_list_match: literal error"),
        ({"text": TEXT, "language": "fr", "ad_hoc_recognizers": [{TEXT: 1}]}, "Invalid request, ad_hoc_recognizers.0.…: extra forbidden"),
        (
            {"text": TEXT, "language": "fr", "allow_list": ["("], "allow_list_match": "regex"},
            "Invalid regex pattern",
        ),
    ],
)
def test_mistakes_are_told_in_presidios_words(client: TestClient, request_: dict[str, Any], error: str) -> None:
    assert analyze(client, **request_) == (400, {"error": error})


@pytest.mark.parametrize("path", ["/supportedentities", "/recognizers"])
def test_other_languages_have_no_recognizers(client: TestClient, path: str) -> None:
    answer = client.get(f"{path}?language=he")
    assert (answer.status_code, answer.json()) == (400, NO_RECOGNIZERS)


def test_what_is_no_json(client: TestClient) -> None:
    broken = client.post("/analyze", content=b'{"text": ', headers={"content-type": "application/json"})
    assert (broken.status_code, broken.json()) == (400, {"error": "Invalid request json"})
    a_list = client.post("/analyze", json=[TEXT])
    assert (a_list.status_code, a_list.json()) == (400, {"error": "Invalid request json"})
    a_form = client.post("/analyze", data={"text": TEXT})
    assert (a_form.status_code, a_form.json()) == (415, {"error": "The body must be JSON: send Content-Type: application/json"})


def test_too_much_is_refused(client: TestClient) -> None:
    assert analyze(client, text="a" * 2_001, language="fr") == (
        413,
        {"error": "a text has 2001 characters, more than 2000: cut it at a blank line and send the parts"},
    )
    assert analyze(client, text=["a"] * 301, language="fr") == (413, {"error": "Too many texts: 300 at most for one request"})


def test_a_recognizer_that_fails_is_no_clean_text(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise KeyError(TEXT)

    monkeypatch.setattr(Detector, "find", fail)
    assert analyze(client, text=["RAS", TEXT], language="fr") == (
        500,
        {"error": "Text 0 could not be analyzed, please report it: analysis-error: KeyError"},
    )


def _as_json(result: RecognizerResult) -> dict[str, Any]:
    explanation = result.analysis_explanation.to_dict()
    return {key: value for key, value in vars(result).items() if key != "recognition_metadata"} | {"analysis_explanation": explanation}


def _spans(findings: list[dict[str, Any]], entity: str) -> list[tuple[str, int, int, float]]:
    return sorted((one[entity], one["start"], one["end"], one["score"]) for one in findings)
