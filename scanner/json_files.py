"""JSON files as Vigie writes them: for programs, and for people who look into one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.append_log import write_whole


def json_bytes(content: Mapping[str, Any]) -> bytes:
    """Return ``content`` as indented JSON in UTF-8; half of a surrogate pair, which UTF-8 cannot hold, is escaped."""
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write ``content`` to ``path``, complete or not at all, readable by its owner only; raises :class:`OutputError` when it cannot be."""
    write_whole(path, json_bytes(content))
