"""What could not be judged: counted, and named by pseudonym and place, never silently dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from scanner.exposure.settings import settings
from scanner.keys import SecretKey, pseudonym
from scanner.spreadsheets import Cell

Kind = Literal["row", "user", "record", "right", "access"]
MAX_NAMED = 50_000
"""How many are named; all are counted."""
HEADER = ("Objet", "Motif", "Pseudonyme", "Fichier", "Première ligne (hors en-tête)", "Nombre")


@dataclass(frozen=True, slots=True)
class _Item:
    kind: Kind
    reason: str
    value: str
    source: str


@dataclass(slots=True)
class Unjudged:
    """Everything that could not be judged, by kind and reason (keys of ``data/exposure.toml``)."""

    counts: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    _items: dict[_Item, list[int]] = field(default_factory=dict)

    def add(self, kind: Kind, reason: str, value: str, source: str, line: int, times: int = 1) -> None:
        """Count ``times`` things of ``kind`` about the id ``value``; ``line`` is where it stands in ``source``, 0 for nowhere."""
        self.counts[kind, reason] += times
        item = _Item(kind, reason, value, source)
        if known := self._items.get(item):
            known[0] = min(known[0], line)
            known[1] += times
        elif len(self._items) < MAX_NAMED:
            self._items[item] = [line, times]

    @property
    def total(self) -> int:
        """How many things could not be judged."""
        return self.counts.total()

    def by_reason(self) -> list[tuple[str, str, int]]:
        """Return what could not be judged, why, and how many, in French, the most frequent first."""
        words = settings()
        rows = [(words.kinds[kind], words.unjudged[reason], count) for (kind, reason), count in self.counts.items()]
        return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))

    def rows(self, key: SecretKey) -> Iterator[tuple[Cell, ...]]:
        """Yield the rows of :data:`HEADER`, ids as pseudonyms, in the order in which they were met."""
        words = settings()
        for item, (line, times) in self._items.items():
            named = pseudonym(item.value, key) if item.value else ""
            yield words.kinds[item.kind], words.unjudged[item.reason], named, item.source, line or "", times
        if len(self._items) == MAX_NAMED:
            yield "…", "", "", "", "", self.total - sum(times for _, times in self._items.values())
