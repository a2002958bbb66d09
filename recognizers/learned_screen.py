"""Which of many comments tell of something by all their words together: :class:`recognizers.learned.Learned` for all of them at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from recognizers.batch import Batch, Flags, Integers, Vocabulary
from recognizers.frequency import BEGINNING, END
from recognizers.judge import WORTH_READING
from recognizers.learned import FIRST_MIXER, HASH_BITS, MOST_WORDS, NORM, SECOND_MIXER, WIDTH, Table, feature_word, word_hash, word_rows

_EDGES = (BEGINNING, END)
_STEP = 10_000
"""New words that are looked at in one step: bounds the memory that they take."""
Floats = npt.NDArray[np.float64]


class Told(NamedTuple):
    """What the words of many comments tell, one line or entry a comment.

    ``odds`` are log-odds, a column for each entity; ``counts`` tells where they count, neither too few words nor too many; ``alone`` where
    they are reason enough to read the comment.
    """

    odds: Floats
    counts: Flags
    alone: Flags


class LearnedScreen:
    """The table, and the sums of its rows for each word of a vocabulary."""

    def __init__(self, table: Table, vocabulary: Vocabulary) -> None:
        self._vocabulary, self._bits = vocabulary, table.bits
        self._rows = np.frombuffer(table.rows, np.int8).reshape(-1, WIDTH)
        self._scales, self._biases = np.array(table.scales), np.array(table.biases)
        self._hashes = np.zeros(0, np.uint32)
        self._sums = np.zeros((0, WIDTH), np.int16)

    def told(self, batch: Batch) -> Told:
        """Return what :meth:`Learned.told` returns for each comment, and which of them may tell of an entity by their words alone."""
        self._learn_words()
        sums = self._sums[batch.ids]
        sums[1:-2] += self._rows[self._pairs(batch.ids[1:-1])]
        totals = np.add.reduceat(sums, batch.beginnings, axis=0, dtype=np.int64)
        lengths = np.sqrt(np.maximum(totals[:, NORM], 1))[:, None]
        odds = self._scales * totals[:, : len(self._scales)] / lengths + self._biases
        words = np.diff(np.append(batch.beginnings, len(batch.ids))) - len(_EDGES)
        counts = (words > 0) & (words <= MOST_WORDS)
        return Told(odds, counts, counts & (odds >= WORTH_READING).any(1))

    def _pairs(self, ids: Integers) -> npt.NDArray[np.uint32]:
        """Return the row of each of the words ``ids`` and the next; 0, which is empty, where a comment begins or ends between."""
        hashes = self._hashes[ids]
        mixed = (hashes[:-1] * np.uint32(FIRST_MIXER) + hashes[1:]) * np.uint32(SECOND_MIXER)
        inner = (ids != self._vocabulary[BEGINNING]) & (ids != self._vocabulary[END])
        rows: npt.NDArray[np.uint32] = (mixed >> np.uint32(HASH_BITS - self._bits)) * (inner[:-1] & inner[1:])
        return rows

    def _learn_words(self) -> None:
        """Sum up the rows of the words that are new in the vocabulary."""
        while new := self._vocabulary.words[len(self._hashes) : len(self._hashes) + _STEP]:
            words = [feature_word(word) if word not in _EDGES else "" for word in new]
            rows = [word_rows(word, self._bits) if word else [0] for word in words]
            ends = np.cumsum([len(own) for own in rows])
            joined = self._rows[np.concatenate(rows)]
            sums = np.add.reduceat(joined, np.concatenate(([0], ends[:-1])), axis=0, dtype=np.int16)
            self._hashes = np.concatenate((self._hashes, np.array(list(map(word_hash, words)), np.uint32)))
            self._sums = np.concatenate((self._sums, sums))
