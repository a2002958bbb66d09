"""Figures of a perimeter, for dashboards: from the tallies that each complete run leaves, and from the states of the review as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from scanner.accounts.perimeter import Perimeter
from scanner.review.cursors import read_cursor, write_cursor
from scanner.review.run_counts import LastRun, complete_runs, last_runs, source_counts
from scanner.review.tally import Scope, Tally, oldest_open, review_states
from scanner.scoring import LEVELS, Level


@dataclass(frozen=True, slots=True)
class Figure:
    """A count. Where small numbers are protected it is rounded down to a multiple of ``below``.

    ``below`` is 0 where the count is exact. ``few`` is true where the count lies between 1 and ``below - 1`` (``value`` is then 0): to be
    shown as "< 5".
    """

    value: int
    below: int = 0
    few: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """An entity, field (``source`` is then its table), purpose or site, with the findings that stand and the records that hold them."""

    name: str
    findings: Figure
    records: Figure
    source: str = ""


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """What the last run of a job read of one table. ``reasons`` counts rows that were not scanned by reason.

    In a limited perimeter the counts are those of the records of its sites, and ``rows_skipped`` is 0.
    """

    source: str
    rows_read: Figure
    rows_scanned: Figure
    rows_skipped: Figure
    rows_not_scanned: Figure
    complete: bool
    reasons: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class JobFigures:
    """The last run of a job (``status``: running, complete, interrupted, failed) and its tables; ``complete`` is when one last was."""

    job: str
    run_id: str
    number: int
    status: str
    started: str
    ended: str
    last_complete: str
    sources: tuple[SourceFigures, ...]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """What stood at the end of a complete run: records with findings, findings, and records by level."""

    job: str
    run_id: str
    ended: str
    records: Figure
    findings: Figure
    levels: Mapping[Level, Figure]


@dataclass(frozen=True, slots=True)
class Progress:
    """The review as it stands now. ``oldest_open`` is since when (UTC, ISO) the oldest open record has been so, ``""`` for none."""

    open: Figure
    proposed: Figure
    decided: Figure
    corrected: Figure
    oldest_open: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Figures of the last complete run of each job, but for ``progress``, which is of now. ``as_of`` is when the newest of them ended."""

    as_of: str
    jobs: tuple[JobFigures, ...]
    records_read: Figure
    records_with_findings: Figure
    findings: Figure
    levels: Mapping[Level, Figure]
    entities: tuple[Bar, ...]
    fields: tuple[Bar, ...]
    purposes: tuple[Bar, ...]
    sites: int
    trend: tuple[TrendPoint, ...]
    progress: Progress


@dataclass(frozen=True, slots=True)
class SitePage:
    """Sites, those with most findings first. ``next`` is the cursor of the page after, ``""`` at the end; ``total`` counts the sites."""

    rows: tuple[Bar, ...]
    next: str
    total: int


def dashboard(
    connection: Connection, perimeter: Perimeter, *, job: str = "", site: str = "", runs: int = 12, hide_below: int = 0
) -> Dashboard:
    """Return the figures of ``perimeter``, of one ``job`` or ``site`` where given, with the trend over the last ``runs`` complete runs.

    ``hide_below`` protects small numbers (:meth:`scanner.review_rules.ReviewRules.hidden_below` says for whom): a count of 1 in a building
    of eight flats points at a person. Records without a site lie in no limited perimeter. A record counts once for each of its entities,
    fields and purposes, so that the bars of records may add up to more than there are.
    """
    scope = Scope(perimeter, site, job, last_runs(connection, job))
    tally = Tally(connection, scope)

    def figure(value: int) -> Figure:
        return shown(value, hide_below)

    by_level = tally.records_by_level([run.complete_id for run in scope.runs if run.complete_id])
    with_findings = {level: count for level, count in by_level.items() if level != "none"}
    entities = tally.bars("entity")
    return Dashboard(
        as_of=max((run.last_complete for run in scope.runs), default=""),
        jobs=tuple(_job(connection, tally, run, figure) for run in scope.runs),
        records_read=figure(sum(by_level.values())),
        records_with_findings=figure(sum(with_findings.values())),
        findings=figure(sum(findings for *_, findings in entities)),
        levels={level: figure(with_findings.get(level, 0)) for level in LEVELS if level != "none"},
        entities=_bars(entities, figure),
        fields=_bars(tally.bars("field"), figure),
        purposes=_bars(tally.bars("purpose"), figure),
        sites=tally.sites(),
        trend=tuple(_points(tally, complete_runs(connection, scope.runs, runs), figure)),
        progress=_progress(connection, scope, figure),
    )


def site_page(
    connection: Connection, perimeter: Perimeter, *, job: str = "", after: str = "", limit: int = 50, hide_below: int = 0
) -> SitePage:
    """Return the sites of ``perimeter`` with their findings, and those without any that were read.

    Raises :class:`InputError` on a cursor that is none.
    """
    tally = Tally(connection, Scope(perimeter, "", job, last_runs(connection, job)))
    rows, total = tally.site_rows(read_cursor(after, int, str) if after else None, limit + 1)
    more = write_cursor(rows[limit - 1].findings, rows[limit - 1].site) if len(rows) > limit else ""
    bars = [Bar(row.site, shown(row.findings, hide_below), shown(row.records, hide_below)) for row in rows[:limit]]
    return SitePage(tuple(bars), more, total)


def shown(value: int, hide_below: int) -> Figure:
    """Return ``value`` as it is shown to whom counts below ``hide_below`` are hidden from, 0: nobody.

    Every count is rounded down, not the small ones only: else a total and its other parts would tell them.
    """
    if not hide_below:
        return Figure(value)
    return Figure(value // hide_below * hide_below, hide_below, few=0 < value < hide_below)


def _bars(rows: Sequence[tuple[str, str, int, int]], figure: Callable[[int], Figure]) -> tuple[Bar, ...]:
    return tuple(Bar(name, figure(findings), figure(records), source) for name, source, records, findings in rows)


def _job(connection: Connection, tally: Tally, run: LastRun, figure: Callable[[int], Figure]) -> JobFigures:
    sources = [
        SourceFigures(
            source=item.source,
            rows_read=figure(item.read),
            rows_scanned=figure(item.scanned),
            rows_skipped=figure(item.skipped),
            rows_not_scanned=figure(item.not_scanned),
            complete=item.complete,
            reasons={name: figure(count) for name, count in item.reasons.items()},
        )
        for item in (source_counts(connection, run) if tally.scope.everything else tally.source_counts(run))
    ]
    return JobFigures(run.job, run.id, run.number, run.status, run.started, run.ended, run.last_complete, tuple(sources))


def _points(tally: Tally, complete: Sequence[LastRun], figure: Callable[[int], Figure]) -> Iterator[TrendPoint]:
    levels, findings = tally.levels_by_run([run.id for run in complete]), tally.findings_by_run([run.id for run in complete])
    for run in complete:
        of_run: dict[Level, int] = {level: levels.get((run.id, level), 0) for level in LEVELS if level != "none"}
        counts: dict[Level, Figure] = {level: figure(count) for level, count in of_run.items()}
        yield TrendPoint(run.job, run.id, run.ended, figure(sum(of_run.values())), figure(findings.get(run.id, 0)), counts)


def _progress(connection: Connection, scope: Scope, figure: Callable[[int], Figure]) -> Progress:
    states = review_states(connection, scope)
    counts = {name: figure(states.get(name, 0)) for name in ("open", "proposed", "decided", "corrected")}
    return Progress(**counts, oldest_open=oldest_open(connection, scope))
