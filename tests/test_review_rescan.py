"""What later runs leave of decisions, and what they bring back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import WORDS, FakeDetector
from reviews import COMMENTS, Bench, viewer
from stores import KINDS, new_place

from scanner import record_scan
from scanner.review.queue import QueueFilter
from scanner.store.engine import open_store

DPO = viewer()


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with open_store(new_place(request.param, request, tmp_path)) as store:
        yield Bench(store, tmp_path)


@pytest.fixture
def new_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the next run read every record again."""
    monkeypatch.setattr(record_scan, "rules_digest", lambda: "0" * 16)


def reported(bench: Bench) -> list[tuple[str, str]]:
    """Return record and entity of each line of findings.jsonl."""
    lines = [json.loads(line) for line in (bench.folder / "out/findings.jsonl").read_text().splitlines()]
    return [(line["record_id"], line["entity"]) for line in lines]


def test_decisions_on_unchanged_records_outlive_every_run(bench: Bench, request: pytest.FixtureRequest) -> None:
    bench.desk.decide(DPO, bench.shown("L-1"), "false_alarm", why="rue")
    bench.desk.decide(DPO, bench.shown("L-2"), "false_alarm", why="rue", entity="OFFENCE")
    bench.desk.decide(DPO, bench.shown("L-5"), "redact", why="trop")
    bench.desk.decide(DPO, bench.shown("L-3"), "release", why="utile")
    states = {ref: bench.state(ref) for ref in COMMENTS}
    assert bench.run()["rows_scanned"] == 0
    assert {ref: bench.state(ref) for ref in COMMENTS} == states
    request.getfixturevalue("new_rules")
    assert bench.run()["rows_scanned"] == len(COMMENTS)
    assert {ref: bench.state(ref) for ref in COMMENTS} == states
    assert ("L-1", "HEALTH") not in reported(bench)
    assert [entity for ref, entity in reported(bench) if ref == "L-2"] == ["ADDICTION", "HEALTH", "FINANCIAL", "HEALTH"]
    assert (bench.summary["comparison"]["new"], bench.summary["comparison"]["gone"]) == (0, 0)
    undone = bench.desk.undo(DPO, bench.shown("L-1"), why="retour")
    assert (len(undone.done), bench.state("L-1")[0], bench.state("L-1")[5]) == (1, "open", ["pending"])


def test_a_false_alarm_comes_back_with_another_text(bench: Bench) -> None:
    bench.desk.decide(DPO, bench.shown("L-1"), "false_alarm", why="rue")
    bench.put({"L-1": ("Lilas", "T-1", "2026-10-01", "suivi pour un cancer, rechute", "rien")})
    bench.run()
    assert bench.state("L-1")[:2] + bench.state("L-1")[5:] == ("open", "", ["pending", "released"])
    assert ("L-1", "HEALTH") in reported(bench)


def test_a_decision_does_not_cover_what_new_rules_find(bench: Bench, new_rules: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for ref, decision in (("L-1", "release"), ("L-5", "redact")):
        bench.desk.decide(DPO, bench.shown(ref), decision, why="vu")  # type: ignore[arg-type]
    monkeypatch.setitem(WORDS, "suivi", ("RELIGION", "RELIGION.x"))
    bench.run(detector=FakeDetector())
    assert (bench.state("L-1")[0], bench.state("L-5")[:2]) == ("open", ("decided", "redact"))


def test_a_record_that_became_clean_leaves_the_queue(bench: Bench) -> None:
    bench.put({"L-1": ("Lilas", "T-1", "2026-10-01", "rien", "rien")})
    bench.run()
    assert (bench.state("L-1"), "L-1" in bench.queue()) == ((None, "", "none", 0, "keep", ["erased"]), False)


def test_only_what_a_later_run_found_first_is_new(bench: Bench) -> None:
    def marked() -> tuple[list[str], list[str]]:
        return sorted(ref for ref in bench.queue() if bench.row(ref).new), sorted(bench.queue(QueueFilter(new=True)))

    assert marked() == ([], [])
    bench.put({"L-4": ("Tour", "T-4", "2026-10-04", "cancer", "")})
    bench.run()
    assert marked() == (["L-4"], ["L-4"])
    bench.run()
    assert marked() == ([], [])


def test_findings_that_the_policy_keeps_are_not_to_be_reviewed(bench: Bench) -> None:
    bench.run(policy='[[rules]]\naction = "keep"\n')
    assert bench.queue() == []
    assert bench.state("L-2")[0] is None


def test_a_killed_run_loses_no_decision(bench: Bench, new_rules: None) -> None:
    class Stops(FakeDetector):
        def find_many(self, texts, names=None):  # type: ignore[no-untyped-def]
            raise KeyboardInterrupt

    bench.desk.decide(DPO, bench.shown("L-1"), "false_alarm", why="rue")
    state = bench.state("L-1")
    assert bench.run(detector=Stops())["status"] == "interrupted"
    assert "Avec ce que les précédentes ont constaté, " in (bench.folder / "out/report.html").read_text(encoding="utf-8")
    bench.desk.decide(DPO, bench.shown("L-5"), "false_alarm", why="rue")
    bench.run()
    assert (bench.state("L-1"), bench.state("L-5")[:2]) == (state, ("decided", "false_alarm"))
