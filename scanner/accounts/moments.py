"""Reckoning with times as the store keeps them. Where a clock was set back, what is stored lies ahead of now."""

from __future__ import annotations

import datetime


def after(time: str, seconds: int) -> str:
    """Return the time ``seconds`` after ``time``."""
    return (datetime.datetime.fromisoformat(time) + datetime.timedelta(seconds=seconds)).isoformat(timespec="seconds")


def seconds_between(earlier: str, later: str) -> int:
    """Return the seconds from ``earlier`` to ``later``, negative when it is the other way round."""
    return int((datetime.datetime.fromisoformat(later) - datetime.datetime.fromisoformat(earlier)).total_seconds())
