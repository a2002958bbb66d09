"""Learn how to weigh what rules found with what all words tell and what the network reads: called by :mod:`models.train`.

All evidence is that of authors who were new to it: what the rules found was noted before they learnt from the author
(:mod:`models.note_evidence`); table and network are learnt without the author.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from models.lessons import Lesson
from recognizers.document import Document
from recognizers.judge import WORTH_READING
from recognizers.learned import Learned, Table
from recognizers.network import Network
from recognizers.network_weights import Weights
from recognizers.weighing import MORE, NO_EVIDENCE, SIGNS, Evidence, Weighing, signs_of
from scanner.evaluate import SENSITIVE

FOLDS = 3
COST = 0.3
ADD, KEEP = 0.7, 0.5
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
    weights = [round(float(weight), 4) for weight in model.coef_[0]]
    weights[: len(MORE)] = [max(weight, 0.0) for weight in weights[: len(MORE)]]  # more evidence never speaks against
    biases = {entity: round(bias + float(model.intercept_[0]), 4) for entity, bias in zip(SENSITIVE, weights[len(SIGNS) :], strict=True)}
    return Weighing(tuple(weights[: len(SIGNS)]), biases, ADD, KEEP)


def _rows(evidence: Mapping[str, Evidence], told: Sequence[float], read: Sequence[float], length: int) -> list[tuple[float, ...]]:
    """Return the signs of each of ``SENSITIVE``, followed by which of them it is."""
    return [
        (*signs_of(evidence.get(entity, NO_EVIDENCE), by_words, by_network, length), *(float(entity == other) for other in SENSITIVE))
        for entity, by_words, by_network in zip(SENSITIVE, told, read, strict=True)
    ]


def written(weighing: Weighing) -> str:
    """Return ``weighing`` as :func:`recognizers.weighing.load_weighing` reads it."""
    lines = ["# Made by `make model`: see models/README.md.", f"add = {weighing.add}", f"keep = {weighing.keep}", "", "[signs]"]
    lines += [f'"{sign}" = {weight}' for sign, weight in zip(SIGNS, weighing.weights, strict=True)]
    lines += ["", "[entities]", *(f"{entity} = {bias}" for entity, bias in sorted(weighing.biases.items()))]
    return "\n".join(lines) + "\n"
