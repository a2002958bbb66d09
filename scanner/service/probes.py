"""Is the service alive, is it ready, how does it do: for whatever keeps it running."""

from __future__ import annotations

from functools import cache
from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from sqlalchemy import text

from recognizers.rulepack import rules_digest
from scanner.errors import StoreError
from scanner.service.answers import errors
from scanner.service.state import Shared

router = APIRouter(tags=["operations"])

Part = Literal["ok", "failed", "none"]


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """``rules`` is the digest of the rules.

    ``policy`` failed: its last change could not be read, the one before it is in force. ``store`` failed: it cannot be reached.
    """

    status: Literal["ok", "failed"]
    rules: str
    policy: Part
    store: Part


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", operation_id="healthz", summary="Is the process alive?")
async def healthz() -> Alive:
    """Answer; that is all."""
    return Alive()


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", operation_id="readyz", summary="Can it do its work?", responses={503: {"model": Ready, "description": "It cannot."}})
def readyz(shared: Shared, response: Response) -> Ready:
    """Tell whether rules are loaded, the policy's file can be read and the store be reached."""
    policy: Part = "failed" if shared.policies.problem else "ok"
    store = _store(shared)
    failed = "failed" in (policy, store)
    response.status_code = 503 if failed else 200
    return Ready(status="failed" if failed else "ok", rules=_rules(), policy=policy, store=store)


@router.get("/metrics", operation_id="metrics", summary="Figures for Prometheus", response_class=Response, responses=errors())
def metrics(shared: Shared) -> Response:
    """Return counts and times by route, status, verdict and entity. Nothing in them tells of a person."""
    shared.metrics.policy_current.set(not shared.policies.problem)
    return Response(shared.metrics.text(), media_type=CONTENT_TYPE_LATEST)


@cache
def _rules() -> str:
    return rules_digest()


def _store(shared: Shared) -> Part:
    if shared.store is None:
        return "none"
    try:
        with shared.store.connect() as connection:
            connection.execute(text("SELECT 1"))
    except StoreError:
        return "failed"
    return "ok"
