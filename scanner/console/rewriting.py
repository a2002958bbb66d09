"""A text written by hand in place of a record's, checked again before it is kept, and exceptions made of one of its findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from scanner.accounts import Viewer
from scanner.console.access import Signed, needs
from scanner.console.allow_forms import AllowForm, allow_form, told_of
from scanner.console.queue_filters import read_filters
from scanner.console.record import RecordId, record_page
from scanner.console.rendering import Flash
from scanner.console.reviewing import Review, ReviewTools, read_shown
from scanner.console.told import reason_for, told_path
from scanner.review.masking import Segment
from scanner.review.outcome import Remaining
from scanner.review.record import FindingView, RecordView, record_view

router = APIRouter(dependencies=[needs("decide")])

_CRLF = "crlf"


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A text that was written for ``field`` and not kept: the same in segments, marked where it still reveals something."""

    field: str
    text: str
    line_ends: str
    why: str
    segments: tuple[Segment, ...]
    entities: tuple[str, ...]


@router.post("/records/{record_id}/wording", dependencies=[needs("reveal")])
def write(
    request: Request,
    viewer: Signed,
    review: Review,
    record_id: RecordId,
    shown: Annotated[str, Form()] = "",
    field: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    line_ends: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "",
    accept: Annotated[bool, Form()] = False,
) -> Response:
    """Keep what a field shall say; where that still reveals something, show it first."""
    text = text.replace("\r\n", "\n")  # forms send CR LF, whatever was written
    written = text.replace("\n", "\r\n") if line_ends == _CRLF else text
    rewriting = Rewriting(field, text, line_ends, why, (), ())
    if not why.strip():
        problem = "Donnez le motif : il est conservé avec la décision."
        return record_page(request, viewer, review, record_id, 422, problem=problem, rewriting=rewriting)
    etag = read_shown([shown]).get(record_id, "")
    outcome = review.desk.write_wording(viewer, record_id, etag, {field: written}, why=why, accept_remaining=accept)
    if outcome.done or outcome.waits:
        query = read_filters(request.query_params).query()
        told = "proposed" if outcome.waits else "done"
        return RedirectResponse(told_path(record_id, query, told, of=record_id), 303)
    found = [item for item in outcome.remaining if item.field == field]
    entities = tuple(dict.fromkeys(item.entity for item in found))
    rewriting = Rewriting(field, text, line_ends, why, _marked(written, found), entities)
    return record_page(request, viewer, review, record_id, 409, problem=reason_for(outcome.refusal), rewriting=rewriting)


@router.post("/records/{record_id}/allow", dependencies=[needs("allow")])
def allow(
    request: Request,
    viewer: Signed,
    review: Review,
    record_id: RecordId,
    form: Annotated[AllowForm, Depends(allow_form)],
    finding: Annotated[str, Form()] = "",
    where: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Make an exception of a finding: of the words that the form gives, else of its rule; for this record or further."""
    view = _view(viewer, review, record_id)
    one = next((item for item in view.findings if str(item.id) == finding), None)
    if one is None:
        raise HTTPException(404)
    form = _about(form, view, one, where).within(viewer.perimeter, view.row.site)
    if problems := form.problems():
        return record_page(request, viewer, review, record_id, 422, problem=" ".join(problems))
    outcome = review.allowing.add(viewer, form.allowance())
    told = Flash("good", f"L’exception est ajoutée. {told_of(outcome, 'écartés')}")
    return record_page(request, viewer, review, record_id, flash=told)


def _about(form: AllowForm, view: RecordView, finding: FindingView, where: str) -> AllowForm:
    return AllowForm(
        term=form.term,
        rule="" if form.term else finding.rule,
        entity=finding.entity,
        record=view.row.record if where == "record" else "",
        source=view.row.source if where in ("record", "field", "source") else "",
        field=finding.field if where in ("record", "field") else "",
        site=view.row.site if where == "site" else "",
        expires=form.expires,
        why=form.why,
    )


def _view(viewer: Viewer, review: ReviewTools, record_id: int) -> RecordView:
    with review.store.connect() as connection:
        view = record_view(connection, viewer.perimeter, record_id)
    if view is None:
        raise HTTPException(404)
    return view


def _marked(text: str, found: Sequence[Remaining]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    at = 0
    for item in sorted(found, key=lambda item: item.start):
        if item.start < at:
            continue
        segments += [Segment(text[at : item.start]), Segment(text[item.start : item.end], item.entity)]
        at = item.end
    return (*(segment for segment in segments if segment.text), Segment(text[at:]))
