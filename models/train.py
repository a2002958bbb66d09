"""Learn what comments tell beside the rules: ``python -m models.train COMMENTS… --phrases PHRASES… --held-out COMMENTS``.

Three things, one after the other: what all words tell as a bag (:mod:`models.train_learned`), what a network reads in their order
(:mod:`models.train_network`), and how to weigh both with what the rules found (:mod:`models.train_weighing`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from models.lessons import comment_lessons, example_lessons
from models.note_evidence import Noted, read_evidence
from models.phrases import phrase_lessons
from models.train_learned import learn
from models.train_network import learn_network
from models.train_weighing import Taught, left_out_authors, weighing_of, written
from recognizers.detector import Detector
from recognizers.judge import Judge
from recognizers.learned import TABLE_FILE, Learned
from recognizers.network import Network
from recognizers.network_weights import NETWORK_FILE
from recognizers.rulepack import load_lexicons
from recognizers.weighing import WEIGHTS_FILE, Weighing
from scanner.evaluate import Evaluation, read_gold

AT_ONCE = 2
"""Trainings side by side: each takes a processor and some 2 GB."""
SCORES_FILE = Path(__file__).parent / "scores.json"


def learn_from(paths: Sequence[Path], phrases: Sequence[Path], evidence: Noted) -> tuple[Taught, Weighing, dict[str, Any]]:
    """Return what the comments of ``paths``, those made of ``phrases`` and the examples of the lexicons teach, and what that was."""
    comments, composed, examples = comment_lessons(paths), phrase_lessons(phrases), example_lessons()
    lessons = [*comments, *examples]

    def taught(left_out: Collection[str]) -> Taught:
        own = [lesson for lesson in lessons if lesson.author not in left_out]
        return Taught(learn(own), learn_network([*own, *composed]))

    parts = left_out_authors(lessons, evidence)
    *folds, whole = Parallel(n_jobs=AT_ONCE)(delayed(taught)(left_out) for left_out in (*parts, ()))
    weighing = weighing_of(lessons, evidence, list(zip(parts, folds, strict=True)))
    digest = hashlib.sha256(json.dumps([*lessons, *composed]).encode()).hexdigest()
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (*paths, *phrases)}
    training = {"sha256": digest, "comments": len(comments), "composed": len(composed), "examples": len(examples)}
    return whole, weighing, training | {"evidence": len(evidence), "files": files}


def figures(detector: Detector, paths: Sequence[Path]) -> dict[str, float]:
    """Return what ``detector`` reaches on the labelled comments of ``paths``: shares in [0, 1]."""
    evaluation = Evaluation()
    for path in paths:
        records = list(read_gold(path))
        for record, findings in zip(records, detector.find_many([record.text for record in records]), strict=True):
            evaluation.add(record, findings)
    all_figures = evaluation.figures()
    reached = {"core_f1": all_figures["core_record"]["f1"], "sensitive_f1": all_figures["sensitive_record"]["f1"]}
    reached |= {name: all_figures[name] for name in ("false_alarm_rate", "leak_rate", "over_redaction_rate")}
    return {name: round(value, 4) for name, value in reached.items()}


def _facts(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def main() -> None:
    """Read the comments, learn, write what was learnt and what it reaches."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("comments", nargs="+", type=Path, help="labelled comments, JSON Lines, one author a file")
    parser.add_argument("--phrases", nargs="*", type=Path, default=[], help="phrases with alternatives, JSON Lines (samples/README.md)")
    parser.add_argument("--held-out", nargs="+", type=Path, required=True, help="labelled comments to measure on")
    parser.add_argument("--table", type=Path, default=TABLE_FILE, help="where to write the table (default: that of the package)")
    parser.add_argument("--network", type=Path, default=NETWORK_FILE, help="where to write the network (default: that of the package)")
    parser.add_argument("--weights", type=Path, default=WEIGHTS_FILE, help="where to write the weighing (default: that of the package)")
    parser.add_argument("--scores", type=Path, default=SCORES_FILE, help="where to write what it reaches (default: models/scores.json)")
    arguments = parser.parse_args()
    taught, weighing, training = learn_from(arguments.comments, arguments.phrases, read_evidence())
    arguments.table.write_bytes(taught.table.packed())
    with arguments.network.open("wb") as file:
        np.savez(file, **taught.network._asdict())
    arguments.weights.write_text(written(weighing), encoding="utf-8")
    judge = Judge(load_lexicons(), Learned(taught.table), Network(taught.network), weighing)
    detectors = {"rules": Detector(learned=False), "rules and learned": Detector(learned=judge)}
    held_out = {path.name: [path] for path in arguments.held_out} | {"all": arguments.held_out}
    scores = {
        "training": training,
        "table": _facts(arguments.table),
        "network": _facts(arguments.network),
        "held_out": {name: {kind: figures(one, paths) for kind, one in detectors.items()} for name, paths in held_out.items()},
    }
    arguments.scores.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
