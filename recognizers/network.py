"""What a small convolutional network reads in a comment: for each word, in its place, how likely it tells of each sensitive entity.

A word is a vector: its own, where the network knows it, and the mean of those of its pieces of 3 to 5 letters. Three convolutions look at
1, 3 and 5 words around each place. What they see there is made narrower, and looked at twice more: each time 5 places together, with the
highest and the mean of each number in the whole comment. All that is seen gives the log-odds of each entity at each place, and the comment
those of its places together.
Trained by ``make model`` (:mod:`models.train_network`), for which places were marked in some comments and only entities named in others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, reduce
from itertools import chain, count
from threading import Lock

import numpy as np
import numpy.typing as npt

from recognizers.blocks import Layer, Lines, filled, with_neighbours
from recognizers.document import STOPS, Document
from recognizers.learned import NUMBER, feature_tokens, feature_word, word_hash, word_pieces
from recognizers.network_weights import AROUND, NETWORK_FILE, OFFSETS, REACHES, Floats, Weights, read_network
from recognizers.reading import Reading

_MAX_REMEMBERED = 8_192
"""Words of which it is remembered what they add to what is seen, 12 kB each."""
_NEW = 2
"""New words that are worked out at once: more often one or two than many."""
_AT_ONCE = 512
"""Tokens that are read together, about: more would need more memory than is near the processor, fewer more time."""
_FURTHEST = max(REACHES) // 2
_NOTHING = " "
"""What stands where no token does."""


def _read_tokens(doc: Document) -> list[str]:
    """Return the words of ``doc`` as they are written, folded, numbers as one, and its stops; one for each token."""
    features = feature_tokens(doc)
    words = (token if token in STOPS else next(features) for token in doc.tokens)
    return [NUMBER if word[0].isdigit() else word for word in words]


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
        self._mix = Layer(weights.mix, _NEW)
        self._rows = {_NOTHING: 0}
        self._parts = np.zeros((len(OFFSETS), 1 + _MAX_REMEMBERED, weights.mix_bias.shape[1]), np.float32)
        self._first_look = list(map(Layer, np.split(np.hstack((weights.tell, weights.narrow)), len(REACHES))))
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

        Each has a token at least.
        """
        lines = list(map(_read_tokens, docs))
        return [reading for first, last in _runs(lines) for reading in self._read(lines[first:last])]

    def _read(self, comments: Sequence[Sequence[str]]) -> list[Reading]:
        weights, lines = self._weights, Lines(list(map(len, comments)))
        told = self._told(self._seen(comments, lines), lines)
        odds = (weights.sharpness * lines.together(told) + weights.offset).tolist()
        return [Reading(self.entities, tuple(own), told[slice(*line)]) for own, line in zip(odds, lines.ranges, strict=True)]

    def _seen(self, comments: Sequence[Sequence[str]], lines: Lines) -> Floats:
        """Return what each convolution sees in each place: the sum of what the tokens around it add there."""
        tokens = [_NOTHING] * (lines.size + 2 * _FURTHEST)
        for comment, (start, end) in zip(comments, lines.ranges, strict=True):
            tokens[_FURTHEST + start : _FURTHEST + end] = comment
        bias = self._weights.mix_bias
        seen = np.empty((len(bias), lines.size, bias.shape[1]), np.float32)
        seen[:] = bias[:, None]
        for start in range(0, lines.size, _AT_ONCE):
            self._add_parts(tokens[start : start + _AT_ONCE + 2 * _FURTHEST], seen[:, start : start + _AT_ONCE])
        return np.maximum(seen, 0, out=seen)

    def _add_parts(self, tokens: Sequence[str], seen: Floats) -> None:
        """Add to what is ``seen`` of places what ``tokens``, those and as many before and after them as anything looks at, add there."""
        size = seen.shape[1]
        with self._lock:
            rows = self._rows_of(tokens)
            for parts, (reach, offset) in zip(self._parts, OFFSETS, strict=True):
                first = _FURTHEST + offset
                np.add(sight := seen[REACHES.index(reach)], parts.take(rows[first : first + size], axis=0), out=sight)

    def _told(self, seen: Floats, lines: Lines) -> Floats:
        """Return the log-odds of each place."""
        weights, entities = self._weights, len(self.entities)
        first: Floats = reduce(np.add, map(Layer.product, self._first_look, seen))
        rows = lines.emptied(np.maximum(first[:, entities:] + weights.narrow_bias, 0), 0)
        looks = []
        for around, bias, whole in zip(self._around, weights.around_bias, self._whole, strict=True):
            of_lines = whole.product(lines.highest_and_mean(rows)) + bias
            rows = lines.emptied(np.maximum(around.product(with_neighbours(rows, AROUND)) + lines.spread(of_lines), 0), 0)
            looks.append(rows)
        told: Floats = first[:, :entities] + weights.tell_bias + self._tell_around.product(np.hstack(looks))
        return told

    def _rows_of(self, tokens: Sequence[str]) -> npt.NDArray[np.intp]:
        """Return the row of each of ``tokens`` in ``_parts``."""
        rows = list(map(self._rows.get, tokens))
        if None in rows:
            self._remember(tokens)
            rows = [self._rows[token] for token in tokens]
        return np.array(rows, np.intp)

    def _remember(self, tokens: Sequence[str]) -> None:
        wanted = {*tokens} - {_NOTHING}
        new = [token for token in wanted if token not in self._rows]
        if len(self._rows) + len(new) > self._parts.shape[1]:
            self._rows, new = {_NOTHING: 0}, list(wanted)
        first, size = len(self._rows), len(new)
        vectors = np.zeros((filled(size, _NEW), len(self._weights.mix)), np.float32)
        vectors[:size] = self._vectors_of(new)
        self._parts[:, first : first + size] = self._mix.product(vectors)[:size].reshape(size, len(OFFSETS), -1).swapaxes(0, 1)
        self._rows.update(zip(new, count(first)))

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
