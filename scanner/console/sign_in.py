"""Signing in, the code of the second factor, signing out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from scanner.accounts.refusals import RefusedError, in_french
from scanner.console.access import PAGES, SIGN_IN, Started
from scanner.console.cookies import forget_token, set_token, token_of, visitor_token
from scanner.console.people import People, PeopleDesk
from scanner.console.rendering import render

router = APIRouter()

Typed = Annotated[str, Form(max_length=1_000)]


@router.get("/sign-in")
def sign_in_page(request: Request, people: People) -> Response:
    """Show the form; who is signed in goes on."""
    session = people.sessions.session_of(token_of(request))
    if session is not None:
        return RedirectResponse(PAGES[session.step], 303)
    return _form(request)


@router.post("/sign-in")
def sign_in(request: Request, people: People, login: Typed = "", password: Typed = "") -> Response:
    """Open a session. What is wrong is told in the same words whether the login exists or not."""
    if people.too_many(request):
        return _form(request, refused="Trop d’essais infructueux depuis cette adresse. Réessayez dans quelques minutes.", status=429)
    try:
        token = people.sessions.sign_in(login, password)
    except RefusedError as refusal:
        people.failed(request)
        return _form(request, refused=in_french(refusal), login=login, status=_status(refusal))
    return _go_on(request, people, token)


@router.get("/sign-in/code")
def code_page(request: Request, session: Started) -> Response:
    """Ask for the code of the second factor."""
    return _code_form(request) if session.step == "code" else RedirectResponse(PAGES[session.step], 303)


@router.post("/sign-in/code")
def enter_code(request: Request, people: People, session: Started, code: Typed = "") -> Response:
    """Take the code of the second factor."""
    if session.step != "code":
        return RedirectResponse(PAGES[session.step], 303)
    try:
        token = people.sessions.enter_code(token_of(request), code)
    except RefusedError as refusal:
        people.failed(request)
        return _code_form(request, refused=in_french(refusal), status=_status(refusal))
    return _go_on(request, people, token)


@router.post("/sign-out")
def sign_out(request: Request, people: People) -> Response:
    """End the session."""
    people.sessions.sign_out(token_of(request))
    response = RedirectResponse(f"{SIGN_IN}?done=signed-out", 303)
    forget_token(request, response)
    return response


def _form(request: Request, *, refused: str = "", login: str = "", status: int = 200) -> Response:
    token = visitor_token(request)
    response = render(request, "sign_in", None, status, refused=refused, login=login)
    set_token(request, response, token)
    return response


def _code_form(request: Request, *, refused: str = "", status: int = 200) -> Response:
    return render(request, "second_factor_code", None, status, refused=refused)


def _go_on(request: Request, people: PeopleDesk, token: str) -> Response:
    session = people.sessions.session_of(token)
    response = RedirectResponse(PAGES[session.step] if session else SIGN_IN, 303)
    set_token(request, response, token)
    return response


def _status(refusal: RefusedError) -> int:
    return 429 if refusal.reason == "locked" else 401
