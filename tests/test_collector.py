"""The collector of cycles rests while many texts are read, and works again afterwards."""

from __future__ import annotations

import gc
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from recognizers import collector as module
from recognizers.collector import collector_paused
from recognizers.detector import Detector

TEXTS = [f"Mme {number} est diabétique et suivie au CMP, fuite au {number}e étage" for number in range(400)]


def collections_while_reading(detector: Detector) -> list[str]:
    seen: list[str] = []

    def noted(phase: str, info: dict[str, int]) -> None:
        seen.append(phase)

    gc.callbacks.append(noted)
    try:
        detector.find_many(TEXTS)
        return seen[:]  # what comes later is not of the reading
    finally:
        gc.callbacks.remove(noted)


def test_it_rests_while_many_texts_are_read_and_works_again() -> None:
    detector = Detector()
    detector.find_many(TEXTS)
    assert (len(collections_while_reading(detector)) <= 2, gc.isenabled()) == (True, True)


def test_it_stays_off_where_it_was() -> None:
    detector = Detector()
    gc.disable()
    try:
        detector.find_many(TEXTS)
        assert not gc.isenabled()
    finally:
        gc.enable()


class SlowCollector:
    """A collector that takes its time to say whether it works."""

    enabled = True

    def isenabled(self) -> bool:
        enabled = self.enabled
        time.sleep(0.001)
        return enabled

    def disable(self) -> None:
        self.enabled = False

    def enable(self) -> None:
        self.enabled = True


def test_threads_that_pause_it_leave_it_working(monkeypatch: pytest.MonkeyPatch) -> None:
    collector = SlowCollector()
    monkeypatch.setattr(module, "gc", collector)

    def pause_often(_: int) -> None:
        for _ in range(50):
            with collector_paused():
                time.sleep(0.001)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(pause_often, range(4)))
    assert collector.enabled
