"""How pages of the console print numbers, dates, levels and the names of things."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from scanner.french import day, number, percent, typeset
from scanner.policy import PURPOSES
from scanner.report import labels
from scanner.review.counts import Figure
from scanner.review.words import Group, words


def moment(iso: str) -> str:
    """Return a time of the store (UTC, ISO) as JJ/MM/AAAA HH:MM in the time zone of the service."""
    return datetime.datetime.fromisoformat(iso).astimezone().strftime("%d/%m/%Y\u00a0%H:%M")


def lasted(started: str, ended: str) -> str:
    """Return how long something took between two times of the store: "moins d’une minute", "4 min", "2 h 05"."""
    seconds = (datetime.datetime.fromisoformat(ended) - datetime.datetime.fromisoformat(started)).total_seconds()
    hours, minutes = divmod(int(max(seconds, 0)) // 60, 60)
    if hours:
        return f"{hours}\u00a0h\u00a0{minutes:02}"
    return f"{minutes}\u00a0min" if minutes else "moins d’une minute"


def figure(count: Figure) -> str:
    """Return a count as far as it may be told: "12", or where small numbers are protected "moins de 5" and "10 à 14"."""
    if count.few:
        return f"moins de {count.below}"
    return f"{number(count.value)} à {number(count.value + count.below - 1)}" if count.below and count.value else number(count.value)


def certainty(score: float) -> str:
    """Return a certainty in [0, 1] as a whole percentage, as French typography writes it."""
    return f"{round(100 * score)}\u202f%"


def level_label(level: str) -> str:
    """Return what people call a level of risk."""
    return labels.LEVELS.get(level, level)


def purpose_label(purpose: str) -> str:
    """Return what people call the purpose of a field."""
    return PURPOSES.get(purpose, labels.UNDECLARED)


def action_label(action: str) -> str:
    """Return what people call what the policy makes of a finding."""
    return labels.TREATMENTS[action]


def review_word(key: str, group: Group) -> str:
    """Return what people call a state, decision, proposal or refusal of the review."""
    return words(group).get(key, key)


def plural(count: int, one: str, many: str = "") -> str:
    """Return ``count`` with the word for it: "1 fiche", "0 fiche", "2 fiches"; ``many`` where the plural is not made with an s."""
    return f"{number(count)}\u00a0{(many or one + 's') if count > 1 else one}"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "number": number,
    "percent": percent,
    "figure": figure,
    "certainty": certainty,
    "typeset": typeset,
    "day": day,
    "moment": moment,
    "lasted": lasted,
    "level_label": level_label,
    "entity_label": labels.entity_label,
    "purpose_label": purpose_label,
    "plural": plural,
    "reason_label": labels.reason,
    "review_word": review_word,
    "action_label": action_label,
}
