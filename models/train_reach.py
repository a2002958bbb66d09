"""Learn how far remarks reach from labelled comments: ``python -m models.train_reach COMMENTS…`` writes the weights of the package.

Two logistic regressions, one for each side: does the next word still belong to the remark, given that the one before does? A label
tells for every remark that the lexicons find in it. Each remark is learnt from twice, the second time as if only its rarest word had been
found: new authors use words of which the lexicons know one.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from recognizers.detector import IDENTIFIERS, Detector
from recognizers.document import Document
from recognizers.finding import Finding
from recognizers.frequency import word_frequency
from recognizers.reach import HUNDREDTHS, STEPS, WEIGHTS_FILE, Ground, Range, Side, Signs, WordSigns, joined, word_classes
from scanner.evaluate import SENSITIVE, GoldRecord, GoldSpan, read_gold

FREQUENT = 50
"""A word that so many comments hold, by at least ``AUTHORS`` authors, has weights of its own."""
AUTHORS = 5
SEEN = 10
"""A sign that speaks less often than so many times gets no weight."""
PENALTY = 1e-4
STEPS_OF_TRAINING = 250
HEAD = "# How far remarks reach: log-odds in hundredths. Made by `make reach`; reach.toml tells what the signs mean.\n"

Floats = npt.NDArray[np.float64]


class Lesson(NamedTuple):
    """A word that was or was not taken, and its signs."""

    signs: Signs
    taken: bool


class Comment(NamedTuple):
    """A labelled comment and what was found in it."""

    author: str
    gold: GoldRecord
    doc: Document
    findings: Sequence[Finding]


def read_comments(paths: Iterable[Path]) -> list[Comment]:
    """Return the labelled comments of ``paths``, one author a file, in which remarks are found."""
    detector = Detector(reach=False)
    comments = []
    for path in paths:
        records = list(read_gold(path))
        for record, findings in zip(records, detector.find_many([record.text for record in records]), strict=True):
            if any(f.entity not in IDENTIFIERS for f in findings):
                comments.append(Comment(path.name, record, Document(record.text), findings))
    return comments


def frequent_words(comments: Iterable[Comment]) -> frozenset[str]:
    """Return the words that get weights of their own: no name or rare word of an author is among them."""
    pairs = {(word, comment.author, comment.gold.id) for comment in comments for word in comment.doc.tokens if word.isalpha()}
    held = Counter(word for word, _, _ in pairs)
    authors = Counter(word for word, _ in {(word, author) for word, author, _ in pairs})
    return frozenset(word for word in held if held[word] >= FREQUENT and authors[word] >= AUTHORS)


def lessons(comments: Iterable[Comment], signs: Mapping[str, str], side: Side) -> Iterator[Lesson]:
    """Yield what the labels teach about one side of the remarks."""
    for comment in comments:
        remarks = [f for f in comment.findings if f.entity not in IDENTIFIERS]
        barred = [(f.start, f.end) for f in comment.findings if f.entity in IDENTIFIERS]
        cores = [_tokens(comment.doc, f) for f in remarks]
        for words in (cores, [_rarest(comment.doc, core) for core in cores]):
            ground = Ground(comment.doc, signs, words, barred)
            for core in joined(words):
                own = [f for f, word in zip(remarks, words, strict=True) if core[0] <= word[0] < core[1]]
                if label := _label(comment, own, core):
                    yield from _walk(comment.doc, ground, core, label, side)


def _walk(doc: Document, ground: Ground, core: Range, label: Range, side: Side) -> Iterator[Lesson]:
    """Yield the words that ``label`` takes on one side of ``core``, and the first that it does not take."""
    for at, signs in ground.walk(core[1] if side == "right" else core[0], STEPS[side]):
        taken = doc.starts[at] < label[1] and doc.ends[at] > label[0]
        yield Lesson(signs, taken)
        if not taken:
            return


def _tokens(doc: Document, finding: Finding) -> Range:
    """Return the tokens of ``finding``."""
    return doc.starts.index(finding.start), doc.ends.index(finding.end) + 1


def _rarest(doc: Document, core: Range) -> Range:
    at = min(range(*core), key=lambda at: word_frequency(doc.tokens[at]) if doc.tokens[at].isalpha() else 1)
    return at, at + 1


def _label(comment: Comment, remarks: Sequence[Finding], core: Range) -> Range | None:
    """Return the code points [start, end) of the labels that ``core`` stands in, those of the entities of its ``remarks`` if there are."""
    start, end = comment.doc.starts[core[0]], comment.doc.ends[core[1] - 1]
    spans = [s for s in comment.gold.spans if s.entities[0] in SENSITIVE and s.start < end and start < s.end]
    spans = [s for s in spans if _names_one_of(s, remarks)] or spans
    return (min(s.start for s in spans), max(s.end for s in spans)) if spans else None


def _names_one_of(span: GoldSpan, remarks: Sequence[Finding]) -> bool:
    return any(f.entity in span.entities for f in remarks)


def train(taught: Sequence[Lesson]) -> dict[str, dict[str, int]]:
    """Return the weights, in hundredths, of the signs that :class:`Signs` names, table by table, and the bias."""
    rows = [[("bias", "all"), *zip(Signs._fields, lesson.signs, strict=True)] for lesson in taught]
    counts = Counter(sign for row in rows for sign in row)
    known = sorted(sign for sign, count in counts.items() if count >= SEEN)
    number = {sign: at for at, sign in enumerate(known, 1)}  # 0 stands for the signs without weight
    inputs = np.array([[number.get(sign, 0) for sign in row] for row in rows])
    weights = _regression(inputs, np.array([lesson.taken for lesson in taught], np.float64), len(known) + 1)
    tables: dict[str, dict[str, int]] = {name: {} for name in ("bias", *Signs._fields)}
    for table, sign in known:
        if weight := round(HUNDREDTHS * weights[number[table, sign]]):
            tables[table][sign] = weight
    return tables


def _regression(inputs: npt.NDArray[np.int64], taken: Floats, size: int) -> Floats:
    """Return the weights of a logistic regression, found by Adam; ``inputs`` holds a row of signs, by number, for each of ``taken``."""
    weights, mean, square = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, STEPS_OF_TRAINING + 1):
        errors = 1 / (1 + np.exp(-weights[inputs].sum(1))) - taken
        slope = np.bincount(inputs.ravel(), np.repeat(errors, inputs.shape[1]), size) / len(taken) + PENALTY * weights
        slope[0] = 0
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        rate = 0.1 if step <= 0.6 * STEPS_OF_TRAINING else 0.03
        weights -= rate * mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return weights


def learn(comments: Sequence[Comment]) -> dict[Side, dict[str, dict[str, int]]]:
    """Return the weights of both sides."""
    signs = WordSigns(word_classes(), frequent_words(comments))
    return {side: train(list(lessons(comments, signs, side))) for side in STEPS}


def written(weights: Mapping[Side, Mapping[str, Mapping[str, int]]]) -> str:
    """Return ``weights`` as TOML."""
    text = HEAD
    for side, tables in weights.items():
        for name, table in tables.items():
            text += f"\n[{side}.{name}]\n" + "".join(f'"{sign}" = {weight}\n' for sign, weight in sorted(table.items()))
    return text


def main() -> None:
    """Read the comments, learn, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("comments", nargs="+", type=Path, help="labelled comments, JSON Lines, one author a file")
    parser.add_argument("--out", type=Path, default=WEIGHTS_FILE, help="where to write the weights (default: those of the package)")
    arguments = parser.parse_args()
    arguments.out.write_text(written(learn(read_comments(arguments.comments))), encoding="utf-8")


if __name__ == "__main__":
    main()
