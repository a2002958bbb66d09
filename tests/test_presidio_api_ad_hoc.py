"""Recognizers that a request to Presidio's API brings along: they work as in Presidio, and cannot take the service down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import regex
from serving import service
from starlette.testclient import TestClient

from scanner.service.presidio import expressions

TEXT = "Mme Duval : code postal 75013, lot 59000, suit une chimiothérapie."
PARIS = {"entity_type": "ZIP", "start": 24, "end": 29, "analysis_explanation": None}
LILLE = {"entity_type": "ZIP", "start": 35, "end": 40, "analysis_explanation": None}
HEALTH = {"entity_type": "HEALTH", "start": 42, "end": 65, "score": 0.95, "analysis_explanation": None}
PERSON = {"entity_type": "PERSON", "start": 4, "end": 9, "score": 0.95, "analysis_explanation": None}
COSTLY = {"error": "The regular expressions cost too much: no recursion, comments or verbose form, and smaller counts in { }, please"}
SLOW = {"error": "The regular expressions take too long: 0.2 s at most for one request"}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with service() as client:
        yield client


def zip_code(regex: str = r"(\b\d{5}(?:\-\d{4})?\b)", **more: Any) -> dict[str, Any]:
    pattern = {"name": "zip code (weak)", "regex": regex, "score": 0.01}
    return {"name": "Zip code Recognizer", "supported_language": "fr", "patterns": [pattern], "supported_entity": "ZIP", **more}


def analyze(client: TestClient, *recognizers: dict[str, Any], text: str = TEXT, **more: Any) -> tuple[int, Any]:
    answer = client.post("/analyze", json={"text": text, "language": "fr", "ad_hoc_recognizers": recognizers, **more})
    return answer.status_code, answer.json()


def test_its_findings_stand_beside_ours(client: TestClient) -> None:
    weak = {"score": 0.01}
    assert analyze(client, zip_code()) == (200, [PERSON, HEALTH, PARIS | weak, LILLE | weak])


def test_only_its_findings_when_only_these_are_asked_for(client: TestClient) -> None:
    assert analyze(client, zip_code(), entities=["ZIP"], allow_list=["59000"]) == (200, [PARIS | {"score": 0.01}])
    assert analyze(client, zip_code(), entities=["HEALTH"]) == (200, [HEALTH])


def test_words_before_it_make_it_surer(client: TestClient) -> None:
    assert analyze(client, zip_code(context=["postal"]), entities=["ZIP"], score_threshold=0.3) == (
        200,
        [PARIS | {"score": 0.4}, LILLE | {"score": 0.4}],
    )
    assert analyze(client, zip_code(context=["cedex"]), entities=["ZIP"], score_threshold=0.3) == (200, [])
    assert analyze(client, zip_code(context=["cedex"]), entities=["ZIP"], score_threshold=0.3, context=["Cedex"]) == (
        200,
        [PARIS | {"score": 0.4}, LILLE | {"score": 0.4}],
    )


def test_five_words_before_it_count_wherever_it_stands(client: TestClient) -> None:
    context = zip_code(context=["postal"])
    long = f"{'x, ' * 30_000}code postal du lieu : 75013. "
    assert analyze(client, context, entities=["ZIP"], text=long) == (200, [PARIS | {"start": 90_022, "end": 90_027, "score": 0.4}])
    far = "code postal du lieu dit le haut : 75013"
    assert analyze(client, context, entities=["ZIP"], text=far) == (200, [PARIS | {"start": 34, "end": 39, "score": 0.01}])


def test_it_explains_itself_as_in_presidio(client: TestClient) -> None:
    found = analyze(client, zip_code(context=["postal"]), text="code postal 75013", return_decision_process=True)
    assert found == (
        200,
        [
            {
                "entity_type": "ZIP",
                "start": 12,
                "end": 17,
                "score": 0.4,
                "analysis_explanation": {
                    "recognizer": "Zip code Recognizer",
                    "pattern_name": "zip code (weak)",
                    "pattern": r"(\b\d{5}(?:\-\d{4})?\b)",
                    "original_score": 0.01,
                    "score": 0.4,
                    "textual_explanation": "Detected by `Zip code Recognizer` using pattern `zip code (weak)`",
                    "score_context_improvement": 0.39,
                    "supportive_context_word": "postal",
                    "validation_result": None,
                    "regex_flags": 26,
                },
            }
        ],
    )


def test_a_deny_list(client: TestClient) -> None:
    titles = {"name": "Titles", "supported_language": "fr", "supported_entity": "TITLE", "deny_list": ["Mme", "Mlle", "(M.)"]}
    assert analyze(client, titles, entities=["TITLE"], text="Mme et (M.) Duval, Mmes") == (
        200,
        [
            {"entity_type": "TITLE", "start": 0, "end": 3, "score": 1.0, "analysis_explanation": None},
            {"entity_type": "TITLE", "start": 7, "end": 11, "score": 1.0, "analysis_explanation": None},
        ],
    )


def test_as_in_presidio_one_for_another_language_takes_no_part(client: TestClient) -> None:
    assert analyze(client, zip_code(supported_language="en")) == (200, [PERSON, HEALTH])
    assert analyze(client, zip_code(supported_language="en"), entities=["ZIP"]) == (
        400,
        {"error": "No matching recognizers were found to serve the request."},
    )


def test_of_two_that_find_the_same_the_surer_is_kept(client: TestClient) -> None:
    both = {"name": "Numbers", "supported_language": "fr", "supported_entity": "ZIP", "deny_list": ["75013"], "deny_list_score": 0.5}
    assert analyze(client, zip_code(), both, entities=["ZIP"]) == (200, [PARIS | {"score": 0.5}, LILLE | {"score": 0.01}])


@pytest.mark.parametrize(
    ("recognizer", "error"),
    [
        (zip_code("("), "Invalid regex pattern"),
        (zip_code("(" * 400 + "a" + ")" * 400), "Invalid regex pattern"),
        (zip_code(patterns=[]), "An ad-hoc recognizer needs a supported_entity, and patterns or a deny_list"),
        (zip_code(supported_entity=None), "An ad-hoc recognizer needs a supported_entity, and patterns or a deny_list"),
        (zip_code(supported_entities=["CODE"]), "An ad-hoc recognizer needs a supported_entity, and patterns or a deny_list"),
        (
            zip_code(patterns=[{"type": "zip", "bebex": "a", "confidence": 0.01}]),
            "Invalid request, ad_hoc_recognizers.0.patterns.0.name: missing",
        ),
        (
            zip_code(global_regex_flags=512),
            "Regex flags may be the sum of IGNORECASE 2, MULTILINE 8, DOTALL 16, UNICODE 32 and ASCII 128",
        ),
    ],
)
def test_malformed_ones_are_refused(client: TestClient, recognizer: dict[str, Any], error: str) -> None:
    assert analyze(client, recognizer) == (400, {"error": error})


@pytest.mark.parametrize(
    "regex",
    [
        "(?:a{2000}){2000}",
        "a{,999999}",
        "[ab]{999999,}",
        "(?:(?:(?:a{50}){50}){50}){50}",
        "(?:a{700}b|(c){9})+(?:a{700}?){700}",
        "(?R)",
        "(a(?1)?)",
        "(?P<x>a(?&x)?)",
        "(?ix)a{2 0}",
        "(?#[)a{9}]",
        "(?V1)[[a]b]",
    ],
)
def test_what_would_grow_without_bound_is_refused_before_it_is_compiled(client: TestClient, regex: str) -> None:
    assert analyze(client, zip_code(regex)) == (422, COSTLY)
    assert analyze(client, text=TEXT, allow_list=[regex], allow_list_match="regex") == (422, COSTLY)


def test_many_that_together_cost_too_much_are_refused(client: TestClient) -> None:
    assert analyze(client, *[zip_code("a{90000}")] * 4) == (200, [PERSON, HEALTH])
    assert analyze(client, *[zip_code("a{90000}")] * 5) == (422, COSTLY)


def test_long_expressions_with_many_small_counts_are_none_of_these(client: TestClient) -> None:
    licences = "|".join(rf"[A-Z]{{{least},{least + 7}}}-\d{{{least},9}}" for least in range(1, 9)) + r"|(?:\d{2}[ .]?){5}"
    assert analyze(client, zip_code(licences), text="MATRICULE AB-12345, 01 02 03 04 05", entities=["ZIP"], allow_list=["A{2}-\\d{3}"]) == (
        200,
        [
            {"entity_type": "ZIP", "start": 10, "end": 18, "score": 0.01, "analysis_explanation": None},
            {"entity_type": "ZIP", "start": 20, "end": 34, "score": 0.01, "analysis_explanation": None},
        ],
    )


def test_catastrophic_backtracking_is_cut_short_and_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "SECONDS", 0.2)
    assert analyze(client, zip_code("(a+)+b"), text="a" * 50_000) == (422, SLOW)
    allowing = zip_code("a{60}c")
    assert analyze(client, allowing, text="a" * 60 + "c", allow_list=["(?:a|aa)+$"], allow_list_match="regex", entities=["ZIP"]) == (
        422,
        SLOW,
    )


def test_so_many_findings_that_presidio_would_take_minutes_are_refused(client: TestClient) -> None:
    assert analyze(client, zip_code("a"), text="a" * 1_001) == (
        422,
        {"error": "The regular expressions find too much: 1000 matches at most for one request"},
    )
    status, findings = analyze(client, zip_code("a"), text="a " * 1_000)
    assert (status, len(findings)) == (200, 1_000)


def test_no_expression_of_a_caller_stays_in_memory(client: TestClient) -> None:
    assert analyze(client, zip_code("a{70000}"), allow_list=["b{70000}"], allow_list_match="regex") == (200, [PERSON, HEALTH])
    assert analyze(client, zip_code("c{70000}"), zip_code("(")) == (400, {"error": "Invalid regex pattern"})
    assert not regex._main._cache
