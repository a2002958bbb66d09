"""What Presidio's API refuses, with its statuses and words; nothing of the request is repeated."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel

from scanner.service.errors import ApiError
from scanner.service.presidio import requests

_NO_VALUE = {"text": "No text provided", "language": "No language provided"}
"""Presidio's words for what ``/analyze`` needs and did not get."""

_FIELDS = frozenset(
    field for model in vars(requests).values() if isinstance(model, type) and issubclass(model, BaseModel) for field in model.model_fields
)


class PresidioError(BaseModel):
    """Why a request was refused."""

    error: str


REFUSALS: Mapping[int | str, dict[str, Any]] = {
    400: {"model": PresidioError, "description": "Not a request that can be read: no JSON, no text, no language, an unknown recognizer"},
    401: {"model": PresidioError, "description": "No API key"},
    403: {"model": PresidioError, "description": "The API key or the origin may not do this"},
    413: {"model": PresidioError, "description": "A body or a text that is too long"},
    415: {"model": PresidioError, "description": "A body that is not application/json"},
    422: {"model": PresidioError, "description": "Values that cannot be used together, or would cost too much"},
    429: {"model": PresidioError, "description": "Too many requests"},
    500: {"model": PresidioError, "description": "The service failed; the text was not analyzed"},
    503: {"model": PresidioError, "description": "No answer within the time limit"},
}
"""The refusals that every operation documents."""

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PresidioRoute(APIRoute):
    """A route that refuses bodies as Presidio does; ``invalid`` is the status when values are not as they must be."""

    invalid: ClassVar[int] = 422

    def get_route_handler(self) -> _Handler:
        """Return the handler of the route, which raises :class:`ApiError` for every body that it refuses."""
        handle = super().get_route_handler()

        async def handle_json(request: Request) -> Response:
            _require_json(request)
            try:
                return await handle(request)
            except RequestValidationError as error:
                raise self._refusal(error) from None

        return handle_json

    def _refusal(self, error: RequestValidationError) -> ApiError:
        first = error.errors()[0]
        if first["type"] == "json_invalid" or not isinstance(error.body, dict):
            return ApiError(400, "not-json", "Invalid request json")
        return ApiError(self.invalid if error.body else 400, "invalid-request", _told(first, error.body))


class AnalyzerRoute(PresidioRoute):
    """A route of Presidio's analyzer, which answers 400 to what it cannot parse."""

    invalid = 400


def _require_json(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST" and kind != "application/json":
        raise ApiError(415, "not-json", "The body must be JSON: send Content-Type: application/json")


def _told(error: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    """Return which value of ``body`` is wrong and how, ``…`` in place of a key that is not ours."""
    place = [str(part) if isinstance(part, int) or part in _FIELDS else "…" for part in error["loc"][1:]]
    if place[0] in _NO_VALUE and not body.get(place[0]):
        return _NO_VALUE[place[0]]
    return f"Invalid request, {'.'.join(place)}: {error['type'].replace('_', ' ')}"
