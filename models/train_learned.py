"""Learn what all words of a comment tell, as a bag: called by :mod:`models.train`.

One logistic regression for each sensitive entity over the features of :mod:`recognizers.learned`, from labelled comments and the examples
of the lexicons. An optional label, or one that another may replace, teaches nothing of its entity; an example tells of its own entity only.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from models.lessons import Lesson
from recognizers.document import Document
from recognizers.learned import NORM, WIDTH, Table, feature_tokens, feature_word, pair_row, word_hash, word_rows
from scanner.evaluate import SENSITIVE

BITS = 17
COST = 20.0
"""How much an error costs against the size of the weights, as scikit-learn counts it (``C``)."""
SEEN = 2
"""A row that fewer comments have gets no weight."""
SEED = 0
LARGEST = 127

Floats = npt.NDArray[np.float64]


def rows_of(text: str) -> list[int]:
    """Return the rows of the table that speak for ``text``, one for each of its features; row 0 is none."""
    words = [feature_word(raw) for raw in feature_tokens(Document(text))]
    hashes = [word_hash(word) for word in words]
    rows = [row for word in words for row in word_rows(word, BITS)]
    return [row for row in (*rows, *(pair_row(*pair, BITS) for pair in pairwise(hashes))) if row]


class Inputs:
    """The features of texts: a sparse matrix with a line for each text, and what each row adds to the square of its length.

    ``norms`` are whole numbers from 0 to ``LARGEST``, about the square of the inverse document frequency.
    """

    def __init__(self, lines: Sequence[Sequence[int]]) -> None:
        from scipy import sparse

        counts = sparse.csr_matrix(
            (np.ones(sum(map(len, lines))), np.concatenate(lines), np.cumsum([0, *map(len, lines)])), shape=(len(lines), 1 << BITS)
        )
        counts.sum_duplicates()
        self.norms = _norms(counts)
        lengths = np.sqrt(np.maximum(counts @ self.norms, 1))
        self.matrix = (sparse.diags(1 / lengths) @ counts @ sparse.diags(np.sqrt(self.norms))).tocsr()


def _norms(counts: Any) -> Floats:
    held = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log((1 + counts.shape[0]) / (1 + held)) + 1
    norms: Floats = np.where(held >= SEEN, np.clip(np.round(rarity**2), 1, LARGEST), 0)
    return norms


def fit(matrix: Any, labels: npt.NDArray[np.int8]) -> tuple[Floats, float]:
    """Return the weights and the bias of one entity; constant where ``labels`` are all alike."""
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(labels)) < 2:
        return np.zeros(matrix.shape[1]), -20.0
    model = LogisticRegression(C=COST, solver="liblinear", max_iter=300, random_state=SEED).fit(matrix, labels)
    return model.coef_[0], float(model.intercept_[0])


def learn(lessons: Sequence[Lesson]) -> Table:
    """Return the table that ``lessons`` teach."""
    inputs = Inputs([rows_of(lesson.text) for lesson in lessons])
    labels = np.array([lesson.labels for lesson in lessons], np.int8)
    table = np.zeros((1 << BITS, WIDTH), np.int8)
    table[:, NORM] = inputs.norms
    scales, biases = [], []
    for at in range(len(SENSITIVE)):
        known = labels[:, at] >= 0
        weights, bias = fit(inputs.matrix[np.flatnonzero(known)], labels[known, at])
        weights = weights * np.sqrt(inputs.norms)
        scale = float(np.abs(weights).max()) / LARGEST or 1.0
        table[:, at] = np.round(weights / scale)
        scales.append(scale)
        biases.append(bias)
    return Table(SENSITIVE, tuple(scales), tuple(biases), table.tobytes())
