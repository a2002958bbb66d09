"""The application: its routes and what surrounds them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from scanner.service.settings import ServiceSettings
from scanner.service.state import make_state


def create_app(settings: ServiceSettings) -> FastAPI:
    """Return the service. Raises :class:`scanner.errors.VigieError` when policy or store cannot be used."""
    state = make_state(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        if state.store is not None:
            state.store.close()

    app = FastAPI(title="Vigie", version=version("vigie"), lifespan=lifespan)
    app.state.vigie = state
    return app
