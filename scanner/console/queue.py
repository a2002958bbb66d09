"""The queue: records with findings, riskiest first, and decisions on several at once. No text is here, masked or not."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from scanner.accounts import Viewer
from scanner.console.access import Signed, needs
from scanner.console.actions import action_named, actions, carry_out, review_words
from scanner.console.queue_filters import Asked, read_choices, read_filters
from scanner.console.rendering import render
from scanner.console.reviewing import Review, ReviewTools, read_shown, record_names
from scanner.console.told import Told, told_of_records
from scanner.errors import InputError
from scanner.review.queue import QueuePage, queue_page

router = APIRouter(dependencies=[needs("records")])

_OPEN = ("false_alarm", "redact", "neutral", "erase", "release")
_DECIDED = ("undo",)


@router.get("/queue")
def queue(request: Request, viewer: Signed, review: Review) -> HTMLResponse:
    """Show a page of the queue."""
    return _page(request, viewer, review)


@router.post("/queue", dependencies=[needs("decide")])
def decide(
    request: Request,
    viewer: Signed,
    review: Review,
    records: Annotated[list[str] | None, Form()] = None,
    action: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Do something with the records that were selected, and show the queue again with what came of it."""
    shown, wanted = read_shown(records or []), action_named(action)
    problems = [
        text
        for wrong, text in (
            (not shown, "Sélectionnez au moins une fiche."),
            (wanted is None, "Choisissez une décision."),
            (not why.strip(), "Donnez le motif de la décision : il est conservé avec elle."),
        )
        if wrong
    ]
    if wanted is None or problems:
        return _page(request, viewer, review, problems=problems, chosen=frozenset(shown), action=action, why=why)
    with review.store.connect() as connection:
        names = record_names(connection, viewer.perimeter, list(shown))
    outcome = carry_out(review, viewer, wanted, shown, why)
    query = read_filters(request.query_params).query()
    return _page(request, viewer, review, told=told_of_records(wanted.label, outcome, names, query))


def _page(
    request: Request,
    viewer: Viewer,
    review: ReviewTools,
    *,
    told: Told | None = None,
    problems: list[str] | None = None,
    chosen: frozenset[int] = frozenset(),
    action: str = "",
    why: str = "",
) -> HTMLResponse:
    asked = read_filters(request.query_params)
    with review.store.connect() as connection:
        page, asked = _read(connection, viewer, asked)
        choices = read_choices(connection, viewer.perimeter, review.catalogue)
    names = _OPEN if asked.wanted.state == "open" else _DECIDED if asked.wanted.state == "decided" else (*_OPEN, *_DECIDED)
    return render(
        request,
        "queue",
        viewer,
        422 if problems else 200,
        page=page,
        asked=asked,
        choices=choices,
        filter_names=review_words()["filters"],
        actions=actions(review.policy.review, *names) if viewer.may("decide") else [],
        told=told,
        problems=problems or [],
        chosen=chosen,
        action=action,
        why=why,
    )


def _read(connection: Connection, viewer: Viewer, asked: Asked) -> tuple[QueuePage, Asked]:
    """Return the page asked for; the first one where its cursor is none."""
    try:
        return queue_page(connection, viewer.perimeter, asked.wanted, after=asked.after), asked
    except InputError:
        first = Asked(asked.wanted, "", (*asked.misread, "after"))
        return queue_page(connection, viewer.perimeter, asked.wanted), first
