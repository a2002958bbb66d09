"""Security headers on every answer."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scanner.service.places import is_console, is_file

API_POLICY = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'"
)
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_ONE_YEAR = "max-age=31536000"

Headers = list[tuple[bytes, bytes]]


class SecurityHeaders:
    """Adds to answers of ``app`` the headers that they lack; ``secure`` is whether browsers reach the service by TLS only."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        transport = {"strict-transport-security": _ONE_YEAR} if secure else {}
        self._app = app
        self._api = _encoded({"content-security-policy": API_POLICY, "cache-control": "no-store", **_ALWAYS, **transport})
        self._console = _encoded({"content-security-policy": PAGE_POLICY, "cache-control": "no-store", **_ALWAYS, **transport})
        self._file = _encoded({"content-security-policy": PAGE_POLICY, "cache-control": "no-cache", **_ALWAYS, **transport})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        added = self._file if is_file(path) else self._console if is_console(path) else self._api

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(header for header in added if header[0] not in present)]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _encoded(headers: Mapping[str, str]) -> Headers:
    return [(name.encode(), value.encode()) for name, value in headers.items()]
