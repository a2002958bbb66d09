"""By what a finding is set aside: a decision that it is a false alarm (``d12``), or an entry of the allow-list (``a3f2b…``)."""

from __future__ import annotations

from typing import Literal

Dismissal = Literal["", "false_alarm", "allowed"]


def by_decision(decision_id: int) -> str:
    """Return what findings that the decision sets aside are marked with."""
    return f"d{decision_id}"


def by_entry(entry_id: str) -> str:
    """Return what findings that the entry of the allow-list sets aside are marked with."""
    return f"a{entry_id}"


def kind_of(dismissed: str | None) -> Dismissal:
    """Return by what kind of thing a finding is set aside, ``""`` when it stands."""
    if not dismissed:
        return ""
    return "false_alarm" if dismissed.startswith("d") else "allowed"


def entry_of(dismissed: str | None) -> str:
    """Return the id of the entry of the allow-list by which a finding is set aside, ``""`` when it is by none."""
    return dismissed[1:] if dismissed and dismissed.startswith("a") else ""
