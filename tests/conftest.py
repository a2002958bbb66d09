"""What several tests share."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

from recognizers.detector import Detector, default_detector

# The same examples in every run: a failure in CI can be repeated at a desk. `--hypothesis-seed` explores others.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def detector() -> Detector:
    return default_detector()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection: nothing in this project needs one at run time."""

    def refuse(*_: object) -> NoReturn:
        raise AssertionError("a network connection was attempted")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
