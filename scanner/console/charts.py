"""Charts as numbers ready to draw: shares of bars and columns. Templates draw them as SVG, with a table that says the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scanner.report import labels
from scanner.review.counts import Bar, Figure, TrendPoint
from scanner.scoring import Level

RISKY: tuple[Level, ...] = ("critical", "high", "medium", "low")
"""The levels that a record with findings can have, the highest first."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar or column: its style, its label in French, its count, and where it begins and how long it is in percent."""

    key: str
    label: str
    figure: Figure
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class BarRow:
    """What one bar of a chart stands for and the count that it shows; ``length`` is in percent of the longest."""

    bar: Bar
    figure: Figure
    length: float


@dataclass(frozen=True, slots=True)
class Column:
    """A complete run: its parts by level, from the bottom; ``start`` is the distance from the top in percent of the chart's height."""

    point: TrendPoint
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """The complete runs of one job, oldest first; ``top`` is the count that the chart's height stands for."""

    job: str
    top: int
    columns: tuple[Column, ...]


def stacked(counts: Iterable[tuple[str, str, Figure]]) -> tuple[Part, ...]:
    """Return ``(key, label, count)`` as the parts of one bar that is 100 percent long."""
    counts = tuple(counts)
    return _parts(counts, sum(figure.value for _, _, figure in counts))


def levels_bar(levels: Mapping[Level, Figure]) -> tuple[Part, ...]:
    """Return the records of each level as the parts of one bar."""
    return stacked((level, labels.LEVELS[level], levels[level]) for level in RISKY if level in levels)


def record_rows(bars: Iterable[Bar]) -> list[BarRow]:
    """Return bars of records, the longest first; what is told of small numbers orders them too, not what is hidden."""
    return _rows(sorted(((bar, bar.records) for bar in bars), key=lambda pair: (-pair[1].value, not pair[1].few, pair[0].name)))


def finding_rows(bars: Iterable[Bar]) -> list[BarRow]:
    """Return bars of findings, in the order given."""
    return _rows([(bar, bar.findings) for bar in bars])


def _rows(counted: Sequence[tuple[Bar, Figure]]) -> list[BarRow]:
    longest = max((figure.value for _, figure in counted), default=0)
    return [BarRow(bar, figure, _percent(figure.value, longest)) for bar, figure in counted]


def trends(points: Iterable[TrendPoint]) -> list[Trend]:
    """Return a chart for each job, in the order of their names: jobs are not added up, since their runs do not end together."""
    by_job: dict[str, list[TrendPoint]] = {}
    for point in sorted(points, key=lambda point: (point.job, point.ended)):
        by_job.setdefault(point.job, []).append(point)
    return [_trend(job, runs) for job, runs in by_job.items()]


def _trend(job: str, points: Sequence[TrendPoint]) -> Trend:
    top = _round_up(max(_height(point) for point in points))
    return Trend(job, top, tuple(Column(point, _from_bottom(point, top)) for point in points))


def _height(point: TrendPoint) -> int:
    return sum(point.levels[level].value for level in RISKY if level in point.levels)


def _from_bottom(point: TrendPoint, top: int) -> tuple[Part, ...]:
    parts = _parts([(level, labels.LEVELS[level], point.levels[level]) for level in RISKY if level in point.levels], top)
    return tuple(Part(part.key, part.label, part.figure, 100 - part.start - part.length, part.length) for part in parts)


def _parts(counts: Sequence[tuple[str, str, Figure]], whole: int) -> tuple[Part, ...]:
    parts = []
    done = 0
    for key, label, figure in counts:
        parts.append(Part(key, label, figure, _percent(done, whole), _percent(figure.value, whole)))
        done += figure.value
    return tuple(parts)


def _percent(value: int, whole: int) -> float:
    return round(100 * value / whole, 2) if whole else 0.0


def _round_up(value: int) -> int:
    """Return the next number that reads well on an axis: 1, 2, 4, 5 or 8 times a power of ten; at least 4."""
    power = 1
    while True:
        for step in (1, 2, 4, 5, 8):
            if step * power >= max(value, 4):
                return step * power
        power *= 10
