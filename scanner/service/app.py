"""The application: its routes and what surrounds them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from scanner.accounts.api_keys import ApiKeys
from scanner.service import check, files, presidio, probes, scan
from scanner.service.body_limit import BodyLimit
from scanner.service.description import DESCRIPTION, TAGS, describe_keys
from scanner.service.errors import add_error_handlers
from scanner.service.gate import Gate
from scanner.service.headers import SecurityHeaders
from scanner.service.origins import Origins
from scanner.service.settings import ServiceSettings
from scanner.service.state import ServiceState, make_state
from scanner.service.time_limit import TimeLimit
from scanner.service.warming import warm_up
from scanner.service.watching import Watching

_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False}
"""FastAPI can send traces; they could hold what a text holds."""


def create_app(settings: ServiceSettings) -> FastAPI:
    """Return the service. Raises :class:`scanner.errors.VigieError` when policy or store cannot be used."""
    state = make_state(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        warm_up(state)
        refreshing = asyncio.create_task(state.policies.keep_fresh())
        yield
        refreshing.cancel()
        await asyncio.wait({refreshing})
        if state.store is not None:
            state.store.close()

    app = FastAPI(
        title="Vigie",
        version=version("vigie"),
        description=DESCRIPTION,
        openapi_tags=TAGS,
        docs_url=None,
        redoc_url=None,
        telemetry=_NO_TELEMETRY,
        lifespan=lifespan,
        middleware=_surroundings(state),
    )
    app.state.vigie = state
    add_error_handlers(app)
    for router in (check.router, scan.router, presidio.router, probes.router, files.router):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=files.STATIC, check_dir=False), name="files")
    describe_keys(app)
    if state.store is not None:
        from scanner.console import add_console

        add_console(app, state)
    return app


def _surroundings(state: ServiceState) -> list[Middleware]:
    """Return what a request passes on its way in, from the outside."""
    settings, limits = state.settings, state.settings.limits
    keys = ApiKeys(state.store, state.key) if settings.auth and state.store and state.key else None
    return [
        Middleware(SecurityHeaders, secure=settings.secure_cookies),
        Middleware(Watching, metrics=state.metrics),
        Middleware(TrustedHostMiddleware, allowed_hosts=settings.hosts or ("*",), www_redirect=False),
        Middleware(Origins, allowed=settings.origins),
        Middleware(TimeLimit, seconds=limits.seconds, slots=limits.concurrent),
        Middleware(Gate, keys=keys, limits=limits),
        Middleware(BodyLimit, limit=limits.body_bytes),
    ]
