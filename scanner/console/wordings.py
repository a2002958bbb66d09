"""What the pages of the console say, from ``data/console.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from scanner.data_files import data_text
from scanner.french import unbroken


@cache
def wordings() -> Mapping[str, Any]:
    """Return the wordings by group, with the no-break spaces of French typography."""
    return tomllib.loads(unbroken(data_text("console.toml")))
