"""The first page: what was scanned and what was not, what stands, where, and what waits for somebody."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from scanner.accounts.viewer import Viewer
from scanner.console import charts
from scanner.console.access import Signed, needs
from scanner.console.rendering import render
from scanner.console.stores import Opened
from scanner.console.wordings import wordings
from scanner.review.counts import Figure, dashboard, site_page
from scanner.review.words import words
from scanner.service.state import ServiceState, Shared

router = APIRouter(dependencies=[needs("counts")])

TREND_RUNS = 12
NAMED_BARS = 20
SITES_A_PAGE = 20
_REVIEW = ("open", "proposed", "decided", "corrected")


@router.get("/")
def first_page(request: Request, viewer: Signed, shared: Shared, store: Opened, job: str = "", site: str = "", sites: str = "") -> Response:
    """Show the figures of the viewer's perimeter, of one ``job`` or ``site`` where asked; ``sites`` is the cursor of the list of sites."""
    hide_below = _hidden_below(viewer, shared)
    with store.connect() as connection:
        figures = dashboard(connection, viewer.perimeter, job=job, site=site, runs=TREND_RUNS, hide_below=hide_below)
        page = site_page(connection, viewer.perimeter, job=job, after=sites, limit=SITES_A_PAGE, hide_below=hide_below)
    return render(
        request,
        "dashboard",
        viewer,
        figures=figures,
        job=job,
        site=site,
        first_of_sites=not sites,
        site_page=page,
        site_rows=charts.finding_rows(page.rows),
        levels=charts.levels_bar(figures.levels),
        review=charts.stacked((state, words("states")[state], getattr(figures.progress, state)) for state in _REVIEW),
        entities=charts.record_rows(figures.entities),
        fields=charts.record_rows(figures.fields)[:NAMED_BARS],
        purposes=charts.record_rows(figures.purposes),
        trends=charts.trends(figures.trend),
        unknown=not figures.jobs or bool(site and not _any(figures.records_read)),
        not_scanned=any(not source.complete or _any(source.rows_not_scanned) for entry in figures.jobs for source in entry.sources),
        unfinished=any(entry.status != "complete" for entry in figures.jobs),
        statuses=wordings()["statuses"],
        hide_below=hide_below,
    )


def _hidden_below(viewer: Viewer, shared: ServiceState) -> int:
    return shared.policy.review.hidden_below(viewer.may("records"))


def _any(figure: Figure) -> bool:
    """Tell whether there is something to count, however little may be told of it."""
    return figure.few or figure.value > 0
