"""What a small convolutional network reads in a comment: for each word, in its place, how likely it tells of each sensitive entity.

A word is a vector: its own, where the network knows it, and the mean of those of its pieces of 3 to 5 letters. Three convolutions look at
1, 3 and 5 words around each place; what they see there gives the log-odds of each entity, and the comment those of its places together.
Trained by ``make model`` (:mod:`models.train_network`), for which places were marked in some comments and only entities named in others.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from recognizers.document import STOPS, Document
from recognizers.errors import ModelError
from recognizers.learned import feature_tokens, feature_word, word_hash, word_pieces

NETWORK_FILE = Path(__file__).parent / "network.npz"
REACHES = (1, 3, 5)
"""How many words each convolution looks at."""
OFFSETS = tuple((reach, offset) for reach in REACHES for offset in range(-(reach // 2), reach // 2 + 1))
"""Every convolution and place that it looks at, from the place at hand."""
_MAX_REMEMBERED = 8_000
"""Words whose part in the convolutions is remembered, some 3 kB each."""
_TELLS, _TELLS_BESIDE = -2.5, 0.0
"""Log-odds from which a token belongs to a remark that nothing else tells of, and to one that a rule or that token has told of already."""
_MOST_BETWEEN = 3
"""Tokens between two that belong to a remark that may tell less of it."""
_LOWEST = -99.0
"""The log-odds of a stop."""
_REMEDY = "install Vigie again, or run `make model`"
Floats = npt.NDArray[np.float32]
Range = tuple[int, int]


class Weights(NamedTuple):
    """What the network has learnt.

    ``words`` are the hashes of the words that it knows, sorted, ``word_rows`` their vectors and ``piece_rows`` those of pieces, by hash:
    signed bytes, to be multiplied with ``scales``. ``mix`` takes a vector to its part in each of ``OFFSETS``; ``tell`` takes what the
    convolutions see to the log-odds of the ``entities``; ``sharpness`` and ``offset`` those of all places to that of the comment.
    """

    entities: npt.NDArray[np.str_]
    words: npt.NDArray[np.uint32]
    word_rows: npt.NDArray[np.int8]
    piece_rows: npt.NDArray[np.int8]
    scales: Floats
    mix: Floats
    mix_bias: Floats
    tell: Floats
    tell_bias: Floats
    sharpness: Floats
    offset: Floats


class Reading(NamedTuple):
    """The log-odds of each of ``entities``: ``odds`` of the comment, ``places`` of each token (a row each)."""

    entities: tuple[str, ...]
    odds: tuple[float, ...]
    places: Floats

    def place(self, doc: Document, entity: str) -> Range:
        """Return the tokens [first, last) of ``doc`` that tell most of ``entity``: the one that does, and those around it."""
        odds = self._odds_of(doc, entity)
        best = max(range(len(odds)), key=odds.__getitem__)
        return _wider(doc, odds, (best, best + 1), _TELLS, frozenset())

    def widened(self, doc: Document, entities: Sequence[str], ranges: Sequence[Range], barred: Sequence[Range]) -> list[Range]:
        """Return each of ``ranges``, tokens [first, last) that tell of one of ``entities``, with those around it that do so as well.

        None takes words of another, or what lies between the code points [start, end) of ``barred``.
        """
        closed = {at for first, last in ranges for at in range(first, last)}
        for start, end in barred:
            closed.update(range(bisect_right(doc.ends, start), bisect_left(doc.starts, end)))
        wider = []
        for entity, own in zip(entities, ranges, strict=True):
            taken = _wider(doc, self._odds_of(doc, entity), own, _TELLS_BESIDE, closed)
            closed.update(range(*taken))
            wider.append(taken)
        return wider

    def _odds_of(self, doc: Document, entity: str) -> list[float]:
        """Return what each token tells of ``entity``; stops tell nothing, and no token of an entity that was not learnt."""
        if entity not in self.entities:
            return [_LOWEST] * len(doc.tokens)
        column = self.places[:, self.entities.index(entity)].tolist()
        return [_LOWEST if token in STOPS else value for token, value in zip(doc.tokens, column, strict=True)]


def _wider(doc: Document, odds: Sequence[float], own: Range, least: float, closed: Collection[int]) -> Range:
    """Return ``own`` with the tokens beside it whose odds are ``least`` or more."""
    told = [value >= least for value in odds]
    first, last = own
    while (before := _next(doc, told, first - 1, -1, closed)) is not None:
        first = before
    while (after := _next(doc, told, last, 1, closed)) is not None:
        last = after + 1
    return first, last


def _next(doc: Document, told: Sequence[bool], at: int, step: int, closed: Collection[int]) -> int | None:
    """Return the next token from ``at`` on in its sentence that is ``told``, with at most ``_MOST_BETWEEN`` others before it."""
    for place in range(at, at + step * (_MOST_BETWEEN + 1), step):
        if not 0 <= place < len(told) or doc.tokens[place] == "." or place in closed:
            return None
        if told[place]:
            return place
    return None


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
    """A network, ready for use."""

    def __init__(self, weights: Weights) -> None:
        self.entities: tuple[str, ...] = tuple(map(str, weights.entities))
        self._weights = weights
        self._rows = dict(zip(weights.words.tolist(), range(len(weights.words)), strict=True))
        self._bias = weights.mix_bias.reshape(-1)
        self._parts = _Parts(self._part, weights.mix.shape[1])

    def read(self, doc: Document) -> Reading:
        """Return what is read in ``doc``, which has a token at least."""
        weights = self._weights
        parts = self._parts.of(_read_tokens(doc))
        words, width = len(parts), parts.shape[2]
        seen = np.empty((words, len(REACHES) * width), np.float32)
        seen[:] = self._bias
        for at, (reach, offset) in enumerate(OFFSETS):
            if abs(offset) < words:
                column = REACHES.index(reach) * width
                seen[max(0, -offset) : words - max(0, offset), column : column + width] += parts[
                    max(0, offset) : words + min(0, offset), at
                ]
        places = np.maximum(seen, 0, out=seen) @ weights.tell + weights.tell_bias
        highest = places.max(axis=0)
        together = highest + np.log(np.exp(places - highest).sum(axis=0))
        return Reading(self.entities, tuple((weights.sharpness * together + weights.offset).tolist()), places)

    def _part(self, token: str) -> Floats:
        """Return what a token adds to each of ``OFFSETS``, in a row."""
        weights, word = self._weights, _plain(token)
        pieces = [piece & len(weights.piece_rows) - 1 for piece in word_pieces(word)]
        vector = weights.piece_rows[pieces].mean(axis=0, dtype=np.float32) * weights.scales[0]
        row = self._rows.get(word_hash(word))
        if row is not None:
            vector += weights.word_rows[row] * weights.scales[1]
        part: Floats = vector @ weights.mix
        return part


class _Parts:
    """What tokens add to the convolutions, worked out when each is first met, in rows of ``width`` numbers; threads may share it."""

    def __init__(self, part: Callable[[str], Floats], width: int) -> None:
        self._part = part
        self._rows: dict[str, int] = {}
        self._parts = np.empty((_MAX_REMEMBERED, width), np.float32)
        self._lock = Lock()

    def of(self, tokens: Sequence[str]) -> Floats:
        """Return their parts: one line a token, one column for each of ``OFFSETS``."""
        rows = self._rows
        with self._lock:
            if len(rows) + len(tokens) > _MAX_REMEMBERED:
                rows.clear()
            for token in tokens:
                if token not in rows:
                    self._parts[len(rows)] = self._part(token)
                    rows[token] = len(rows)
            held: Floats = self._parts[[rows[token] for token in tokens]].reshape(len(tokens), len(OFFSETS), -1)
        return held


def read_network(path: Path) -> Weights:
    """Return the weights in the file ``path``. Raises :class:`ModelError` when it is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return _checked(Weights(*(arrays[name] for name in Weights._fields)))
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror or 'not whole'}); {_REMEDY}") from None
    except (ValueError, KeyError, EOFError, BadZipFile, zlib.error):
        raise ModelError(f"{path}: the weights of the network are damaged; {_REMEDY}") from None


def _checked(weights: Weights) -> Weights:
    size, filters, entities = weights.mix.shape[0], len(weights.tell), len(weights.entities)
    pieces = len(weights.piece_rows)
    fits = (
        (weights.word_rows.shape, weights.piece_rows.shape) == ((len(weights.words), size), (pieces, size))
        and pieces & (pieces - 1) == 0
        and weights.mix.shape[1] == filters * len(OFFSETS) // len(REACHES)
        and (weights.mix_bias.shape, weights.tell.shape) == ((len(REACHES), filters // len(REACHES)), (filters, entities))
        and {weights.tell_bias.shape, weights.sharpness.shape, weights.offset.shape} == {(entities,)}
    )
    if not fits:
        raise ValueError
    return weights


@cache
def load_network() -> Network:
    """Return what ships with the package, read once."""
    return Network(read_network(NETWORK_FILE))
