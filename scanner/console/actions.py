"""What people can ask for in the review, from ``data/review_pages.toml``, and how it is carried out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from scanner.accounts import Viewer
from scanner.console.reviewing import ReviewTools
from scanner.data_files import data_text
from scanner.french import unbroken
from scanner.review.outcome import Outcome
from scanner.review.words import Decision
from scanner.review_rules import ReviewRules


@dataclass(frozen=True, slots=True)
class Action:
    """An action: its label and what it does, in French, its shortcut (``""``: none) and whether a part of a record can be its object.

    ``confirmed`` tells that a second person must confirm it.
    """

    name: str
    label: str
    note: str
    does: Decision | Literal["neutral", "undo", "hold", "free"]
    parts: bool = False
    key: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a record that a decision is about: a field, an entity, one finding by its id; all empty: the whole record."""

    field: str = ""
    entity: str = ""
    finding: int = 0


@cache
def review_words() -> Mapping[str, Mapping[str, Any]]:
    """Return what the pages of the review say, with the no-break spaces of French typography."""
    return tomllib.loads(unbroken(data_text("review_pages.toml")))


@cache
def _actions() -> Mapping[str, Action]:
    return {name: Action(name, **entry) for name, entry in review_words()["actions"].items()}


def actions(rules: ReviewRules, *names: str) -> list[Action]:
    """Return the actions ``names`` as the policy's ``rules`` treat them."""
    found = (_actions()[name] for name in names)
    return [replace(action, confirmed=("redact" if action.does == "neutral" else action.does) in rules.confirm) for action in found]


def action_named(name: str) -> Action | None:
    """Return the action that a form asks for, ``None`` when there is none of that name."""
    return _actions().get(name)


def carry_out(review: ReviewTools, viewer: Viewer, action: Action, shown: Mapping[int, str], why: str, part: Part | None = None) -> Outcome:
    """Do ``action`` with the records ``shown``, or with ``part`` of them. Raises what :class:`scanner.review.desk.ReviewDesk` raises."""
    desk, part = review.desk, part or Part()
    match action.does:
        case "neutral":
            return desk.neutral(viewer, shown, why=why)
        case "undo":
            return desk.undo(viewer, shown, why=why)
        case "hold":
            return desk.hold(viewer, shown, why=why)
        case "free":
            return desk.free(viewer, shown, why=why)
    return desk.decide(viewer, shown, action.does, why=why, field=part.field, entity=part.entity, finding=part.finding)


def read_part(value: str) -> Part | None:
    """Return the part that a form names: ``""``, ``field:NAME``, ``entity:NAME`` or ``finding:ID``; ``None`` when it is none of these."""
    kind, _, name = value.partition(":")
    if not value:
        return Part()
    if kind == "finding" and name.isascii() and name.isdigit() and len(name) < 19:
        return Part(finding=int(name))
    if kind == "field" and name:
        return Part(field=name)
    if kind == "entity" and name:
        return Part(entity=name)
    return None
