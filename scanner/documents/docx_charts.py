"""Charts as WordprocessingML: tables whose bars are written with blocks, so that they can be edited and are read aloud."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from scanner.documents.docx_parts import Element, cell, paragraph, row, run, table
from scanner.documents.docx_styles import ACCENT, BLANK, TABLE, WIDTH
from scanner.documents.plain import Plain

STEPS = 30
"""Blocks that the longest bar is made of."""
NOTHING = "FFFFFF"
UPRIGHT = 6
"""Columns of a matrix up to which their titles are written across."""
LEVELS = {"critical": "5C0F2B", "high": "A5343F", "medium": "D98A3D", "low": "E8CF8A", "none": "DBE5E0", "unsettled": "8793A0"}
PALE = "CBA9B6"
"""What lies between the ends of an interval."""

BarPart = tuple[float, float, str]
"""Where it begins and ends, in [0, 1], and its colour."""


def _bars(block: Plain) -> Element:
    return _drawn([(label, count, [(0, share, ACCENT)]) for label, count, share in block["bars"]])


def _levels(block: Plain) -> Element:
    return _drawn([(label, count, [(0, share, LEVELS[key])]) for key, label, count, share in block["parts"]])


def _periods(block: Plain) -> Element:
    return _drawn([(name, count, [(0, share, ACCENT)]) for name, _, count, share in block["periods"]])


def _rates(block: Plain) -> Element:
    scale = block["scale"]
    return _drawn(
        [
            (label, f"{rate} ({interval})", [(start / scale, middle / scale, PALE), (middle / scale, end / scale, ACCENT)])
            for label, rate, interval, start, middle, end in block["rates"]
        ]
    )


def _drawn(bars: Sequence[tuple[str, str, Sequence[BarPart]]]) -> Element:
    """Return a table of label, bar and figure."""
    widths = [round(share * WIDTH) for share in (0.3, 0.39, 0.31)]
    rows = [
        row(
            [
                cell([paragraph([run(label)], "VigieCell", "right")], widths[0]),
                cell([paragraph([_piece(*piece) for piece in _steps(parts)], "VigieCell")], widths[1]),
                cell([paragraph([run(value)], "VigieCell")], widths[2]),
            ]
        )
        for label, value, parts in bars
    ]
    return table(widths, rows, style=BLANK, heading=False, fixed=True)


def _piece(long: int, color: str) -> Element:
    return run("█" * long, font="Arial", color=color, sz=16)


def _steps(parts: Sequence[BarPart]) -> list[tuple[int, str]]:
    """Return the pieces of a bar, in steps, with their colour, white where nothing is. A part above 0 has one step at least."""
    pieces: list[tuple[int, str]] = []
    at = 0
    for start, end, color in parts:
        first = max(at, min(round(start * STEPS), STEPS - 1))
        last = min(max(round(end * STEPS), first + (end > start)), STEPS)
        pieces += [(long, fill) for long, fill in ((first - at, NOTHING), (last - first, color)) if long > 0]
        at = max(first, last)
    return pieces


def _matrix(block: Plain) -> Element:
    titles = block["columns"]
    upwards = len(titles) > UPRIGHT
    name_width = round(0.28 * WIDTH)
    width = (WIDTH - name_width) // max(len(titles), 1)
    heading = [
        cell([paragraph([run(title, "strong")], "VigieCell", "left" if upwards else "center")], width, upwards=upwards) for title in titles
    ]
    rows = [
        row([cell([paragraph([run(name)], "VigieCell")], name_width), *(_count(counted, width) for counted in counts)])
        for name, counts in block["rows"]
    ]
    height = 120 + 150 * max(map(len, titles)) if upwards else 0
    first = row([cell([], name_width), *heading], heading=True, height=height)
    return table([name_width, *([width] * len(titles))], [first, *rows], style=TABLE, fixed=True)


def _count(counted: Sequence[str], width: int) -> Element:
    count, ground, color = counted
    return cell([paragraph([run(count, color=color[1:])], "VigieCell", "center")], width, fill=ground[1:])


CHARTS: Mapping[str, Callable[[Plain], Element]] = {
    "bars": _bars,
    "levels": _levels,
    "periods": _periods,
    "rates": _rates,
    "matrix": _matrix,
}
"""What draws each kind of chart."""
