"""vigie.js, the component of data-entry screens: one script, kept in parts that do one thing each."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

_PARTS = ("settings", "style", "passages", "service", "underlines", "panel", "field", "forms", "attaching", "element", "start")
_FOLDER = Path(__file__).parent / "static" / "vigie"


@cache
def component_script() -> str:
    """Return the script. Its parts share one scope that the page does not see; a page that loads it twice runs it once."""
    parts = "\n".join((_FOLDER / f"{part}.js").read_text(encoding="utf-8") for part in _PARTS)
    return f'"use strict";\nif (!window.Vigie) {{\n{parts}}}\n'


@cache
def packed_component() -> bytes:
    """Return the script as gzip packs it: a third of its size."""
    return gzip.compress(component_script().encode(), mtime=0)


@cache
def component_tag() -> str:
    """Return what tells one version of the script from another, packed or not, as an ``ETag``."""
    return f'W/"{hashlib.sha256(component_script().encode()).hexdigest()[:32]}"'
