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

SIZE, FILTERS, NARROW, PIECES = 64, 192, 96, 1 << 15
"""Numbers of a word's vector, filters of each convolution, numbers that these are made into for further looks, rows for the
vectors of pieces."""
EPOCHS, BATCH, RATE, DECAY = 5, 64, 2e-3, 0.01
PLACES_COUNT = 0.3
"""How much an error at a place counts against one about the comment."""
SEEN = 2
"""A word that fewer comments have has no vector of its own."""
WORD_DROPOUT, VECTOR_DROPOUT, SIGHT_DROPOUT, AROUND_DROPOUT = 0.25, 0.3, 0.4, 0.2
SEED = 0
_LOWEST = -20.0


class _Net(nn.Module):
    def __init__(self, vocabulary: dict[str, int], counts: Counter[str]) -> None:
        super().__init__()
        self.pieces = [[0], *([piece & PIECES - 1 for piece in word_pieces(word)] for word in vocabulary)]
        self.known = torch.tensor([0, *(at * (counts[word] >= SEEN) for word, at in vocabulary.items())])
        self.word_rows = nn.Embedding(len(vocabulary) + 1, SIZE, padding_idx=0)
        self.piece_rows = nn.EmbeddingBag(PIECES, SIZE, mode="mean")
        for rows in (self.word_rows, self.piece_rows):
            nn.init.normal_(rows.weight, std=0.1)
        with torch.no_grad():
            self.word_rows.weight[0] = 0
        self.sights = nn.ModuleList(nn.Conv1d(SIZE, FILTERS, reach, padding=reach // 2) for reach in REACHES)
        self.tell = nn.Linear(FILTERS * len(REACHES), len(SENSITIVE))
        self.narrow = nn.Linear(FILTERS * len(REACHES), NARROW)
        self.around = nn.ModuleList(nn.Conv1d(NARROW, NARROW, AROUND, padding=AROUND // 2) for _ in range(LOOKS))
        self.whole = nn.ModuleList(nn.Linear(2 * NARROW, NARROW, bias=False) for _ in range(LOOKS))
        self.tell_around = nn.Linear(LOOKS * NARROW, len(SENSITIVE), bias=False)
        nn.init.zeros_(self.tell_around.weight)
        self.sharpness = nn.Parameter(torch.ones(len(SENSITIVE)))
        self.offset = nn.Parameter(torch.zeros(len(SENSITIVE)))

    def forward(self, words: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the log-odds of comments and of their places."""
        unique, places = torch.unique(words, return_inverse=True)
        vectors = functional.dropout(self._vectors(unique)[places], VECTOR_DROPOUT, self.training).transpose(1, 2)
        mask = words > 0
        is_word, length = mask[:, :, None], mask.sum(1, keepdim=True)
        seen = torch.cat([torch.relu(sight(vectors)) for sight in self.sights], 1).transpose(1, 2) * is_word
        seen = functional.dropout(seen, SIGHT_DROPOUT, self.training)
        rows = held = torch.relu(self.narrow(seen)) * is_word
        looks = []
        for around, whole in zip(self.around, self.whole, strict=True):
            of_comment = whole(torch.cat([rows.amax(1), rows.sum(1) / length], 1))
            rows = torch.relu(around(held.transpose(1, 2)).transpose(1, 2) + of_comment[:, None]) * is_word
            held = functional.dropout(rows, AROUND_DROPOUT, self.training)
            looks.append(held)
        told = self.tell(seen) + self.tell_around(torch.cat(looks, 2))
        together = torch.logsumexp(told.masked_fill(~is_word, _LOWEST), 1)
        return self.sharpness * together + self.offset, told

    def _vectors(self, unique: torch.Tensor) -> torch.Tensor:
        pieces = [self.pieces[at] for at in unique.tolist()]
        offsets = torch.tensor(np.cumsum([0, *map(len, pieces)])[:-1])
        own = self.word_rows(self.known[unique])
        if self.training:
            own = own * (torch.rand(len(unique), 1) > WORD_DROPOUT) / (1 - WORD_DROPOUT)
        vectors = self.piece_rows(torch.tensor([piece for row in pieces for piece in row]), offsets) + own
        return vectors * (unique > 0)[:, None]


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
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=EPOCHS * (len(lessons) // BATCH + 1), pct_start=0.1)
    net.train()
    for _ in range(EPOCHS):
        own = lines.joined(chance)
        for batch in _batches(own.lengths, chance):
            loss = _loss(net, own, batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            rates.step()
    return _weights(net, vocabulary, counts)


def _batches(lengths: npt.NDArray[np.int64], chance: np.random.Generator) -> list[npt.NDArray[np.int64]]:
    """Return all lines in batches of about the same length, at random; lines without words are left out."""
    order = np.lexsort((chance.random(len(lengths)), lengths // 4 + chance.random(len(lengths))))
    order = order[lengths[order] > 0]
    batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    return [batches[at] for at in chance.permutation(len(batches))]


def _loss(net: _Net, lines: Lines, batch: npt.NDArray[np.int64]) -> torch.Tensor:
    longest = max(int(lines.lengths[batch].max()), max(REACHES))
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
    word_rows, word_scale = _quantized(_array(net.word_rows.weight)[[at for _, at in known]])
    piece_rows, piece_scale = _quantized(_array(net.piece_rows.weight))
    mix = [_array(sight.weight)[:, :, at].T for sight in net.sights for at in range(sight.kernel_size[0])]
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
        around=np.ascontiguousarray([np.concatenate(_array(around.weight).transpose(2, 1, 0)) for around in net.around]),
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
