"""Lessons as numbers, as the network learns them (:mod:`models.train_network`)."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import numpy.typing as npt

from models.lessons import Lesson, together
from recognizers.document import Document
from recognizers.network import network_words
from scanner.evaluate import SENSITIVE

LONGEST = 64
"""Words of a comment that are learnt from."""
JOINED = 0.25
"""How many comments are learnt with another before or behind them, anew each time: remarks stand among others and among business."""
UNKNOWN = -1


class Lines:
    """Lessons as numbers: ``words`` (0 for none) and what is known of ``places`` and of whole ``comments``."""

    def __init__(self, lessons: Sequence[Lesson], docs: Sequence[Document], vocabulary: dict[str, int]) -> None:
        self.words = np.zeros((len(lessons), LONGEST), np.int64)
        self.places = np.full((len(lessons), LONGEST, len(SENSITIVE)), UNKNOWN, np.int8)
        self.comments = np.array([lesson.labels for lesson in lessons], np.int8)
        for at, (lesson, doc) in enumerate(zip(lessons, docs, strict=True)):
            words = network_words(doc)[:LONGEST]
            self.words[at, : len(words)] = [vocabulary.setdefault(word, len(vocabulary) + 1) for word in words]
            if lesson.places is not None:
                self.places[at, : len(words)] = 0
            for place in lesson.places or ():
                held = [k for k in range(len(words)) if doc.starts[k] < place.end and doc.ends[k] > place.start]
                for entity, label in enumerate(place.labels):
                    if label:
                        self.places[at, held, entity] = label
        self.lengths = (self.words > 0).sum(axis=1)
        self._stop = vocabulary.setdefault(".", len(vocabulary) + 1)
        self._whole = np.array([bool(lesson.author) or lesson.places is not None for lesson in lessons])

    def joined(self, chance: np.random.Generator) -> Lines:
        """Return the lines, some with another before or behind them; never the examples of lexicons, which teach of one entity only."""
        lines = deepcopy(self)
        fit = np.flatnonzero(self._whole & (self.lengths > 0) & (self.lengths < LONGEST))
        chosen = fit[chance.random(len(fit)) < JOINED]
        for at, other in zip(chosen, chance.permutation(fit)[: len(chosen)], strict=True):
            length = self.lengths[at] + 1 + self.lengths[other]
            if length <= LONGEST:
                pair = (at, other) if chance.random() < 0.5 else (other, at)
                lines.words[at, :length] = self._join(self.words, pair, self._stop)
                lines.places[at, :length] = self._join(self.places, pair, UNKNOWN)
                lines.comments[at] = [*map(together, self.comments[[at, other]].T.tolist())]
                lines.lengths[at] = length
        return lines

    def _join(self, rows: npt.NDArray[Any], pair: tuple[int, int], between: int) -> npt.NDArray[Any]:
        first, last = (rows[at, : self.lengths[at]] for at in pair)
        return np.concatenate((first, np.full_like(first[:1], between), last))
