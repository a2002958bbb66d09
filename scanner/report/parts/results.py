"""What was found: by level, category, gravity, field, purpose, site, age, and counts by term."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanner.documents.blocks import Bars, Block, Column, Heading, Levels, Matrix, Paragraph, Periods, Table
from scanner.french import counted, number
from scanner.policy import PURPOSES
from scanner.report import labels
from scanner.report.dossier import Dossier
from scanner.report.figures import (
    TOP_SITES,
    Counts,
    EntityRow,
    by_year,
    cross,
    fields,
    groups,
    level_parts,
    periods,
    purpose_label,
    qualities,
    undated,
)
from scanner.report.wording import say

_GRAVITIES = {str(severity): f"{severity}/4" for severity in (4, 3, 2, 1)}


def results_part(dossier: Dossier, rows: Sequence[EntityRow]) -> Iterator[Block]:
    """Yield the results, nothing but a sentence when there are none."""
    summary = dossier.summary
    yield Heading("Résultats")
    if not rows:
        yield Paragraph(say("results-none"))
        return
    yield Levels(level_parts(summary), "Fiches par niveau de risque")
    yield from _entities(rows)
    yield from _matrix("Catégorie et gravité", summary["entity_severity"], rows, _GRAVITIES)
    yield Paragraph(say("results-matrix"), "note")
    yield Heading("Champs et finalités", 2)
    yield from _fields(summary)
    yield from _matrix("Catégorie et champ", summary["entity_field"], rows, {})
    yield from _matrix("Catégorie et finalité du champ", summary.get("entity_purpose", ()), rows, {**PURPOSES, "": labels.UNDECLARED})
    yield from _sites(summary, rows)
    yield from _age(summary, rows)
    yield Heading("Tournure et sujet", 2)
    yield Bars(qualities(summary["entity_assertion"], labels.ASSERTIONS), "Ce que disent les constats")
    yield Bars(qualities(summary["entity_subject"], labels.SUBJECTS), "De qui ils parlent")
    yield Paragraph(say("results-assertion"), "note")
    yield from _terms(rows)


def _entities(rows: Sequence[EntityRow]) -> Iterator[Block]:
    yield Heading("Par catégorie", 2)
    yield Bars([(row.info.label, row.records) for row in rows], "Fiches où la catégorie est relevée au moins une fois")
    columns = [Column("Catégorie", width=4), Column("Gravité", "center"), Column("Fiches", "right"), Column("Constats", "right")]
    has_persons = any(row.persons is not None for row in rows)
    if has_persons:
        columns.append(Column("Personnes", "right"))
    yield Table(columns, [_entity(row, has_persons=has_persons) for row in rows])
    yield Paragraph(say("results-severity"), "note")
    yield Paragraph(say("results-persons" if has_persons else "results-no-persons"), "note")


def _entity(row: EntityRow, *, has_persons: bool) -> list[str | int]:
    cells: list[str | int] = [row.info.label, f"{row.severity}/4", row.records, row.findings]
    return [*cells, row.persons or 0] if has_persons else cells


def _matrix(caption: str, counts: Counts, rows: Sequence[EntityRow], names: Mapping[str, str], nameless: str = "") -> Iterator[Block]:
    """Yield the counts by category and another criterion, nothing when that has one value only."""
    crossed = cross(counts, rows, names, nameless)
    if len(crossed.columns) > 1:
        yield Matrix(caption, crossed.columns, crossed.rows)


def _fields(summary: Mapping[str, Any]) -> Iterator[Block]:
    columns = [Column("Champ", width=3), Column("Finalité déclarée", width=4), Column("Fiches avec constat", "right")]
    yield Table(columns, [[name, purpose_label(purpose), count] for name, purpose, count in fields(summary)])


def _sites(summary: Mapping[str, Any], rows: Sequence[EntityRow]) -> Iterator[Block]:
    sites = groups(summary["site_findings"], labels.NO_SITE)
    if len(sites) > 1:
        yield Heading("Sites", 2)
        yield Bars(sites[:TOP_SITES], "Fiches avec constat, par site")
        if rest := len(sites[TOP_SITES:]):
            yield Paragraph(say("results-sites-more", rest=counted(rest, "autre site", "autres sites")), "note")
        yield from _matrix("Catégorie et site", summary["entity_site"], rows, {}, labels.NO_SITE)
    authors = groups(summary["author_group_records"], labels.NO_AUTHOR_GROUP)
    if len(authors) > 1:
        yield Heading("Groupes d'auteurs", 2)
        yield Bars(authors[:TOP_SITES], "Fiches avec constat, par groupe d'auteurs")


def _age(summary: Mapping[str, Any], rows: Sequence[EntityRow]) -> Iterator[Block]:
    series = periods(summary)
    if len(series) < 2:
        return
    by = "année" if len(series[0].name) == len("2024") else "mois"
    yield Heading("Âge des commentaires", 2)
    yield Periods(series, f"Fiches avec constat, par {by} du commentaire")
    if count := undated(summary):
        yield Paragraph(say("results-undated", undated=counted(count, "fiche", "fiches")), "note")
    if months := summary.get("entity_month"):
        counts = by_year(months)
        years = sorted({year for _, year, _ in counts}, key=lambda year: (year.isdigit(), year))
        yield from _matrix("Catégorie et année du commentaire", counts, rows, {year: year for year in years})


def _terms(rows: Sequence[EntityRow]) -> Iterator[Block]:
    with_terms = [row for row in rows if row.terms]
    if not with_terms:
        return
    yield Heading("Mots relevés", 2)
    yield Paragraph(say("results-terms"))
    yield Table(
        [Column("Catégorie", width=2), Column("Mots, et leur nombre", width=7)], [[row.info.label, _words(row)] for row in with_terms]
    )


def _words(row: EntityRow) -> str:
    words = [f"{term}\u00a0({number(count)})" for term, count in row.terms]
    if row.terms_more:
        words.append(say("results-terms-more", count=counted(row.terms_more, "autre", "autres")))
    return ", ".join(words)
