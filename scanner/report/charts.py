"""Charts as inline SVG: no script, no font, no network; each has a title and a description for screen readers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from scanner.report.figures import Bar

INK = "#1d2b3a"
SOFT = "#d5dde6"
ACCENT = "#7a1f3d"
LEVEL_COLOURS = {"critical": "#5c0f2b", "high": "#a5343f", "medium": "#d98a3d", "low": "#e8cf8a", "none": "#c9d6d0"}


def number(value: int) -> str:
    """Return ``value`` as French typography writes it: narrow no-break spaces between thousands."""
    return f"{value:,}".replace(",", "\u202f")


def horizontal_bars(rows: Sequence[Bar], title: str, colour: str = ACCENT, label_width: int = 250) -> str:
    """Return a bar chart, one row per bar."""
    height, width = 26, 760
    room = width - label_width - 80
    parts = [_open(width, height * len(rows) + 6, title)]
    for at, bar in enumerate(rows):
        y = at * height + 4
        length = max(2.0, bar.share * room) if bar.count else 0.0
        parts.append(f'<text x="{label_width - 10}" y="{y + 14}" text-anchor="end">{escape(bar.label)}</text>')
        parts.append(f'<rect x="{label_width}" y="{y}" width="{length:.1f}" height="18" rx="2" fill="{colour}"/>')
        parts.append(f'<text x="{label_width + length + 8:.1f}" y="{y + 14}" class="n">{number(bar.count)}</text>')
    return "".join(parts) + "</svg>"


def stacked_levels(levels: Sequence[tuple[str, str, int]], title: str) -> str:
    """Return one bar split by level: key, label and count of each."""
    total = sum(count for *_, count in levels)
    width = 760
    parts = [_open(width, 74, title)]
    x = 0.0
    for key, _, count in levels:
        part = width * count / total if total else 0.0
        parts.append(f'<rect x="{x:.1f}" y="0" width="{part:.1f}" height="30" fill="{LEVEL_COLOURS[key]}"/>')
        x += part
    step = width / max(1, len(levels))
    for at, (key, label, count) in enumerate(levels):
        parts.append(f'<rect x="{at * step:.0f}" y="46" width="12" height="12" fill="{LEVEL_COLOURS[key]}"/>')
        parts.append(f'<text x="{at * step + 18:.0f}" y="56">{escape(label)} {number(count)}</text>')
    return "".join(parts) + "</svg>"


def columns(series: Sequence[tuple[str, int, int]], title: str) -> str:
    """Return a column chart: for each period, its name, the records read (pale) and those with findings (dark), each on its own scale."""
    width, height, floor = 760, 190, 150
    highest = max((found for _, _, found in series), default=0) or 1
    step = width / max(1, len(series))
    parts = [_open(width, height, title)]
    every = max(1, -(-len(series) // 12))
    for at, (name, read, found) in enumerate(series):
        x = at * step
        tall = floor * found / highest
        share = f"{100 * found / read:.1f} %".replace(".", ",") if read else "–"
        parts.append(f'<rect x="{x + step * 0.12:.1f}" y="{floor - tall:.1f}" width="{step * 0.76:.1f}" height="{tall:.1f}" fill="{ACCENT}">')
        parts.append(f"<title>{escape(name)} : {number(found)} fiches sur {number(read)} ({share})</title></rect>")
        if at % every == 0:
            parts.append(f'<text x="{x + step / 2:.1f}" y="{floor + 18}" text-anchor="middle" class="n">{escape(name)}</text>')
    parts.append(f'<line x1="0" y1="{floor}" x2="{width}" y2="{floor}" stroke="{INK}"/>')
    parts.append(f'<text x="0" y="12" class="n">{number(highest)} fiches au plus par période</text>')
    return "".join(parts) + "</svg>"


def _open(width: int, height: int, title: str) -> str:
    return f'<svg viewBox="0 0 {width} {height}" role="img" xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>'
