"""The measured quality that reports print: what follows from the counts, and the file that comes with the package."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import vigie

from recognizers.rulepack import rules_digest
from scanner import quality
from scanner.evaluate import ENTITIES, SENSITIVE, Evaluation, read_gold
from scanner.intervals import rate
from scanner.quality import Measure, measured_quality, quality_as_json, quality_of, write_quality

FILE = Path(quality.__file__).with_name("data") / "quality.json"
GOLD = [
    {"id": "1", "text": "Mme sous chimiothérapie", "spans": [{"start": 4, "end": 23, "entity": "HEALTH"}]},
    {"id": "2", "text": "Fuite réparée", "spans": []},
    {"id": "3", "text": "Mme sous chimiothérapie", "spans": []},
    {"id": "4", "text": "Dossier transmis au service", "spans": [{"start": 0, "end": 27, "entity": "HEALTH"}]},
]


def test_what_follows_from_the_counts() -> None:
    measure = Measure(right=8, wrong=2, missed=4)
    assert (measure.precision, measure.recall) == (rate(8, 10), rate(8, 12))
    assert measure.f1 == pytest.approx(2 * 0.8 * (8 / 12) / (0.8 + 8 / 12))
    shared = rate(8, 14)
    assert (measure.f1_low, measure.f1_high) == (2 * shared.low / (1 + shared.low), 2 * shared.high / (1 + shared.high))
    nothing = Measure(0, 0, 0)
    assert (nothing.precision.value, nothing.recall.value, nothing.f1, nothing.f1_low, nothing.f1_high) == (None, None, None, 0.0, 1.0)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_f1_lies_in_its_interval_and_between_precision_and_recall(right: int, wrong: int, missed: int) -> None:
    measure = Measure(right, wrong, missed)
    precision, recall = measure.precision.value, measure.recall.value
    if measure.f1 is not None:
        assert 0 <= measure.f1_low <= measure.f1 + 1e-12
        assert measure.f1 <= measure.f1_high + 1e-12 <= 1 + 1e-12
    if precision and recall:
        assert measure.f1 == pytest.approx(2 * precision * recall / (precision + recall))


def test_the_command_writes_what_was_measured_and_reports_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gold, written = tmp_path / "99-tester.jsonl", tmp_path / "quality.json"
    gold.write_text("".join(json.dumps(line) + "\n" for line in GOLD), encoding="utf-8")
    assert vigie("evaluate", gold, "--quality", written).code == 0
    content = json.loads(written.read_text(encoding="utf-8"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", content.pop("measured"))
    health = {"right": 1, "wrong": 1, "missed": 1, "precision": [0.5, 0.0256, 0.9744], "recall": [0.5, 0.0256, 0.9744]}
    health["f1"] = [0.5, 0.0336, 0.937]
    assert content["entities"].pop("HEALTH") == content.pop("core") == content.pop("sensitive") == health
    none = {"right": 0, "wrong": 0, "missed": 0, "precision": [None, 0.0, 1.0], "recall": [None, 0.0, 1.0], "f1": [None, 0.0, 1.0]}
    assert content.pop("identifiers") == none
    assert content.pop("entities") == {entity: none for entity in ENTITIES if entity != "HEALTH"}
    assert content == {
        "format": "vigie-quality",
        "version": 1,
        "rules": rules_digest(),
        "sample": "99-tester.jsonl",
        "comments": 4,
        "clean": 2,
        "false_alarms": {"count": 1, "rate": [0.5, 0.0256, 0.9744]},
        "leak": 0.587,
    }
    monkeypatch.setattr(quality, "data_text", lambda name: written.read_text(encoding="utf-8"))
    measured_quality.cache_clear()
    read = measured_quality()
    measured_quality.cache_clear()
    assert quality_as_json(read) == json.loads(written.read_text(encoding="utf-8"))
    assert (read.matches(rules_digest()), read.matches("0123456789abcdef")) == (True, False)


def test_the_file_of_the_package_says_what_its_counts_say() -> None:
    """It need not be of today's rules: reports tell when it is not. `make quality` writes it anew."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    read = measured_quality()
    assert quality_as_json(read) == content
    assert set(read.entities) == set(ENTITIES)
    names = (
        *("100-officers-h", "101-caretakers-i", "102-managers", "103-officers-and-caretaker", "104-manager-desk", "105-calls"),
        *("106-caretakers-j", "107-officers-i", "108-agency-e", "109-calls-and-mediators"),
        *("110-officers-j", "111-caretakers-k", "112-agency-f", "113-calls-b"),
        *("34-agency", "51-agency-b", "52-caretakers-f", "53-syndic-desk", "66-agency-c", "67-desk-caretakers"),
        *("82-callcentre-e", "88-judgement-private-b", "91-neighbours-c", "95-desk-d"),
        *("96-officers-f", "97-caretakers-g", "98-agency-d", "99-social-desk"),
    )
    assert (read.sample, read.comments, 0 < read.clean < read.comments) == (", ".join(f"{name}.jsonl" for name in names), 5800, True)
    assert re.fullmatch(r"[0-9a-f]{16}", read.rules)
    sums = [sum(getattr(read.entities[entity], name) for entity in SENSITIVE) for name in ("right", "wrong", "missed")]
    assert sums == [read.sensitive.right, read.sensitive.wrong, read.sensitive.missed]


def test_the_same_rules_measure_the_same(detector, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text("".join(json.dumps(line) + "\n" for line in GOLD), encoding="utf-8")
    for name in ("one", "two"):
        evaluation = Evaluation()
        records = list(read_gold(gold))
        for record, findings in zip(records, detector.find_many([record.text for record in records]), strict=True):
            evaluation.add(record, findings)
        write_quality(quality_of(evaluation, "gold", "0" * 16), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_qualifiers_are_no_measure_of_findings(tmp_path: Path) -> None:
    result = vigie("evaluate", "--qualifiers", "samples/qualifiers.jsonl", "--quality", tmp_path / "quality.json")
    assert result.code == 2
    assert list(tmp_path.iterdir()) == []
