"""Who may come in, and how often: API keys with their scopes, and a limit of requests a minute for each caller."""

from __future__ import annotations

import asyncio
import math
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from scanner.accounts.api_keys import ApiKey, ApiKeys
from scanner.clock import utc_now
from scanner.errors import StoreError
from scanner.service.errors import ApiError, api_error_response, log_failure
from scanner.service.places import SCOPES, is_console, is_open
from scanner.service.settings import Limits

TRUSTED_SECONDS = 1.0
"""How long a key that was just looked up needs no second look: so long it may go on after it was revoked."""
_MOST_TRUSTED = 1_000


class Gate:
    """Lets a request to ``app`` pass, or answers 401, 403, 404 or 429.

    A caller of the API is the key that it shows together with its address, for all screens of a business software may show the same key;
    without ``keys`` nobody shows one. The console knows its callers itself: here they are addresses, with no more requests than people
    make. Paths that are neither open nor in ``SCOPES`` do not exist, so that none is open by mistake.
    """

    def __init__(self, app: ASGIApp, *, keys: ApiKeys | None, limits: Limits) -> None:
        self._app = app
        self._keys = keys
        self._limit = RateLimitItemPerMinute(limits.requests_per_minute)
        self._console_limit = RateLimitItemPerMinute(limits.console_requests, namespace="console")
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._trusted: dict[str, tuple[ApiKey, float]] = {}
        self._noting: dict[str, asyncio.Task[None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            try:
                await self._check(scope)
            except ApiError as error:
                await api_error_response(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _check(self, scope: Scope) -> None:
        path = scope["path"]
        if is_open(path):
            return
        address = f"address:{scope['client'][0] if scope['client'] else ''}"
        if is_console(path):
            await self._count(address, self._console_limit)
        elif path in SCOPES and self._keys is None:
            await self._count(address, self._limit)
        elif path not in SCOPES:
            raise ApiError(404, "not-found", "nothing is served here: see /openapi.json")
        else:
            key = await self._key(Headers(scope=scope).get("authorization", ""), address)
            await self._count(f"key:{key.id} {address}", self._limit)
            if (wanted := SCOPES[path]) not in key.scopes:
                raise ApiError(403, "scope-missing", f"this API key lacks the scope {wanted}: make one with `vigie apikey create`")

    async def _key(self, authorization: str, address: str) -> ApiKey:
        """Return the key of a request; every failure counts as a request of ``address``, which locks out no key that was good before."""
        scheme, _, secret = authorization.partition(" ")
        secret = secret.strip() if scheme.lower() == "bearer" else ""
        now = time.monotonic()
        key, until = self._trusted.get(secret, (None, 0.0))
        if key is not None and now < until:
            return key
        if key is None and not await self._limiter.test(self._limit, address):
            await self._count(address, self._limit)
        assert self._keys is not None
        found = await run_in_threadpool(self._keys.find, secret)
        if found is None:
            self._trusted.pop(secret, None)
            await self._count(address, self._limit)
            message = "show a valid API key: Authorization: Bearer vigie_…; `vigie apikey create` makes one"
            raise ApiError(401, "key-refused", message, {"www-authenticate": "Bearer"})
        if len(self._trusted) >= _MOST_TRUSTED:
            self._trusted.clear()
        self._trusted[secret] = (found, now + TRUSTED_SECONDS)
        if found.used != utc_now()[:10] and found.id not in self._noting:
            self._noting[found.id] = asyncio.create_task(self._note_use(found))
        return found

    async def _note_use(self, key: ApiKey) -> None:
        assert self._keys is not None
        try:
            await run_in_threadpool(self._keys.note_use, key)
        except StoreError as error:
            log_failure(error)
        finally:
            del self._noting[key.id]

    async def _count(self, caller: str, limit: RateLimitItem) -> None:
        if await self._limiter.hit(limit, caller):
            return
        window = await self._limiter.get_window_stats(limit, caller)
        wait = max(1, math.ceil(window.reset_time - time.time()))
        message = f"more than {limit.amount} requests a minute: wait {wait} seconds"
        raise ApiError(429, "too-many-requests", message, {"retry-after": str(wait)})
