"""Lay the figures of a scan out as one HTML page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.append_log import write_whole
from scanner.catalogue import Catalogue
from scanner.french import day, duration, number, percent, unbroken
from scanner.outputs import REPORT
from scanner.report import figures, labels


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
    environment.filters |= {"number": number, "percent": percent, "duration": duration, "day": day}
    rows = figures.entity_rows(summary, catalogue)
    sites = figures.groups(summary["site_findings"], labels.NO_SITE)
    page = environment.get_template("report.html.j2").render(
        summary={"rows_skipped": 0, **summary},
        database="comparison" in summary,
        comparison=figures.comparison(summary),
        levels=figures.levels(summary),
        reasons=figures.reasons(summary),
        not_scanned=figures.not_scanned(summary),
        rows=rows,
        entity_bars=figures.bars([(row.info.label, row.records) for row in rows]),
        assertion_bars=figures.bars(figures.qualities(summary["entity_assertion"], labels.ASSERTIONS)),
        subject_bars=figures.bars(figures.qualities(summary["entity_subject"], labels.SUBJECTS)),
        fields=figures.fields(summary),
        site_bars=figures.bars(sites[: figures.TOP_SITES]),
        sites_more=len(sites[figures.TOP_SITES :]),
        author_bars=figures.bars(figures.groups(summary["author_group_records"], labels.NO_AUTHOR_GROUP)),
        columns=figures.columns(summary),
        undated=figures.undated(summary),
        first_records=figures.first_records(summary, catalogue),
        actions=figures.actions(summary),
        grounds=list(dict.fromkeys(ground for row in rows for ground in row.grounds)),
    )
    return unbroken(page)
