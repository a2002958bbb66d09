"""What the rules found and what all words of a comment tell, weighed together: how likely the comment tells of each entity.

One logistic regression over a few signs (:data:`SIGNS`), some of which weigh differently for each entity (:data:`OWN`), learnt from authors
whom the rules had not learnt from: only there can be seen how far each kind of evidence is to be trusted.
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
STEPS = (0.65, 0.75, 0.85, 0.93)
BENDS = (-4.0, -2.0, 0.0, 2.0)
UNLIKELY = -3.0
"""Log-odds under which what all words tell and what is read are not weighed, unless a rule found something."""
FAINT = -4.0
"""Log-odds under which what all words and the network tell of an entity says no more against what a rule found: rules know words of
which nothing was learnt."""
DARKEST = -6.0
"""Log-odds below which what both, all words and the network, tell is as good as nothing."""
MIDDLE, LONGEST = 4.5, 600
"""The logarithm of a usual length, and characters from which on a comment is as long as any."""
CANCELLED = ("unless", "unless_near", "unless_anywhere", "needs", "needs_anywhere", "too weak", "covered")
MORE = ("found", *(f"found {step}" for step in STEPS), "found twice", "found more")
"""The signs of how surely and how often rules found something."""
SIGNS = (
    *MORE, *CANCELLED,
    "told", *(f"told {bend}" for bend in BENDS), "found and told",
    "read", *(f"read {bend}" for bend in BENDS), "found and read", "told and read",
    "length", "found and length",
)  # fmt: skip
OWN = ("found", f"found {STEPS[2]}", "told", "read", "length")
"""The signs that each entity has weights of its own for: some rules are better than others, and so is what was learnt."""


class Evidence(NamedTuple):
    """What the rules made of a comment for one entity: the best score of what they found, in (0, 1], 0 for nothing; of how many places;
    and why other places are no findings.
    """

    score: float = 0.0
    places: int = 0
    cancelled: frozenset[str] = frozenset()


NO_EVIDENCE = Evidence()


def signs_of(evidence: Evidence, told: float, read: float, length: int) -> tuple[float, ...]:
    """Return the numbers of :data:`SIGNS`.

    ``told`` are the log-odds that all words together give the entity, ``read`` those that the network gives it; ``length`` is that of the
    comment in characters. What is found of other entities does not count: one comment may tell of several.
    """
    score, size = evidence.score, log(min(length, LONGEST) + 1) - MIDDLE
    found = score > 0
    return (
        found,
        *(score >= step for step in STEPS),
        evidence.places > 1,
        evidence.places > 2,
        *(fate in evidence.cancelled for fate in CANCELLED),
        *_bent(told, found),
        *_bent(read, found),
        max(min(told, read), DARKEST),
        size,
        found * size,
    )


def _bent(odds: float, found: bool) -> tuple[float, ...]:
    return (odds, *(max(odds - bend, 0.0) for bend in BENDS), found * odds)


@dataclass(frozen=True, slots=True)
class Weighing:
    """For each entity the weights of the signs in their order, and a bias; and two probabilities in (0, 1).

    From ``add`` on a comment tells of an entity of which the rules found nothing; under ``keep`` what they found is outweighed.
    """

    weights: Mapping[str, tuple[float, ...]]
    biases: Mapping[str, float]
    add: float
    keep: float

    def likelihoods(
        self, entities: Sequence[str], told: Sequence[float], read: Sequence[float], evidence: Mapping[str, Evidence], length: int
    ) -> dict[str, float]:
        """Return how likely a comment tells of those of ``entities`` that anything speaks for, in (0, 1).

        ``told`` are their log-odds from all words together, ``read`` those from the network. What no rule found is left out where both are
        under ``UNLIKELY``.
        """
        likely = {}
        for entity, by_words, by_network in zip(entities, told, read, strict=True):
            own = evidence.get(entity, NO_EVIDENCE)
            if own.score or max(by_words, by_network) >= UNLIKELY:
                if own.score:
                    by_words, by_network = max(by_words, FAINT), max(by_network, FAINT)
                signs = signs_of(own, by_words, by_network, length)
                likely[entity] = 1 / (1 + exp(-self.biases[entity] - sum(map(mul, self.weights[entity], signs))))
        return likely


@cache
def load_weighing() -> Weighing:
    """Return what ships with the package, read once."""
    data = tomllib.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    entities = data["entities"]
    shared = {sign: [weight] * len(entities) for sign, weight in data["signs"].items()}
    signs = shared | data["own"]
    return Weighing(
        weights=dict(zip(entities, zip(*(signs[sign] for sign in SIGNS), strict=True), strict=True)),
        biases=dict(zip(entities, data["biases"], strict=True)),
        add=data["add"],
        keep=data["keep"],
    )
