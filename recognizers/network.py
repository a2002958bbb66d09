"""What a small convolutional network reads in a comment: for each word, in its place, how likely it tells of each sensitive entity.

A word is a vector: its own, where the network knows it, and the mean of those of its pieces of 3 to 5 letters. Three convolutions look at
1, 3 and 5 words around each place. What they see there is made narrower, and looked at twice more: each time 5 places together, with the
highest and the mean of each number in the whole comment. All that is seen gives the log-odds of each entity at each place, and the comment
those of its places together.
Trained by ``make model`` (:mod:`models.train_network`), for which places were marked in some comments and only entities named in others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from threading import Lock

import numpy as np
import numpy.typing as npt

from recognizers.document import STOPS, Document
from recognizers.learned import feature_tokens, feature_word, word_hash, word_pieces
from recognizers.network_weights import AROUND, NETWORK_FILE, OFFSETS, REACHES, Floats, Weights, read_network
from recognizers.reading import Reading

_REACH = max(REACHES) // 2
"""Words that the widest looks at on each side."""
_MAX_REMEMBERED = 6_000
"""Words whose part in the convolutions is remembered, some 7 kB each."""
_AT_ONCE = 512
"""Tokens that are read together, about: more would need more memory than is near the processor, fewer more time."""
_ONE_THREAD = 1 << 18
"""Multiplications up to which libraries of linear algebra make no threads, which cost more than they save here."""
_DEEP = 192
"""Numbers of a row that are multiplied at once: more would leave fewer rows at once, and each time the matrix is copied."""


def _read_tokens(doc: Document) -> list[str]:
    """Return the words of ``doc`` as they are written, folded, and its stops; one for each token."""
    features = feature_tokens(doc)
    return [token if token in STOPS else next(features) for token in doc.tokens]


def _plain(token: str) -> str:
    return token if token in STOPS else feature_word(token)


def network_words(doc: Document) -> list[str]:
    """Return what the network reads of ``doc``: its words without disguise, numbers as one, and its stops; one for each token."""
    return list(map(_plain, _read_tokens(doc)))


class Network:
    """A network, ready for use; threads may share it, and take turns where words are looked up."""

    def __init__(self, weights: Weights) -> None:
        self.entities: tuple[str, ...] = tuple(map(str, weights.entities))
        self._weights = weights
        self._known = dict(zip(weights.words.tolist(), range(len(weights.words)), strict=True))
        self._rows: dict[str, int] = {}
        self._first_look = np.hstack((weights.tell, weights.narrow))
        self._parts = np.zeros((len(OFFSETS), 1 + _MAX_REMEMBERED, weights.mix_bias.shape[1]), np.float32)
        self._lock = Lock()

    def read(self, doc: Document) -> Reading:
        """Return what is read in ``doc``, which has a token at least."""
        return self.read_many([doc])[0]

    def read_many(self, docs: Sequence[Document]) -> list[Reading]:
        """Return what is read in each of ``docs``, exactly what :meth:`read` returns, faster; each has a token at least."""
        lines = list(map(_read_tokens, docs))
        return [reading for first, last in _runs(lines) for reading in self._read(lines[first:last])]

    def _read(self, lines: Sequence[Sequence[str]]) -> list[Reading]:
        weights = self._weights
        with self._lock:
            seen = self._seen(self._rows_of(lines))
        ends = np.cumsum([_REACH + len(line) for line in lines]) - _REACH
        ranges = [(end - len(line), end) for line, end in zip(lines, ends.tolist(), strict=True)]
        places = [self._told(seen[start:end]) for start, end in ranges]
        together = np.stack([_together(own) for own in places])
        odds = (weights.sharpness * together + weights.offset).tolist()
        return [Reading(self.entities, tuple(own), at) for own, at in zip(odds, places, strict=True)]

    def _seen(self, rows: npt.NDArray[np.intp]) -> Floats:
        """Return what the convolutions see at each of ``rows`` but the first and last ``_REACH``."""
        width = self._weights.mix_bias.shape[1]
        seen = np.empty((len(rows) - 2 * _REACH, len(REACHES) * width), np.float32)
        seen[:] = self._weights.mix_bias.reshape(-1)
        part = np.empty((len(seen), width), np.float32)
        for at, (reach, offset) in enumerate(OFFSETS):
            column = REACHES.index(reach) * width
            # "clip" writes to ``part`` itself; no row is out of range
            self._parts[at].take(rows[_REACH + offset : len(rows) - _REACH + offset], axis=0, out=part, mode="clip")
            seen[:, column : column + width] += part
        return np.maximum(seen, 0, out=seen)

    def _told(self, seen: Floats) -> Floats:
        """Return the log-odds of each place of one comment: several at once might differ in the last digits."""
        weights = self._weights
        first = _product(seen, self._first_look)
        rows = np.maximum(first[:, len(self.entities) :] + weights.narrow_bias, 0)
        looks = []
        for around, bias, whole in zip(weights.around, weights.around_bias, weights.whole, strict=True):
            of_comment = np.concatenate((rows.max(axis=0), rows.mean(axis=0))) @ whole
            rows = np.maximum(_product(_with_neighbours(rows), around) + (bias + of_comment), 0)
            looks.append(rows)
        told: Floats = first[:, : len(self.entities)] + weights.tell_bias + _product(np.hstack(looks), weights.tell_around)
        return told

    def _rows_of(self, lines: Sequence[Sequence[str]]) -> npt.NDArray[np.intp]:
        """Return the row of each token in ``_parts``, with ``_REACH`` times the first row, which adds nothing, around each line."""
        rows = self._rows
        if len(rows) + sum(map(len, lines)) > _MAX_REMEMBERED:
            rows.clear()
        flat = [0] * _REACH
        for line in lines:
            for token in line:
                if token not in rows:
                    row = len(rows) + 1
                    self._parts[:, row] = self._part(token)
                    rows[token] = row
            flat += map(rows.__getitem__, line)
            flat += [0] * _REACH
        return np.array(flat, np.intp)

    def _part(self, token: str) -> Floats:
        """Return what a token adds to each of ``OFFSETS``, a line each."""
        weights, word = self._weights, _plain(token)
        pieces = [piece & len(weights.piece_rows) - 1 for piece in word_pieces(word)]
        vector = weights.piece_rows[pieces].mean(axis=0, dtype=np.float32) * weights.scales[0]
        row = self._known.get(word_hash(word))
        if row is not None:
            vector += weights.word_rows[row] * weights.scales[1]
        part: Floats = (vector @ weights.mix).reshape(len(OFFSETS), -1)
        return part


def _product(rows: Floats, matrix: Floats) -> Floats:
    """Return ``rows @ matrix``, in pieces of at most ``_ONE_THREAD`` multiplications and ``_DEEP`` numbers of a row."""
    product = np.zeros((len(rows), matrix.shape[1]), np.float32)
    for deep in range(0, len(matrix), _DEEP):
        piece, columns = matrix[deep : deep + _DEEP], rows[:, deep : deep + _DEEP]
        size = max(1, _ONE_THREAD // piece.size)
        for at in range(0, len(rows), size):
            product[at : at + size] += columns[at : at + size] @ piece
    return product


def _with_neighbours(rows: Floats) -> Floats:
    """Return each of ``rows`` between those beside it, ``AROUND`` in all, as one; beyond the edges are zeros."""
    beyond = np.zeros((AROUND // 2, rows.shape[1]), np.float32)
    held = np.concatenate((beyond, rows, beyond))
    return np.concatenate([held[at : at + len(rows)] for at in range(AROUND)], axis=1)


def _together(places: Floats) -> Floats:
    """Return the logarithm of the sum of the odds of all ``places``, for each entity."""
    highest = places.max(axis=0)
    together: Floats = highest + np.log(np.exp(places - highest).sum(axis=0))
    return together


def _runs(lines: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of consecutive runs of lines, none empty, of at most ``_AT_ONCE`` tokens, unless it is a single line."""
    start = size = 0
    for end, line in enumerate(lines):
        if end > start and size + len(line) > _AT_ONCE:
            yield start, end
            start, size = end, 0
        size += len(line)
    if lines:
        yield start, len(lines)


@cache
def load_network() -> Network:
    """Return what ships with the package, read once."""
    return Network(read_network(NETWORK_FILE))
