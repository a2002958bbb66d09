"""The measure of assertion and subject, on hand-counted remarks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from recognizers.finding import Assertion, Subject
from scanner.cli import app
from scanner.errors import InputError
from scanner.evaluate_qualifiers import CLASSES, QualifierEvaluation, Remark, read_remarks

SAMPLES = Path(__file__).parent.parent / "samples" / "qualifiers.jsonl"


def remark(id_: str, before: str, words: str, assertion: Assertion, subject: Subject) -> Remark:
    return Remark(id_, id_.split("-")[1], before + words, len(before), len(before) + len(words), assertion, subject)


REMARKS = [
    remark("q-dev-1", "Mme est ", "malade", "affirmed", "tenant"),
    remark("q-dev-2", "Mme n'est pas ", "malade", "negated", "tenant"),
    remark("q-dev-3", "son fils est ", "malade", "affirmed", "relative"),
    remark("q-dev-4", "Mme n'est pas ", "malade", "affirmed", "relative"),  # labelled wrong on purpose
    remark("q-test-1", "ancien ", "SDF", "past", "unknown"),
]


def test_hand_counted_remarks() -> None:
    evaluation = QualifierEvaluation()
    evaluation.add(REMARKS)
    figures = evaluation.figures()
    none = {"n": 0, "precision": 1.0, "recall": 1.0}
    assert figures["dev"]["assertion"] == {
        "n": 4,
        "accuracy": 3 / 4,
        "by_class": {
            "affirmed": {"n": 3, "precision": 1.0, "recall": 2 / 3},
            "negated": {"n": 1, "precision": 1 / 2, "recall": 1.0},
            "hypothetical": none,
            "past": none,
            "reported": none,
        },
    }
    assert figures["dev"]["subject"]["accuracy"] == 3 / 4
    assert figures["dev"]["subject"]["by_class"]["tenant"] == {"n": 2, "precision": 2 / 3, "recall": 1.0}
    assert figures["test"]["assertion"]["accuracy"] == figures["test"]["subject"]["accuracy"] == 1.0
    assert [(d.remark.id, d.quality, d.expected, d.found) for d in evaluation.disagreements] == [
        ("q-dev-4", "assertion", "affirmed", "negated"),
        ("q-dev-4", "subject", "relative", "tenant"),
    ]


def test_parts_without_remarks_are_left_out() -> None:
    evaluation = QualifierEvaluation()
    evaluation.add(REMARKS[:1])
    assert list(evaluation.figures()) == ["dev"]


@pytest.mark.parametrize(
    "change",
    [{"assertion": "maybe"}, {"subject": "dog"}, {"end": 99}, {"start": 6, "end": 6}, {"id": "x"}, {"id": "q-x-1"}, {"start": 3, "end": 4}],
)
def test_malformed_remarks_name_the_line(tmp_path: Path, change: dict[str, object]) -> None:
    good = {"id": "q-dev-1", "text": "Mme malade", "start": 4, "end": 10, "assertion": "affirmed", "subject": "tenant"}
    path = tmp_path / "remarks.jsonl"
    path.write_text(json.dumps(good) + "\n" + json.dumps({**good, **change}) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"remarks.jsonl, line 2"):
        list(read_remarks(path))


def test_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        list(read_remarks(tmp_path / "none.jsonl"))


def test_samples_hold_enough_of_every_class_and_the_rules_reach_the_goal() -> None:
    remarks = list(read_remarks(SAMPLES))
    assert len({r.id for r in remarks}) == len({r.text + str(r.start) for r in remarks}) == len(remarks) >= 500
    counts = {name: sum(name in (r.assertion, r.subject) for r in remarks) for names in CLASSES.values() for name in names}
    assert all(n >= 70 for n in counts.values())
    evaluation = QualifierEvaluation()
    evaluation.add(remarks)
    assert all(quality["accuracy"] >= 0.9 for part in evaluation.figures().values() for quality in part.values())


def test_command_prints_figures_as_json(tmp_path: Path) -> None:
    path = tmp_path / "remarks.jsonl"
    row = {"id": "q-dev-1", "text": "Mme malade", "start": 4, "end": 10, "assertion": "affirmed", "subject": "tenant"}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["evaluate", "--qualifiers", str(path), "--json"])
    assert result.exit_code == 0
    figures = json.loads(result.stdout)
    assert {quality: value["accuracy"] for quality, value in figures["dev"].items()} == {"assertion": 1.0, "subject": 1.0}


def test_command_shows_disagreements_and_classes(tmp_path: Path) -> None:
    path = tmp_path / "remarks.jsonl"
    row = {"id": "q-dev-1", "text": "Mme malade", "start": 4, "end": 10, "assertion": "past", "subject": "tenant"}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    lines = CliRunner().invoke(app, ["evaluate", "--qualifiers", str(path), "--errors", "5"]).stdout.splitlines()
    assert lines[:2] == ["assertion q-dev-1 past, found affirmed | Mme «malade»", "dev   assertion  n=   1 accuracy 0.000"]


def test_command_wants_one_kind_of_labels() -> None:
    runner = CliRunner()
    assert [runner.invoke(app, args).exit_code for args in (["evaluate"], ["evaluate", "x.jsonl", "--qualifiers", str(SAMPLES)])] == [2, 2]
