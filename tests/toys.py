"""A table and a network that know a few made-up words of HEALTH: what of the learnt parts does what shows at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from recognizers.detector import Detector
from recognizers.judge import Judge
from recognizers.learned import NORM, WIDTH, Learned, Table, pair_row, word_hash
from recognizers.network import Network
from recognizers.network_weights import AROUND, LOOKS, OFFSETS, REACHES, Weights
from recognizers.rulepack import load_lexicons
from recognizers.weighing import SIGNS, Weighing

BITS = 16
BIAS = -5.0


def only(sign: str) -> Weighing:
    """Return the weighing of HEALTH in which ``sign`` counts as it is, and nothing else does."""
    return Weighing({"HEALTH": tuple(float(sign == other) for other in SIGNS)}, {"HEALTH": 0.0}, add=0.65, keep=0.0)


READ_ALONE = only("read")


def toy_table(words: Mapping[str, int], pairs: Mapping[tuple[str, str], int] | None = None, entity: str = "HEALTH") -> Table:
    """Return a table of ``entity`` in which ``words`` and ``pairs`` have the weights given; everything else is silent."""
    rows = bytearray(WIDTH << BITS)
    places = {word_hash(word) & (1 << BITS) - 1: weight for word, weight in words.items()}
    places |= {pair_row(word_hash(a), word_hash(b), BITS): weight for (a, b), weight in (pairs or {}).items()}
    for row, weight in places.items():
        rows[row * WIDTH] = weight % 256
        rows[row * WIDTH + NORM] = 1
    return Table((entity,), (0.1,), (BIAS,), bytes(rows))


def toy_weights(words: Mapping[str, int], entity: str = "HEALTH") -> Weights:
    """Return a network of ``entity`` that adds a tenth of the weights given to the odds of ``words``, and of nothing else."""
    known = sorted((word_hash(word), weight) for word, weight in words.items())
    own_place = np.array([[float(offset == (1, 0)) for offset in OFFSETS]], np.float32)
    return Weights(
        entities=np.array([entity]),
        words=np.array([number for number, _ in known], np.uint32),
        word_rows=np.array([[weight] for _, weight in known], np.int8).reshape(-1, 1),
        piece_rows=np.zeros((1, 1), np.int8),
        scales=np.array([0.1, 0.1], np.float32),
        mix=own_place,
        mix_bias=np.zeros((len(REACHES), 1), np.float32),
        tell=np.array([[1], [0], [0]], np.float32),
        tell_bias=np.array([BIAS], np.float32),
        narrow=np.zeros((len(REACHES), 1), np.float32),
        narrow_bias=np.zeros(1, np.float32),
        around=np.zeros((LOOKS, AROUND, 1), np.float32),
        around_bias=np.zeros((LOOKS, 1), np.float32),
        whole=np.zeros((LOOKS, 2, 1), np.float32),
        tell_around=np.zeros((LOOKS, 1), np.float32),
        sharpness=np.ones(1, np.float32),
        offset=np.zeros(1, np.float32),
    )


def toy_judge(words: Mapping[str, int], weighing: Weighing = READ_ALONE, entity: str = "HEALTH") -> Judge:
    """Return the judge whose table and network both know ``words``, as telling of ``entity``."""
    own = replace(weighing, weights={entity: weighing.weights["HEALTH"]}, biases={entity: 0.0})
    return Judge(load_lexicons(), Learned(toy_table(words, entity=entity)), Network(toy_weights(words, entity)), own)


def toy_detector(words: Mapping[str, int], weighing: Weighing = READ_ALONE) -> Detector:
    return Detector(identifiers=False, learned=toy_judge(words, weighing))
