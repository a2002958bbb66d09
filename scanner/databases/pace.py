"""How fast to read: no faster than allowed, and again after a while when the connection was lost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.databases.errors import ReadingStoppedError
from scanner.databases.requests import ReadSettings

if TYPE_CHECKING:
    from scanner.databases.connection import Connector

_LAG_PAUSE = 1.0  # seconds between two looks at the lag
_FIRST_DELAY, _LONGEST_DELAY = 0.25, 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Timer:
    """The clock that durations are measured by and the way to wait, both in seconds; tests replace them."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class TokenBucket:
    """Allows ``rate`` rows a second on average, and at most those of one second at once."""

    def __init__(self, rate: float, timer: Timer) -> None:
        self._rate = rate
        self._timer = timer
        self._tokens = rate
        self._at = timer.now()

    def take(self, rows: int) -> None:
        """Account for ``rows`` that were read, and wait until they are allowed."""
        now = self._timer.now()
        self._tokens = min(self._rate, self._tokens + (now - self._at) * self._rate) - rows
        self._at = now
        if self._tokens < 0:
            self._timer.sleep(-self._tokens / self._rate)


class Pace:
    """The limits of one reading: rows a second, and how far behind a replica may be."""

    def __init__(self, settings: ReadSettings, timer: Timer) -> None:
        self._settings = settings
        self._timer = timer
        rate = settings.max_rows_per_second
        self._bucket = TokenBucket(rate, timer) if rate else None
        self.page_rows = settings.page_rows if rate is None else max(1, min(settings.page_rows, int(rate)))

    def took(self, rows: int) -> None:
        """Account for ``rows`` that were read, and wait until more are allowed."""
        if self._bucket:
            self._bucket.take(rows)

    def wait_for_replica(self, connector: Connector) -> None:
        """Wait until the replica is no further behind than allowed.

        Raises :class:`ReadingStoppedError` when it still is after ``lag_patience``.
        """
        limit = self._settings.max_replica_lag
        if limit is None:
            return
        began = self._timer.now()
        while (lag := connector.run(connector.dialect.replica_lag)) is None or lag > limit:
            if self._timer.now() - began >= self._settings.lag_patience:
                behind = "does not say how far behind it is" if lag is None else f"is {lag:.0f} s behind"
                raise ReadingStoppedError(
                    f"{connector.name}: the replica {behind}, more than the {limit:g} s allowed, for {self._settings.lag_patience:g} s; "
                    "what was read is safe: run again to go on from there"
                )
            self._timer.sleep(_LAG_PAUSE)


def delays(patience: float, timer: Timer) -> Iterator[float]:
    """Yield how long to wait, in seconds, before each new attempt: longer each time, with jitter, until ``patience`` has passed."""
    began = timer.now()
    longest = _FIRST_DELAY
    while (left := began + patience - timer.now()) > 0:
        yield min(random.uniform(longest / 2, longest), left)
        longest = min(2 * longest, _LONGEST_DELAY)
