"""Detection in worker processes: the same answers, whatever becomes of the workers."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from fakes import EXPLODES, FakeDetector, make_plan
from running import finish, start

import scanner.scan
from recognizers.detector import default_detector
from scanner.quarantine import open_entry, read_quarantine
from scanner.recognition import Detected, TextList, detect
from scanner.scan import scan
from scanner.workers import DIED, DetectionPool, Workers

SAMPLES = Path(__file__).parent.parent / "samples"
DEADLY = "TUE"
"""A text that begins with it kills the worker that reads it: always, or as long as the file that it goes on to name is there."""


class StartedPool(DetectionPool):
    """Waits for its workers, so that they read everything."""

    @property
    def is_ready(self) -> bool:
        while not super().is_ready:
            time.sleep(0.01)
        return True


class MortalDetector(FakeDetector):
    """Dies of a deadly text, but not in the process that reads and writes."""

    def find(self, text, names=()):
        if text.startswith(DEADLY) and multiprocessing.parent_process():
            once = text.removeprefix(DEADLY)
            if not once or os.path.exists(once):
                if once:
                    os.unlink(once)
                os.kill(os.getpid(), signal.SIGKILL)
        return super().find(text, names)


class FewDetectors(MortalDetector):
    """Can be made as often as there are files in the folder ``permits``, each of which serves once."""

    def __init__(self, permits):
        for permit in permits.iterdir():
            with suppress(FileNotFoundError):
                permit.unlink()
                return
        raise RuntimeError("no permit")


def text_lists(texts, size):
    lists = []
    for first in range(0, len(texts), size):
        part = texts[first : first + size]
        lists.append(TextList(part, [()] * len(part)))
    return lists


def read_in_workers(texts, detector=MortalDetector, count=2, size=2):
    """Return what workers find in each of ``texts``, and what they fail on."""
    lists = text_lists(texts, size)
    with StartedPool(FakeDetector(), Workers(count, detector, start_after=0)) as pool:
        results = list(pool.detect(enumerate(lists)))
    assert [at for at, _ in results] == list(range(len(lists)))
    found = {at * size + index: findings for at, detected in results for index, findings in detected.found.items()}
    return Detected(found, {at * size + index: reason for at, detected in results for index, reason in detected.failed.items()})


def read_here(texts):
    return detect(texts, [()] * len(texts), FakeDetector())


TEXTS = ["un cancer", "RAS", "alcoolique, prison", f"{EXPLODES} secret", "", "une dette", "RAS", "prison", "cancer"]


def test_workers_find_what_one_process_finds_and_name_what_a_recognizer_fails_on():
    assert read_in_workers(TEXTS) == read_here(TEXTS)
    assert read_here(TEXTS).failed == {3: "ValueError"}


def test_what_a_dying_worker_had_in_hand_is_read_again(tmp_path):
    once = tmp_path / "once"
    once.touch()
    texts = [*TEXTS, f"{DEADLY}{once}", "un cancer", "RAS"]
    assert read_in_workers(texts) == read_here(texts)
    assert not once.exists()


@pytest.mark.parametrize("size", [1, 5])
def test_a_text_that_kills_every_worker_is_named_and_the_others_are_read(size):
    texts = [*TEXTS, DEADLY, "un cancer", DEADLY, "RAS"]
    expected = read_here(texts)
    assert read_in_workers(texts, size=size) == Detected(expected.found, {**expected.failed, 9: DIED, 11: DIED})


def test_where_no_new_worker_can_start_texts_are_read_here(tmp_path, capfd):
    for name in "ab":
        (tmp_path / name).touch()
    texts = [*TEXTS, DEADLY, "un cancer", "RAS"]
    assert read_in_workers(texts, partial(FewDetectors, tmp_path)) == read_here(texts)
    assert (list(tmp_path.iterdir()), capfd.readouterr().err) == ([], "")


def test_few_texts_start_no_worker():
    with DetectionPool(FakeDetector(), Workers(2, FakeDetector)) as pool:
        assert [detected for _, detected in pool.detect([(None, TextList(TEXTS, [()] * len(TEXTS)))])] == [read_here(TEXTS)]
        assert multiprocessing.active_children() == []


def test_no_worker_outlives_its_pool():
    with StartedPool(FakeDetector(), Workers(3, FakeDetector, start_after=0)) as pool:
        list(pool.detect([(None, TextList(TEXTS, [()] * len(TEXTS)))]))
        assert len(multiprocessing.active_children()) == 3
    assert multiprocessing.active_children() == []


def test_one_text_many_texts_and_workers_give_the_same_findings():
    lines = [line for path in sorted((SAMPLES / "gold").glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = [json.loads(line)["text"] for line in random.Random(7).sample(lines, 1_000)]
    detector = default_detector()
    alone = [detector.find(text) for text in texts]
    assert sum(map(bool, alone)) > 300
    assert detector.find_many(texts) == alone
    lists = text_lists(texts, 250)
    with StartedPool(detector, Workers(2, start_after=0)) as pool:
        found = [detected.found.get(at, []) for _, detected in pool.detect((None, part) for part in lists) for at in range(250)]
    assert found == alone


def outputs(out, plan):
    """Return everything that a scan left, but for what no two scans share."""
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    for key in ("run", "started", "seconds"):
        del summary[key]
    for source in summary["sources"]:
        del source["seconds"]
    quarantined = [(entry.record, open_entry(entry, plan.key)) for entry in read_quarantine(out / "quarantine.jsonl").entries]
    copies = {path.name: path.read_bytes() for path in (out / "redacted").iterdir()}
    return summary, (out / "findings.jsonl").read_bytes(), copies, quarantined


def test_outputs_are_the_same_whatever_the_number_of_workers(tmp_path, monkeypatch):
    policy = "[[rules]]\nmin_level = 'critical'\naction = 'quarantine'\n[[rules]]\naction = 'redact'\n"
    plans = [make_plan([SAMPLES / "ikos_export.csv"], tmp_path / "1", policy, default_detector(), chunk_size=150)]
    scan(plans[0])
    monkeypatch.setattr(scanner.scan, "DetectionPool", StartedPool)
    for count in (2, 3):
        plans.append(replace(plans[0], out=tmp_path / str(count), workers=Workers(count, start_after=0)))
        scan(plans[-1])
    first, *others = [outputs(plan.out, plan) for plan in plans]
    assert first[0]["rows_read"] == 2_040
    assert first[3]
    assert others == [first, first]


def test_a_record_that_kills_workers_is_not_scanned_and_named(tmp_path, monkeypatch):
    path = tmp_path / "export.csv"
    path.write_text(f"ID;COMMENTAIRE\n1;un cancer\n2;{DEADLY}\n3;prison\n", encoding="utf-8")
    monkeypatch.setattr(scanner.scan, "DetectionPool", StartedPool)
    plan = replace(make_plan([path], tmp_path / "out"), workers=Workers(2, MortalDetector, start_after=0))
    summary = scan(plan)
    assert summary["not_scanned"] == [{"source": "export.csv", "row": 2, "record_id": "2", "reason": "analysis-error: WorkerDied"}]
    assert (summary["rows_read"], summary["rows_scanned"], summary["rows_unsettled"], summary["findings"]) == (3, 2, 1, 2)


def children(pid):
    """Return the processes that a process has started, by /proc, with all that these have started."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(stat.parent.name)] = int(fields[1])
    found = {child for child, parent in parents.items() if parent == pid}
    return found.union(*map(children, found))


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_a_scan_that_is_stopped(tmp_path, sent):
    rows = "".join(f"{number};Fuite réparée\n" for number in range(400_000))
    (tmp_path / "export.csv").write_text("ID;COMMENTAIRE\n" + rows, encoding="utf-8")
    process = start("scan", tmp_path / "export.csv", "--out", tmp_path / "out", "--workers", "2", "--json", start_new_session=True)
    while len(workers := children(process.pid)) < 4:  # two workers, what they are forked from, and the resource tracker of multiprocessing
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    if sent == signal.SIGKILL:
        process.kill()
    else:
        os.killpg(process.pid, sent)  # as a terminal and a service manager do
    result = finish(process)
    if sent == signal.SIGKILL:
        assert result.code == -signal.SIGKILL
    else:
        message = f"vigie: interrupted: the outputs in {tmp_path / 'out'} are partial (findings.jsonl.part); run the scan again\n"
        assert (result.code, result.err) == (3, message)
    deadline = time.monotonic() + 30
    while remaining := [pid for pid in workers if alive(pid)]:
        assert time.monotonic() < deadline, remaining
        time.sleep(0.05)
