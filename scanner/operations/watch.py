"""A run under watch: what it logs, and the metrics that it leaves however it ends."""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.clock import utc_now
from scanner.errors import BusyError, OutputError
from scanner.operations.logs import log_context, log_event

if TYPE_CHECKING:
    from scanner.operations.metrics_file import MetricsFile
    from scanner.summary import Status

_COUNTS = ("rows_read", "rows_scanned", "rows_skipped", "rows_not_scanned", "findings", "alerts")
_CHANGES = ("new", "gone", "unchanged")

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())  # where no log is asked for, Python would print the event of a failure


def watched(run: Callable[[], dict[str, Any]], *, job: str = "", metrics: Path | None = None) -> dict[str, Any]:
    """Return the summary that ``run`` returns, with its start and its end in the log and its figures in the file ``metrics``.

    ``job`` names what runs again and again; where there is none the metrics go by the name of their file. A run that raises leaves metrics
    that say so, and since when the job has not been complete; one that another run of the job keeps out leaves those of the other.

    Raises what ``run`` does, and :class:`InputError` or :class:`OutputError`, before the run, when ``metrics`` cannot be used.
    """
    with log_context(**({"job": job} if job else {})):
        return _Watch(job, metrics).run(run)


class _Watch:
    def __init__(self, job: str, metrics: Path | None) -> None:
        self._job = job or (metrics.stem if metrics else "")
        self._file = _open(metrics, self._job) if metrics else None
        self._began = time.monotonic()

    def run(self, run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        log_event(_log, "scan-started")
        try:
            summary = run()
        except BusyError as error:
            self._log_failure("failed", error)
            raise
        except BaseException as error:
            status: Status = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            self._log_failure(status, error)
            with suppress(OutputError):  # the error at hand says more
                self._write(status, error=type(error).__name__)
            raise
        compared = summary.get("comparison", {})
        counts = {**{name: summary[name] for name in _COUNTS}, **{name: compared.get(name) for name in _CHANGES}}
        log_event(_log, "scan-ended", run=summary["run"], status=summary["status"], seconds=self._seconds(), **counts)
        self._write(summary["status"], summary)
        return summary

    def _seconds(self) -> float:
        return round(time.monotonic() - self._began, 3)

    def _log_failure(self, status: Status, error: BaseException) -> None:
        log_event(_log, "scan-ended", logging.ERROR, status=status, error=type(error).__name__, seconds=self._seconds())

    def _write(self, status: Status, summary: dict[str, Any] | None = None, error: str = "") -> None:
        if self._file is None:
            return
        from scanner.operations.metrics import Ending, run_metrics

        now = datetime.datetime.fromisoformat(utc_now()).timestamp()
        ending = Ending(status, self._seconds(), now if status == "complete" else self._file.last_success, error)
        self._file.write(run_metrics(self._job, ending, summary))


def _open(path: Path, job: str) -> MetricsFile:
    from scanner.operations.metrics_file import MetricsFile

    return MetricsFile(path, job)
