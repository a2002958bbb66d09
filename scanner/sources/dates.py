"""Dates as exports write them, to ISO."""

from __future__ import annotations

import datetime
import re
import unicodedata
from functools import cache, lru_cache

from scanner.data_files import data_toml

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4}|\d{6})?(?!\d)")
_NAMED_MONTH = re.compile(r"(\d{1,2})(?:er)?[-/. ]+([^\W\d_]{3,9})\.?[-/. ]+(\d{4}|\d{2})(?!\d)")


@cache
def _months() -> dict[str, int]:
    months: dict[str, int] = data_toml("columns.toml")["months"]
    return months


@lru_cache(maxsize=8192)
def parse_date(text: str) -> str:
    """Return the date at the start of ``text`` as ``YYYY-MM-DD``, ``""`` when there is none; a time after it is ignored.

    Read: JJ/MM/AAAA and JJ/MM/AA (also with ``-`` and ``.``), AAAA-MM-JJ, AAAAMMJJ, DD-MON-RR with French or English months. Two-digit
    years follow Oracle's RR: 00 to 49 are 20xx, 50 to 99 are 19xx.

    >>> parse_date("03/02/2024 14:05"), parse_date("20240203"), parse_date("03-FÉV-24"), parse_date("31/02/2024")
    ('2024-02-03', '2024-02-03', '2024-02-03', '')
    """
    text = text.strip()
    if match := _YEAR_FIRST.match(text) or _COMPACT.match(text):
        year, month, day = match.groups()
        return _iso(year, int(month), day)
    if match := _DAY_FIRST.match(text):
        day, month, year = match.groups()
        return _iso(year, int(month), day)
    if match := _NAMED_MONTH.match(text):
        day, month, year = match.groups()
        return _iso(year, _month_number(month), day)
    return ""


def _month_number(name: str) -> int:
    """Return 1 to 12, or 0, which no calendar knows, when ``name`` is no month."""
    folded = "".join(char for char in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(char))
    return next((number for stem, number in _months().items() if folded.startswith(stem)), 0)


def _iso(year: str, month: int, day: str) -> str:
    full_year = int(year)
    if len(year) == 2:
        full_year += 2000 if full_year < 50 else 1900
    try:
        return datetime.date(full_year, month, int(day)).isoformat()
    except ValueError:
        return ""
