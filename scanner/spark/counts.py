"""The counts of all partitions together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.keys import SecretKey, pseudonym
from scanner.persons import persons_of
from scanner.statistics import FIRST_RECORDS, NAMED_ROWS, Statistics, count

Counts = Mapping[str, Any]
"""The counts that :func:`scanner.spark.scanning.scan_records` yields."""


@dataclass(frozen=True, slots=True)
class TenantCounts:
    """Different tenants of all records: those read, those with findings, and by entity; what two partitions count cannot be added up."""

    read: int = 0
    with_findings: int = 0
    by_entity: Mapping[str, int] = field(default_factory=dict)


def merged(parts: Sequence[Counts], tenants: TenantCounts, key: SecretKey) -> dict[str, Any]:
    """Return the sum of ``parts``, whose records are named by their id; under ``key`` they get their pseudonym.

    The result does not depend on how the rows lie in partitions, but for which of the records of equal risk come last among the first.
    """
    total: dict[str, Any] = {**Statistics().as_dict(), "source_rows": []}
    for name, empty in total.items():
        values = [part[name] for part in parts]
        if name == "first_records":
            total[name] = _first_records([entry for value in values for entry in value], key)
        elif name == "not_scanned":
            total[name] = _not_scanned([entry for value in values for entry in value])
        elif name == "entity_persons":
            total[name] = [[entity, persons] for entity, persons in sorted(tenants.by_entity.items())]
        elif name == "persons":
            total[name] = persons_of(tenants.read, tenants.with_findings, sum(value["records_without"] for value in values))
        elif isinstance(empty, int):
            total[name] = sum(values)
        elif isinstance(empty, dict):
            total[name] = _summed(values, empty)
        else:
            total[name] = _counters(values)
    return total


def _summed(parts: Sequence[Mapping[str, int]], empty: Mapping[str, int]) -> dict[str, int]:
    """Return the sums by name: those of ``empty`` in their order, then the others sorted."""
    sums: Counter[str] = Counter()
    for part in parts:
        sums.update(part)
    return {name: sums[name] for name in (*empty, *sorted(sums.keys() - empty.keys()))}


def _counters(parts: Sequence[Sequence[Sequence[Any]]]) -> list[list[Any]]:
    counter: Counter[tuple[str, ...]] = Counter()
    for part in parts:
        for *names, times in part:
            count(counter, *names, times=times)
    return [[*names, times] for names, times in sorted(counter.items())]


def _first_records(entries: list[dict[str, Any]], key: SecretKey) -> list[dict[str, Any]]:
    first = sorted(entries, key=lambda entry: (-entry["risk"], *_place({"record_id": entry["record"], **entry})))[:FIRST_RECORDS]
    return [{**entry, "record": pseudonym(entry["record"], key)} for entry in first]


def _not_scanned(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first of ``entries``; those that nothing tells apart become one with their number, ``rows``."""
    nameless: Counter[tuple[str, str]] = Counter()
    named = []
    for entry in sorted(entries, key=_place):
        if entry["row"] is None and not entry["record_id"]:
            nameless[(entry["source"], entry["reason"])] += 1
        else:
            named.append(entry)
    together = [
        {"source": source, "row": None, "record_id": "", "reason": reason, "rows": rows}
        for (source, reason), rows in sorted(nameless.items())
    ]
    return [*together, *named][:NAMED_ROWS]


def _place(entry: Mapping[str, Any]) -> tuple[str, int, str]:
    return entry["source"], entry["row"] or 0, entry["record_id"]
