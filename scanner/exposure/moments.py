"""Times as access logs write them: a moment, and the day on which it was where people work."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scanner.errors import InputError
from scanner.sources.dates import parse_date

DEFAULT_ZONE = "Europe/Paris"
_EPOCH = datetime.date(1970, 1, 1).toordinal()
_DAY_SECONDS = 86_400
_LONGEST = 64
_HOURS = 1 << 16  # seven years of them
_CLOCK = re.compile(r"[ T:à,-]+(\d{1,2})[:hH](\d{2})(?:[:m](\d{2})(?:[.,]\d+)?)?\s*$")
_APACHE = re.compile(r"\[?(\d{1,2}/[A-Za-z]{3}/\d{4}):(\d{2}:\d{2}:\d{2}) ?([+-]\d{4})?\]?")
Moment = tuple[int, int]
"""Seconds since 1970 in UTC, and the local day as an ordinal."""


def zone_named(name: str) -> ZoneInfo:
    """Return the time zone ``name``; raises :class:`InputError` when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(f"--timezone {name!r}: no such time zone; give a name such as Europe/Paris or America/Guadeloupe") from None


class Clock:
    """Reads times written in local time of a zone or with their own offset. Of an hour that autumn repeats, the first is meant."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._offset = lru_cache(maxsize=_HOURS)(self._offset_of)

    def read(self, text: str) -> Moment | None:
        """Return the moment that ``text`` says, ``None`` when it says none.

        Read: ISO 8601, JJ/MM/AAAA with a time, the format of web servers (``22/Nov/2026:10:02:03 +0100``), seconds or milliseconds since
        1970. A day without a time is its first second.
        """
        text = text.strip()
        if len(text) > _LONGEST:
            return None
        try:
            moment = _numeric(text) if text.isdecimal() else datetime.datetime.fromisoformat(text)
        except (ValueError, OverflowError):
            other = _other(text)
            if other is None:
                return None
            moment = other
        try:
            if moment.tzinfo is not None:
                moment = moment.astimezone(self._zone)
                day = moment.toordinal()
                return int(moment.timestamp()), day
            day = moment.toordinal()
            local = (day - _EPOCH) * _DAY_SECONDS + moment.hour * 3600 + moment.minute * 60 + moment.second
            return local - self._offset(day, moment.hour), day
        except (OverflowError, ValueError):
            return None

    def iso(self, seconds: int) -> str:
        """Return the moment ``seconds`` since 1970 in ISO form, as the local clock shows it with its offset from UTC."""
        return datetime.datetime.fromtimestamp(seconds, self._zone).isoformat(timespec="seconds")

    def _offset_of(self, day: int, hour: int) -> int:
        offset = datetime.datetime.combine(datetime.date.fromordinal(day), datetime.time(hour), self._zone).utcoffset()
        return int(offset.total_seconds()) if offset else 0


def _numeric(text: str) -> datetime.datetime:
    """Return the moment that digits alone say: seconds or milliseconds since 1970, or ``AAAAMMJJ`` with or without ``HHMMSS``."""
    if len(text) in (10, 13):
        return datetime.datetime.fromtimestamp(int(text[:10]), datetime.UTC)
    if len(text) not in (8, 14):
        raise ValueError("no moment")
    return datetime.datetime.strptime(text.ljust(14, "0"), "%Y%m%d%H%M%S")


def _other(text: str) -> datetime.datetime | None:
    """Return the moment of a text that is not ISO 8601."""
    try:
        if apache := _APACHE.fullmatch(text):
            day, clock, offset = apache.groups()
            return datetime.datetime.fromisoformat(f"{parse_date(day.replace('/', '-'))}T{clock}{offset or ''}")
        if clock_part := _CLOCK.search(text):
            hour, minute, second = clock_part.groups(default="0")
            day = parse_date(text[: clock_part.start()])
            return datetime.datetime.fromisoformat(day).replace(hour=int(hour), minute=int(minute), second=int(second))
        day = parse_date(text) if len(text) <= len("03-FÉVR.-2024") else ""
        return datetime.datetime.fromisoformat(day) if day else None
    except ValueError:
        return None
