"""The files of ``scanner/data``: wordings, patterns and figures that come with the package."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


def data_text(name: str) -> str:
    """Return the content of the data file ``name``."""
    return resources.files("scanner").joinpath("data", name).read_text(encoding="utf-8")


@cache
def data_toml(name: str) -> dict[str, Any]:
    """Return what the TOML data file ``name`` holds. It is read once and shared: do not change it."""
    return tomllib.loads(data_text(name))
