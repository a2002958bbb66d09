"""How far a scan is, while it runs."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from scanner.cli.console import warn
from scanner.operations.logs import is_structured, log_event

if TYPE_CHECKING:
    from scanner.scan import Progress

PROGRESS_SECONDS = 10.0

_log = logging.getLogger(__name__)


def shown_progress(*, quiet: bool) -> AbstractContextManager[Progress]:
    """Return what shows how far a scan is: log events, a bar on a terminal, plain lines elsewhere, nothing when ``quiet``."""
    if is_structured():
        return nullcontext(_every_few_seconds(_log_progress))
    if quiet:
        return nullcontext(lambda source, records: None)
    return _bar() if sys.stderr.isatty() else nullcontext(_every_few_seconds(_print_progress))


def _every_few_seconds(tell: Callable[[str, int, float], None]) -> Progress:
    started = last = time.monotonic()

    def show(source: str, records: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= PROGRESS_SECONDS:
            last = now
            tell(source, records, now - started)

    return show


def _print_progress(source: str, records: int, seconds: float) -> None:
    warn(f"{source}: {records} records after {seconds:.0f} s")


def _log_progress(source: str, records: int, seconds: float) -> None:
    log_event(_log, "progress", table=source, rows=records, seconds=round(seconds))


@contextmanager
def _bar() -> Iterator[Progress]:
    """Show a progress line on the terminal, by rich."""
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn(), TextColumn("{task.description} {task.completed:.0f} records"), TimeElapsedColumn()
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("scanning")
        yield lambda source, records: bar.update(task, description=source, completed=records)
