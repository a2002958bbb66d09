"""The one cookie of the console: the token of a session, or of a visitor who has not signed in yet."""

from __future__ import annotations

import secrets

from fastapi import Request, Response

from scanner.service.state import state_of

TOKEN_BYTES = 32

_NAME = "vigie_session"


def token_of(request: Request) -> str:
    """Return the token that the request's cookie holds, or the one that its answer will set; ``""`` when there is neither."""
    return getattr(request.state, "vigie_token", "") or request.cookies.get(_name(request), "")


def visitor_token(request: Request) -> str:
    """Return the request's token; without one, a new one that opens nothing, for :func:`set_token` to set."""
    request.state.vigie_token = token_of(request) or secrets.token_urlsafe(TOKEN_BYTES)
    token: str = request.state.vigie_token
    return token


def set_token(request: Request, response: Response, token: str) -> None:
    """Make the browser keep ``token`` until it is closed."""
    secure = state_of(request).settings.secure_cookies
    response.set_cookie(_name(request), token, path="/", secure=secure, httponly=True, samesite="strict")


def forget_token(request: Request, response: Response) -> None:
    """Make the browser forget its token."""
    secure = state_of(request).settings.secure_cookies
    response.delete_cookie(_name(request), path="/", secure=secure, httponly=True, samesite="strict")


def _name(request: Request) -> str:
    """Return the cookie's name: the prefix, which browsers accept with ``Secure`` only, ties the cookie to this host and to TLS."""
    return f"__Host-{_NAME}" if state_of(request).settings.secure_cookies else _NAME
