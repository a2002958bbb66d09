"""Note what the rules make of labelled comments that nobody has learnt from: ``python -m models.note_evidence COMMENTS…``.

How far rules are to be trusted shows only on authors whom they have not learnt from, and only until then: what they found there is noted
once, in ``evidence.jsonl``, and :mod:`models.train_weighing` reads it. Comments that are noted stay as they were noted.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from models.lessons import comment_lessons
from recognizers.document import Document
from recognizers.fates import fired, resolve
from recognizers.judge import evidence_of
from recognizers.matcher import Matcher
from recognizers.rulepack import load_rulepack
from recognizers.weighing import Evidence

EVIDENCE_FILE = Path(__file__).with_name("evidence.jsonl")
Noted = Mapping[str, Mapping[str, Evidence]]
"""By comment, by entity."""


def read_evidence(path: Path = EVIDENCE_FILE) -> Noted:
    """Return what was noted in ``path``."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {
        row["id"]: {entity: Evidence(score, places, frozenset(fates)) for entity, (score, places, fates) in row["evidence"].items()}
        for row in rows
    }


def noted_lines(paths: Iterable[Path], known: Noted) -> Iterable[str]:
    """Yield a line for each comment of ``paths`` that is not ``known``."""
    rulepack = load_rulepack()
    matcher = Matcher(rulepack.rules, rulepack.index, rulepack.person)
    for path in paths:
        for lesson in comment_lessons([path]):
            if lesson.id not in known:
                trials = list(matcher.trials(Document(lesson.text)))
                evidence = sorted(evidence_of(trials, resolve(fired(trials))).items())
                rows = {entity: [one.score, one.places, sorted(one.cancelled)] for entity, one in evidence}
                yield json.dumps({"id": lesson.id, "evidence": rows})


def main() -> None:
    """Note what the rules make of the comments named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("comments", nargs="+", type=Path, help="labelled comments, JSON Lines, one author a file")
    arguments = parser.parse_args()
    known = read_evidence() if EVIDENCE_FILE.exists() else {}
    with EVIDENCE_FILE.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in noted_lines(arguments.comments, known))


if __name__ == "__main__":
    main()
