"""The allow-list: exceptions of the store, to add and to end, and those of the policy file, to read."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse

from scanner.accounts import Viewer
from scanner.console.access import Signed, needs
from scanner.console.allow_forms import AllowForm, allow_form, in_a_year, told_of
from scanner.console.queue_filters import read_choices
from scanner.console.rendering import Flash, render
from scanner.console.reviewing import Review, ReviewTools
from scanner.review.allowing import allowances

router = APIRouter(dependencies=[needs("allow")])

_SOON = datetime.timedelta(days=30)


@router.get("/allow-list")
def allow_list(request: Request, viewer: Signed, review: Review) -> HTMLResponse:
    """Show the exceptions in force, those that expire first at the front; with ``?ended=1`` also those that are over."""
    return _page(request, viewer, review)


@router.post("/allow-list")
def add(request: Request, viewer: Signed, review: Review, form: Annotated[AllowForm, Depends(allow_form)]) -> HTMLResponse:
    """Add an exception and show what it sets aside at once."""
    problems = form.problems()
    if viewer.perimeter.sites is not None and not viewer.perimeter.holds(form.site):
        problems.append("Choisissez l’un de vos sites : une exception ne vaut que pour ce que vous voyez.")
    if problems:
        return _page(request, viewer, review, 422, problems=problems, form=form)
    outcome = review.allowing.add(viewer, form.allowance())
    return _page(request, viewer, review, flash=Flash("good", f"L’exception est ajoutée. {told_of(outcome, 'écartés')}"))


@router.post("/allow-list/{entry_id}/end")
def end(request: Request, viewer: Signed, review: Review, entry_id: str, why: Annotated[str, Form()] = "") -> HTMLResponse:
    """End an exception before its time: what it set aside is to be examined again."""
    if not why.strip():
        return _page(request, viewer, review, 422, problems=["Donnez le motif pour lequel l’exception prend fin."])
    outcome = review.allowing.end(viewer, entry_id, why=why)
    return _page(request, viewer, review, flash=Flash("good", f"L’exception a pris fin. {told_of(outcome, 'de nouveau à examiner')}"))


def _page(request: Request, viewer: Viewer, review: ReviewTools, status: int = 200, **context: Any) -> HTMLResponse:
    ended = request.query_params.get("ended") == "1"
    today = datetime.date.today()
    with review.store.connect() as connection:
        entries = allowances(connection, viewer.perimeter, review.key, today, ended=ended)
        choices = read_choices(connection, viewer.perimeter, review.catalogue)
    given = {"problems": [], "told": None, "form": AllowForm(expires=in_a_year().isoformat()), **context}
    return render(
        request,
        "allow_list",
        viewer,
        status,
        entries=entries,
        of_file=[*review.policy.allow.active, *review.policy.allow.expired],
        today=today,
        soon=today + _SOON,
        ended=ended,
        choices=choices,
        **given,
    )
