"""What people change of their own account: password and second factor."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from scanner.accounts.refusals import RefusedError, account_wordings, in_french
from scanner.accounts.sessions import Session
from scanner.console.access import PAGES, Started
from scanner.console.cookies import set_token
from scanner.console.people import People, PeopleDesk
from scanner.console.qr_code import qr_code
from scanner.console.rendering import render

router = APIRouter()

Typed = Annotated[str, Form(max_length=1_000)]


@router.get("/password")
def password_page(request: Request, session: Started) -> Response:
    """Show the form to change the password."""
    if session.step == "code":
        return RedirectResponse(PAGES["code"], 303)
    return _password_form(request, session)


@router.post("/password")
def change_password(request: Request, people: People, session: Started, old: Typed = "", new: Typed = "", again: Typed = "") -> Response:
    """Change the password; every other session of the person ends."""
    if session.step == "code":
        return RedirectResponse(PAGES["code"], 303)
    if new != again:
        return _password_form(request, session, refused="Les deux saisies du nouveau mot de passe diffèrent.", status=422)
    try:
        token = people.own.change_password(session, old, new)
    except RefusedError as refusal:
        return _password_form(request, session, refused=in_french(refusal), status=422)
    return _renewed(request, people, token)


@router.get("/second-factor")
def second_factor_page(request: Request, people: People, session: Started) -> Response:
    """Show the QR code and secret of a second factor that is to be set up; tell when one is in use."""
    if session.step in ("code", "password"):
        return RedirectResponse(PAGES[session.step], 303)
    return _factor_form(request, people, session)


@router.post("/second-factor")
def confirm_second_factor(request: Request, people: People, session: Started, code: Typed = "") -> Response:
    """Put the second factor into use with its first code."""
    if session.step in ("code", "password"):
        return RedirectResponse(PAGES[session.step], 303)
    try:
        token = people.own.confirm_second_factor(session, code)
    except RefusedError as refusal:
        return _factor_form(request, people, session, refused=in_french(refusal), status=422)
    return _renewed(request, people, token)


def _password_form(request: Request, session: Session, *, refused: str = "", status: int = 200) -> Response:
    viewer = session.viewer if session.step == "done" else None
    context = {"least": account_wordings()["passwords"]["least"], "obliged": session.account.must_change, "login": session.viewer.login}
    return render(request, "change_password", viewer, status, refused=refused, **context)


def _factor_form(request: Request, people: PeopleDesk, session: Session, *, refused: str = "", status: int = 200) -> Response:
    viewer = session.viewer if session.step == "done" else None
    if session.account.second_factor:
        return render(request, "second_factor", viewer, status, in_use=True, refused=refused)
    factor = people.own.begin_second_factor(session)
    context = {"secret": factor.secret, "image": qr_code(factor.uri), "obliged": session.step == "second-factor"}
    return render(request, "second_factor", viewer, status, in_use=False, refused=refused, **context)


def _renewed(request: Request, people: PeopleDesk, token: str) -> Response:
    session = people.sessions.session_of(token)
    if session is None:
        raise HTTPException(404)
    response = RedirectResponse(PAGES[session.step], 303)
    set_token(request, response, token)
    return response
