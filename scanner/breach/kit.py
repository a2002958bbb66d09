"""Everything that the documents of one breach say, gathered: the facts, what was exposed, its gravity, and what follows from it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from scanner.breach.deadline import Deadline
from scanner.breach.exposure_of_scan import Reading
from scanner.breach.gravity import HIGH_RISK, Gravity, gravity_of
from scanner.breach.groups import Group, groups_of
from scanner.breach.incident import Exempting, Incident
from scanner.breach.people import Count, People, exactly, people_of
from scanner.exposed import Exposed
from scanner.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Kit:
    """One breach, as known at ``now``. ``groups`` have the gravity proposed for each beside them.

    ``persons`` is the number that the DPO declares unless more were counted, else what sources and families of data tell.
    """

    incident: Incident
    organisation: Organisation
    sources: tuple[Exposed, ...]
    people: People
    persons: Count
    gravity: Gravity
    groups: tuple[tuple[Group, Gravity], ...]
    now: datetime.datetime

    @property
    def deadline(self) -> Deadline:
        """The 72 hours."""
        return Deadline(self.incident.aware, self.now, self.incident.notified)

    @property
    def level(self) -> int | None:
        """The gravity that the DPO concluded, else the proposed one, ``None`` where neither is known."""
        return self.incident.gravity or self.gravity.level

    @property
    def must_notify(self) -> bool:
        """Whether the authority is to be notified: unless there is no risk. Doubt means yes."""
        return self.level != 1

    @property
    def is_high_risk(self) -> bool | None:
        """Whether the risk for persons is high, ``None`` while their gravity is not known."""
        return None if self.level is None else self.level >= HIGH_RISK

    @property
    def exemption(self) -> Exempting | None:
        """The exception of article 34(3) that applies: the one that the DPO relies on, else encryption where nothing else happened.

        Unintelligible data is no exception where the facts do not say that the data was encrypted and the keys are safe.
        """
        claimed = self.incident.exemption
        if claimed == "unintelligible" and not self.incident.protected:
            return None
        return claimed or ("unintelligible" if self._unreadable else None)

    @property
    def letters(self) -> tuple[tuple[Group, Gravity], ...]:
        """The groups to write to: none where all that happened is that strangers hold data which they cannot read."""
        return () if self._unreadable else self.groups

    @property
    def _unreadable(self) -> bool:
        return self.incident.protected and self.incident.possible_natures == ("confidentiality",)

    @property
    def is_overdue(self) -> bool:
        """Whether a notification is due, was not sent, and its deadline is over."""
        return self.must_notify and self.deadline.is_overdue

    @property
    def categories(self) -> tuple[str, ...]:
        """The kinds of data that were exposed or declared, sorted."""
        return tuple(sorted({*self.people.records_by_category, *(family.key for family in self.incident.families)}))


def make_kit(incident: Incident, organisation: Organisation, readings: Sequence[Reading], now: datetime.datetime) -> Kit:
    """Return the kit of ``incident``, of which ``readings`` tell what was exposed; ``now`` has its zone."""
    people = people_of(readings)
    persons = _persons(incident, people)
    free_text = any(reading.exposed.origin == "scan" for reading in readings)
    declared = [family.key for family in incident.families]
    groups = groups_of(people, incident)
    return Kit(
        incident=incident,
        organisation=organisation,
        sources=tuple(reading.exposed for reading in readings),
        people=people,
        persons=persons,
        gravity=gravity_of(incident, {*people.records_by_category, *declared}, persons, free_text=free_text),
        groups=tuple((group, gravity_of(incident, group.categories, persons, free_text=free_text)) for group in groups),
        now=now,
    )


def _persons(incident: Incident, people: People) -> Count:
    declared, counted = max((family.persons or 0 for family in incident.families), default=0), people.persons
    if incident.persons_total is not None and incident.persons_total >= counted.low:
        return exactly(incident.persons_total)
    if counted.high is not None and declared <= counted.high:
        return Count(max(counted.low, declared), counted.high)
    return Count(max(counted.low, declared), None)
