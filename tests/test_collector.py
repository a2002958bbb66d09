"""The collector of cycles rests while many texts are read, and works again afterwards."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from threading import Event

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


class FakeCollector:
    """A collector of which a thread asks whether it works just before another lets it work again."""

    def __init__(self) -> None:
        self.enabled = True
        self.asked, self.resumed = Event(), Event()

    def isenabled(self) -> bool:
        if self.enabled:
            return True
        self.asked.set()
        self.resumed.wait(0.2)
        return False

    def disable(self) -> None:
        self.enabled = False

    def enable(self) -> None:
        self.enabled = True
        self.resumed.set()


def test_threads_that_pause_it_leave_it_working(monkeypatch: pytest.MonkeyPatch) -> None:
    collector = FakeCollector()
    monkeypatch.setattr(module, "gc", collector)

    def pause() -> None:
        with collector_paused():
            pass

    with ThreadPoolExecutor(1) as threads:
        with collector_paused():
            other = threads.submit(pause)
            assert collector.asked.wait(5)
        other.result()
    assert collector.enabled
