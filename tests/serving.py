"""A service in this process, without a network, and clients of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fakes import KEY, FakeDetector
from starlette.testclient import TestClient

from scanner.accounts.api_keys import ApiKeys
from scanner.service import Limits, ServiceSettings, create_app
from scanner.store.engine import open_store


@contextmanager
def service(*, fake: bool = False, limits: dict[str, Any] | None = None, **settings: Any) -> Iterator[TestClient]:
    """Run a service without keys and yield a client; ``fake`` gives it the detector of four words."""
    given = {"auth": False, "secure_cookies": False, "limits": Limits(**{"seconds": 60, **(limits or {})}), **settings}
    app = create_app(ServiceSettings(**given))
    if fake:
        app.state.vigie.detector = FakeDetector()
    with TestClient(app) as client:
        yield client


@contextmanager
def locked_service(folder: Path, **options: Any) -> Iterator[TestClient]:
    """Run a service that asks for keys, with a state store in ``folder``."""
    with service(auth=True, store=str(folder / "state.sqlite"), key=KEY, **options) as client:
        yield client


def make_key(folder: Path, *scopes: str, **options: Any) -> str:
    """Return a new API key of the store in ``folder``."""
    with open_store(folder / "state.sqlite") as store:
        return ApiKeys(store, KEY).create("écran", scopes or ("check",), options.pop("expires", None), by="dpo").secret


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}
