"""Learn how to weigh what rules found with what all words tell and what the network reads: called by :mod:`models.train`.

All evidence is that of authors who were new to it: what the rules found was noted before they learnt from the author
(:mod:`models.note_evidence`); table and network are learnt without the author.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from models.lessons import Lesson
from recognizers.document import Document
from recognizers.judge import WORTH_READING
from recognizers.learned import Learned, Table
from recognizers.network import Network
from recognizers.network_weights import Weights
from recognizers.weighing import MORE, NO_EVIDENCE, OWN, SIGNS, Evidence, Weighing, signs_of
from scanner.evaluate import SENSITIVE

FOLDS = 3
COST = 0.05
_OWN = [SIGNS.index(sign) for sign in OWN]
ADD, KEEP = 0.6, 0.6
"""The probabilities from which a comment tells of what no rule found, and under which what is found is outweighed (README.md)."""


class Taught(NamedTuple):
    """What lessons teach beside the rules."""

    table: Table
    network: Weights


def left_out_authors(lessons: Sequence[Lesson], evidence: Mapping[str, Mapping[str, Evidence]]) -> list[set[str]]:
    """Return the authors of those of ``lessons`` that ``evidence`` names, in ``FOLDS`` parts."""
    authors = sorted({lesson.author for lesson in lessons if lesson.id in evidence})
    return [set(authors[fold::FOLDS]) for fold in range(FOLDS)]


def weighing_of(
    lessons: Sequence[Lesson], evidence: Mapping[str, Mapping[str, Evidence]], taught: Sequence[tuple[Collection[str], Taught]]
) -> Weighing:
    """Return the weighing learnt from those of ``lessons`` that ``evidence`` names.

    ``taught`` is what lessons teach without some of their authors, and who these are: each in one part (:func:`left_out_authors`).
    """
    from sklearn.linear_model import LogisticRegression

    rows: list[tuple[float, ...]] = []
    labels: list[int] = []
    for left_out, one in taught:
        learned, network = Learned(one.table), Network(one.network)
        for lesson in lessons:
            if lesson.author not in left_out or lesson.id not in evidence:
                continue
            doc, own = Document(lesson.text), evidence[lesson.id]
            told = learned.told(doc)
            if told and (any(each.score for each in own.values()) or max(told) >= WORTH_READING):
                rows += _rows(own, told, network.read(doc).odds, len(lesson.text))
                labels += lesson.labels
    known = np.array(labels) >= 0
    model = LogisticRegression(C=COST, max_iter=3000).fit(np.array(rows)[known], np.array(labels)[known])
    shared, own = model.coef_[0, : len(SIGNS)], model.coef_[0, len(SIGNS) :].reshape(len(SENSITIVE), 1 + len(OWN))
    weights = np.tile(shared, (len(SENSITIVE), 1))
    weights[:, _OWN] += own[:, 1:]
    weights[:, : len(MORE)] = weights[:, : len(MORE)].clip(min=0)  # more evidence never speaks against
    biases = (own[:, 0] + model.intercept_[0]).round(4)
    return Weighing(
        weights=dict(zip(SENSITIVE, map(tuple, weights.round(4).tolist()), strict=True)),
        biases=dict(zip(SENSITIVE, biases.tolist(), strict=True)),
        add=ADD,
        keep=KEEP,
    )


def _rows(evidence: Mapping[str, Evidence], told: Sequence[float], read: Sequence[float], length: int) -> list[tuple[float, ...]]:
    """Return the signs of each of ``SENSITIVE``, followed by which of them it is and the signs of ``OWN``, in a place for each entity."""
    rows = []
    for at, (entity, by_words, by_network) in enumerate(zip(SENSITIVE, told, read, strict=True)):
        signs = signs_of(evidence.get(entity, NO_EVIDENCE), by_words, by_network, length)
        places = [0.0] * (1 + len(OWN)) * len(SENSITIVE)
        places[at * (1 + len(OWN)) : (at + 1) * (1 + len(OWN))] = [1.0, *(signs[sign] for sign in _OWN)]
        rows.append((*signs, *places))
    return rows


def written(weighing: Weighing) -> str:
    """Return ``weighing`` as :func:`recognizers.weighing.load_weighing` reads it."""
    columns = dict(zip(SIGNS, map(list, zip(*weighing.weights.values(), strict=True)), strict=True))
    lines = ["# Made by `make model`: see models/README.md.", f"add = {weighing.add}", f"keep = {weighing.keep}"]
    lines += [f"entities = {json.dumps(list(weighing.weights))}", f"biases = {list(weighing.biases.values())}"]
    lines += ["", "[signs]", *(f'"{sign}" = {weights[0]}' for sign, weights in columns.items() if sign not in OWN)]
    lines += ["", "[own]  # for each of the entities, in their order", *(f'"{sign}" = {columns[sign]}' for sign in OWN)]
    return "\n".join(lines) + "\n"
