"""The words of the review: states, decisions and reasons, with what people read of them, from ``data/review.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from scanner.data_files import data_toml

State = Literal["open", "proposed", "decided", "corrected"]
"""Of the review of a record: nobody has decided yet, a second person must confirm, decided, corrected at the source."""

Decision = Literal["false_alarm", "redact", "erase", "release"]
Group = Literal["states", "decisions", "proposals", "ends", "refusals"]


@cache
def words(group: Group) -> Mapping[str, str]:
    """Return what people read, in French, for each key of ``group``."""
    found: Mapping[str, str] = data_toml("review.toml")[group]
    return found
