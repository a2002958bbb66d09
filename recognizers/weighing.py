"""What the rules found and what all words of a comment tell, weighed together: how likely the comment tells of each entity.

One logistic regression over a few signs (:data:`SIGNS`), learnt from authors whom the rules had not learnt from: only there can be seen how
far each kind of evidence is to be trusted. A rule that is sure is never outweighed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log
from operator import mul
from typing import NamedTuple

from recognizers.cues import CONTEXT_DIR

WEIGHTS_FILE = CONTEXT_DIR / "weighing_weights.toml"
SURE = 0.85
"""A rule of this score or more is never outweighed."""
STEPS = (0.65, 0.75, 0.85, 0.93)
BENDS = (-4.0, -2.0, 0.0, 2.0)
LOWEST = -4.0
"""Log-odds below which another entity is as good as not told."""
UNLIKELY = -3.0
"""Log-odds under which what all words tell is not weighed, unless a rule found something."""
MIDDLE, LONGEST = 4.5, 600
"""The logarithm of a usual length, and characters from which on a comment is as long as any."""
CANCELLED = ("unless", "unless_near", "unless_anywhere", "needs", "needs_anywhere", "too weak", "covered")
SIGNS = (
    "found", *(f"found {step}" for step in STEPS), "found twice", "found more", *CANCELLED,
    "told", *(f"told {bend}" for bend in BENDS), "found and told", "surely found and told",
    "not found, other found", "not found, other surely found", "not found, other told", "length", "found and length",
)  # fmt: skip
_SURELY = STEPS[2]


class Evidence(NamedTuple):
    """What the rules made of a comment for one entity: the best score of what they found, in (0, 1], 0 for nothing; of how many places;
    and why other places are no findings.
    """

    score: float = 0.0
    places: int = 0
    cancelled: frozenset[str] = frozenset()


NO_EVIDENCE = Evidence()


def signs_of(evidence: Evidence, told: float, other_score: float, other_told: float, length: int) -> tuple[float, ...]:
    """Return the numbers of :data:`SIGNS`.

    ``told`` are the log-odds that all words together give the entity, ``other_told`` the highest of another entity, ``other_score`` the
    best score of what was found of another; ``length`` is that of the comment in characters. Other entities count only against what no rule
    found: one comment may tell of several.
    """
    score, size = evidence.score, log(min(length, LONGEST) + 1) - MIDDLE
    found, surely = score > 0, score >= _SURELY
    return (
        found,
        *(score >= step for step in STEPS),
        evidence.places > 1,
        evidence.places > 2,
        *(fate in evidence.cancelled for fate in CANCELLED),
        told,
        *(max(told - bend, 0.0) for bend in BENDS),
        found * told,
        surely * told,
        not found and other_score > 0,
        not found and other_score >= _SURELY,
        (not found) * max(other_told, LOWEST),
        size,
        found * size,
    )


@dataclass(frozen=True, slots=True)
class Weighing:
    """Weights of the signs in their order, a bias for each entity, and two probabilities in (0, 1).

    From ``add`` on a comment tells of an entity of which the rules found nothing; under ``keep`` what they found, none of it sure, is
    outweighed.
    """

    weights: tuple[float, ...]
    biases: Mapping[str, float]
    add: float
    keep: float

    def likelihoods(
        self, entities: Sequence[str], told: Sequence[float], evidence: Mapping[str, Evidence], length: int
    ) -> dict[str, float]:
        """Return how likely a comment tells of those of ``entities`` that anything speaks for, in (0, 1).

        ``told`` are their log-odds from all words together. What no rule found is left out under ``UNLIKELY``.
        """
        scores = [evidence[entity].score if entity in evidence else 0.0 for entity in entities]
        likely = {}
        for at, entity in enumerate(entities):
            if scores[at] or told[at] >= UNLIKELY:
                signs = signs_of(evidence.get(entity, NO_EVIDENCE), told[at], _highest(scores, at, 0.0), _highest(told, at, LOWEST), length)
                likely[entity] = 1 / (1 + exp(-self.biases[entity] - sum(map(mul, self.weights, signs))))
        return likely


def _highest(values: Sequence[float], left_out: int, default: float) -> float:
    """Return the highest of ``values`` but one."""
    return max((*values[:left_out], *values[left_out + 1 :]), default=default)


@cache
def load_weighing() -> Weighing:
    """Return what ships with the package, read once."""
    data = tomllib.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    return Weighing(tuple(data["signs"][sign] for sign in SIGNS), data["entities"], data["add"], data["keep"])
