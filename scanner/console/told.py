"""What a page tells of something that was asked of several records or proposals: how many were done, which were refused, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.review.outcome import Outcome
from scanner.review.words import words


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that was refused: its name and why, in French; ``path`` is where it can be seen, ``""`` where it cannot."""

    name: str
    reason: str
    path: str


@dataclass(frozen=True, slots=True)
class Told:
    """What came of ``action``, a label in French: names of what was done and of what waits for a second person, and what was refused."""

    action: str
    done: tuple[str, ...]
    proposed: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()


def told_of_records(action: str, outcome: Outcome, names: Mapping[int, str], query: str = "") -> Told:
    """Return what to tell of ``outcome``; ``names`` are those of the records that the viewer may know of."""
    refused = [
        Refused(names.get(record_id, ""), reason_for(key), record_path(record_id, query) if record_id in names else "")
        for record_id, key in outcome.refused.items()
    ]
    done, proposed = (tuple(names[record_id] for record_id in ids) for ids in (outcome.done, outcome.proposed))
    return Told(action, done, proposed, tuple(refused))


def reason_for(key: str) -> str:
    """Return why something was refused, in French."""
    return words("refusals").get(key, key)


def record_path(record_id: int, query: str = "") -> str:
    """Return the address of a record's page, with the queue that it belongs to."""
    return f"/console/records/{record_id}{query}"


def told_path(record_id: int, query: str, told: str, *, of: int) -> str:
    """Return the address of a record's page that tells what came of the decision on the record ``of``: ``told`` is done or proposed."""
    return f"{record_path(record_id, query)}{'&' if query else '?'}told={told}&of={of}"
