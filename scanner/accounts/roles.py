"""The roles of the console and what each may do, from ``data/roles.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from scanner.data_files import data_toml

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
    return {
        key: Role(key, one["label"], frozenset(one["permissions"]), one.get("second_factor", False), one["description"])
        for key, one in data_toml("roles.toml").items()
    }
