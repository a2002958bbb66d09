"""What the pages of the console say, from ``data/console.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from scanner.french import unbroken


@cache
def wordings() -> Mapping[str, Any]:
    """Return the wordings by group, with the no-break spaces of French typography."""
    text = resources.files("scanner").joinpath("data/console.toml").read_text(encoding="utf-8")
    return tomllib.loads(unbroken(text))
