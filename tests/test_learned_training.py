"""Learning what comments tell beside the rules: what labels teach, and that the same comments give the same table."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from models import train_learned
from models.lessons import Lesson, comment_lessons, example_lessons
from models.train_learned import learn, rows_of
from recognizers.detector import Detector
from recognizers.judge import Judge
from recognizers.learned import WIDTH, Learned, pair_row, word_hash, word_rows
from recognizers.rulepack import load_lexicons
from recognizers.weighing import SIGNS, Weighing
from scanner.evaluate import SENSITIVE

needs_scikit_learn = pytest.mark.skipif(
    importlib.util.find_spec("sklearn") is None, reason="scikit-learn is not installed: `make model` installs it"
)


def labels(**known: int) -> tuple[int, ...]:
    return tuple(known.get(entity, 0) for entity in SENSITIVE)


def test_labels_teach_what_they_say_and_no_more(tmp_path: Path) -> None:
    spans = [
        {"start": 0, "end": 3, "entity": "HEALTH"},
        {"start": 0, "end": 3, "entity": "OFFENCE", "or": ["JUDGEMENT"]},
        {"start": 4, "end": 7, "entity": "RELIGION", "optional": True},
        {"start": 4, "end": 7, "entity": "PHONE_NUMBER"},
    ]
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "a-1", "text": "abc def", "spans": spans}) + "\n", encoding="utf-8")
    assert comment_lessons([path]) == [Lesson("a-1", "a.jsonl", "abc def", labels(HEALTH=1, OFFENCE=1, JUDGEMENT=-1, RELIGION=-1))]


def test_examples_tell_of_their_own_entity_only() -> None:
    lessons = example_lessons()
    assert len(lessons) == sum(len(rule.yes) + len(rule.no) for lexicon in load_lexicons() for rule in lexicon.rules)
    assert {len([label for label in lesson.labels if label >= 0]) for lesson in lessons} == {1}
    assert not any("{{" in lesson.text for lesson in lessons)


def test_rows_are_those_that_run() -> None:
    bits = train_learned.BITS
    assert rows_of("Dort, mal !") == [
        *word_rows("dort", bits),
        *word_rows("mal", bits),
        pair_row(word_hash("dort"), word_hash("mal"), bits),
    ]
    assert rows_of(" . ") == []


@needs_scikit_learn
def test_the_same_comments_give_the_same_table() -> None:
    texts = [f"{who} {what} {when}" for who in ("Mme", "M.", "le fils") for what in ("zorglub", "lampe") for when in ("hier", "le 12", "x")]
    lessons = [Lesson("", "a", text, labels(HEALTH=int("zorglub" in text))) for text in texts]
    lines = [rows_of(text) for text in texts]
    table = learn(lessons, lines)
    assert table == learn(lessons, lines)
    assert (table.entities, table.rows[:WIDTH]) == (SENSITIVE, bytes(WIDTH))
    weighing = Weighing(tuple(float(sign == "told") for sign in SIGNS), dict.fromkeys(SENSITIVE, 0.0), add=0.5, keep=0.0)
    detector = Detector(identifiers=False, learned=Judge(load_lexicons(), Learned(table), weighing))
    found = [[(f.rule, text[f.start : f.end]) for f in detector.find(text)] for text in ("Hier, mme zorglub.", "Hier, mme lampe.")]
    assert found == [[("HEALTH.learned", "mme zorglub")], []]
