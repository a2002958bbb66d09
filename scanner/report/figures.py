"""Figures of the report, computed from ``summary.json``: counts in the order and under the names in which they are printed, no layout."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recognizers.legal import LegalGround, legal_grounds
from scanner.catalogue import Catalogue, EntityInfo
from scanner.documents.blocks import Period
from scanner.evaluate import SENSITIVE
from scanner.policy import PURPOSES
from scanner.report import labels
from scanner.scoring import UNKNOWN_SEVERITY

TOP_TERMS = 12
TOP_SITES = 20
TOP_RECORDS = 25
NAMED_ROWS = 20
MATRIX_COLUMNS = 8
LONGEST_BY_MONTH = 48
"""Months beyond which a series is told by year."""

Counts = Sequence[Sequence[Any]]
"""A counter of the summary: ``[*key, count]`` each."""


@dataclass(frozen=True, slots=True)
class EntityRow:
    """One entity of the results. ``persons`` is ``None`` where tenants are not known.

    ``terms`` are the lexicon's words with their counts, most frequent first, ``terms_more`` how many others there are.
    """

    info: EntityInfo
    severity: int
    records: int
    findings: int
    persons: int | None
    grounds: tuple[LegalGround, ...]
    terms: tuple[tuple[str, int], ...]
    terms_more: int


@dataclass(frozen=True, slots=True)
class Cross:
    """Counts by two criteria: names of the columns, then a name and one count for each of them a row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]


def level_parts(summary: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Return style, label and records of each level, the highest first, then those without one: they could not be read in full."""
    parts = [(level, label, summary["levels"][level]) for level, label in labels.LEVELS.items()]
    unsettled = summary["rows_unsettled"]
    return [*parts, ("unsettled", labels.UNSETTLED, unsettled)] if unsettled else parts


def entity_rows(summary: Mapping[str, Any], catalogue: Catalogue) -> list[EntityRow]:
    """Return the entities found, the sensitive ones first, then by number of records."""
    findings = dict(map(tuple, summary["entity_findings"]))
    persons = dict(map(tuple, summary.get("entity_persons", ())))
    terms: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for entity, term, count in summary["entity_term"]:
        terms[entity].append((term.removesuffix("*") + "…" if term.endswith("*") else term, count))
    rows = []
    for entity, count in summary["entity_records"]:
        info = info_of(entity, catalogue)
        ranked = most_first(terms[entity])
        rows.append(
            EntityRow(
                info=info,
                severity=catalogue.severities.get(entity, UNKNOWN_SEVERITY),
                records=count,
                findings=findings[entity],
                persons=persons.get(entity),
                grounds=legal_grounds(info.legal),
                terms=tuple(ranked[:TOP_TERMS]),
                terms_more=len(ranked[TOP_TERMS:]),
            )
        )
    return sorted(rows, key=lambda row: (row.info.entity not in SENSITIVE, -row.records, row.info.label))


def cross(counts: Counts, rows: Sequence[EntityRow], names: Mapping[str, str], nameless: str = "") -> Cross:
    """Return entity by criterion: the criterion's values that count most, the others together; ``names`` are what people call them.

    The values that ``names`` lists come first and in its order, all others as they are called, by their totals.
    """
    found: dict[str, Counter[str]] = defaultdict(Counter)
    totals: Counter[str] = Counter()
    for entity, key, count in counts:
        found[entity][key] += count
        totals[key] += count
    known = [key for key in names if key in totals]
    ranked = [*known, *(key for key, _ in most_first([(key, count) for key, count in totals.items() if key not in names]))]
    shown, rest = ranked[:MATRIX_COLUMNS], ranked[MATRIX_COLUMNS:]
    columns = [names.get(key, key) or nameless for key in shown] + ([labels.OTHERS] if rest else [])
    lines = []
    for row in rows:
        of_row = found[row.info.entity]
        values = [of_row[key] for key in shown] + ([sum(of_row[key] for key in rest)] if rest else [])
        lines.append((row.info.label, tuple(values)))
    return Cross(tuple(columns), tuple(lines))


def by_year(counts: Counts) -> list[tuple[str, str, int]]:
    """Return counts by entity and month as counts by entity and year, the oldest years together, by entity and in the order of time."""
    years: Counter[tuple[str, str]] = Counter()
    for entity, month, count in counts:
        years[entity, month[:4]] += count
    distinct = sorted({year for _, year in years})
    first = distinct[-(MATRIX_COLUMNS - 1)] if len(distinct) > MATRIX_COLUMNS else ""
    told: Counter[tuple[str, str]] = Counter()
    for (entity, year), count in sorted(years.items()):
        told[entity, year if year >= first else labels.before(first)] += count
    return [(entity, year, count) for (entity, year), count in told.items()]


def qualities(counts: Counts, names: Mapping[str, str]) -> list[tuple[str, int]]:
    """Return how many findings have each quality that ``names`` lists; ``counts`` holds entity, quality and count."""
    totals: Counter[str] = Counter()
    for _, quality, count in counts:
        totals[quality] += count
    return [(label, totals[quality]) for quality, label in names.items()]


def periods(summary: Mapping[str, Any]) -> list[Period]:
    """Return the records with findings by month, from the first to the last month with a dated record, or by year when these are many."""
    series = _months([month for month, _ in summary["month_read"]], dict(map(tuple, summary["month_records"])))
    if len(series) > LONGEST_BY_MONTH:
        series = _years(series)
    every = -(-len(series) // 8)
    return [Period(_named(name), name[:4] if _is_labelled(name, at, every) else "", count) for at, (name, count) in enumerate(series)]


def undated(summary: Mapping[str, Any]) -> int:
    """Return how many records with findings have no date that could be read."""
    dated: int = sum(count for _, count in summary["month_records"])
    total: int = summary["records_with_findings"]
    return total - dated


def groups(counts: Counts, nameless: str) -> list[tuple[str, int]]:
    """Return a count by name, the highest first; ``nameless`` stands for the empty name."""
    return most_first([(name or nameless, count) for name, count in counts])


def fields(summary: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Return the free-text fields: name, key of their purpose (``""``: not declared), records with findings; those with most first."""
    found = dict(map(tuple, summary["field_records"]))
    purposes = {field: purpose for source in summary["sources"] for field, purpose in source["purposes"].items()}
    rows = [(name, purposes.get(name, ""), found.get(name, 0)) for name in dict.fromkeys([*purposes, *found])]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def purpose_label(purpose: str) -> str:
    """Return what people call the purpose of a field."""
    return PURPOSES.get(purpose, labels.UNDECLARED)


def reasons(summary: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return why records could not be scanned in full, in French, with the number of records."""
    return most_first([(labels.reason(reason), count) for reason, count in summary["reason_records"]])


def actions(summary: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return what was done, in French, with the number of records or findings; what was never done is left out."""
    counts = {**summary["actions"], "allowed": summary["findings_allowed"], "expired": summary["allow_list_expired"]}
    return [(label, counts[key]) for key, label in labels.ACTIONS.items() if counts.get(key)]


def info_of(entity: str, catalogue: Catalogue) -> EntityInfo:
    """Return what is known of ``entity``: its name only when the summary is of a Vigie with other lexicons."""
    return catalogue.entities.get(entity) or EntityInfo(entity, label=entity, tag=entity, legal=(), why="", instead="")


def _months(read: Iterable[str], found: Mapping[str, int]) -> list[tuple[str, int]]:
    known = sorted(month for month in read if len(month) == len("2024-03"))
    if not known:
        return []
    series = []
    year, month = (int(part) for part in known[0].split("-"))
    while (name := f"{year:04}-{month:02}") <= known[-1]:
        series.append((name, found.get(name, 0)))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return series


def _years(series: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    years: Counter[str] = Counter()
    for month, found in series:
        years[month[:4]] += found
    return list(years.items())


def _named(name: str) -> str:
    return "/".join(reversed(name.split("-")))


def _is_labelled(name: str, at: int, every: int) -> bool:
    """Tell whether a period carries its year: each January and a first month well before it, or one year in ``every``."""
    return name.endswith("-01") or (at == 0 and name[5:] <= "09") if "-" in name else at % every == 0


def most_first(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return ``counts``, the highest first, equal ones by name."""
    return sorted(counts, key=lambda item: (-item[1], item[0]))
