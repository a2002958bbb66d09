"""The delimiter and the line ending of a delimited text, found from its first rows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.columns import recognised_headers

# In the order of their frequency in French exports, with the share of rows that must agree with the first: commas abound in sentences.
_DELIMITERS = {";": 0.2, "\t": 0.2, "|": 0.2, ",": 0.6}
_QUOTED = re.compile(r'(?:(?<=[;\t|,\r\n])|^)"(?:[^"]++|"")*+"')
_SAMPLE_LINES = 2_000


@dataclass(frozen=True, slots=True)
class Dialect:
    """``delimiter`` is ``""`` for a single column. ``line_end`` (CR LF, LF or CR) ends rows; other line breaks are part of cells."""

    delimiter: str
    line_end: str


def detect_dialect(text: str, delimiter: str | None) -> Dialect:
    """Return the dialect of a file that begins with ``text``; ``delimiter`` is taken as given when not ``None``."""
    bare = _QUOTED.sub('""', text)
    best = (0, 0.0)
    chosen = Dialect(delimiter or "", _line_ends(bare)[0])
    for line_end in _line_ends(bare):
        lines = [line for line in bare.split(line_end)[:_SAMPLE_LINES] if line.strip()]
        for candidate in (delimiter,) if delimiter else _DELIMITERS:
            headers, agreeing = _evidence(lines, candidate)
            known = headers >= 2 or candidate == delimiter
            if (headers, agreeing) > best and (known or agreeing >= _DELIMITERS[candidate]):
                best, chosen = (headers, agreeing), Dialect(candidate, line_end)
    return chosen


def _line_ends(text: str) -> tuple[str, ...]:
    """Return the line endings that may end rows, the likeliest first."""
    first = re.search(r"\r\n|\n", text)
    if not first:
        return ("\r",) if "\r" in text else ("\n",)
    return ("\n",) if first.group() == "\n" else ("\r\n", "\n")


def _evidence(lines: list[str], delimiter: str) -> tuple[int, float]:
    """Return what speaks for ``delimiter``: header words that it parts in the first line, 0 for fewer than two, and the share of the
    other lines with as many delimiters (one more when trailing).
    """
    count = lines[0].count(delimiter) if lines else 0
    if not count:
        return 0, 0.0
    headers = recognised_headers(lines[0].split(delimiter))
    agreeing = sum(
        line.count(delimiter) == count or (line.endswith(delimiter) and line.count(delimiter) == count + 1)
        for line in (line.rstrip("\r") for line in lines[1:])
    )
    return (headers if headers >= 2 else 0), agreeing / max(len(lines) - 1, 1)
