"""Figures of the report, computed from ``summary.json``: tables and series ready to print, no layout."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recognizers.legal import LegalGround, legal_grounds
from scanner.catalogue import Catalogue, EntityInfo
from scanner.evaluate import SENSITIVE
from scanner.policy import PURPOSES

LEVEL_LABELS = {"critical": "critique", "high": "élevé", "medium": "moyen", "low": "faible", "none": "aucun constat"}
ACTION_LABELS = {"quarantine": "mises en quarantaine", "redact": "masquées", "warn": "signalées", "keep": "conservées"}
ASSERTION_LABELS = {"affirmed": "affirmé", "negated": "nié", "hypothetical": "supposé", "past": "passé", "reported": "rapporté"}
REASON_LABELS = {
    "field-count": "nombre de cellules différent du nombre de colonnes",
    "unclosed-quote": "guillemet jamais refermé",
    "undecodable": "octets illisibles dans l'encodage du fichier",
    "invalid-json": "ligne qui n'est pas un objet JSON",
}
TOP_TERMS = 12
TOP_SITES = 20


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
class Bar:
    """One bar of a chart: its label, its count, and what share of the longest it is, in [0, 1]."""

    label: str
    count: int
    share: float


def bars(counts: Sequence[tuple[str, int]]) -> list[Bar]:
    """Return the counts as bars, in the order given."""
    longest = max((count for _, count in counts), default=0)
    return [Bar(label, count, count / longest if longest else 0.0) for label, count in counts]


def entity_rows(summary: Mapping[str, Any], catalogue: Catalogue) -> list[EntityRow]:
    """Return the entities found, the sensitive ones first, then by number of records."""
    records = _by_key(summary["entity_records"])
    findings = _by_key(summary["entity_findings"])
    terms: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for entity, term, count in summary["entity_term"]:
        terms[entity].append((term.removesuffix("*") + "…" if term.endswith("*") else term, count))
    rows = []
    for entity, count in records.items():
        if entity not in catalogue.entities:
            continue
        info = catalogue.entities[entity]
        ranked = sorted(terms[entity], key=lambda item: (-item[1], item[0]))
        rows.append(
            EntityRow(
                info=info,
                severity=catalogue.severities[entity],
                records=count,
                findings=findings[entity],
                grounds=legal_grounds(info.legal),
                terms=tuple(ranked[:TOP_TERMS]),
                terms_more=len(ranked[TOP_TERMS:]),
            )
        )
    return sorted(rows, key=lambda row: (row.info.entity not in SENSITIVE, -row.records, row.info.label))


def months(summary: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """Return, for each month from the first to the last, the records read and those with findings."""
    read = _by_key(summary["month_read"])
    found = _by_key(summary["month_records"])
    known = sorted(month for month in read if len(month) == 7)
    if not known:
        return []
    series = []
    year, month = (int(part) for part in known[0].split("-"))
    while f"{year:04}-{month:02}" <= known[-1]:
        name = f"{year:04}-{month:02}"
        series.append((name, read.get(name, 0), found.get(name, 0)))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return series


def years_if_long(series: list[tuple[str, int, int]], longest: int = 48) -> list[tuple[str, int, int]]:
    """Return ``series`` by year when it has more than ``longest`` months."""
    if len(series) <= longest:
        return series
    years: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for month, read, found in series:
        years[month[:4]][0] += read
        years[month[:4]][1] += found
    return [(year, read, found) for year, (read, found) in years.items()]


def sites(summary: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """Return the sites with the most records found: name, records read, records with findings."""
    read = _by_key(summary["site_records"])
    found = sorted(_by_key(summary["site_findings"]).items(), key=lambda item: (-item[1], item[0]))
    return [(name or "(sans site)", read.get(name, count), count) for name, count in found[:TOP_SITES]]


def fields(summary: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Return the free-text fields: name, purpose in French, records with findings."""
    found = _by_key(summary["field_records"])
    purposes = {field: purpose for source in summary["sources"] for field, purpose in source["purposes"].items()}
    rows = [(field, PURPOSES.get(purpose, purpose), found.get(field, 0)) for field, purpose in purposes.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def _by_key(counts: Sequence[Sequence[Any]]) -> dict[str, int]:
    return {key: count for key, count in counts}
