"""The one clock. Durations are taken from ``time.monotonic``, order from numbers that the store gives: the wall clock may jump."""

from __future__ import annotations

import datetime


def utc_now() -> str:
    """Return the time in UTC, to the second, as the store keeps it: ``2026-11-22T01:02:03+00:00``."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
