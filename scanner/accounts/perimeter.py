"""The sites that a person may see. Every query of the console takes one: there is no way to ask without."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from sqlalchemy import ColumnElement, true


@dataclass(frozen=True, slots=True)
class Perimeter:
    """``sites`` as the sources write them; ``None`` means every site, the empty set none at all."""

    sites: frozenset[str] | None

    @classmethod
    def everything(cls) -> Self:
        """Return the perimeter of who may see every site."""
        return cls(None)

    @classmethod
    def of(cls, sites: Iterable[str]) -> Self:
        """Return the perimeter of these sites and no other. Records without a site lie in no such perimeter."""
        return cls(frozenset(sites) - {""})

    def holds(self, site: str) -> bool:
        """Tell whether ``site`` lies within."""
        return self.sites is None or site in self.sites

    def includes(self, other: Perimeter) -> bool:
        """Tell whether every site of ``other`` lies within."""
        return self.sites is None or (other.sites is not None and other.sites <= self.sites)

    def condition(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """Return what a query must ask of ``column``, which holds the site of its rows."""
        return true() if self.sites is None else column.in_(sorted(self.sites))
