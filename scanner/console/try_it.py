"""A page to try a text on. It arrives in the body of a POST, is shown back to who sent it, and kept nowhere."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response

from scanner.console.access import Signed, needs
from scanner.console.rendering import render
from scanner.console.trial import Trial, try_text
from scanner.policy import PURPOSES
from scanner.report.labels import ASSERTIONS, SUBJECTS
from scanner.service.state import Shared

router = APIRouter(prefix="/try", dependencies=[needs("try")])

MOST_CHARACTERS = 20_000


@router.get("")
def form(request: Request, viewer: Signed) -> Response:
    """Show the empty form."""
    return _page(request, viewer, "", None)


@router.post("")
def tried(request: Request, viewer: Signed, shared: Shared, text: Annotated[str, Form()] = "") -> Response:
    """Show what is found in ``text``."""
    text = text.replace("\r\n", "\n")
    if len(text) > MOST_CHARACTERS:
        raise HTTPException(413)
    return _page(request, viewer, text, try_text(text, shared) if text.strip() else None)


def _page(request: Request, viewer: Signed, text: str, trial: Trial | None) -> Response:
    return render(
        request,
        "try_it",
        viewer,
        text=text,
        trial=trial,
        purposes=PURPOSES,
        assertions=ASSERTIONS,
        subjects=SUBJECTS,
        most=MOST_CHARACTERS,
    )
