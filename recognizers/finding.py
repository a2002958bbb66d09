"""The result of a detection: where, what, how sure, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

Assertion = Literal["affirmed", "negated", "hypothetical", "past", "reported"]
Subject = Literal["tenant", "relative", "third_party", "staff", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One sensitive remark in one text.

    ``start`` and ``end`` are Unicode code-point offsets into the text as it was given, end exclusive. ``core`` are those of the words that
    betray the remark, where it reaches further than they do ("est suivie pour un cancer"); everything else is told of these words.
    ``score`` is the certainty in [0, 1]. ``rule`` names what fired (``HEALTH.cancer``). ``cues`` names what spoke for or
    against ("person", "negation:pas"): words of the cue lists only, never free words of the comment. ``term`` is what of the
    lexicon led to the finding, never free words of the comment ("cas social", "alcooli*"); empty for identifiers.
    """

    entity: str
    start: int
    end: int
    score: float
    rule: str
    assertion: Assertion = "affirmed"
    subject: Subject = "unknown"
    cues: tuple[str, ...] = ()
    term: str = ""
    core: tuple[int, int] | None = None

    @property
    def words(self) -> tuple[int, int]:
        """Where the words stand that betray it, as offsets [start, end)."""
        return self.core or (self.start, self.end)

    def moved(self, place: Callable[[int, int], tuple[int, int]]) -> Finding:
        """Return the finding in a text in which ``place(start, end)`` tells where a slice of this text stands."""
        start, end = place(self.start, self.end)
        return replace(self, start=start, end=end, core=place(*self.core) if self.core else None)
