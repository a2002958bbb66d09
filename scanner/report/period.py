"""The days that a report covers, as options give them and as people read them."""

from __future__ import annotations

import datetime

from scanner.errors import InputError
from scanner.french import day
from scanner.report.dossier import Period
from scanner.report.wording import say


def period_of(first: str, last: str) -> Period | None:
    """Return the period from ``first`` to ``last``, days in ISO form or ``""``, ``None`` when both are absent.

    Raises :class:`InputError` when one of them is no day, or they are the wrong way round.
    """
    for option, value in (("--from", first), ("--to", last)):
        if value and not _is_day(value):
            raise InputError(f"{option} {value}: write a day as 2026-11-22")
    if first and last and first > last:
        raise InputError(f"--from {first} is later than --to {last}")
    return Period(first, last) if first or last else None


def bounds(period: Period | None) -> tuple[str, str]:
    """Return the moments (UTC, ISO) between which ``period`` lies, the second excluded; ``""``: no bound."""
    if period is None:
        return "", ""
    if not period.last or period.last == datetime.date.max.isoformat():
        return period.first, ""
    return period.first, (datetime.date.fromisoformat(period.last) + datetime.timedelta(days=1)).isoformat()


def in_words(period: Period) -> str:
    """Return ``period`` in French."""
    if not period.last:
        return say("period-from", first=day(period.first))
    if not period.first:
        return say("period-until", last=day(period.last))
    return say("period-between", first=day(period.first), last=day(period.last))


def _is_day(value: str) -> bool:
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
