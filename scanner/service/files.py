"""Files for browsers: the component of data-entry screens and its demonstration."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from scanner.service.component import component_script, component_tag

STATIC = Path(__file__).parent / "static"

router = APIRouter(include_in_schema=False)


@router.get("/vigie.js")
async def component(request: Request) -> Response:
    """Return the component, for pages of any origin; 304 to browsers that have it."""
    headers = {"cross-origin-resource-policy": "cross-origin", "etag": component_tag()}
    if request.headers.get("if-none-match") == component_tag():
        return Response(status_code=304, headers=headers)
    return Response(component_script(), media_type="text/javascript", headers=headers)


@router.get("/demo")
async def demo() -> FileResponse:
    """Return the demonstration: a tenant's file as business software shows it."""
    return FileResponse(STATIC / "demo.html", media_type="text/html")
