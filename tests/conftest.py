"""What several tests share."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from browsing.fixtures import BROWSING, browser, page, serve
from hypothesis import settings
from people import anywhere, cheap_hashes, clock, people
from servers.fixtures import SERVERS, mariadb, postgres, postgres_base, postgres_pair, shared_base

from recognizers.detector import Detector, default_detector

# The same examples in every run: a failure in CI can be repeated at a desk. `--hypothesis-seed` explores others.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

__all__ = [
    "anywhere",
    "browser",
    "cheap_hashes",
    "clock",
    "mariadb",
    "page",
    "people",
    "postgres",
    "postgres_base",
    "postgres_pair",
    "serve",
    "shared_base",
]

ROOT = Path(__file__).parent.parent
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@pytest.fixture(scope="session")
def detector() -> Detector:
    return default_detector()


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection: nothing in this project needs one at run time but to the databases it is told to read.

    A test that asks for a server or a browser (``servers/fixtures.py``, ``browsing/fixtures.py``) can reach this machine, by loopback or
    Unix sockets, and nothing else.
    """
    has_server = not (SERVERS | BROWSING).isdisjoint(request.fixturenames)
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def checked_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and (not has_server or address[0] not in LOOPBACK):
            raise AssertionError("a network connection was attempted")
        connect(self, address)

    def checked_getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        if not has_server or host not in LOOPBACK:
            raise AssertionError("a network address was looked up")
        return getaddrinfo(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", checked_connect)
    monkeypatch.setattr(socket, "getaddrinfo", checked_getaddrinfo)
