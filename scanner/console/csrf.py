"""Proof that an unsafe request comes from a page of this console and not from another site."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from fastapi import HTTPException, Request

from scanner.accounts.derived import Purpose, derived_key
from scanner.console.cookies import token_of
from scanner.service.state import Shared, state_of

FIELD = "csrf"
HEADER = "X-CSRF"

_PURPOSE: Purpose = "forms"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def csrf_of(request: Request) -> str:
    """Return the token that forms of the page carry in the hidden field ``csrf``, or scripts in the header ``X-CSRF``.

    It is derived from the cookie's token, which a visitor has before signing in as well, and changes with it. ``""`` without a cookie.
    """
    token, key = token_of(request), state_of(request).key
    if not token or key is None:
        return ""
    return hmac.new(derived_key(key, _PURPOSE), token.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


async def check_csrf(request: Request, shared: Shared) -> None:
    """Refuse an unsafe request without the right token, or from another origin. Every router of the console depends on it."""
    if request.method in _SAFE:
        return
    sent = request.headers.get(HEADER) or str((await request.form()).get(FIELD, ""))
    expected = csrf_of(request)
    if _is_foreign(request) or not expected or not hmac.compare_digest(sent.encode("utf-8", "replace"), expected.encode()):
        raise HTTPException(403)


def _is_foreign(request: Request) -> bool:
    """Tell whether the browser says that another site sent the request. Pages without a referrer send the origin ``null`` to their own."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin", "null")
    return origin != "null" and urlsplit(origin).netloc != request.headers.get("host", "")
