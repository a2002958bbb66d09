"""What is known of every request afterwards: its route, status and time, in metrics and log. Neither query, nor body, nor address."""

from __future__ import annotations

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scanner.errors import StoreError
from scanner.operations.logs import log_event
from scanner.service.errors import ErrorResponse, error_response, log_failure
from scanner.service.metrics import ServiceMetrics
from scanner.service.places import CONSOLE, OPEN, SCOPES, is_console, is_file

_log = logging.getLogger(__name__)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNKNOWN = "unknown"
FILES = "files"


class Watching:
    """Counts and logs every answer of ``app``, and answers 500 where it raised: no error goes further, its message may hold text."""

    def __init__(self, app: ASGIApp, *, metrics: ServiceMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            log_failure(error)
            if not status:
                await _failed(error)(scope, receive, watched)
        finally:
            seconds = time.perf_counter() - start
            method = scope["method"] if scope["method"] in _METHODS else UNKNOWN
            route = _route(scope)
            self._metrics.answered(method, route, status, seconds)
            log_event(_log, "request", method=method, route=route, status=status, seconds=round(seconds, 6))


def _failed(error: Exception) -> ErrorResponse:
    if isinstance(error, StoreError):
        message = "the state store cannot be used, so nothing was checked: the service's log says why; try again later"
        return error_response(503, "store-failed", message, {"retry-after": "5"})
    return error_response(500, "internal-error", "the service failed; the text was neither checked nor kept. Its log names the place")


def _route(scope: Scope) -> str:
    """Return the template of the route, ``/console/records/{record_id}``: paths may hold ids and whatever was typed."""
    path = scope["path"]
    if path in OPEN or path in SCOPES:
        return str(path)
    if is_file(path):
        return FILES
    route = scope.get("route")
    if route is None:
        return UNKNOWN
    template = str(route.path)  # within its router, which may lie below the console
    return f"{CONSOLE}{template}" if is_console(path) and not is_console(template) else template
