"""How the run compares with earlier ones, where it can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scanner.catalogue import Catalogue
from scanner.documents.blocks import Block, Bullets, Column, Heading, Paragraph, Period, Periods, Table
from scanner.french import day, number
from scanner.report import labels
from scanner.report.dossier import Comparison, Dossier, RunLine
from scanner.report.figures import info_of
from scanner.report.wording import say


def comparison_part(dossier: Dossier, catalogue: Catalogue) -> Iterator[Block]:
    """Yield the series of complete runs, and each earlier run that this one is held against."""
    yield Heading("Comparaison avec les analyses antérieures")
    if len(dossier.series) > 1:
        yield from _series(dossier.series)
    for comparison in dossier.comparisons:
        yield from _compared(comparison, catalogue)
    if not dossier.comparisons:
        yield Paragraph(say("comparison-first" if dossier.store else "comparison-none"))


def _series(series: Sequence[RunLine]) -> Iterator[Block]:
    yield Paragraph(say("comparison-series"))
    names = [f"n° {line.number}" for line in series]
    points = [Period(f"{name}, {day(line.started)}", name, line.records) for name, line in zip(names, series, strict=True)]
    yield Periods(points, "Fiches avec constat, par analyse")
    columns = [Column("Analyse"), Column("Date"), Column("Règles", width=3)]
    columns += [Column(name, "right") for name in ("Fiches lues", "Avec constat", "Constats", "Nouveaux", "Disparus")]
    rows = [
        [name, day(line.started), line.rules, line.rows_read, line.records, line.findings, _or_unknown(line.new), _or_unknown(line.gone)]
        for name, line in zip(names, series, strict=True)
    ]
    yield Table(columns, rows)


def _compared(comparison: Comparison, catalogue: Catalogue) -> Iterator[Block]:
    before, after = comparison.before, comparison.after
    name = f"n° {before.number}" if before.number is not None else before.id
    yield Heading(f"Depuis l'analyse {name} du {day(before.started)}", 2)
    if comparison.obstacles:
        yield Paragraph(say("comparison-not"))
        yield Bullets([say(obstacle) for obstacle in comparison.obstacles])
    else:
        yield Paragraph(say("comparison-same"))
    if comparison.changes is not None:
        yield Table([Column("Constats", width=5), Column("Nombre", "right")], list(zip(labels.COMPARED, comparison.changes, strict=True)))
    columns = [Column("Fiches", width=4), Column("Avant", "right"), Column("Maintenant", "right"), Column("Écart", "right")]
    levels = _sides({label: (before.levels.get(level, 0), after.levels.get(level, 0)) for level, label in labels.LEVELS.items()})
    yield Table(columns, levels, "Par niveau")
    found = {entity: (before.entities.get(entity, 0), after.entities.get(entity, 0)) for entity in {**before.entities, **after.entities}}
    entities = _sides({info_of(entity, catalogue).label: pair for entity, pair in sorted(found.items())})
    yield Table(columns, entities, "Par catégorie")


def _sides(pairs: Mapping[str, tuple[int, int]]) -> list[list[str | int]]:
    return [[label, before, after, _difference(after - before)] for label, (before, after) in pairs.items()]


def _difference(change: int) -> str:
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{number(abs(change))}"


def _or_unknown(count: int | None) -> str | int:
    return "–" if count is None else count
