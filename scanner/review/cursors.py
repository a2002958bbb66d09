"""Cursors of pages: opaque to whoever follows them, without anything personal, checked when they come back."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from scanner.errors import InputError


def write_cursor(*values: int | str) -> str:
    """Return the cursor of the row that ``values`` place."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(cursor: str, *types: type) -> Any:
    """Return the tuple of values of ``types`` that ``cursor`` was made of. Raises :class:`InputError` when it was made of anything else."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, UnicodeDecodeError):
        values = None
    if not isinstance(values, list) or [type(value) for value in values] != list(types):
        raise InputError("this page of the list does not exist: start again from the first")
    return tuple(values)
