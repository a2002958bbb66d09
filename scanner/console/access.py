"""Who may see a page: what its handler or its router depends on.

A router names the permission that all its pages need, ``APIRouter(dependencies=[needs("records")])``; a handler that wants to know who asks
takes ``viewer: Signed``. What a person may not see answers like what does not exist.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, HTTPException, Request, Response
from fastapi.params import Depends as Dependency
from fastapi.responses import RedirectResponse

from scanner.accounts import Permission, Viewer
from scanner.accounts.sessions import Session, Step
from scanner.console.cookies import token_of
from scanner.console.people import People

SIGN_IN = "/console/sign-in"
PAGES: dict[Step, str] = {
    "code": "/console/sign-in/code",
    "password": "/console/password",
    "second-factor": "/console/second-factor",
    "done": "/console/",
}
"""Where a person goes whose session waits for a step."""


class ElsewhereError(Exception):
    """The request is to be made elsewhere, at ``location``: there is something to do first."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


def elsewhere(request: Request, error: Exception) -> Response:
    """Answer :class:`ElsewhereError`: a page is redirected, a part of a page that a script asks for makes it leave as well."""
    location = error.location if isinstance(error, ElsewhereError) else SIGN_IN
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": location})
    return RedirectResponse(location, 303)


def any_session(request: Request, people: People) -> Session:
    """Return the session of who asks, whatever it waits for."""
    session = people.sessions.session_of(token_of(request))
    if session is None:
        raise ElsewhereError(SIGN_IN)
    return session


def signed_viewer(session: Annotated[Session, Depends(any_session)]) -> Viewer:
    """Return who asks, once every step of signing in is done."""
    if session.step != "done":
        raise ElsewhereError(PAGES[session.step])
    return session.viewer


Started = Annotated[Session, Depends(any_session)]
"""What a handler takes that works before every step of signing in is done."""
Signed = Annotated[Viewer, Depends(signed_viewer)]
"""What a handler takes to know who asks."""


def needs(permission: Permission) -> Dependency:
    """Return what a router depends on whose pages need ``permission``: without it they do not exist."""

    def check(viewer: Signed) -> None:
        if not viewer.may(permission):
            raise HTTPException(404)

    dependency: Dependency = Depends(check)
    return dependency
