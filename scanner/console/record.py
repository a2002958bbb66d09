"""One record: what was found in it, its masked text, decisions on it or a part of it, and its history."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from scanner.accounts import Viewer
from scanner.console.access import Signed, needs
from scanner.console.actions import Part, action_named, actions, carry_out, read_part, review_words
from scanner.console.allow_forms import in_a_year
from scanner.console.queue_filters import read_filters
from scanner.console.record_page import findings_by_field, neighbours
from scanner.console.rendering import Flash, render
from scanner.console.reviewing import Review, ReviewTools, read_shown, record_names
from scanner.console.told import reason_for, record_path, told_path
from scanner.report.labels import ASSERTIONS, SUBJECTS
from scanner.review.record import RecordView, record_view

router = APIRouter(dependencies=[needs("records")])

RecordId = Annotated[int, Path(ge=1, lt=2**63)]

_DECIDED = {"done": "est enregistrée", "proposed": "attend la confirmation d’une seconde personne"}


@router.get("/records/{record_id}")
def record(request: Request, viewer: Signed, review: Review, record_id: RecordId) -> HTMLResponse:
    """Show a record, masked, and what came of the decision on the one before, where there was one."""
    return record_page(request, viewer, review, record_id, told_before=_told_before(request, viewer, review))


@router.post("/records/{record_id}", dependencies=[needs("decide")])
def decide(
    request: Request,
    viewer: Signed,
    review: Review,
    record_id: RecordId,
    shown: Annotated[str, Form()] = "",
    action: Annotated[str, Form()] = "",
    part: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "",
    following: Annotated[str, Form()] = "",
) -> Response:
    """Decide on the record or a part of it; then on to the record that follows in the queue, or back to this one."""
    versions, wanted, about = read_shown([shown]), action_named(action), read_part(part)
    given = {"action": action, "part": part, "why": why}
    if wanted is None or about is None or set(versions) != {record_id}:
        return record_page(request, viewer, review, record_id, 422, problem="Choisissez une décision.", **given)
    if about != Part() and not wanted.parts:
        return record_page(request, viewer, review, record_id, 422, problem=reason_for("whole-only"), **given)
    if not why.strip():
        return record_page(request, viewer, review, record_id, 422, problem="Donnez le motif : il est conservé avec la décision.", **given)
    outcome = carry_out(review, viewer, wanted, versions, why, about)
    if record_id in outcome.refused:
        return record_page(request, viewer, review, record_id, 409, problem=reason_for(outcome.refused[record_id]), **given)
    asked = read_filters(request.query_params)
    told = "proposed" if record_id in outcome.proposed else "done"
    stays = wanted.does in ("undo", "hold", "free") or about != Part()
    to = int(following) if not stays and following.isascii() and following.isdigit() else record_id
    return RedirectResponse(told_path(to, asked.query(), told, of=record_id), 303)


@router.post("/records/{record_id}/reveal", dependencies=[needs("reveal")])
def reveal(request: Request, viewer: Signed, review: Review, record_id: RecordId, why: Annotated[str, Form()] = "") -> HTMLResponse:
    """Show the text of the record, once the reason is written down."""
    if not why.strip():
        problem = "Donnez le motif de la lecture : il est consigné."
        return record_page(request, viewer, review, record_id, 422, problem=problem)
    revealed = review.desk.reveal(viewer, record_id, why=why)
    return record_page(request, viewer, review, record_id, revealed=revealed)


def record_page(
    request: Request, viewer: Viewer, review: ReviewTools, record_id: int, status: int = 200, *, problem: str = "", **context: Any
) -> HTMLResponse:
    """Return the page of a record, with what the handler adds; 404 when it does not exist for ``viewer``."""
    asked = read_filters(request.query_params)
    with review.store.connect() as connection:
        view = record_view(connection, viewer.perimeter, record_id)
        if view is None:
            raise HTTPException(404)
        beside = neighbours(connection, viewer, asked, record_id)
    given: dict[str, Any] = {"action": "", "part": "", "why": "", "revealed": None, "rewriting": None, "told_before": None, **context}
    if problem:
        given["flash"] = Flash("bad", problem)
    return render(
        request,
        "record",
        viewer,
        status,
        view=view,
        asked=asked,
        beside=beside,
        fields=findings_by_field(view, review.catalogue),
        masked={} if given["revealed"] else review.desk.masked(viewer, record_id),
        actions=actions(review.policy.review, *_possible(view)) if viewer.may("decide") else [],
        in_a_year=in_a_year(),
        said={"assertions": ASSERTIONS, "subjects": SUBJECTS, **review_words()},
        **given,
    )


def _possible(view: RecordView) -> list[str]:
    """Return the actions that make sense for a record as it is."""
    names = ["false_alarm", "redact", "neutral", "erase", "release"] if view.row.state == "open" else []
    names += ["undo"] if view.can_undo else []
    if view.entry_id and view.row.entry_state != "erased":
        names += ["free"] if view.row.held else ["hold"]
    return names


def _told_before(request: Request, viewer: Viewer, review: ReviewTools) -> dict[str, str] | None:
    """Return what to tell of the decision that led here: on which record, with its address, and what came of it."""
    told, of = request.query_params.get("told", ""), read_shown([request.query_params.get("of", "")])
    if told not in _DECIDED or not of:
        return None
    (record_id,) = of
    with review.store.connect() as connection:
        name = record_names(connection, viewer.perimeter, [record_id]).get(record_id)
    path = record_path(record_id, read_filters(request.query_params).query())
    return {"name": name, "path": path, "text": _DECIDED[told]} if name else None
