"""One row of an export, as the scanner sees it, whatever the format it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NO_ROW = -1


@dataclass(frozen=True, slots=True)
class Record:
    """A record and its free-text fields.

    ``row`` counts from 0 within ``source`` (header excluded); it is ``NO_ROW`` where rows have no number, as in a database. ``texts`` maps
    free-text column to its text exactly as stored (offsets of findings point into it). ``names`` are the surnames and first names in the
    record's own name columns. ``date`` is ISO ``YYYY-MM-DD``
    or empty when absent or unreadable. ``problem`` is set when the row could not be read in full: such a record is counted as not
    scanned, never dropped.
    """

    id: str
    row: int
    source: str
    texts: Mapping[str, str]
    tenant: str = ""
    site: str = ""
    author_group: str = ""
    date: str = ""
    names: tuple[str, ...] = ()
    problem: str = ""

    @property
    def number(self) -> int | None:
        """The number of the row, from 1, for people; ``None`` where rows have none."""
        return None if self.row == NO_ROW else self.row + 1
