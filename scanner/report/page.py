"""Lay the figures of a scan out as one HTML page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.append_log import write_whole
from scanner.catalogue import Catalogue
from scanner.report import charts, figures

REPORT = "report.html"


def write_report(summary: Mapping[str, Any], catalogue: Catalogue, out: Path) -> Path:
    """Write ``report.html`` into ``out`` and return its path; raises :class:`OutputError` when it cannot be written."""
    path = out / REPORT
    write_whole(path, render(summary, catalogue).encode("utf-8", "replace"))
    path.chmod(0o644)
    return path


def render(summary: Mapping[str, Any], catalogue: Catalogue) -> str:
    """Return the page for ``summary`` (the content of ``summary.json``): no text of any comment is in it, nor in the page."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("scanner", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = charts.number
    environment.filters["percent"] = lambda share: f"{100 * share:.1f}\u202f%".replace(".", ",")
    environment.filters["day"] = lambda iso: "/".join(reversed(iso[:10].split("-")))
    rows = figures.entity_rows(summary, catalogue)
    series = figures.years_if_long(figures.months(summary))
    levels = [(level, figures.LEVEL_LABELS[level], summary["levels"][level]) for level in figures.LEVEL_LABELS]
    return environment.get_template("report.html.j2").render(
        summary=summary,
        rows=rows,
        sites=figures.sites(summary),
        fields=figures.fields(summary),
        months=series,
        level_labels=figures.LEVEL_LABELS,
        action_labels=figures.ACTION_LABELS,
        reason_labels=figures.REASON_LABELS,
        labels={name: info.label for name, info in catalogue.entities.items()},
        level_chart=charts.stacked_levels(levels, "Fiches par niveau de risque"),
        entity_chart=charts.horizontal_bars(figures.bars([(row.info.label, row.records) for row in rows]), "Fiches par catégorie"),
        site_chart=charts.horizontal_bars(figures.bars([(name, count) for name, _, count in figures.sites(summary)]), "Fiches par site"),
        month_chart=charts.columns(series, "Fiches avec constat, par date du commentaire"),
        grounds={ground.key: ground for row in rows for ground in row.grounds},
    )
