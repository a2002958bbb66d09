"""The measures, on a hand-counted example and against a second, independent way of counting."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from recognizers.finding import Finding
from scanner.errors import InputError
from scanner.evaluate import ENTITIES, SENSITIVE, Evaluation, GoldRecord, GoldSpan, read_gold


def finding(entity: str, start: int, end: int) -> Finding:
    return Finding(entity, start, end, 0.9, f"{entity}.x")


def test_hand_counted_example() -> None:
    evaluation = Evaluation()
    two = (GoldSpan(0, 10, ("HEALTH",), False), GoldSpan(12, 20, ("OFFENCE", "JUDGEMENT"), False))
    evaluation.add(GoldRecord("a", "x" * 30, two), [finding("HEALTH", 5, 8), finding("JUDGEMENT", 19, 25), finding("RELIGION", 26, 28)])
    evaluation.add(GoldRecord("b", "x" * 30, (GoldSpan(0, 5, ("HEALTH",), False),)), [])
    evaluation.add(GoldRecord("c", "x" * 30, ()), [finding("HEALTH", 0, 2)])
    evaluation.add(GoldRecord("d", "x" * 30, (GoldSpan(0, 5, ("HEALTH",), True),)), [finding("HEALTH", 0, 2)])
    evaluation.add(GoldRecord("e", "x" * 30, (GoldSpan(0, 5, ("PERSON",), False),)), [finding("PERSON", 0, 2)])
    figures = evaluation.figures()
    assert (figures["records"], figures["clean"], figures["false_alarm_rate"]) == (5, 2, 0.5)
    assert figures["leak_rate"] == (7 + 7 + 5) / (10 + 8 + 5)
    assert figures["over_redaction_rate"] == (5 + 2 + 2) / (3 + 6 + 2 + 2 + 2)
    assert figures["by_entity"]["HEALTH"] == {
        "record": {"precision": 0.5, "recall": 0.5, "f1": 0.5},
        "n": 2,
        "span": {"precision": 0.5, "recall": 0.5, "f1": 0.5},
    }
    assert figures["by_entity"]["OFFENCE"]["record"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert figures["by_entity"]["RELIGION"]["record"] == {"precision": 0.0, "recall": 1.0, "f1": 0.0}
    assert figures["sensitive_record"] == {"precision": 2 / 4, "recall": 2 / 3, "f1": pytest.approx(4 / 7)}
    assert figures["identifiers_span"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert [(e.kind, e.record_id, e.entity) for e in evaluation.errors] == [
        ("WRONG", "a", "RELIGION"),
        ("MISS", "b", "HEALTH"),
        ("ALARM", "c", "HEALTH"),
    ]


def by_sets(gold: list[GoldRecord], found: list[list[Finding]]) -> dict[str, tuple[int, int, int]]:
    """Count records right, wrong and missed for each entity, straight from the definition."""
    counts = {}
    for entity in ENTITIES:
        right = wrong = missed = 0
        for record, findings in zip(gold, found, strict=True):
            spans = [s for s in record.spans if s.entities[0] == entity and not s.optional]
            got = {f.entity for f in findings}
            right += bool(spans) and any(got.intersection(s.entities) for s in spans)
            missed += bool(spans) and not any(got.intersection(s.entities) for s in spans)
            wrong += entity in got and not any(entity in s.entities for s in record.spans)
        counts[entity] = (right, wrong, missed)
    return counts


def test_record_counts_equal_an_independent_count() -> None:
    rng = random.Random(7)

    def span() -> GoldSpan:
        start = rng.randrange(40)
        return GoldSpan(start, start + rng.randrange(1, 9), tuple(rng.sample(SENSITIVE, rng.choice((1, 1, 2)))), rng.random() < 0.2)

    gold = [GoldRecord(str(i), "x" * 50, tuple(span() for _ in range(rng.randrange(3)))) for i in range(300)]
    found = [[finding(rng.choice(SENSITIVE), s := rng.randrange(40), s + 5) for _ in range(rng.randrange(3))] for _ in gold]
    evaluation = Evaluation()
    for record, findings in zip(gold, found, strict=True):
        evaluation.add(record, findings)
    assert {e: (c.right, c.wrong, c.missed) for e, c in evaluation.record_counts.items()} == by_sets(gold, found)


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"id": 1}', '{"id": 1, "text": "x", "spans": [{"start": 0, "end": 1, "entity": "COLOUR"}]}'],
)
def test_malformed_gold_names_the_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": 1, "text": "x", "spans": []}\n' + line + "\n")
    with pytest.raises(InputError, match=r"gold.jsonl, line 2"):
        list(read_gold(path))


def test_missing_gold_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        list(read_gold(tmp_path / "none.jsonl"))


def test_labels_of_the_gold_are_sound() -> None:
    for path in sorted((Path(__file__).parent.parent / "samples" / "gold").glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert len({row["id"] for row in rows}) == len(rows), path.name
        for record in read_gold(path):
            bounds = [(s.start, s.end) for s in record.spans]
            assert all(0 <= start < end <= len(record.text) for start, end in bounds), record.id
            assert all(record.text[start:end].strip() for start, end in bounds), record.id
