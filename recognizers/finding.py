"""The result of a detection: where, what, how sure, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Assertion = Literal["affirmed", "negated", "hypothetical", "past", "reported"]
Subject = Literal["tenant", "relative", "third_party", "staff", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One sensitive remark in one text.

    ``start`` and ``end`` are Unicode code-point offsets into the text as it was given, end exclusive.
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
