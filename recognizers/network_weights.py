"""What the network that reads comments (:mod:`recognizers.network`) has learnt, and the file that holds it."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from recognizers.errors import ModelError

NETWORK_FILE = Path(__file__).parent / "network.npz"
REACHES = (1, 3, 5)
"""How many words each convolution looks at."""
OFFSETS = tuple((reach, offset) for reach in REACHES for offset in range(-(reach // 2), reach // 2 + 1))
"""Every convolution and place that it looks at, from the place at hand."""
AROUND = 5
"""Places that a further look sees together."""
LOOKS = 2
"""Further looks, each at what the one before saw."""
_REMEDY = "install Vigie again, or run `make model`"
Floats = npt.NDArray[np.float32]


class Weights(NamedTuple):
    """What the network has learnt.

    ``words`` are the hashes of the words that it knows, sorted, ``word_rows`` their vectors and ``piece_rows`` those of pieces, by hash:
    signed bytes, to be multiplied with ``scales``. ``mix`` takes a vector to its part in each of ``OFFSETS``; ``tell`` takes what the
    convolutions see to the log-odds of the ``entities``, ``narrow`` to fewer numbers. For each of the ``LOOKS`` at these, ``around`` takes
    those of ``AROUND`` places, and ``whole`` the highest and the mean of each in the comment, to as many for the next look;
    ``tell_around`` takes what all looks see to log-odds, to be added. ``sharpness`` and ``offset`` take the log-odds of all places to
    those of the comment.
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
    narrow: Floats
    narrow_bias: Floats
    around: Floats
    around_bias: Floats
    whole: Floats
    tell_around: Floats
    sharpness: Floats
    offset: Floats


def read_network(path: Path) -> Weights:
    """Return the weights in the file ``path``. Raises :class:`ModelError` when it is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return _checked(Weights(*(arrays[name] for name in Weights._fields)))
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror or 'not whole'}); {_REMEDY}") from None
    except (ValueError, TypeError, LookupError, EOFError, BadZipFile, zlib.error):
        raise ModelError(f"{path}: the weights of the network are damaged; {_REMEDY}") from None


def _checked(weights: Weights) -> Weights:
    size, filters, entities, narrow = weights.mix.shape[0], len(weights.tell), len(weights.entities), weights.narrow.shape[-1]
    pieces = len(weights.piece_rows)
    fits = (
        (weights.word_rows.shape, weights.piece_rows.shape) == ((len(weights.words), size), (pieces, size))
        and pieces & (pieces - 1) == 0
        and (weights.entities.shape, weights.mix.shape) == ((entities,), (size, filters * len(OFFSETS) // len(REACHES)))
        and (weights.mix_bias.shape, weights.tell.shape) == ((len(REACHES), filters // len(REACHES)), (filters, entities))
        and (weights.narrow.shape, weights.narrow_bias.shape, weights.around_bias.shape) == ((filters, narrow), (narrow,), (LOOKS, narrow))
        and (weights.around.shape, weights.whole.shape) == ((LOOKS, AROUND * narrow, narrow), (LOOKS, 2 * narrow, narrow))
        and weights.tell_around.shape == (LOOKS * narrow, entities)
        and {weights.tell_bias.shape, weights.sharpness.shape, weights.offset.shape} == {(entities,)}
    )
    if not fits:
        raise ValueError
    return weights
