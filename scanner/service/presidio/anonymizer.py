"""Presidio's anonymizer: ``/anonymize``, ``/deanonymize``, ``/anonymizers``, ``/deanonymizers``, with Presidio's own engines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body
from fastapi.responses import Response
from pydantic import BaseModel

from scanner.redaction import presidio_anonymizer_package
from scanner.service.errors import ApiError
from scanner.service.judging import refuse_long
from scanner.service.presidio.errors import REFUSALS, PresidioRoute
from scanner.service.presidio.requests import AnonymizeRequest, Custom, DeanonymizeRequest, Span
from scanner.service.settings import Limits
from scanner.service.state import Shared

if TYPE_CHECKING:
    from presidio_anonymizer import AnonymizerEngine, DeanonymizeEngine, EngineResult, OperatorConfig

_TEXT = "M. Durand, tél. 06 12 34 56 78"
_SPAN = {"entity_type": "PHONE_NUMBER", "start": 16, "end": 30}
_ANONYMIZE: dict[str, Any] = {
    "mask": {
        "value": {
            "text": _TEXT,
            "anonymizers": {"PHONE_NUMBER": {"type": "mask", "masking_char": "*", "chars_to_mask": 11, "from_end": True}},
            "analyzer_results": [_SPAN | {"score": 0.95}],
        }
    },
    "default": {"value": {"text": _TEXT, "analyzer_results": [_SPAN | {"score": 0.95}]}},
}
_DEANONYMIZE: dict[str, Any] = {
    "decrypt": {
        "value": {
            "text": "My name is S184CMt9Drj7QaKQ21JTrpYzghnboTF9pn/neN8JME0=",
            "deanonymizers": {"PERSON": {"type": "decrypt", "key": "WmZq4t7w!z%C&F)J"}},
            "anonymizer_results": [{"start": 11, "end": 55, "entity_type": "PERSON"}],
        }
    }
}

ANONYMIZERS = ("custom", "encrypt", "hash", "keep", "mask", "redact", "replace")
"""Presidio's, but for one that asks a service of Azure."""
DEANONYMIZERS = ("decrypt", "deanonymize_keep")

_OVERLAP = 10

router = APIRouter(route_class=PresidioRoute, tags=["Presidio"])


class ReplacedItem(BaseModel):
    """What stands in the new text in place of a finding."""

    start: int
    end: int
    entity_type: str
    text: str
    operator: str
    score: float | None = None


class NewText(BaseModel):
    """A text with its findings replaced, the last first."""

    text: str
    items: list[ReplacedItem]


@router.post("/anonymize", operation_id="anonymize", response_model=NewText, responses={**REFUSALS})
def anonymize(request: Annotated[AnonymizeRequest, Body(openapi_examples=_ANONYMIZE)], shared: Shared) -> Response:
    """Replace findings in a text: as Presidio's anonymizer."""
    _check_size(request.text, request.analyzer_results, shared.settings.limits)
    chosen = request.anonymizers or {}
    if any(isinstance(anonymizer, Custom) for anonymizer in chosen.values()):
        raise ApiError(400, "not-supported", "Custom type anonymizer is not supported")
    presidio = presidio_anonymizer_package().entities
    with _engine_errors():
        results = [presidio.RecognizerResult(one.entity_type, one.start, one.end, one.score) for one in request.analyzer_results]
        return _answer(_anonymizer().anonymize(request.text, results, _operators(chosen)))


@router.post("/deanonymize", operation_id="deanonymize", response_model=NewText, responses={**REFUSALS})
def deanonymize(request: Annotated[DeanonymizeRequest, Body(openapi_examples=_DEANONYMIZE)], shared: Shared) -> Response:
    """Bring encrypted words back: as Presidio's anonymizer."""
    _check_size(request.text, request.anonymizer_results, shared.settings.limits)
    chosen = request.deanonymizers
    if "DEFAULT" not in chosen and not chosen.keys() >= {one.entity_type for one in request.anonymizer_results}:
        raise ApiError(422, "invalid-request", "Invalid input, deanonymizers must name each entity_type, or DEFAULT")
    presidio = presidio_anonymizer_package().entities
    with _engine_errors():
        encrypted = [presidio.OperatorResult(one.start, one.end, one.entity_type) for one in request.anonymizer_results]
        return _answer(_deanonymizer().deanonymize(request.text, encrypted, _operators(chosen)))


@router.get("/anonymizers", operation_id="anonymizers", responses={**REFUSALS})
def anonymizers() -> list[str]:
    """List what can be done with a finding."""
    return list(ANONYMIZERS)


@router.get("/deanonymizers", operation_id="deanonymizers", responses={**REFUSALS})
def deanonymizers() -> list[str]:
    """List what can be done with a text that was anonymized."""
    return list(DEANONYMIZERS)


def _check_size(text: str, spans: Sequence[Span], limits: Limits) -> None:
    """Refuse what is too long, and spans that overlap so much that Presidio, which repeats what they share, would write for minutes."""
    refuse_long(text, limits)
    if sum(span.end - span.start for span in spans) > _OVERLAP * max(len(text), _OVERLAP):
        raise ApiError(422, "too-costly", f"The findings overlap too much: together {_OVERLAP} times the text at most")


@cache
def _anonymizer() -> AnonymizerEngine:
    engine: AnonymizerEngine = presidio_anonymizer_package().AnonymizerEngine()
    return engine


@cache
def _deanonymizer() -> DeanonymizeEngine:
    engine: DeanonymizeEngine = presidio_anonymizer_package().DeanonymizeEngine()
    return engine


def _operators(chosen: Mapping[str, BaseModel]) -> dict[str, OperatorConfig]:
    """Return the operators by entity, as Presidio's engines take them."""
    config = presidio_anonymizer_package().entities.OperatorConfig
    return {entity: config.from_json(one.model_dump(exclude_none=True)) for entity, one in chosen.items()}


@contextmanager
def _engine_errors() -> Iterator[None]:
    """Turn what Presidio's engines say of values into a refusal; of the request it holds numbers and names of our fields only."""
    try:
        yield
    except presidio_anonymizer_package().entities.InvalidParamError as error:
        raise ApiError(422, "invalid-request", str(error)) from None
    except ValueError:
        raise ApiError(422, "invalid-request", "Invalid input, the text cannot be decrypted with this key") from None


def _answer(result: EngineResult) -> Response:
    return Response(result.to_json(), media_type="application/json")
