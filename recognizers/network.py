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
from itertools import chain, count
from threading import Lock

import numpy as np
import numpy.typing as npt

from recognizers.blocks import Layer, Lines, with_neighbours
from recognizers.document import STOPS, Document
from recognizers.learned import feature_tokens, feature_word, word_hash, word_pieces
from recognizers.network_weights import AROUND, NETWORK_FILE, OFFSETS, REACHES, Floats, Weights, read_network
from recognizers.reading import Reading

_WIDEST = max(REACHES)
_MAX_REMEMBERED = 20_000
"""Words whose vectors are remembered, 256 bytes each."""
_AT_ONCE = 512
"""Tokens that are read together, about: more would need more memory than is near the processor, fewer more time."""


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
        self._vectors = np.zeros((1 + _MAX_REMEMBERED, len(weights.mix)), np.float32)
        self._convolutions = _convolutions(weights)
        self._first_look = Layer(np.hstack((weights.tell, weights.narrow)))
        self._around, self._whole = list(map(Layer, weights.around)), list(map(Layer, weights.whole))
        self._tell_around = Layer(weights.tell_around)
        self._lock = Lock()

    def knows(self, token: str) -> bool:
        """Tell whether ``token``, a folded word, stood in comments that the network learnt from."""
        return word_hash(_plain(token)) in self._known

    def read(self, doc: Document) -> Reading:
        """Return what is read in ``doc``, which has a token at least."""
        return self.read_many([doc])[0]

    def read_many(self, docs: Sequence[Document]) -> list[Reading]:
        """Return what is read in each of ``docs``, exactly what :meth:`read` returns, faster.

        Each has a token at least, and no more than ``_MAX_REMEMBERED``.
        """
        lines = list(map(_read_tokens, docs))
        return [reading for first, last in _runs(lines) for reading in self._read(lines[first:last])]

    def _read(self, comments: Sequence[Sequence[str]]) -> list[Reading]:
        weights, lines = self._weights, Lines(list(map(len, comments)))
        with self._lock:
            vectors = self._vectors[self._rows_of(comments, lines)]
        told = self._told(self._seen(vectors), lines)
        odds = (weights.sharpness * lines.together(told) + weights.offset).tolist()
        return [Reading(self.entities, tuple(own), told[slice(*line)]) for own, line in zip(odds, lines.ranges, strict=True)]

    def _seen(self, vectors: Floats) -> Floats:
        """Return what the convolutions see of the words with ``vectors``."""
        width, size = self._weights.mix_bias.shape[1], vectors.shape[1]
        windows = with_neighbours(vectors, _WIDEST)
        seen = np.empty((len(vectors), len(REACHES) * width), np.float32)
        for at, (reach, convolution) in enumerate(zip(REACHES, self._convolutions, strict=True)):
            own = slice((_WIDEST - reach) // 2 * size, (_WIDEST + reach) // 2 * size)
            np.add(convolution.product(windows[:, own]), self._weights.mix_bias[at], out=seen[:, at * width : (at + 1) * width])
        return np.maximum(seen, 0, out=seen)

    def _told(self, seen: Floats, lines: Lines) -> Floats:
        """Return the log-odds of each place."""
        weights, entities = self._weights, len(self.entities)
        first = self._first_look.product(seen)
        rows = lines.emptied(np.maximum(first[:, entities:] + weights.narrow_bias, 0), 0)
        looks = []
        for around, bias, whole in zip(self._around, weights.around_bias, self._whole, strict=True):
            of_lines = whole.product(lines.highest_and_mean(rows)) + bias
            rows = lines.emptied(np.maximum(around.product(with_neighbours(rows, AROUND)) + lines.spread(of_lines), 0), 0)
            looks.append(rows)
        told: Floats = first[:, :entities] + weights.tell_bias + self._tell_around.product(np.hstack(looks))
        return told

    def _rows_of(self, comments: Sequence[Sequence[str]], lines: Lines) -> npt.NDArray[np.intp]:
        """Return the row of each token in ``_vectors``; between the lines it is the first, which is nothing."""
        rows = self._rows
        if len(rows) + sum(map(len, comments)) > _MAX_REMEMBERED:
            rows.clear()
        if new := [token for token in dict.fromkeys(chain.from_iterable(comments)) if token not in rows]:
            first = len(rows) + 1
            self._vectors[first : first + len(new)] = self._vectors_of(new)
            rows.update(zip(new, count(first)))
        found = np.zeros(lines.size, np.intp)
        for comment, (start, end) in zip(comments, lines.ranges, strict=True):
            found[start:end] = [rows[token] for token in comment]
        return found

    def _vectors_of(self, tokens: Sequence[str]) -> Floats:
        weights, words = self._weights, list(map(_plain, tokens))
        pieces = list(map(word_pieces, words))
        counts = np.array(list(map(len, pieces)))
        held = np.fromiter(chain.from_iterable(pieces), np.intp, counts.sum()) & len(weights.piece_rows) - 1
        sums = np.add.reduceat(weights.piece_rows[held], np.cumsum(counts) - counts, axis=0, dtype=np.int32)
        vectors: Floats = (sums / counts[:, None]).astype(np.float32) * weights.scales[0]
        for at, row in enumerate(map(self._known.get, map(word_hash, words))):
            if row is not None:
                vectors[at] += weights.word_rows[row] * weights.scales[1]
        return vectors


def _convolutions(weights: Weights) -> list[Layer]:
    """Return for each of ``REACHES`` what takes the vectors of as many words, as one, to what the convolution sees."""
    size = len(weights.mix)
    parts = weights.mix.reshape(size, len(OFFSETS), -1).transpose(1, 0, 2)
    own = ([part for part, (reach, _) in zip(parts, OFFSETS, strict=True) if reach == wanted] for wanted in REACHES)
    return [Layer(np.concatenate(kernel)) for kernel in own]


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
