"""What becomes of the places where the words of rules stand: which are findings, and why the others are none."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from recognizers.matcher import Hit, strongest_first

MIN_SCORE = 0.5
"""A hit below this certainty is not reported."""

Fate = Literal["found", "unless", "unless_near", "unless_anywhere", "needs", "needs_anywhere", "too weak", "covered", "outweighed"]
"""What became of words that a rule knows: a finding; cancelled by a key of the rule; below ``MIN_SCORE``; covered by a stronger one; or
outweighed by what all words of the comment tell together."""


def fired(trials: Sequence[Hit]) -> list[Hit]:
    """Return those of ``trials`` that are certain enough to be findings."""
    return [hit for hit in trials if hit.verdict == "fired" and hit.score >= MIN_SCORE]


def resolve(hits: Sequence[Hit]) -> list[Hit]:
    """Make one hit of those that overlap.

    Overlapping hits of one entity become one that covers them all, with the rule and score of the strongest. A hit that lies inside a
    longer one of another entity stays only when it is the stronger or the graver: an insult never hides the origin that it names.
    """
    if len(hits) < 2:
        return list(hits)
    merged: list[Hit] = []
    by_entity: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_entity[hit.rule.entity].append(hit)
    for group in by_entity.values():
        group.sort(key=lambda h: (h.first, h.last))
        for hit in group:
            last = merged[-1] if merged and merged[-1].rule.entity == hit.rule.entity else None
            if last and hit.first < last.last:
                merged[-1] = replace(strongest_first((last, hit))[0], first=last.first, last=max(last.last, hit.last))
            else:
                merged.append(hit)
    runs: dict[str, list[Hit]] = defaultdict(list)
    for hit in merged:
        runs[hit.rule.entity].append(hit)  # sorted and disjoint
    return [hit for hit in merged if not any(_covered(hit, run) for entity, run in runs.items() if entity != hit.rule.entity)]


def _covered(hit: Hit, run: Sequence[Hit]) -> bool:
    """Tell whether ``hit`` lies inside a longer, no weaker and no less grave one of ``run``, sorted and disjoint hits of another entity."""
    at = bisect_right(run, hit.first, key=lambda other: other.first) - 1
    if at < 0:
        return False
    outer = run[at]
    if hit.last > outer.last or outer.last - outer.first <= hit.last - hit.first:
        return False
    return outer.score >= hit.score and outer.rule.severity >= hit.rule.severity


def fate_of(hit: Hit, kept: Sequence[Hit]) -> Fate:
    """Return what became of ``hit``, of which ``kept`` are what :func:`resolve` made of those that fired."""
    if hit.verdict != "fired":
        return hit.verdict
    if hit.score < MIN_SCORE:
        return "too weak"
    return "found" if any(is_part(hit, k) for k in kept) else "covered"


def is_part(hit: Hit, kept: Hit) -> bool:
    """Tell whether ``kept`` holds ``hit``."""
    return hit.rule is kept.rule and kept.first <= hit.first and hit.last <= kept.last
