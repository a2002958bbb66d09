"""What many comments may hold, found out for all of them at once: the screen of remarks and that of identifiers over the same words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from recognizers.batch import Batch, Vocabulary
from recognizers.identifiers import kinds
from recognizers.identifiers.screen import IdentifierScreen
from recognizers.index import Index
from recognizers.learned import Table
from recognizers.learned_screen import LearnedScreen
from recognizers.screen import Screen
from recognizers.suspicion import Suspicion

_PIECE = 400_000
"""Characters that are looked at together, about: more would need more memory, fewer more time."""
_MAX_VOCABULARY = 500_000


class Screens:
    """The screens for the patterns of an index and, where wanted, for identifiers and with the ``learned`` table."""

    def __init__(self, index: Index, *, identifiers: bool, learned: Table | None = None) -> None:
        self._index, self._with_identifiers, self._with_learned = index, identifiers, learned
        self._begin()

    def _begin(self) -> None:
        self._vocabulary = Vocabulary()
        self._remarks = Screen(self._index, self._vocabulary)
        self._identifiers = IdentifierScreen(self._vocabulary) if self._with_identifiers else None
        self._learned = LearnedScreen(self._with_learned, self._vocabulary) if self._with_learned else None

    def suspicions(self, texts: Sequence[str], names: Sequence[Sequence[str]]) -> Iterator[list[Suspicion]]:
        """Yield what each of ``texts`` may hold, piece by piece; ``names`` are those of its own record."""
        for start, end in _pieces(texts):
            if len(self._vocabulary) > _MAX_VOCABULARY:
                self._begin()
            batch = Batch(texts[start:end], self._vocabulary)
            rows = self._remarks.rows(batch)
            wanted = self._identifiers.kinds(batch, names[start:end]) if self._identifiers else [kinds.NONE] * batch.size
            if self._learned is None:
                yield [Suspicion(rows.get(at, ()), kind, (), False) for at, kind in enumerate(wanted)]
            else:
                told = self._learned.told(batch)
                odds = {at: told.odds[at].tolist() for at in np.flatnonzero(told.counts).tolist() if at in rows or told.alone[at]}
                alone = told.alone.tolist()
                yield [Suspicion(rows.get(at, ()), kind, odds.get(at, ()), alone[at]) for at, kind in enumerate(wanted)]


def _pieces(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of consecutive runs of texts, none empty, that together are not much longer than ``_PIECE`` characters."""
    start = size = 0
    for end, text in enumerate(texts, start=1):
        size += len(text)
        if size >= _PIECE or end == len(texts):
            yield start, end
            start, size = end, 0
