"""A real service on loopback and a real Chromium to look at it with."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from scanner.service import ServiceSettings, create_app

BROWSING = frozenset({"serve", "browser", "page"})
"""Fixtures whose tests may reach this machine by loopback."""

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_START_SECONDS = 30

Serve = Callable[[ServiceSettings], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that starts a service, which ends with the test, and returns its address: ``http://127.0.0.1:PORT``."""
    with ExitStack() as services:
        yield lambda settings: services.enter_context(running_service(settings))


@contextmanager
def running_service(settings: ServiceSettings) -> Iterator[str]:
    """Run a service in a thread of this process; yield its address."""
    import uvicorn

    from scanner.service.head_limit import HeadLimit

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, http=HeadLimit, host="127.0.0.1", port=port, log_level="error", server_header=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + _START_SECONDS
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.started, "the service did not start"
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(_START_SECONDS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, headless."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed: make servers")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Page]:
    """A page of a fresh profile. It fails the test when the page's own scripts failed or something broke its security policy."""
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None)
    yield page
    context.close()
    assert errors == []
