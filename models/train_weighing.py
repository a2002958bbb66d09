"""Learn how to weigh what rules found with what all words tell: called by :mod:`models.train_learned`.

Both kinds of evidence are those of authors who were new to them: what the rules found was noted before they learnt from the author
(:mod:`models.note_evidence`), and what the words tell comes from a table learnt without the author.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from models.lessons import Lesson
from recognizers.document import Document
from recognizers.learned import Learned, Table
from recognizers.weighing import LOWEST, NO_EVIDENCE, SIGNS, Evidence, Weighing, signs_of
from scanner.evaluate import SENSITIVE

FOLDS = 6
COST = 0.3
ADD, KEEP = 0.6, 0.2
"""The probabilities from which a comment tells of what no rule found, and under which what is found is outweighed (README.md)."""
Learn = Callable[[Sequence[int]], Table]


def weighing_of(lessons: Sequence[Lesson], evidence: Mapping[str, Mapping[str, Evidence]], learn: Learn) -> Weighing:
    """Return the weighing learnt from those of ``lessons`` that ``evidence`` names; ``learn`` learns a table from some, by their index."""
    from sklearn.linear_model import LogisticRegression

    authors = sorted({lesson.author for lesson in lessons if lesson.id in evidence})
    rows: list[tuple[float, ...]] = []
    labels: list[int] = []
    for fold in range(FOLDS):
        left_out = set(authors[fold::FOLDS])
        table = learn([at for at, lesson in enumerate(lessons) if lesson.author not in left_out])
        learned = Learned(table)
        for lesson in lessons:
            if lesson.author in left_out and (told := learned.told(Document(lesson.text))):
                rows += _rows(evidence[lesson.id], dict(zip(table.entities, told, strict=True)), len(lesson.text))
                labels += lesson.labels
    known = np.array(labels) >= 0
    model = LogisticRegression(C=COST, max_iter=3000).fit(np.array(rows)[known], np.array(labels)[known])
    weights = [round(float(weight), 4) for weight in model.coef_[0]]
    biases = {entity: round(bias + float(model.intercept_[0]), 4) for entity, bias in zip(SENSITIVE, weights[len(SIGNS) :], strict=True)}
    return Weighing(tuple(weights[: len(SIGNS)]), biases, ADD, KEEP)


def _rows(evidence: Mapping[str, Evidence], told: Mapping[str, float], length: int) -> list[tuple[float, ...]]:
    """Return the signs of each of ``SENSITIVE``, followed by which of them it is."""
    rows = []
    for entity in SENSITIVE:
        score = max((one.score for other, one in evidence.items() if other != entity), default=0.0)
        others = max((odds for other, odds in told.items() if other != entity), default=LOWEST)
        signs = signs_of(evidence.get(entity, NO_EVIDENCE), told[entity], score, others, length)
        rows.append((*signs, *(float(entity == other) for other in SENSITIVE)))
    return rows


def written(weighing: Weighing) -> str:
    """Return ``weighing`` as :func:`recognizers.weighing.load_weighing` reads it."""
    lines = ["# Made by `make model`: see models/README.md.", f"add = {weighing.add}", f"keep = {weighing.keep}", "", "[signs]"]
    lines += [f'"{sign}" = {weight}' for sign, weight in zip(SIGNS, weighing.weights, strict=True)]
    lines += ["", "[entities]", *(f"{entity} = {bias}" for entity, bias in sorted(weighing.biases.items()))]
    return "\n".join(lines) + "\n"
