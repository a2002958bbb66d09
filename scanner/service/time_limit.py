"""A limit on the time that a request may take, and on how many are worked on at once."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scanner.service.errors import error_response, log_failure
from scanner.service.places import PROBES


class TimeLimit:
    """Answers 503 when ``app`` has not begun to answer after ``seconds``, the wait for one of ``slots`` included.

    Work in a thread cannot be stopped: it goes on unheard, and keeps its slot until it ends, so that slow requests do not pile up.
    """

    def __init__(self, app: ASGIApp, *, seconds: float, slots: int) -> None:
        self._app = app
        self._seconds = seconds
        self._slots = asyncio.Semaphore(slots)
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; probes are asked exactly when all slots are taken, and are let through."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        work = asyncio.create_task(self._work(scope, receive, answer))
        try:
            await asyncio.wait({work}, timeout=self._seconds)
        except asyncio.CancelledError:
            work.cancel()
            raise
        if work.done() or answer.begun:
            await work
            return
        answer.given_up = True
        self._late.add(work)
        work.add_done_callback(self._forget)
        message = f"no answer within {self._seconds:g} seconds: send a shorter text or a smaller batch, or try again later"
        await error_response(503, "too-slow", message, {"retry-after": "1"})(scope, receive, send)

    async def _work(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        async with self._slots:
            if not answer.given_up:
                await self._app(scope, receive, answer.send)

    def _forget(self, work: asyncio.Task[None]) -> None:
        self._late.discard(work)
        if not work.cancelled() and (error := work.exception()):
            log_failure(error)


class _Answer:
    """What a request is answered, which goes nowhere once the request has been given up."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False
        self.given_up = False

    async def send(self, message: Message) -> None:
        if not self.given_up:
            self.begun = True
            await self._send(message)
