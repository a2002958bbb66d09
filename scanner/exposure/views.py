"""What is beyond their perimeter for a set of users: by user, role, category and place. One view of what could be read, one of what was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scanner.exposure.categories import RECORD, Bits, Categories
from scanner.exposure.records import RecordSet
from scanner.exposure.settings import settings


@dataclass(frozen=True, slots=True)
class UserLine:
    """A user with something beyond the perimeter: how many records and persons, of which categories (``bits``).

    ``place`` is where the user works, ``area`` the one place by which the matrix of places knows the user.

    ``accesses``, ``first`` and ``last`` (ISO, local with offset) are of what was read, 0 and ``""`` otherwise.
    """

    user: str
    role: str
    place: str
    area: str
    records: int
    persons: int
    bits: int
    accesses: int = 0
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Extent:
    """How many users, persons and records something concerns."""

    users: int
    persons: int
    records: int


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role: its users judged, all that is beyond their perimeters, records that are beyond as a whole, and each category."""

    role: str
    judged: int
    all: Extent
    outside: Extent
    categories: Mapping[str, Extent]


@dataclass(frozen=True, slots=True)
class PlaceCell:
    """Persons and records of ``data``, a place, exposed to users of the place ``reader``, or of none or several."""

    reader: str
    data: str
    persons: int
    records: int


@dataclass(frozen=True, slots=True)
class View:
    """How many users were judged, and the lines of those with something beyond; ``exposed`` holds what of each record is, to anybody.

    ``places`` is empty where records have no place, or ``too_many_places`` for a matrix; ``place_label`` says what kind of place it is.
    """

    judged: int
    users: Sequence[UserLine]
    roles: Sequence[RoleLine]
    places: Sequence[PlaceCell]
    place_label: str
    too_many_places: bool
    exposed: Bits
    persons: int
    records: int


ExposedTo = Callable[[Sequence[int]], Bits]
"""From users, by their index, to what of each record is exposed to at least one of them."""


def make_view(records: RecordSet, categories: Categories, judged: Sequence[UserLine], exposed_to: ExposedTo) -> View:
    """Return the view of the users ``judged``, whose indexes ``exposed_to`` knows."""
    total = np.zeros(len(records), dtype=np.int64)
    roles = []
    for role, members in sorted(_grouped(judged, lambda line: line.role).items()):
        exposed = exposed_to(members)
        total |= exposed
        roles.append(_role_line(role, [judged[at] for at in members], exposed, records, categories))
    area = records.area
    cells: list[PlaceCell] = []
    if area:
        beyond = {at for at, line in enumerate(judged) if line.records}
        for reader, members in sorted(_grouped(judged, lambda line: line.area).items()):
            if concerned := [at for at in members if at in beyond]:
                cells += _place_cells(reader, exposed_to(concerned), records)
    lines = sorted((line for line in judged if line.records), key=lambda line: (-line.persons, -line.records, line.role, line.user))
    persons = records.person_bits(total)
    return View(
        judged=len(judged),
        users=lines,
        roles=roles,
        places=cells,
        place_label=settings().dimensions[area.name] if area else "",
        too_many_places=area is None and records.place is not None,
        exposed=total,
        persons=int(np.count_nonzero(persons)),
        records=int(np.count_nonzero(total)),
    )


def _grouped(judged: Sequence[UserLine], by: Callable[[UserLine], str]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(judged):
        groups[by(line)].append(at)
    return groups


def _role_line(role: str, lines: Sequence[UserLine], exposed: Bits, records: RecordSet, categories: Categories) -> RoleLine:
    persons = records.person_bits(exposed)

    def extent(bits: int) -> Extent:
        users = sum(bool(line.bits & bits) for line in lines)
        return Extent(users, int(np.count_nonzero(persons & bits)), int(np.count_nonzero(exposed & bits)))

    found = {name: extent(categories.bit(name)) for name in categories.names}
    return RoleLine(role, len(lines), extent(-1), extent(RECORD), {name: one for name, one in found.items() if one.users})


def _place_cells(reader: str, exposed: Bits, records: RecordSet) -> list[PlaceCell]:
    place = records.area
    assert place
    rows = np.flatnonzero(exposed)
    codes, persons = place.codes[rows] + 1, records.persons[rows]
    width = records.person_count + 1
    pairs = np.unique(codes * width + persons)
    named = pairs[pairs % width < records.person_count] // width
    counts = np.bincount(codes), np.bincount(named, minlength=len(place.labels) + 1)
    return [
        PlaceCell(reader, place.labels[code - 1] if code else settings().words["unknown_place"], int(counts[1][code]), int(counts[0][code]))
        for code in np.flatnonzero(counts[0]).tolist()
    ]
