"""Detection in several processes: texts go out, findings come back, in order and the same as in one process.

Workers are never forked from the process that scans, which has threads and database connections: they come from one that has nothing but
the rules (:mod:`scanner.worker_seed`) or, where that is not possible (Windows), start from nothing. They leave when their parent does,
however it ends. What a dying worker had in hand is read again by a new one; a text that keeps killing workers is named as one that a
recognizer failed on.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import BaseContext
from operator import attrgetter
from types import TracebackType
from typing import Any, TypeVar

from recognizers.collector import collect_recent, collector_paused
from recognizers.detector import Detector, default_detector
from recognizers.finding import Finding
from scanner.recognition import Detected, TextList, detect

MOST_BY_DEFAULT = 4
"""Workers beyond this many mostly wait for the process that reads and writes; each holds the lexicons in memory."""
START_AFTER = 5_000
"""How many texts are read before workers start: a small scan ends sooner without them."""
DIED = "WorkerDied"
"""Stands for the type of the exception where there is none: the process died."""

_AHEAD = 3  # lists of texts under way for each worker: one being read, two waiting, for they differ in size
T = TypeVar("T")
_Packed = tuple[list[tuple[int, list[tuple[Any, ...]]]], dict[int, str]]
_values = attrgetter(*Finding.__slots__)


@dataclass(frozen=True, slots=True)
class Workers:
    """How many processes read texts; ``1`` is the one that runs already.

    ``detector`` makes, in each worker, the same detector as the scan has: a function or class that can be imported by name.
    """

    count: int = 1
    detector: Callable[[], Detector] = default_detector
    start_after: int = START_AFTER


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class DetectionPool:
    """Reads texts here until there are many, then in worker processes; a context manager, which leaves no process behind."""

    def __init__(self, detector: Detector, settings: Workers) -> None:
        self._detector = detector
        self._settings = settings
        self._workers: list[_Worker] = []
        self._texts = 0

    def __enter__(self) -> DetectionPool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for worker in self._workers:
            worker.close()

    @property
    def is_ready(self) -> bool:
        """Whether workers read what comes next; they are started once there is enough to read."""
        if self._settings.count > 1 and not self._workers and self._texts >= self._settings.start_after:
            self._workers = [_Worker(self._settings.detector) for _ in range(self._settings.count)]
        return bool(self._workers) and all(worker.is_started for worker in self._workers)

    def detect(self, work: Iterable[tuple[T, TextList]]) -> Iterator[tuple[T, Detected]]:
        """Yield what is found in each list of texts, in order, with what came along with it; nothing that a detector raises comes out.

        ``work`` is read a few items ahead, so that the next texts are made while workers read.
        """
        under_way: deque[tuple[T, TextList, _Worker, Future[_Packed]]] = deque()
        for item, texts in work:
            self._texts += len(texts.texts)
            if not self.is_ready:
                yield item, detect(texts.texts, texts.names, self._detector)
                continue
            load = dict.fromkeys(self._workers, 0)
            for _, waiting, worker, future in under_way:
                load[worker] += 0 if future.done() else len(waiting.texts)
            worker = min(load, key=load.__getitem__)
            under_way.append((item, texts, worker, worker.submit(texts.texts, texts.names)))
            if len(under_way) == _AHEAD * len(self._workers):
                yield self._result(*under_way.popleft())
        while under_way:
            yield self._result(*under_way.popleft())

    def _result(self, item: T, texts: TextList, worker: _Worker, future: Future[_Packed]) -> tuple[T, Detected]:
        try:
            return item, _unpacked(future.result())
        except BrokenProcessPool:
            return item, self._detect_again(texts.texts, texts.names, worker)

    def _detect_again(self, texts: Sequence[str], names: Sequence[Sequence[str]], worker: _Worker) -> Detected:
        """Return what is found in texts under which a worker died: by a new one and, where that dies too, half by half."""
        if not worker.revive():
            return detect(texts, names, self._detector)
        try:
            return _unpacked(worker.submit(texts, names).result())
        except BrokenProcessPool:
            if len(texts) == 1:
                return Detected({}, {0: DIED})
        half = len(texts) // 2
        first = self._detect_again(texts[:half], names[:half], worker)
        second = self._detect_again(texts[half:], names[half:], worker)
        return Detected(
            {**first.found, **{half + at: findings for at, findings in second.found.items()}},
            {**first.failed, **{half + at: reason for at, reason in second.failed.items()}},
        )


class _Worker:
    """One process, in an executor of its own: when it dies, it is known what it had in hand."""

    def __init__(self, make_detector: Callable[[], Detector]) -> None:
        self._make_detector = make_detector
        self._start()

    @property
    def is_started(self) -> bool:
        """Whether the process has come up with its detector."""
        return self._started.done() and self._started.exception() is None

    def submit(self, texts: Sequence[str], names: Sequence[Sequence[str]]) -> Future[_Packed]:
        """Let the process read ``texts``; the result raises :class:`BrokenProcessPool` when it dies, or is dead already."""
        try:
            return self._executor.submit(_read, texts, names)
        except BrokenProcessPool as error:
            dead: Future[_Packed] = Future()
            dead.set_exception(error)
            return dead

    def revive(self) -> bool:
        """Start a new process where the last one died; tell whether there is one that answers."""
        if not self._answers():
            self.close()
            self._start()
        return self._answers()

    def close(self) -> None:
        """Let the process end what it has in hand, nothing more, and wait for that."""
        self._executor.shutdown(cancel_futures=True)

    def _start(self) -> None:
        self._executor = ProcessPoolExecutor(1, _context(), _begin, (self._make_detector,))
        with _interrupts_held():
            self._started = self._executor.submit(_nothing)

    def _answers(self) -> bool:
        try:
            self._executor.submit(_nothing).result()
        except BrokenProcessPool:
            return False
        return True


def _context() -> BaseContext:
    """Return how workers start."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["scanner.worker_seed"])
    return context


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C, which a terminal sends to every process, from those that start meanwhile: it is for the one that reads and writes."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_own_detector: Detector
"""The detector of this process, where it is a worker."""


def _begin(make_detector: Callable[[], Detector]) -> None:
    """Make this process a worker."""
    global _own_detector
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    try:
        _own_detector = make_detector()
    except Exception:  # the executor would print a traceback; the scan goes on without this worker
        os._exit(1)


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _nothing() -> None:
    """Do nothing, once the worker has begun."""


def _read(texts: Sequence[str], names: Sequence[Sequence[str]]) -> _Packed:
    with collector_paused():
        detected = detect(texts, names, _own_detector)
    collect_recent()
    return [(at, [_values(finding) for finding in findings]) for at, findings in detected.found.items()], dict(detected.failed)


def _unpacked(packed: _Packed) -> Detected:
    found, failed = packed
    return Detected({at: [Finding(*values) for values in findings] for at, findings in found}, failed)
