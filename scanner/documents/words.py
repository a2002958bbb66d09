"""What documents say of themselves, and charts in words, for those who do not see them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from scanner.documents.blocks import Bars, Levels, Periods, Rates
from scanner.documents.texts import line
from scanner.french import number, percent


@cache
def said() -> Mapping[str, str]:
    """Return the words that every document may need, typeset, by their keys."""
    text = resources.files("scanner").joinpath("data/documents.toml").read_text(encoding="utf-8")
    return {key: line(words) for key, words in tomllib.loads(text).items()}


def interval(low: float, high: float) -> str:
    """Return a confidence interval between two shares in words."""
    return said()["interval"].format(low=percent(low), high=percent(high))


def in_words(chart: Bars | Levels | Periods | Rates) -> str:
    """Return all that ``chart`` tells as one sentence."""
    told = " ; ".join(_facts(chart)) or said()["nothing"]
    return line(f"{chart.caption} : {told}." if chart.caption else f"{told}.")


def _facts(chart: Bars | Levels | Periods | Rates) -> Iterable[str]:
    match chart:
        case Bars():
            return (f"{label}, {number(count)}" for label, count in chart.bars)
        case Levels():
            return (f"{label}, {number(count)}" for _, label, count in chart.parts)
        case Periods():
            return (f"{period.name}, {number(period.count)}" for period in chart.periods)
        case Rates():
            return (f"{label}, {percent(rate)} ({interval(low, high)})" for label, low, rate, high in chart.rates)
