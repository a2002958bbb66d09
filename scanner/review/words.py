"""The words of the review: states, decisions and reasons, with what people read of them, from ``data/review.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

State = Literal["open", "proposed", "decided", "corrected"]
"""Of the review of a record: nobody has decided yet, a second person must confirm, decided, corrected at the source."""

Decision = Literal["false_alarm", "redact", "erase", "release"]
Group = Literal["states", "decisions", "proposals", "ends", "refusals"]


@cache
def words(group: Group) -> Mapping[str, str]:
    """Return what people read, in French, for each key of ``group``."""
    text = resources.files("scanner").joinpath("data/review.toml").read_text(encoding="utf-8")
    found: Mapping[str, str] = tomllib.loads(text)[group]
    return found
