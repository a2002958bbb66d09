"""The roles of the console and what each may do, from ``data/roles.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

Permission = Literal["counts", "records", "reveal", "decide", "confirm", "allow", "audit", "reports", "try", "accounts"]


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its key, what it may do, whether it must sign in with a second factor, and in French its label and what it is for."""

    key: str
    label: str
    permissions: frozenset[str]
    second_factor: bool
    description: str


@cache
def roles() -> Mapping[str, Role]:
    """Return the roles by key, in the order of the file."""
    data = tomllib.loads(resources.files("scanner").joinpath("data/roles.toml").read_text(encoding="utf-8"))
    return {
        key: Role(key, one["label"], frozenset(one["permissions"]), one.get("second_factor", False), one["description"])
        for key, one in data.items()
    }
