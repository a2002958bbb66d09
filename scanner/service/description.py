"""The description of the API, ``/openapi.json``, beyond what its routes say themselves."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from scanner.service.places import SCOPES

DESCRIPTION = """Finds sensitive remarks in French free-text comments, before they are saved or in batches.

Nothing that is sent is stored, logged, or repeated in an error. Offsets count code points of the text as sent, end exclusive.
Every error has the form `{"error": {"code", "message"}}`, in Presidio's API `{"error": message}`;
401, 403, 429, 500 and 503 mean that the text was **not** checked.
"""
TAGS: list[dict[str, Any]] = [
    {"name": "data entry", "description": "For screens: one text, before it is saved."},
    {"name": "batches", "description": "Many records at once, without storing them."},
    {"name": "Presidio", "description": "The REST API of Presidio's analyzer and anonymizer, for `language: fr`."},
    {"name": "operations", "description": "Probes and metrics."},
]


def describe_keys(app: FastAPI) -> None:
    """Make the description of ``app`` say which routes need an API key, and of which scope."""
    plain = app.openapi

    def with_keys() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = plain()
            schema.setdefault("components", {})["securitySchemes"] = {
                "api-key": {"type": "http", "scheme": "bearer", "description": "An API key that `vigie apikey create` made."}
            }
            for path, operations in schema["paths"].items():
                for operation in operations.values():
                    operation["security"] = [{"api-key": []}] if path in SCOPES else []
                    if path in SCOPES:
                        operation["description"] = f"{operation.get('description', '')}\n\nScope of the key: `{SCOPES[path]}`.".strip()
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = with_keys  # type: ignore[method-assign]
