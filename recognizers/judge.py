"""The last word on what the rules found: all words of the comment together may speak against it, or tell of what no rule knows.

Where a rule found something, or the words as a bag (:mod:`recognizers.learned`) may tell of something, the network reads them in their
order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from recognizers.document import Document
from recognizers.fates import fate_of
from recognizers.learned import MOST_WORDS, Learned
from recognizers.lexicon import LEARNED, Lexicon, learned_rule
from recognizers.matcher import Hit
from recognizers.reach import Range, load_reach
from recognizers.weighing import Evidence, Weighing, load_weighing

if TYPE_CHECKING:
    from recognizers.network import Network
    from recognizers.reading import Reading


WORTH_READING = -1.5
"""Log-odds, by all words, of its likeliest entity under which a comment in which no rule found anything is not read by the network."""

SURE_OF_ITSELF = 0.8
"""Score from which on what a rule found that is certain, or by a word that the network has never met, cannot be outweighed."""
_SHORT = 3
"""Letters up to which a word says little by itself."""
_MOST_TOKENS = 2 * MOST_WORDS
"""Words and stops of a comment from which on it is not read: nothing but stops says nothing, and memory is bounded."""


class Case(NamedTuple):
    """A comment to judge: ``trials`` are all places where the words of rules stand, ``ruled`` the findings that were made of them; ``told``
    is what :meth:`Learned.told` returns, ``None`` where that is not known.
    """

    doc: Document
    trials: Sequence[Hit]
    ruled: Sequence[Hit]
    told: Sequence[float] | None


class Judged(NamedTuple):
    """What is found in a comment: what was ``kept`` of what the rules found, what else is ``told``; and how it was read, if it was."""

    kept: Sequence[Hit]
    told: Sequence[Hit] = ()
    reading: Reading | None = None

    @property
    def hits(self) -> list[Hit]:
        """All that is found."""
        return [*self.kept, *self.told]


class Judge:
    """Weigh what rules found for the entities of ``lexicons`` with what was ``learned`` and what the ``network`` reads.

    The network and the weighing are those that ship with the package, the first loaded when it is first needed, unless others are given.
    """

    def __init__(
        self, lexicons: Sequence[Lexicon], learned: Learned, network: Network | None = None, weighing: Weighing | None = None
    ) -> None:
        self.learned = learned
        self._network = network
        self._weighing = weighing or load_weighing()
        self._rules = {lexicon.entity: learned_rule(lexicon) for lexicon in lexicons}

    def judged(self, cases: Sequence[Case]) -> list[Judged]:
        """Return for each of ``cases`` what stays of what rules found, what else it tells, and how it was read."""
        known = [self.learned.told(case.doc) if case.told is None else case.told for case in cases]
        read = [at for at, (case, told) in enumerate(zip(cases, known, strict=True)) if _worth_reading(case, told)]
        judged = [Judged(case.ruled) for case in cases]
        if read:
            for at, reading in zip(read, self._reader().read_many([cases[at].doc for at in read]), strict=True):
                judged[at] = self._weighed(cases[at], known[at], reading)
        return judged

    def _weighed(self, case: Case, told: Sequence[float], reading: Reading) -> Judged:
        doc, trials, ruled, _ = case
        evidence = evidence_of(trials, ruled)
        likely = self._weighing.likelihoods(self.learned.table.entities, told, reading.odds, evidence, len(doc.text))
        found = {hit.rule.entity for hit in ruled}
        outweighed = {entity for entity in found if likely.get(entity, 1.0) < self._weighing.keep}
        kept = [hit for hit in ruled if hit.rule.entity not in outweighed or self._beyond(doc, hit)] if outweighed else ruled
        added = [entity for entity, likelihood in likely.items() if likelihood >= self._weighing.add and entity not in found]
        return Judged(kept, self._told(case, kept, [entity for entity in added if entity in self._rules], likely, reading), reading)

    def _told(self, case: Case, kept: Sequence[Hit], added: Sequence[str], likely: Mapping[str, float], reading: Reading) -> Sequence[Hit]:
        """Return what is told beside what is ``kept`` of the rules' findings: of each entity ``added``, and once more of any found."""
        if not (kept or added):
            return ()
        doc, reach = case.doc, load_reach()
        bare, walls = reach.bare(doc), reach.walls(doc)

        def hit_at(entity: str, place: Range) -> Hit:
            return Hit(self._rules[entity], *place, max(likely[entity], self._weighing.add), "", cues=(LEARNED,))

        told = [hit_at(entity, reading.place(doc, entity, bare, walls)) for entity in added]
        told = [hit for hit in told if not _settled(hit, kept, case.trials)]
        for entity in dict.fromkeys(hit.rule.entity for hit in (*kept, *told)):
            taken = [(hit.first, hit.last) for hit in (*kept, *told)]
            further = [hit_at(entity, place) for place in reading.further(doc, entity, taken, bare, walls)]
            told += [hit for hit in further if not _settled(hit, kept, case.trials)]
        return told

    def _beyond(self, doc: Document, hit: Hit) -> bool:
        """Tell whether ``hit`` is of a rule that is certain, or hangs on a word of which nothing was learnt: a rare medicine, say."""
        if hit.score < SURE_OF_ITSELF:
            return False
        return hit.rule.certain or not all(map(self._reader().knows, _telling_words(doc, hit)))

    def _reader(self) -> Network:
        if self._network is None:
            from recognizers.network import load_network  # numpy comes with it

            self._network = load_network()
        return self._network


def _worth_reading(case: Case, told: Sequence[float]) -> bool:
    return bool(told) and (bool(case.ruled) or max(told) >= WORTH_READING) and len(case.doc.tokens) <= _MOST_TOKENS


def _telling_words(doc: Document, hit: Hit) -> Iterator[str]:
    """Yield the words of ``doc`` that led the rule of ``hit`` there, but short ones."""
    words = hit.term.split()
    prefixes = tuple(word[:-1] for word in words if word.endswith("*"))
    for token in doc.tokens[hit.first : hit.last]:
        if len(token) > _SHORT and (token in words or (prefixes and token.startswith(prefixes))):
            yield token


def _settled(hit: Hit, kept: Sequence[Hit], trials: Sequence[Hit]) -> bool:
    """Tell whether rules have the last word on what is told at ``hit``: they found something there, or an ``unless`` of its entity did."""
    exempt = (trial for trial in trials if trial.verdict == "unless" and trial.rule.entity == hit.rule.entity)
    return any(own.first < hit.last and hit.first < own.last for own in (*kept, *exempt))


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
