"""What a comment may hold, before anything is searched for in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from recognizers.identifiers import kinds
from recognizers.index import Rows


class Suspicion(NamedTuple):
    """Rows of the index of patterns, ``None`` when they are still to be looked up; kinds of identifiers; what all words together tell
    (:meth:`recognizers.learned.Learned.told`), ``None`` likewise; and whether that is reason enough to read the comment.
    """

    rows: Rows | None
    identifiers: int
    told: Sequence[float] | None
    alone: bool


UNSCREENED = Suspicion(None, kinds.ALL, None, True)
