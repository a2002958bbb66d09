"""Learn what comments tell beside the rules: ``python -m models.train_learned COMMENTS… --held-out COMMENTS``.

One logistic regression for each sensitive entity over the features of :mod:`recognizers.learned`, from labelled comments and the examples
of the lexicons. An optional label, or one that another may replace, teaches nothing of its entity; an example tells of its own entity only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.lessons import Lesson, comment_lessons, example_lessons
from models.note_evidence import Noted, read_evidence
from models.train_weighing import weighing_of, written
from recognizers.detector import Detector
from recognizers.document import Document
from recognizers.judge import Judge
from recognizers.learned import NORM, TABLE_FILE, WIDTH, Learned, Table, feature_tokens, feature_word, pair_row, word_hash, word_rows
from recognizers.rulepack import load_lexicons
from recognizers.weighing import WEIGHTS_FILE, Weighing
from scanner.evaluate import SENSITIVE, Evaluation, read_gold

SCORES_FILE = Path(__file__).parent / "scores.json"
BITS = 17
COST = 20.0
"""How much an error costs against the size of the weights, as scikit-learn counts it (``C``)."""
SEEN = 2
"""A row that fewer comments have gets no weight."""
SEED = 0
LARGEST = 127

Floats = npt.NDArray[np.float64]


def rows_of(text: str) -> list[int]:
    """Return the rows of the table that speak for ``text``, one for each of its features; row 0 is none."""
    words = [feature_word(raw) for raw in feature_tokens(Document(text))]
    hashes = [word_hash(word) for word in words]
    rows = [row for word in words for row in word_rows(word, BITS)]
    return [row for row in (*rows, *(pair_row(*pair, BITS) for pair in pairwise(hashes))) if row]


class Inputs:
    """The features of texts: a sparse matrix with a line for each text, and what each row adds to the square of its length.

    ``norms`` are whole numbers from 0 to ``LARGEST``, about the square of the inverse document frequency.
    """

    def __init__(self, lines: Sequence[Sequence[int]]) -> None:
        from scipy import sparse

        counts = sparse.csr_matrix(
            (np.ones(sum(map(len, lines))), np.concatenate(lines), np.cumsum([0, *map(len, lines)])), shape=(len(lines), 1 << BITS)
        )
        counts.sum_duplicates()
        self.norms = _norms(counts)
        lengths = np.sqrt(np.maximum(counts @ self.norms, 1))
        self.matrix = (sparse.diags(1 / lengths) @ counts @ sparse.diags(np.sqrt(self.norms))).tocsr()


def _norms(counts: Any) -> Floats:
    held = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log((1 + counts.shape[0]) / (1 + held)) + 1
    norms: Floats = np.where(held >= SEEN, np.clip(np.round(rarity**2), 1, LARGEST), 0)
    return norms


def fit(matrix: Any, labels: npt.NDArray[np.int8]) -> tuple[Floats, float]:
    """Return the weights and the bias of one entity; constant where ``labels`` are all alike."""
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(labels)) < 2:
        return np.zeros(matrix.shape[1]), -20.0
    model = LogisticRegression(C=COST, solver="liblinear", max_iter=300, random_state=SEED).fit(matrix, labels)
    return model.coef_[0], float(model.intercept_[0])


def learn(lessons: Sequence[Lesson], lines: Sequence[Sequence[int]]) -> Table:
    """Return the table that ``lessons`` teach; ``lines`` are their rows (:func:`rows_of`)."""
    inputs = Inputs(lines)
    labels = np.array([lesson.labels for lesson in lessons], np.int8)
    table = np.zeros((1 << BITS, WIDTH), np.int8)
    table[:, NORM] = inputs.norms
    scales, biases = [], []
    for at in range(len(SENSITIVE)):
        known = labels[:, at] >= 0
        weights, bias = fit(inputs.matrix[np.flatnonzero(known)], labels[known, at])
        weights = weights * np.sqrt(inputs.norms)
        scale = float(np.abs(weights).max()) / LARGEST or 1.0
        table[:, at] = np.round(weights / scale)
        scales.append(scale)
        biases.append(bias)
    return Table(SENSITIVE, tuple(scales), tuple(biases), table.tobytes())


def learn_from(paths: Sequence[Path], evidence: Noted) -> tuple[Table, Weighing, dict[str, Any]]:
    """Return the table and the weighing learnt from the comments of ``paths`` and the examples of the lexicons, and what that was."""
    comments, examples = comment_lessons(paths), example_lessons()
    lessons = [*comments, *examples]
    lines = [rows_of(lesson.text) for lesson in lessons]
    weighing = weighing_of(lessons, evidence, lambda chosen: learn([lessons[at] for at in chosen], [lines[at] for at in chosen]))
    digest = hashlib.sha256(json.dumps(lessons).encode()).hexdigest()
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    training = {"sha256": digest, "comments": len(comments), "examples": len(examples), "evidence": len(evidence), "files": files}
    return learn(lessons, lines), weighing, training


def figures(detector: Detector, path: Path) -> dict[str, float]:
    """Return what ``detector`` reaches on the labelled comments of ``path``: shares in [0, 1]."""
    evaluation = Evaluation()
    records = list(read_gold(path))
    for record, findings in zip(records, detector.find_many([record.text for record in records]), strict=True):
        evaluation.add(record, findings)
    all_figures = evaluation.figures()
    reached = {"core_f1": all_figures["core_record"]["f1"], "sensitive_f1": all_figures["sensitive_record"]["f1"]}
    reached |= {name: all_figures[name] for name in ("false_alarm_rate", "leak_rate", "over_redaction_rate")}
    return {name: round(value, 4) for name, value in reached.items()}


def main() -> None:
    """Read the comments, learn, write the table and what it reaches."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("comments", nargs="+", type=Path, help="labelled comments, JSON Lines, one author a file")
    parser.add_argument("--held-out", nargs="+", type=Path, required=True, help="labelled comments to measure on")
    parser.add_argument("--out", type=Path, default=TABLE_FILE, help="where to write the table (default: that of the package)")
    parser.add_argument("--weights", type=Path, default=WEIGHTS_FILE, help="where to write the weighing (default: that of the package)")
    parser.add_argument("--scores", type=Path, default=SCORES_FILE, help="where to write what it reaches (default: models/scores.json)")
    arguments = parser.parse_args()
    table, weighing, training = learn_from(arguments.comments, read_evidence())
    arguments.out.write_bytes(table.packed())
    arguments.weights.write_text(written(weighing), encoding="utf-8")
    detectors = {"rules": Detector(learned=False), "rules and learned": Detector(learned=Judge(load_lexicons(), Learned(table), weighing))}
    scores = {
        "training": training,
        "table": {"rows": 1 << table.bits, "bytes": len(table.packed()), "sha256": hashlib.sha256(table.packed()).hexdigest()},
        "held_out": {path.name: {name: figures(one, path) for name, one in detectors.items()} for path in arguments.held_out},
    }
    arguments.scores.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
