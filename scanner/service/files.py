"""Files for browsers: the component of data-entry screens and its demonstration."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from scanner.service.component import component_script, component_tag, packed_component
from scanner.service.errors import ApiError
from scanner.service.state import Shared

STATIC = Path(__file__).parent / "static"

router = APIRouter(include_in_schema=False)


@router.api_route("/vigie.js", methods=["GET", "HEAD"])
async def component(request: Request) -> Response:
    """Return the component, for pages of any origin; 304 to browsers that have it."""
    headers = {"cross-origin-resource-policy": "cross-origin", "etag": component_tag(), "vary": "Accept-Encoding"}
    if component_tag() in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed_component(), media_type="text/javascript", headers={**headers, "content-encoding": "gzip"})
    return Response(component_script(), media_type="text/javascript", headers=headers)


@router.api_route("/demo", methods=["GET", "HEAD"])
async def demo(shared: Shared) -> FileResponse:
    """Return the demonstration: a tenant's file as business software shows it. It has no API key."""
    if shared.settings.auth:
        raise ApiError(404, "no-demonstration", "the demonstration shows no API key, so it needs a service without: vigie serve --no-auth")
    return FileResponse(STATIC / "demo.html", media_type="text/html")
