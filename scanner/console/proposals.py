"""What waits for a second person: one's own proposals to withdraw, those of others to confirm or refuse, several at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from scanner.accounts import Viewer
from scanner.console.access import Signed, needs
from scanner.console.rendering import render
from scanner.console.reviewing import Review, ReviewTools
from scanner.console.told import Refused, Told, reason_for, record_path
from scanner.errors import InputError
from scanner.review.desk import ReviewDesk
from scanner.review.outcome import ProposalOutcome
from scanner.review.proposals import ProposalPage, proposal_page
from scanner.review.record import ProposalView
from scanner.review.words import words

router = APIRouter(dependencies=[needs("records")])

_PAGE = 50
_ANSWERS: Mapping[str, tuple[str, Callable[..., ProposalOutcome]]] = {
    "confirm": ("Confirmer", ReviewDesk.confirm),
    "refuse": ("Refuser", ReviewDesk.refuse),
    "withdraw": ("Retirer", ReviewDesk.withdraw),
}


@router.get("/proposals")
def proposals(request: Request, viewer: Signed, review: Review) -> HTMLResponse:
    """Show the proposals in one state, those that wait unless the address asks for others."""
    return _page(request, viewer, review)


@router.post("/proposals")
def answer(
    request: Request,
    viewer: Signed,
    review: Review,
    proposals: Annotated[list[str] | None, Form()] = None,
    answer: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Confirm, refuse or withdraw the proposals that were selected, and show what came of it."""
    ids = list(dict.fromkeys(proposals or []))
    problems = [
        text
        for wrong, text in (
            (not ids, "Sélectionnez au moins une proposition."),
            (answer not in _ANSWERS, "Choisissez une réponse."),
            (not why.strip(), "Donnez le motif de la réponse : il est conservé avec elle."),
        )
        if wrong
    ]
    if problems:
        return _page(request, viewer, review, 422, problems=problems, answer=answer, why=why, chosen=frozenset(ids))
    label, method = _ANSWERS[answer]
    with review.store.connect() as connection:
        waiting = proposal_page(connection, viewer.perimeter, limit=len(ids) + _PAGE).rows
    outcome = method(review.desk, viewer, ids, why=why)
    return _page(request, viewer, review, told=_told(label, outcome, {row.id: row for row in waiting}))


def _told(label: str, outcome: ProposalOutcome, known: Mapping[str, ProposalView]) -> Told:
    rows = {proposal_id: proposal.row for proposal_id, proposal in known.items()}
    refused = [
        Refused(rows[one].record, reason_for(key), record_path(rows[one].id)) if one in rows else Refused("", reason_for(key), "")
        for one, key in outcome.refused.items()
    ]
    return Told(label, tuple(rows[one].record for one in outcome.done if one in rows), (), tuple(refused))


def _page(request: Request, viewer: Viewer, review: ReviewTools, status: int = 200, **context: Any) -> HTMLResponse:
    states = words("proposals")
    state = request.query_params.get("state", "")
    state = state if state in states else "waiting"
    with review.store.connect() as connection:
        page = _read(viewer, connection, state, request.query_params.get("after", ""))
    given = {"told": None, "problems": [], "answer": "", "why": "", "chosen": frozenset(), **context}
    answers = [("confirm", "Confirmer"), ("refuse", "Refuser")] if viewer.may("confirm") else []
    answers += [("withdraw", "Retirer ma proposition")] if viewer.may("decide") else []
    return render(request, "proposals", viewer, status, page=page, state=state, states=states, answers=answers, **given)


def _read(viewer: Viewer, connection: Any, state: str, after: str) -> ProposalPage:
    try:
        return proposal_page(connection, viewer.perimeter, state=state, after=after, limit=_PAGE)
    except InputError:
        return proposal_page(connection, viewer.perimeter, state=state, limit=_PAGE)
