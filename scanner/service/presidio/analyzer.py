"""Presidio's analyzer: ``/analyze``, ``/recognizers``, ``/supportedentities``, ``/health``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from recognizers.explanation import recognizer_name
from recognizers.finding import Finding
from scanner.records import NO_ROW, Record
from scanner.service.errors import ApiError
from scanner.service.judging import judged, refuse_long
from scanner.service.presidio.ad_hoc import AdHocRecognizers
from scanner.service.presidio.allowing import allowed_words
from scanner.service.presidio.errors import REFUSALS, AnalyzerRoute
from scanner.service.presidio.expressions import Budget
from scanner.service.presidio.requests import AnalyzeRequest
from scanner.service.presidio.results import Analyzed, as_json, in_order, of_finding, of_result
from scanner.service.state import ServiceState, Shared

_LANGUAGE = "fr"
_TEXT = "Mme suit une chimiothérapie, rappeler au 06 12 34 56 78"
_EXAMPLES: dict[str, Any] = {
    "one text": {"value": {"text": _TEXT, "language": _LANGUAGE}},
    "several texts, explained": {
        "value": {
            "text": [_TEXT, "M. a rendu les clés"],
            "language": _LANGUAGE,
            "entities": ["HEALTH", "ADDICTION"],
            "score_threshold": 0.6,
            "return_decision_process": True,
        }
    },
}

Language = Annotated[str, Query(description="`fr`, also when absent or empty", json_schema_extra={"enum": [_LANGUAGE, ""]})]

router = APIRouter(route_class=AnalyzerRoute, tags=["Presidio"])


@router.post("/analyze", operation_id="analyze", response_model=list[Analyzed] | list[list[Analyzed]], responses={**REFUSALS})
def analyze(request: Annotated[AnalyzeRequest, Body(openapi_examples=_EXAMPLES)], shared: Shared) -> Response:
    """Find what is sensitive in one text, or in each of several: as Presidio's analyzer, with what ``vigie scan`` finds."""
    _require_french(request.language)
    texts = [str(text) for text in request.text] if isinstance(request.text, list) else [request.text]
    if len(texts) > shared.settings.limits.texts:
        raise ApiError(413, "too-many-texts", f"Too many texts: {shared.settings.limits.texts} at most for one request")
    for text in texts:
        refuse_long(text, shared.settings.limits)
    budget = Budget()
    ad_hoc = AdHocRecognizers(request.ad_hoc_recognizers or (), _LANGUAGE, budget)
    wanted = _wanted_entities(request, {*shared.detector.entities, *ad_hoc.entities})
    allows = allowed_words(request, budget)
    threshold = request.score_threshold if request.score_threshold is not None else 0
    lists = []
    for text, findings in zip(texts, _findings(texts, shared), strict=True):
        results = [
            result
            for result in _results(text, findings, ad_hoc, request, allows)
            if result.entity_type in wanted and result.score >= threshold and not allows(text[result.start : result.end])
        ]
        lists.append(as_json(in_order(results), explained=bool(request.return_decision_process)))
    return JSONResponse(lists if isinstance(request.text, list) else lists[0])


@router.get("/recognizers", operation_id="recognizers", responses={**REFUSALS})
def recognizers(shared: Shared, language: Language = _LANGUAGE) -> list[str]:
    """List the recognizers, by name."""
    _require_french(language or _LANGUAGE)
    return [recognizer_name(entity) for entity in shared.detector.entities]


@router.get("/supportedentities", operation_id="supportedEntities", responses={**REFUSALS})
def supported_entities(shared: Shared, language: Language = _LANGUAGE) -> list[str]:
    """List the entities that can be found."""
    _require_french(language or _LANGUAGE)
    return list(shared.detector.entities)


@router.get("/health", operation_id="health", response_class=PlainTextResponse)
def health() -> str:
    """Tell that the service is up, in Presidio's words."""
    return "Presidio Analyzer service is up"


def _findings(texts: list[str], shared: ServiceState) -> Iterator[list[tuple[Finding, str]]]:
    """Yield the findings of each text, each with the words that betray it.

    A text on which a recognizer fails is an error: no findings would pass for a clean text.
    """
    records = [Record("", NO_ROW, "", {"": text}) for text in texts]
    for number, (reading, judgement) in enumerate(judged(records, shared.text_policy, shared)):
        if reading.record.problem:
            raise ApiError(500, "not-analyzed", f"Text {number} could not be analyzed, please report it: {reading.record.problem}")
        betraying = [reading.record.texts[""][slice(*item.finding.words)] for item in judgement.fields.get("", ())]
        stored = [item.finding for item in reading.stored(judgement).fields.get("", ())]
        yield list(zip(stored, betraying, strict=True))


def _results(
    text: str, findings: list[tuple[Finding, str]], ad_hoc: AdHocRecognizers, request: AnalyzeRequest, allows: Callable[[str], bool]
) -> Iterator[Analyzed]:
    """Yield what was found; ours only where the words that betray it are not allowed, far though it may reach beyond them."""
    yield from (of_finding(finding) for finding, betraying in findings if not allows(betraying))
    yield from map(of_result, ad_hoc.analyze(text, request.context or ()))


def _wanted_entities(request: AnalyzeRequest, known: Collection[str]) -> Collection[str]:
    if not request.entities:
        return known
    wanted = set(request.entities).intersection(known)
    if not wanted:
        raise _no_recognizers()
    return wanted


def _require_french(language: str) -> None:
    if language != _LANGUAGE:
        raise _no_recognizers()


def _no_recognizers() -> ApiError:
    return ApiError(400, "no-recognizers", "No matching recognizers were found to serve the request.")
