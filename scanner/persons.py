"""How many different tenants the records are about. No id of a tenant is kept, and memory has a ceiling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_KEPT = 2_000_000
"""Tenants kept in all (in each list in which they stand) before counting stops: some 170 MB."""
_NOBODY = hash("")


@dataclass(slots=True)
class Persons:
    """Counts distinct tenants, exactly, by Python's own hash of their ids: 64 bits, keyed anew in each process.

    Two of a million tenants share a hash in one run of thirty million. ``records_without`` counts the records read that name no tenant.
    """

    records_without: int = 0
    _read: set[int] = field(default_factory=set)
    _found: set[int] = field(default_factory=set)
    _by_entity: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _is_full: bool = False

    def add_read(self, tenants: Sequence[str]) -> None:
        """Count the tenants of records that were read, ``""`` for a record that names none."""
        self.records_without += tenants.count("")
        if not self._is_full:
            self._read.update(map(hash, tenants))
            self._is_full = len(self._read) + len(self._found) + sum(map(len, self._by_entity.values())) > MOST_KEPT

    def add_found(self, tenant: str, entities: Collection[str]) -> None:
        """Count the tenant of a record in which ``entities`` were found."""
        if tenant and not self._is_full:
            digest = hash(tenant)
            self._found.add(digest)
            for entity in entities:
                self._by_entity[entity].add(digest)

    def as_dict(self) -> dict[str, Any]:
        """Return ``persons`` of the summary, as :func:`persons_of` does."""
        read = len(self._read) - (_NOBODY in self._read)
        return persons_of(read, len(self._found), self.records_without, is_full=self._is_full)

    def by_entity(self) -> list[list[Any]]:
        """Return how many tenants have a record with each entity, sorted by entity."""
        return [[entity, len(tenants)] for entity, tenants in sorted(self._by_entity.items())]


def persons_of(read: int, with_findings: int, records_without: int, *, is_full: bool = False) -> dict[str, Any]:
    """Return ``persons`` of the summary: tenants of records read and of records with findings, ``None`` where no record names one.

    ``at_least`` says that there may be more: some records name no tenant, or counting stopped because it ``is_full``.
    """
    return {
        "read": read or None,
        "with_findings": with_findings if read else None,
        "at_least": bool(read) and (is_full or records_without > 0),
        "records_without": records_without,
    }
