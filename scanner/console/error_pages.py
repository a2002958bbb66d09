"""Errors of the console as pages in French: whoever refused a request, a handler or what surrounds it, answers persons in one form."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scanner.console.rendering import environment
from scanner.console.wordings import wordings
from scanner.errors import InputError, NotAllowedError, NotFoundError
from scanner.service.errors import api_error_response
from scanner.service.places import is_console

_STATUSES = {NotFoundError: 404, NotAllowedError: 404, InputError: 400}
"""What is not for who asks answers like what does not exist."""


def add_error_pages(app: FastAPI) -> None:
    """Make every error below ``/console`` a page; what the domain refuses is one of these, without a word of its message."""
    app.add_middleware(ErrorPages)

    async def refused(request: Request, error: Exception) -> Response:
        if not is_console(request.url.path):
            raise error
        status = next(status for kind, status in _STATUSES.items() if isinstance(error, kind))
        return api_error_response(HTTPException(status))

    app.add_exception_handler(InputError, refused)


class ErrorPages:
    """Replaces the errors in JSON that ``app`` answers to the console by pages of the same status, which say what to do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not is_console(scope["path"]):
            await self._app(scope, receive, send)
            return
        page = b""

        async def send_page(message: Message) -> None:
            nonlocal page
            if message["type"] == "http.response.start" and _is_error(message):
                page = _page(message["status"])
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in (b"content-type", b"content-length")]
                headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(page)).encode()), *kept]
                await send({**message, "headers": headers})
            elif page and message["type"] == "http.response.body":
                if not message.get("more_body"):
                    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else page})
            else:
                await send(message)

        await self._app(scope, receive, send_page)


def _is_error(start: Message) -> bool:
    kinds = [value for name, value in start["headers"] if name.lower() == b"content-type"]
    return start["status"] >= 400 and any(kind.startswith(b"application/json") for kind in kinds)


def _page(status: int) -> bytes:
    """Return the page of ``status``. It knows no viewer: an error looks the same to everybody."""
    known = wordings()["errors"]
    told = known.get(str(status)) or known["500" if status >= 500 else "400"]
    page = environment().get_template("console/error.html.j2")
    return page.render(viewer=None, csrf="", nav=[], flash=None, request_path="", status=status, told=told).encode()
