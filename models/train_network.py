"""Learn the network that reads comments word by word (:mod:`recognizers.network`): called by :mod:`models.train`.

A comment whose places are marked teaches what each of its words tells; of one with no more than its entities named, the comment as a whole
does: then some place must tell of each. Needs PyTorch, which nothing else does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from models.lessons import Lesson
from models.lines import UNKNOWN, Lines
from recognizers.document import Document
from recognizers.learned import word_hash, word_pieces
from recognizers.network import network_words
from recognizers.network_weights import AROUND, LOOKS, REACHES, Weights
from scanner.evaluate import SENSITIVE

SIZE, FILTERS, NARROW, PIECES = 64, 320, 128, 1 << 15
"""Numbers of a word's vector, filters of each convolution, numbers that these are made into for further looks, rows for the
vectors of pieces."""
EPOCHS, BATCH, RATE, DECAY = 7, 128, 2e-3, 0.01
PLACES_COUNT = 0.3
"""How much an error at a place counts against one about the comment."""
SEEN = 2
"""A word that fewer comments have has no vector of its own."""
WORD_DROPOUT, VECTOR_DROPOUT, SIGHT_DROPOUT, AROUND_DROPOUT = 0.15, 0.15, 0.2, 0.1
SEED = 0
_LOWEST = -20.0
_BYTES = 256


class _Dropout(nn.Module):
    """Thin numbers out in training, a ``share`` of them in [0, 1), by bytes of ``chance``: many times as fast as PyTorch's own."""

    def __init__(self, share: float, chance: np.random.Generator) -> None:
        super().__init__()
        self._kept, self._chance = round(_BYTES * (1 - share)), chance

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return ``values``, some of them 0 and the others larger for it."""
        if not self.training:
            return values
        drawn = np.frombuffer(self._chance.bytes(values.numel()), np.uint8) < self._kept
        return values * torch.from_numpy(drawn).view(values.shape).to(values.dtype).mul_(_BYTES / self._kept)


class _Rows(nn.Module):
    """The vectors of words: their own, where they have one, and the mean of those of their pieces."""

    def __init__(self, vocabulary: dict[str, int], counts: Counter[str], chance: np.random.Generator) -> None:
        super().__init__()
        pieces = [[0], *(word_pieces(word) for word in vocabulary)]
        self._pieces = np.fromiter((piece & PIECES - 1 for own in pieces for piece in own), np.int64)
        self._edges = np.cumsum([0, *map(len, pieces)])
        self._known = torch.tensor([0, *(at * (counts[word] >= SEEN) for word, at in vocabulary.items())])
        self.of_words = nn.Embedding(len(vocabulary) + 1, SIZE, sparse=True)
        self.of_pieces = nn.EmbeddingBag(PIECES, SIZE, mode="mean", sparse=True)
        for rows in (self.of_words, self.of_pieces):
            nn.init.normal_(rows.weight, std=0.1)
        self._dropout = _Dropout(WORD_DROPOUT, chance)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        """Return a vector for each of ``words``, distinct numbers of the vocabulary; that of 0 is nothing."""
        known = self._known[words]
        starts, ends = self._edges[words], self._edges[words + 1]
        counts = ends - starts
        firsts = np.cumsum(counts) - counts
        held = self._pieces[np.repeat(starts - firsts, counts) + np.arange(counts.sum())]
        own = self.of_words(known) * self._dropout((known > 0).float()[:, None])
        return (self.of_pieces(torch.from_numpy(held), torch.from_numpy(firsts)) + own) * (words > 0)[:, None]


class _Net(nn.Module):
    def __init__(self, vocabulary: dict[str, int], counts: Counter[str]) -> None:
        super().__init__()
        chance = np.random.Generator(np.random.SFC64(SEED))
        self.rows = _Rows(vocabulary, counts, chance)
        shares = (VECTOR_DROPOUT, SIGHT_DROPOUT, AROUND_DROPOUT)
        self.of_vectors, self.of_sights, self.of_looks = (_Dropout(share, chance) for share in shares)
        self.sights = nn.ModuleList(nn.Linear(SIZE * reach, FILTERS) for reach in REACHES)
        self.tell = nn.Linear(FILTERS * len(REACHES), len(SENSITIVE))
        self.narrow = nn.Linear(FILTERS * len(REACHES), NARROW)
        self.around = nn.ModuleList(nn.Linear(NARROW * AROUND, NARROW) for _ in range(LOOKS))
        self.whole = nn.ModuleList(nn.Linear(2 * NARROW, NARROW, bias=False) for _ in range(LOOKS))
        self.tell_around = nn.Linear(LOOKS * NARROW, len(SENSITIVE), bias=False)
        nn.init.zeros_(self.tell_around.weight)
        self.sharpness = nn.Parameter(torch.ones(len(SENSITIVE)))
        self.offset = nn.Parameter(torch.zeros(len(SENSITIVE)))

    def forward(self, words: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the log-odds of comments and of their places."""
        unique, places = torch.unique(words, return_inverse=True)
        vectors = self.of_vectors(self.rows(unique)[places])
        mask = words > 0
        is_word, length = mask[:, :, None], mask.sum(1, keepdim=True)
        seen = torch.cat([sight(_with_neighbours(vectors, reach)) for reach, sight in zip(REACHES, self.sights, strict=True)], 2)
        seen = self.of_sights(torch.relu(seen) * is_word)
        rows = held = torch.relu(self.narrow(seen)) * is_word
        looks = []
        for around, whole in zip(self.around, self.whole, strict=True):
            of_comment = whole(torch.cat([rows.amax(1), rows.sum(1) / length], 1))
            rows = torch.relu(around(_with_neighbours(held, AROUND)) + of_comment[:, None]) * is_word
            held = self.of_looks(rows)
            looks.append(held)
        told = (self.tell(seen) + self.tell_around(torch.cat(looks, 2))).float()
        together = torch.logsumexp(told.masked_fill(~is_word, _LOWEST), 1)
        return self.sharpness * together + self.offset, told


def _with_neighbours(rows: torch.Tensor, size: int) -> torch.Tensor:
    """Return each place of ``rows`` (comments, places, numbers) between those beside it, ``size`` in all, as one."""
    held = functional.pad(rows, (0, 0, size // 2, size // 2))
    return torch.cat([held[:, at : at + rows.shape[1]] for at in range(size)], 2)


def learn_network(lessons: Sequence[Lesson]) -> Weights:
    """Return the network that ``lessons`` teach: the same for the same lessons, on the same machine."""
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)  # as fast as two, and several networks are learnt side by side
    torch.manual_seed(SEED)
    chance = np.random.default_rng(SEED)
    docs = [Document(lesson.text) for lesson in lessons]
    vocabulary: dict[str, int] = {}
    lines = Lines(lessons, docs, vocabulary)
    counts = Counter(word for doc in docs for word in set(network_words(doc)))
    net = _Net(vocabulary, counts)
    optimizers = _optimizers(net)
    steps = EPOCHS * (len(lessons) // BATCH + 1)
    rates = [torch.optim.lr_scheduler.OneCycleLR(one, RATE, steps, pct_start=0.1, cycle_momentum=False) for one in optimizers]
    net.train()
    for _ in range(EPOCHS):
        own = lines.joined(chance)
        for batch in _batches(own.lengths, chance):
            net.zero_grad()
            _loss(net, own, batch).backward()
            for step in (*optimizers, *rates):
                step.step()
    return _weights(net, vocabulary, counts)


def _optimizers(net: _Net) -> list[torch.optim.Optimizer]:
    """Return what changes the vectors of words, only those of the words at hand, and what changes all the rest."""
    rows = list(net.rows.parameters())
    others = [values for name, values in net.named_parameters() if not name.startswith("rows.")]
    return [torch.optim.SparseAdam(rows, lr=RATE), torch.optim.AdamW(others, lr=RATE, weight_decay=DECAY)]


def _batches(lengths: npt.NDArray[np.int64], chance: np.random.Generator) -> list[npt.NDArray[np.int64]]:
    """Return all lines in batches of about the same length, at random; lines without words are left out."""
    order = np.lexsort((chance.random(len(lengths)), lengths // 4 + chance.random(len(lengths))))
    order = order[lengths[order] > 0]
    batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    return [batches[at] for at in chance.permutation(len(batches))]


def _loss(net: _Net, lines: Lines, batch: npt.NDArray[np.int64]) -> torch.Tensor:
    longest = max(int(lines.lengths[batch].max()), max(REACHES))
    with torch.autocast("cpu", torch.bfloat16):
        comments, places = net(torch.tensor(lines.words[batch, :longest]))
    of_places = _error(places, lines.places[batch, :longest])
    return _error(comments, lines.comments[batch]) + PLACES_COUNT * of_places


def _error(odds: torch.Tensor, labels: npt.NDArray[np.int8]) -> torch.Tensor:
    """Return the mean error where the label is known, for all entities together."""
    wanted = torch.tensor(labels, dtype=torch.float32)
    known = wanted != UNKNOWN
    errors = functional.binary_cross_entropy_with_logits(odds, wanted.clamp(min=0), reduction="none")
    return (errors * known).sum() / known.sum().clamp(min=1) * len(SENSITIVE)


def _weights(net: _Net, vocabulary: dict[str, int], counts: Counter[str]) -> Weights:
    known = sorted((word_hash(word), at) for word, at in vocabulary.items() if counts[word] >= SEEN)
    word_rows, word_scale = _quantized(_array(net.rows.of_words.weight)[[at for _, at in known]])
    piece_rows, piece_scale = _quantized(_array(net.rows.of_pieces.weight))
    mix = [part.T for sight in net.sights for part in np.split(_array(sight.weight), sight.in_features // SIZE, axis=1)]
    return Weights(
        entities=np.array(SENSITIVE),
        words=np.array([number for number, _ in known], np.uint32),
        word_rows=word_rows,
        piece_rows=piece_rows,
        scales=np.array([piece_scale, word_scale], np.float32),
        mix=np.concatenate(mix, axis=1),
        mix_bias=np.stack([_array(sight.bias) for sight in net.sights]),
        tell=_array(net.tell.weight).T.copy(),
        tell_bias=_array(net.tell.bias),
        narrow=_array(net.narrow.weight).T.copy(),
        narrow_bias=_array(net.narrow.bias),
        around=np.ascontiguousarray([_array(around.weight).T for around in net.around]),
        around_bias=np.stack([_array(around.bias) for around in net.around]),
        whole=np.ascontiguousarray([_array(whole.weight).T for whole in net.whole]),
        tell_around=_array(net.tell_around.weight).T.copy(),
        sharpness=_array(net.sharpness),
        offset=_array(net.offset),
    )


def _array(values: Any) -> npt.NDArray[np.float32]:
    array: npt.NDArray[np.float32] = values.detach().numpy()
    return array


def _quantized(rows: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], float]:
    """Return ``rows`` as signed bytes, and what they are to be multiplied with."""
    scale = float(np.abs(rows).max()) / 127
    return np.round(rows / scale).astype(np.int8), scale
