"""The records of an audit as arrays: what bounds each of them, whose they are, which categories of data they hold. No text is kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner.exposure.categories import RECORD, Bits
from scanner.exposure.settings import settings

Rows = NDArray[np.int64]
"""Indexes of records, ascending, each once."""
NONE = -1
_PLACES = ("building", "site", "agency")
_MOST_AREAS = 300
_WORD = re.compile(r"[^\W_]+")


def fold_value(dimension: str, value: str) -> str:
    """Return ``value`` as values of ``dimension`` are compared: no case, accents or needless spaces; of names, the words in any order."""
    plain = value.casefold()
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain.replace("œ", "oe")) if not unicodedata.combining(char))
    if dimension != "name":
        return " ".join(plain.split())
    return " ".join(sorted(word for word in _WORD.findall(plain) if word not in settings().civilities))


class Dimension:
    """One dimension of all records: the code of each record's value, ``NONE`` where it has none, and the records of each code."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.labels: list[str] = []
        self._code_of: dict[str, int] = {}
        self._codes: list[int] = []

    def extend(self, values: Sequence[str]) -> None:
        """Add the values of the next records."""
        known = self._code_of
        for value in values:
            folded = fold_value(self.name, value)
            if folded and folded not in known:
                known[folded] = len(known)
                self.labels.append(value.strip())
            self._codes.append(known.get(folded, NONE))

    def freeze(self) -> None:
        """Make the arrays, once all records are added."""
        self.codes = np.array(self._codes, dtype=np.int64)
        self._codes = []
        self._order = np.argsort(self.codes, kind="stable")
        self._starts = np.searchsorted(self.codes[self._order], np.arange(NONE, len(self.labels) + 1))

    def code(self, value: str) -> int:
        """Return the code of ``value``, ``NONE`` when no record has it."""
        return self._code_of.get(fold_value(self.name, value), NONE)

    def rows(self, code: int) -> Rows:
        """Return the records that have ``code``; with ``NONE``, those that have no value."""
        return np.sort(self._order[self._starts[code + 1] : self._starts[code + 2]])


@dataclass(frozen=True, slots=True)
class RecordSet:
    """All records. ``own`` are the categories that each holds, always with the bit ``RECORD``.

    ``persons`` holds the code of the person that each record is about, ``person_count`` where nobody is named; ``person_labels`` the ids
    of the persons by code. ``ids`` is the dimension of the records' own ids, ``lines`` where each stands in its table (from 1).
    """

    source: str
    own: Bits
    dimensions: Mapping[str, Dimension]
    ids: Dimension
    person_dimension: str
    persons: NDArray[np.int64]
    lines: Sequence[int]

    def __len__(self) -> int:
        return len(self.own)

    @property
    def person_labels(self) -> Sequence[str]:
        """The ids of the persons, by code."""
        return self.dimensions[self.person_dimension].labels

    @property
    def person_count(self) -> int:
        """How many persons there are."""
        return len(self.person_labels)

    @property
    def place(self) -> Dimension | None:
        """The finest dimension that is a place: building, site or agency; ``None`` when records have none."""
        return next((self.dimensions[name] for name in _PLACES if name in self.dimensions), None)

    @property
    def area(self) -> Dimension | None:
        """The finest dimension that is a place and has few enough values for a matrix; ``None`` when there is none."""
        places = (self.dimensions[name] for name in _PLACES if name in self.dimensions)
        return next((place for place in places if len(place.labels) <= _MOST_AREAS), None)

    def person_bits(self, bits: Bits) -> Bits:
        """Return the union of ``bits``, given for every record, over the records of each person."""
        union = np.zeros(self.person_count + 1, dtype=np.int64)
        np.bitwise_or.at(union, self.persons, bits)
        return union[:-1]


def make_record_set(
    source: str, own: Sequence[int], dimensions: Mapping[str, Dimension], ids: Dimension, person_dimension: str, lines: Sequence[int]
) -> RecordSet:
    """Return the set of the records added to ``dimensions`` and ``ids``; ``own`` holds their categories, ``lines`` their places."""
    for dimension in (*dimensions.values(), ids):
        dimension.freeze()
    codes = dimensions[person_dimension].codes
    persons = np.where(codes == NONE, len(dimensions[person_dimension].labels), codes)
    return RecordSet(source, np.array(own, dtype=np.int64) | RECORD, dimensions, ids, person_dimension, persons, lines)
