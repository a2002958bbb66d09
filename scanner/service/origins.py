"""Which pages of which sites may call the API from a browser."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from scanner.service.errors import error_response
from scanner.service.places import is_console


class Origins:
    """Refuses requests of pages outside ``allowed`` origins and the service's own, and tells browsers which are allowed.

    The console, which answers its own pages only, is left alone.
    """

    def __init__(self, app: ASGIApp, *, allowed: Collection[str]) -> None:
        self._app = app
        self._allowed = frozenset(origin.lower().rstrip("/") for origin in allowed)
        self._cross_origin = CORSMiddleware(
            app,
            allow_origins=sorted(self._allowed),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After"],
            max_age=600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or is_console(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "").lower()
        if not origin or origin.partition("://")[2] == headers.get("host", "").lower():  # a proxy may speak TLS for us
            await self._app(scope, receive, send)
        elif origin in self._allowed:
            await self._cross_origin(scope, receive, send)
        else:
            message = "pages of this origin may not call the service: start it with --origin, once for each that may"
            await error_response(403, "origin-refused", message)(scope, receive, send)
