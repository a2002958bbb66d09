"""The REST API of Presidio's analyzer and anonymizer, so that clients written for it work unchanged with ``language: fr``.

Shapes, paths, offsets (code points) and messages are Presidio's; the findings are Vigie's. What differs: where Presidio answers 500 to a
mistake of the caller (no text, unknown language), the same message comes with 400, and no message holds anything of the request.
"""

from __future__ import annotations

from fastapi import APIRouter

from scanner.service.presidio.analyzer import router as analyzer
from scanner.service.presidio.anonymizer import router as anonymizer

router = APIRouter()
router.include_router(analyzer)
router.include_router(anonymizer)

__all__ = ["router"]
