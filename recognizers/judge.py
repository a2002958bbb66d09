"""The last word on what the rules found: all words of the comment together may speak against it, or tell of what no rule knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recognizers.document import Document
from recognizers.fates import fate_of
from recognizers.learned import Learned
from recognizers.lexicon import LEARNED, Lexicon, learned_rule
from recognizers.matcher import Hit
from recognizers.weighing import SURE, Evidence, Weighing, load_weighing


class Judge:
    """Weigh what rules found for the entities of ``lexicons`` with what was ``learned``."""

    def __init__(self, lexicons: Sequence[Lexicon], learned: Learned, weighing: Weighing | None = None) -> None:
        self.learned = learned
        self.weighing = weighing or load_weighing()
        self._rules = {lexicon.entity: learned_rule(lexicon) for lexicon in lexicons}

    def judged(
        self, doc: Document, trials: Sequence[Hit], ruled: Sequence[Hit], told: Sequence[float] | None = None
    ) -> tuple[Sequence[Hit], list[Hit]]:
        """Return what stays of ``ruled``, and what else ``doc`` tells.

        ``trials`` are all places where the words of rules stand, ``ruled`` the findings that were made of them; ``told`` is what
        :meth:`Learned.told` returns, where it is known.
        """
        told = self.learned.told(doc) if told is None else told
        if not told:
            return ruled, []
        evidence = evidence_of(trials, ruled)
        likely = self.weighing.likelihoods(self.learned.table.entities, told, evidence, len(doc.text))
        found = {hit.rule.entity for hit in ruled}
        outweighed = {entity for entity in found if likely.get(entity, 1.0) < self.weighing.keep and evidence[entity].score < SURE}
        added = [entity for entity, likelihood in likely.items() if likelihood >= self.weighing.add and entity not in found]
        kept = [hit for hit in ruled if hit.rule.entity not in outweighed] if outweighed else ruled
        return kept, [self._hit(doc, entity, likely[entity]) for entity in added if entity in self._rules]

    def _hit(self, doc: Document, entity: str, likelihood: float) -> Hit:
        return Hit(self._rules[entity], *self.learned.place(doc, entity), likelihood, "", cues=(LEARNED,))


def evidence_of(trials: Sequence[Hit], ruled: Sequence[Hit]) -> Mapping[str, Evidence]:
    """Return what ``trials``, of which ``ruled`` were made, say of each entity that they name."""
    scores: dict[str, float] = {}
    places: dict[str, int] = {}
    cancelled: dict[str, set[str]] = {}
    for hit in trials:
        entity, fate = hit.rule.entity, fate_of(hit, ruled)
        if fate == "found":
            scores[entity] = max(scores.get(entity, 0.0), hit.score)
            places[entity] = places.get(entity, 0) + 1
        else:
            cancelled.setdefault(entity, set()).add(fate)
    entities = {hit.rule.entity for hit in trials}
    return {entity: Evidence(scores.get(entity, 0.0), places.get(entity, 0), frozenset(cancelled.get(entity, ()))) for entity in entities}
