"""The 72 hours of article 33(1) of the GDPR, counted hour for hour from when the controller became aware: nights and holidays included.

No rule that would end them later is applied: the deadline is the earliest that the text can mean. Hours are counted in UTC: a change to or
from daylight-saving time neither adds nor takes one.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from scanner.french import long_day

HOURS = 72
_PARIS = ZoneInfo("Europe/Paris")
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the notification is due, and how it stands at ``now``. ``notified`` is when it was sent, ``None`` while it was not."""

    aware: datetime.datetime
    now: datetime.datetime
    notified: datetime.datetime | None = None

    @property
    def due(self) -> datetime.datetime:
        """The last moment in time."""
        return self.aware.astimezone(datetime.UTC) + datetime.timedelta(hours=HOURS)

    @property
    def is_late(self) -> bool:
        """Whether the notification was sent, or now would be, after the deadline: its reasons are then due with it."""
        return (self.notified or self.now) > self.due

    @property
    def is_overdue(self) -> bool:
        """Whether the deadline is over and nothing was sent."""
        return self.notified is None and self.is_late

    @property
    def left(self) -> datetime.timedelta:
        """The time left until the deadline from when it was sent, else from now; negative once it is over."""
        return self.due - (self.notified or self.now)

    @property
    def hours(self) -> int:
        """Whole hours of ``left``, or of how late it is."""
        return int(abs(self.left) / datetime.timedelta(hours=1))


def local(moment: datetime.datetime) -> str:
    """Return ``moment`` in Paris time, ISO with its offset, to the minute."""
    return moment.astimezone(_PARIS).isoformat(" ", timespec="minutes")


def paris(moment: datetime.datetime) -> str:
    """Return ``moment`` as people in France read it, « lundi 2 novembre 2026 à 8 h 15 »; in the hour that autumn repeats, with offset."""
    there = moment.astimezone(_PARIS)
    text = f"{_DAYS[there.weekday()]} {long_day(there)} à {there.hour}\u00a0h\u00a0{there.minute:02}"
    twin = there.replace(fold=1 - there.fold)
    return text if twin.utcoffset() == there.utcoffset() else f"{text} (UTC{there:%z})"
