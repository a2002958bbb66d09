"""The console of the data-protection officer: pages in French over accounts and review.

Every module of pages has a ``router`` whose paths begin below ``/console``: ``@router.get("/queue")``. A POST form carries the hidden field
``csrf`` (in the context of every template), a script the header ``X-CSRF``.
"""

from __future__ import annotations

from importlib import import_module

from fastapi import Depends, FastAPI
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles

from scanner.console.access import ElsewhereError, elsewhere
from scanner.console.csrf import check_csrf
from scanner.console.error_pages import add_error_pages
from scanner.console.people import PeopleDesk
from scanner.console.rendering import STATIC
from scanner.service.state import ServiceState

PREFIX = "/console"

PAGES = (
    "sign_in",
    "own_account",
    "account_pages",
    "dashboard",
    "queue",
    "record",
    "rewriting",
    "proposals",
    "allow_list",
    "search",
    "try_it",
    "audit_pages",
    "reports",
)


def add_console(app: FastAPI, state: ServiceState) -> None:
    """Add every page of the console to ``app``. The service must have a state store."""
    if state.store is None or state.key is None:
        raise ValueError("the console needs a state store and its key")
    app.state.people = PeopleDesk(state.store, state.key)
    app.add_exception_handler(ElsewhereError, elsewhere)
    add_error_pages(app)
    app.mount(f"{PREFIX}/static", StaticFiles(directory=STATIC), name="console-files")
    for page in PAGES:
        router = import_module(f"{__name__}.{page}").router
        app.include_router(router, prefix=PREFIX, dependencies=[Depends(check_csrf)], include_in_schema=False)
    for path in ("/", PREFIX):
        app.add_api_route(path, _to_dashboard, include_in_schema=False)


def _to_dashboard() -> RedirectResponse:
    return RedirectResponse(f"{PREFIX}/", 303)
