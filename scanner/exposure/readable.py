"""What users could read beyond their perimeter, on one day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from scanner.exposure.algebra import Opened
from scanner.exposure.categories import Bits, Categories
from scanner.exposure.readers import Reader
from scanner.exposure.records import NONE, Dimension, RecordSet
from scanner.exposure.selections import Selection, Selections
from scanner.exposure.settings import settings
from scanner.exposure.unjudged import Unjudged
from scanner.exposure.views import UserLine, View, make_view

_FEW = 3
Marks = NDArray[np.bool_]
"""One for each record."""


def readable_view(
    readers: Iterable[Reader], records: RecordSet, selections: Selections, day: int, categories: Categories, undecided: Marks
) -> View:
    """Return what ``readers`` could read on ``day`` (ordinal) beyond their perimeter; marks the records that cannot be judged."""
    judged: list[UserLine] = []
    sets: list[tuple[Opened, Selection]] = []
    opened_once: dict[int, Opened] = {}
    for reader in readers:
        if reader.could is None or reader.should is None:
            continue
        selection = selections.opened(reader.could, day)
        if id(selection) not in opened_once:
            opened_once[id(selection)] = Opened(records, selection)
        opened = opened_once[id(selection)]
        needed, missing = selections.settled(reader.should, day)
        if len(missing):
            undecided[np.intersect1d(opened.rows, missing)] = True
        count = opened.less(needed)
        places = places_of(selections.opened(reader.should, day), records)
        judged.append(UserLine(reader.user, reader.role, *places, count.records, count.persons, count.bits))
        sets.append((opened, needed))
    return make_view(records, categories, judged, lambda members: _exposed_to([sets[at] for at in members], len(records)))


def _exposed_to(sets: Sequence[tuple[Opened, Selection]], size: int) -> Bits:
    exposed = np.zeros(size, dtype=np.int64)
    by_rights: dict[int, tuple[Opened, dict[int, Selection]]] = {}
    for opened, needed in sets:
        by_rights.setdefault(id(opened), (opened, {}))[1][id(needed)] = needed
    for opened, all_needed in by_rights.values():
        beyond = opened.less_shared(list(all_needed.values()))
        exposed[beyond.rows] |= beyond.bits
    return exposed


def places_of(needed: Selection, records: RecordSet) -> tuple[str, str]:
    """Return the places of all records needed, by which a user is known: up to a few, then the one that stands in the matrix of places."""
    return _named(needed, records.place, _FEW), _named(needed, records.area, 1)


def _named(needed: Selection, place: Dimension | None, most: int) -> str:
    words = settings().words
    codes = np.unique(place.codes[needed.rows]) if place else needed.rows[:0]
    codes = codes[codes != NONE]
    if not place or not len(codes):
        return words["no_place"]
    return ", ".join(sorted(place.labels[code] for code in codes)) if len(codes) <= most else words["several_places"]


def tell_undecided(undecided: Marks, records: RecordSet, unjudged: Unjudged) -> None:
    """Tell ``unjudged`` of the records marked in ``undecided``, each by the first value that it lacks; those of nobody are told already."""
    told = ~undecided | (records.persons == records.person_count)
    for name, dimension in records.dimensions.items():
        for row in np.flatnonzero(~told & (dimension.codes == NONE)).tolist():
            code = int(records.ids.codes[row])
            unjudged.add("record", f"missing_{name}", records.ids.labels[code] if code != NONE else "", records.source, records.lines[row])
        told |= dimension.codes == NONE
