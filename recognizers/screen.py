"""The screen: in which of many comments a pattern may match, and where.

Every word of a batch is looked up in the index of patterns at once. The screen may let through a place where nothing matches; it never
drops one where a pattern does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recognizers.batch import Batch, Column, Flags, Integers, Vocabulary
from recognizers.index import Index
from recognizers.word_sets import SPREAD

_STEP = 2_000_000
"""Rows that are looked at in one step, about: bounds the memory that a text of nothing but anchors takes."""


class Screen:
    """The index of patterns, for many comments at once."""

    def __init__(self, index: Index, vocabulary: Vocabulary) -> None:
        self._codes = Column(vocabulary, index.codes.__getitem__)
        self._first = np.frombuffer(index.first, np.uint32).astype(np.int64)
        self._partners = [
            (np.frombuffer(partners.lows, np.int8), np.frombuffer(partners.widths, np.uint8), np.frombuffer(partners.keys, np.uint32))
            for partners in index.partners
        ]
        self._places = np.frombuffer(index.sets.places, index.sets.places.typecode)
        self._spread = np.arange(len(self._first), dtype=np.int64) * SPREAD & (len(self._places) - 1)

    def rows(self, batch: Batch) -> dict[int, list[tuple[int, int]]]:
        """Return what :meth:`Index.rows` returns for each comment, by its index; comments without any are left out."""
        codes = self._codes.of(batch.ids)
        rows, at = self._standing(codes, batch.comments)
        comments = batch.comments[at]
        words = at - batch.beginnings[comments] - 1
        found: dict[int, list[tuple[int, int]]] = {}
        for comment, row, word in zip(comments.tolist(), rows.tolist(), words.tolist(), strict=True):
            found.setdefault(comment, []).append((row, word))
        return found

    def _standing(self, codes: Integers, comments: Integers) -> tuple[Integers, Integers]:
        """Return the rows whose anchor and partners stand in ``codes`` as they must, and the places of the anchors."""
        counts = self._first[codes + 1] - self._first[codes]
        anchors = np.flatnonzero(counts)
        ends = np.cumsum(counts[anchors])
        spread = self._spread[codes]
        found = []
        for anchors_of_step in np.split(anchors, np.searchsorted(ends, np.arange(_STEP, ends[-1] if len(ends) else 0, _STEP))):
            at = np.repeat(anchors_of_step, counts[anchors_of_step])
            before = np.cumsum(counts[anchors_of_step]) - counts[anchors_of_step]
            rows = np.arange(len(at)) + np.repeat(self._first[codes[anchors_of_step]] - before, counts[anchors_of_step])
            for partners in self._partners:
                stands = self._stand(rows, at, partners, codes, spread, comments)
                at, rows = at[stands], rows[stands]
            found.append((rows, at))
        return np.concatenate([rows for rows, _ in found]), np.concatenate([at for _, at in found])

    def _stand(
        self,
        rows: Integers,
        at: Integers,
        partners: tuple[npt.NDArray[np.integer], ...],
        codes: Integers,
        spread: Integers,
        comments: Integers,
    ) -> Flags:
        """Tell for each of ``rows`` whether its partner, if it has one, stands where it must from the anchor ``at``."""
        lows, widths, keys = (column.take(rows) for column in partners)
        stands: Flags = widths == 0
        missing: Integers = np.flatnonzero(widths)
        place, keys, widths = (at + lows).take(missing), keys.take(missing), widths.take(missing)
        step = 0
        while len(missing):
            np.clip(place, 0, len(codes) - 1, out=place)
            held = np.flatnonzero(self._places.take(spread.take(place) ^ keys) == codes.take(place))
            found = missing[held]
            stands[found[comments[place[held]] == comments[at[found]]]] = True
            step += 1
            wider = np.flatnonzero(widths > step)
            missing, place, keys, widths = missing.take(wider), place.take(wider) + 1, keys.take(wider), widths.take(wider)
        return stands
