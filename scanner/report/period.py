"""The days that a report covers, as options give them and as people read them."""

from __future__ import annotations

import datetime

from scanner.errors import InputError
from scanner.french import day
from scanner.report.dossier import Period
from scanner.report.wording import say


def period_of(first: datetime.date | None, last: datetime.date | None) -> Period | None:
    """Return the period from ``first`` to ``last``, ``None`` when both are absent; :class:`InputError`: they are the wrong way round."""
    if first and last and first > last:
        raise InputError(f"--from {first} is later than --to {last}")
    return Period(first.isoformat() if first else "", last.isoformat() if last else "") if first or last else None


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
