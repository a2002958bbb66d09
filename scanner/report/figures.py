"""Figures of the report, computed from ``summary.json``: tables and series ready to print, no layout."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recognizers.legal import LegalGround, legal_grounds
from scanner.catalogue import Catalogue, EntityInfo
from scanner.evaluate import SENSITIVE
from scanner.policy import PURPOSES
from scanner.report import labels
from scanner.scoring import UNKNOWN_SEVERITY

TOP_TERMS = 12
TOP_SITES = 20
TOP_RECORDS = 25
NAMED_ROWS = 20
LONGEST_BY_MONTH = 48
"""Months beyond which a series is told by year."""

Counts = Sequence[Sequence[Any]]
"""A counter of the summary: ``[*key, count]`` each."""


@dataclass(frozen=True, slots=True)
class EntityRow:
    """One entity of the results. ``terms`` are the lexicon's words with their counts, most frequent first."""

    info: EntityInfo
    severity: int
    records: int
    findings: int
    grounds: tuple[LegalGround, ...]
    terms: tuple[tuple[str, int], ...]
    terms_more: int


@dataclass(frozen=True, slots=True)
class Level:
    """One part of the bar of risk levels: its style, its label in French, its records."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: its label, its count, and what share of the longest it is, in [0, 1]."""

    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Column:
    """One period: ``name`` is a month (2024-03) or a year, ``label`` what stands below it or ``""``, ``share`` of the highest in [0, 1]."""

    name: str
    label: str
    read: int
    found: int
    share: float


def bars(counts: Sequence[tuple[str, int]]) -> list[Bar]:
    """Return the counts as bars, in the order given."""
    longest = max((count for _, count in counts), default=0)
    return [Bar(label, count, count / longest if longest else 0.0) for label, count in counts]


def levels(summary: Mapping[str, Any]) -> list[Level]:
    """Return the records of each level, the highest first, then those that have none because they could not be read in full."""
    parts = [Level(level, label, summary["levels"][level]) for level, label in labels.LEVELS.items()]
    unsettled = summary["rows_unsettled"]
    return [*parts, Level("unsettled", labels.UNSETTLED, unsettled)] if unsettled else parts


def entity_rows(summary: Mapping[str, Any], catalogue: Catalogue) -> list[EntityRow]:
    """Return the entities found, the sensitive ones first, then by number of records."""
    findings = _by_key(summary["entity_findings"])
    terms: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for entity, term, count in summary["entity_term"]:
        terms[entity].append((term.removesuffix("*") + "…" if term.endswith("*") else term, count))
    rows = []
    for entity, count in summary["entity_records"]:
        info = _info(entity, catalogue)
        ranked = _most_first(terms[entity])
        rows.append(
            EntityRow(
                info=info,
                severity=catalogue.severities.get(entity, UNKNOWN_SEVERITY),
                records=count,
                findings=findings[entity],
                grounds=legal_grounds(info.legal),
                terms=tuple(ranked[:TOP_TERMS]),
                terms_more=len(ranked[TOP_TERMS:]),
            )
        )
    return sorted(rows, key=lambda row: (row.info.entity not in SENSITIVE, -row.records, row.info.label))


def qualities(counts: Counts, names: Mapping[str, str]) -> list[tuple[str, int]]:
    """Return how many findings have each quality that ``names`` lists; ``counts`` holds entity, quality and count."""
    totals: Counter[str] = Counter()
    for _, quality, count in counts:
        totals[quality] += count
    return [(label, totals[quality]) for quality, label in names.items()]


def columns(summary: Mapping[str, Any]) -> list[Column]:
    """Return the months from the first to the last with a dated record, or the years when the months are too many to tell apart."""
    series = _months(_by_key(summary["month_read"]), _by_key(summary["month_records"]))
    by_year = len(series) > LONGEST_BY_MONTH
    if by_year:
        series = _years(series)
    highest = max((found for _, _, found in series), default=0)
    every = -(-len(series) // 8)
    return [
        Column(name, name[:4] if _is_labelled(name, at, every) else "", read, found, found / highest if highest else 0.0)
        for at, (name, read, found) in enumerate(series)
    ]


def undated(summary: Mapping[str, Any]) -> int:
    """Return how many records with findings have no date that could be read."""
    dated: int = sum(_by_key(summary["month_records"]).values())
    total: int = summary["records_with_findings"]
    return total - dated


def groups(counts: Counts, nameless: str) -> list[tuple[str, int]]:
    """Return a count by name, the highest first; ``nameless`` stands for the empty name."""
    return _most_first([(name or nameless, count) for name, count in counts])


def fields(summary: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Return the free-text fields: name, purpose in French, records with findings."""
    found = _by_key(summary["field_records"])
    purposes = {field: purpose for source in summary["sources"] for field, purpose in source["purposes"].items()}
    names = dict.fromkeys([*purposes, *found])
    rows = [(name, PURPOSES.get(purposes.get(name, ""), labels.UNDECLARED), found.get(name, 0)) for name in names]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def first_records(summary: Mapping[str, Any], catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the riskiest records as the summary names them, with levels and entities in French."""
    return [
        {
            **entry,
            "level_label": labels.LEVELS[entry["level"]],
            "entities": [_info(entity, catalogue).label for entity in entry["entities"]],
        }
        for entry in summary["first_records"][:TOP_RECORDS]
    ]


def reasons(summary: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return why records could not be scanned in full, in French, with the number of records."""
    return _most_first([(labels.reason(reason), count) for reason, count in summary["reason_records"]])


def not_scanned(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the first of the records that could not be scanned in full: source, row and reason in French."""
    return [{**row, "reason": labels.reason(row["reason"])} for row in summary["not_scanned"][:NAMED_ROWS]]


def actions(summary: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return what was done, in French, with the number of records or findings; what was never done is left out."""
    counts = {**summary["actions"], "allowed": summary["findings_allowed"], "expired": summary["allow_list_expired"]}
    return [(label, counts[key]) for key, label in labels.ACTIONS.items() if counts.get(key)]


def comparison(summary: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return how the findings of a database compare with those of the run before, in French, with the number of findings."""
    counts = summary.get("comparison", {})
    return [(label, counts[change]) for change, label in labels.CHANGES.items() if change in counts]


def _info(entity: str, catalogue: Catalogue) -> EntityInfo:
    """Return what is known of ``entity``: its name only when the summary is of a Vigie with other lexicons."""
    return catalogue.entities.get(entity) or EntityInfo(entity, label=entity, tag=entity, legal=(), why="", instead="")


def _months(read: Mapping[str, int], found: Mapping[str, int]) -> list[tuple[str, int, int]]:
    known = sorted(month for month in read if len(month) == len("2024-03"))
    if not known:
        return []
    series = []
    year, month = (int(part) for part in known[0].split("-"))
    while (name := f"{year:04}-{month:02}") <= known[-1]:
        series.append((name, read.get(name, 0), found.get(name, 0)))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return series


def _years(series: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    years: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for month, read, found in series:
        years[month[:4]][0] += read
        years[month[:4]][1] += found
    return [(year, read, found) for year, (read, found) in years.items()]


def _is_labelled(name: str, at: int, every: int) -> bool:
    """Tell whether a period carries its year: each January and a first month well before it, or one year in ``every``."""
    return name.endswith("-01") or (at == 0 and name[5:] <= "09") if "-" in name else at % every == 0


def _by_key(counts: Counts) -> dict[str, int]:
    return {entry[0]: entry[1] for entry in counts}


def _most_first(counts: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(counts, key=lambda item: (-item[1], item[0]))
