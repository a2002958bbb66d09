"""Search by tenant or by record. What is searched for is personal data: it arrives by POST and stands in no URL and no log."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response

from scanner.console.access import Signed, needs
from scanner.console.rendering import render
from scanner.console.stores import Key, Opened
from scanner.review.queue import QueuePage
from scanner.review.search import by_record, by_tenant

router = APIRouter(prefix="/search", dependencies=[needs("records")])

ROWS = 50
"""Records a page."""

Typed = Annotated[str, Form(max_length=500)]


@router.get("")
def form(request: Request, viewer: Signed) -> Response:
    """Show the empty form."""
    return render(request, "search", viewer, by="tenant", wanted="", after="", page=None)


@router.post("")
def found(
    request: Request,
    viewer: Signed,
    store: Opened,
    key: Key,
    by: Annotated[Literal["tenant", "record"], Form()] = "tenant",
    wanted: Typed = "",
    after: Typed = "",
) -> Response:
    """Show the records of a tenant, or those with an id."""
    wanted = wanted.strip()
    page: QueuePage | None = None
    if wanted and by == "tenant":
        page = by_tenant(store, viewer, wanted, key, after=after, limit=ROWS)
    elif wanted:
        with store.connect() as connection:
            page = by_record(connection, viewer, wanted, after=after, limit=ROWS)
    return render(request, "search", viewer, by=by, wanted=wanted, after=after, page=page)
