"""Numbers, dates and spaces as French typography writes them."""

from __future__ import annotations

import datetime
import re

_MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")


def unbroken(text: str) -> str:
    """Return ``text`` with no-break spaces where French typography wants a space that no line may end on: « oui » : non ; 4 ?"""
    return re.sub(r"(?<=«) | (?=[:;?!»])", "\u00a0", text)


def typeset(text: str) -> str:
    """Return ``text``, which a data file or a policy holds as keyboards write it, with the apostrophes and spaces of French typography."""
    return unbroken(re.sub(r"(?<=\w)'(?=\w)", "’", text))


def number(value: int) -> str:
    """Return ``value`` as French typography writes it: narrow no-break spaces between thousands."""
    return f"{value:,}".replace(",", "\u202f")


def counted(count: int, one: str, many: str = "") -> str:
    """Return ``count`` with its noun: "0 fiche", "1 fiche", "2 fiches"; ``many`` where the plural is not made with an s."""
    return f"{number(count)}\u00a0{agreed(count, one, many)}"


def agreed(count: int, one: str, many: str = "") -> str:
    """Return the noun of :func:`counted` without the number."""
    return (many or one + "s") if count > 1 else one


def uncapitalised(text: str) -> str:
    """Return ``text``, a label, as it is written within a sentence."""
    return text[0].lower() + text[1:]


def percent(share: float) -> str:
    """Return a share in [0, 1] with one decimal, as French typography writes it."""
    return f"{100 * share:.1f}\u202f%".replace(".", ",")


def duration(seconds: float) -> str:
    """Return a duration in seconds with one decimal, as French typography writes it."""
    return f"{seconds:.1f}\u00a0s".replace(".", ",")


def day(iso: str) -> str:
    """Return the day of an ISO date or time as JJ/MM/AAAA."""
    return "/".join(reversed(iso[:10].split("-")))


def long_day(date: datetime.date) -> str:
    """Return ``date`` in words: « 2 novembre 2026 », « 1er novembre 2026 »."""
    return f"{'1er' if date.day == 1 else date.day} {_MONTHS[date.month - 1]} {date.year}"
