"""What a comment may hold, before anything is searched for in it."""

from __future__ import annotations

from typing import NamedTuple

from recognizers.identifiers import kinds
from recognizers.index import Rows


class Suspicion(NamedTuple):
    """Rows of the index of patterns, ``None`` when they are still to be looked up, and kinds of identifiers."""

    rows: Rows | None
    identifiers: int


UNSCREENED = Suspicion(None, kinds.ALL)
