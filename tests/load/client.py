"""A client that costs little: connections that are kept, one request at a time on each."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

import httptools

NO_ANSWER = 0
"""Status of requests whose connection broke."""


@dataclass(slots=True)
class Answers:
    """Seconds until each answer was there, answers by status, and the seconds that all took."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    duration: float = 0.0


def check_requests(texts: Sequence[str], host: str) -> list[bytes]:
    """Return the requests that check ``texts``, as they go over the wire."""
    bodies = [json.dumps({"text": text, "field": "COMMENTAIRE"}, ensure_ascii=False).encode() for text in texts]
    head = f"POST /v1/check HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: "
    return [head.encode() + str(len(body)).encode() + b"\r\n\r\n" + body for body in bodies]


async def load(host: str, port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Answers:
    """Ask ``requests`` over and over on so many ``connections`` for so many ``seconds``, from when each has had its first answer."""
    loop = asyncio.get_running_loop()
    asked = cycle(requests)
    clients = [(await loop.create_connection(lambda: _Connection(asked), host, port))[1] for _ in range(connections)]
    await asyncio.gather(*(client.ask_once() for client in clients))
    answers = Answers()
    start = time.perf_counter()
    await asyncio.gather(*(client.ask_until(start + seconds, answers) for client in clients))
    answers.duration = time.perf_counter() - start
    return answers


class _Connection(asyncio.Protocol):
    """Sends the next request when the answer to the last is there, until it is told to end."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self._requests = requests

    async def ask_once(self) -> None:
        """Wait for one answer, which counts nowhere: servers accept connections one after the other."""
        await self.ask_until(0, Answers())

    async def ask_until(self, end: float, answers: Answers) -> None:
        """Ask until ``end``, once at least, and note the ``answers``."""
        self._end = end
        self._answers = answers
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ask()
        await self._done

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._answers.statuses[NO_ANSWER] += 1
            self._done.set_result(None)

    def on_message_complete(self) -> None:
        now = time.perf_counter()
        self._answers.seconds.append(now - self._asked)
        self._answers.statuses[self._parser.get_status_code()] += 1
        if now < self._end:
            self._ask()
        else:
            self._done.set_result(None)

    def _ask(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._asked = time.perf_counter()
        self._transport.write(next(self._requests))
