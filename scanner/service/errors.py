"""Errors of the API: one shape, and never a word of what was sent."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Collection, Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from scanner.errors import StoreError
from scanner.service.places import PRESIDIO

_log = logging.getLogger(__name__)

_REASONS: Mapping[str, str] = {
    "json_invalid": "the body is not JSON",
    "string_unicode": "must be Unicode text; a lone surrogate such as \\ud800 is none",
    "missing": "is missing",
    "extra_forbidden": "holds a name that is not known here",
    "string_type": "must be a text in quotes",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object; send it with Content-Type: application/json",
    "too_short": "must not be empty",
    "too_long": "holds too many",
    "literal_error": "must be one of the words that /openapi.json names",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
}
"""What is wrong, by the type of pydantic's error. Its own messages may hold what was sent."""

_TOLD = 3
"""How many of the mistakes in a body are told: it may hold thousands."""


class ApiError(HTTPException):
    """An error that the caller can mend: ``code`` for programs, ``message`` saying what to do."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, message, headers)
        self.code = code


class ErrorResponse(JSONResponse):
    """The answer of an error: ``{"error": {"code", "message"}}``, and ``{"error": message}`` where Presidio's API was asked."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__({"error": {"code": code, "message": message}}, status, headers)
        self._message = message

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer to a request."""
        if scope["path"] in PRESIDIO:
            self.body = self.render({"error": self._message})
            self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def error_response(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> ErrorResponse:
    """Return the answer of an error."""
    return ErrorResponse(status, code, message, headers)


def api_error_response(error: HTTPException) -> ErrorResponse:
    """Return the answer of ``error``; one that is not ours tells its status only, whatever its detail says."""
    if isinstance(error, ApiError):
        return error_response(error.status_code, error.code, error.detail, error.headers)
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return error_response(400, "bad-request", "the body could not be read: send JSON in UTF-8", error.headers)
    status = HTTPStatus(error.status_code)
    return error_response(status, status.phrase.lower().replace(" ", "-"), f"{status.phrase}: see /openapi.json", error.headers)


def add_error_handlers(app: FastAPI) -> None:
    """Make ``app`` answer every error of its own in the shape of the API."""

    @cache
    def names() -> frozenset[str]:
        """What the description calls the parts of bodies."""
        schemas = app.openapi()["components"]["schemas"].values()
        return frozenset({"body", *(name for schema in schemas for name in schema.get("properties", ()))})

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return api_error_response(error)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        told = [_told(one, names()) for one in error.errors()[:_TOLD]]
        return error_response(422, "invalid-request", "; ".join(dict.fromkeys(told)))

    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, invalid)


def log_failure(error: BaseException) -> None:
    """Log that ``error`` came out of a handler: its class and place; what it says may be text of a comment, unless it is the store's."""
    if isinstance(error, StoreError):
        _log.error("%s", str(error))  # of an exception JSON logs hold the class only
        return
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else "an unknown place"
    _log.error("internal error, please report it: %s at %s", type(error).__name__, place)


def _told(error: Mapping[str, Any], known: Collection[str]) -> str:
    """Return what is wrong and where, ``…`` in place of a name that is not ours."""
    if error["type"] == "json_invalid":
        return _REASONS["json_invalid"]
    place = ".".join(str(part) if isinstance(part, int) or part in known else "…" for part in error["loc"])
    kind = str(error["type"])
    return f"{place}: {_REASONS.get(kind, f'is not accepted ({kind})')}"
