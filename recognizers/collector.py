"""The collector of cycles, kept from going through hundreds of thousands of objects that hold none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

_lock = Lock()


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector: lexicons, rows, records and findings hold no cycles, and looking for some takes as long as making them."""
    with _lock:  # else a thread might see it paused by another, and pause it after that one has let it work again
        was_enabled = gc.isenabled()
        gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            with _lock:
                gc.enable()


def collect_recent() -> None:
    """Collect the cycles of what was made since the last call; the first time set aside, for good, what stands.

    What stands then is mostly lexicons, compiled as the first texts ask for them, which stay as long as the process does.
    """
    _set_aside()
    gc.collect(1)


@cache  # once: asking the collector whether it was done takes as long as going through all that was set aside
def _set_aside() -> None:
    gc.freeze()
