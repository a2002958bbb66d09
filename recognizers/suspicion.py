"""What a comment may hold, before anything is searched for in it."""

from __future__ import annotations

from typing import NamedTuple

from recognizers.identifiers import kinds
from recognizers.index import Rows


class Suspicion(NamedTuple):
    """Rows of the index of patterns, ``None`` when they are still to be looked up; kinds of identifiers; and whether all words together
    may tell of something.
    """

    rows: Rows | None
    identifiers: int
    learned: bool


UNSCREENED = Suspicion(None, kinds.ALL, True)
