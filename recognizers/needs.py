"""Which words every match of a pattern holds, and how far apart they stand: what lets a pattern be passed over without trying it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import product
from math import prod
from operator import or_
from typing import NamedTuple

from recognizers.choice import Choice
from recognizers.frequency import BEGINNING, END
from recognizers.nodes import NUMBERS, PAUSE, AnyWord, Beginning, Chain, End, Gap, Maybe, Node, Number, Word
from recognizers.word_set import WordSet, union

_MAX_COMBINATIONS = 24


class Distance(NamedTuple):
    """A number of words between ``least`` and ``most``. Pauses count as words only at the upper end."""

    least: int = 0
    most: int = 0

    def __or__(self, other: Distance) -> Distance:
        return Distance(min(self.least, other.least), max(self.most, other.most))


NOTHING = Distance()
ONE = Distance(1, 1)


class Need(NamedTuple):
    """A word that every match holds: one of ``words``. ``distance`` counts from the need before it, for the first from the beginning."""

    words: WordSet
    distance: Distance = NOTHING


@dataclass(frozen=True, slots=True)
class Needs:
    """Words that a match holds, from left to right; ``rest`` is what follows the last of them."""

    chain: tuple[Need, ...] = ()
    rest: Distance = NOTHING

    @property
    def length(self) -> Distance:
        """How many words a match spans."""
        return total((*(need.distance for need in self.chain), self.rest, ONE if self.chain else NOTHING))

    @property
    def is_word(self) -> bool:
        """Tell whether a match is a single word."""
        return len(self.chain) == 1 and self.rest == self.chain[0].distance == NOTHING

    @property
    def rarest(self) -> int:
        """Index in ``chain``, which must not be empty, of the need that the fewest comments meet."""
        return min(range(len(self.chain)), key=lambda at: self.chain[at].words.frequency)

    def only(self, start: int, stop: int) -> Needs:
        """Return the needs of ``chain[start:stop]``, which must not be empty."""
        before, kept, after = self.chain[: start + 1], self.chain[start + 1 : stop], self.chain[stop:]
        first = Need(before[-1].words, total(need.distance for need in before))
        return Needs((first, *kept), total((*(need.distance for need in after), self.rest)))


def total(distances: Iterable[Distance]) -> Distance:
    """Return the sum of ``distances``."""
    return reduce(_sum, distances, NOTHING)


@cache
def _sum(one: Distance, other: Distance) -> Distance:
    return Distance(one.least + other.least, one.most + other.most)


def branches_of(node: Node) -> tuple[Needs, ...]:
    """Return what matches of ``node`` need: every match meets one of the branches."""
    if isinstance(node, Word):
        return (Needs(rest=Distance(0, 1)),) if node.set == PAUSE else (Needs((Need(node.set),)),)
    if isinstance(node, Number):
        return (Needs((Need(NUMBERS),)),)
    if isinstance(node, AnyWord):
        return (Needs(rest=ONE),)
    if isinstance(node, Gap):
        return (Needs(rest=Distance(0, node.size)),)
    if isinstance(node, Beginning | End):
        return (Needs((Need(WordSet(frozenset({BEGINNING if isinstance(node, Beginning) else END}))),)),)
    if isinstance(node, Maybe):
        return (Needs(rest=NOTHING | _longest(branches_of(node.node))),)
    if isinstance(node, Choice):
        return _any_of([branches_of(part) for part in node.nodes])
    if isinstance(node, Chain):
        return _all_of([branches_of(part) for part in node.nodes])
    return (Needs(),)


def _longest(branches: Iterable[Needs]) -> Distance:
    """Return how many words a match of any of ``branches`` spans."""
    return reduce(or_, (branch.length for branch in branches))


def _any_of(parts: Sequence[Sequence[Needs]]) -> tuple[Needs, ...]:
    """Return the branches of a choice between ``parts``, each given by its own branches; single words become one branch."""
    branches = [branch for part in parts for branch in part]
    words = [branch.chain[0].words for branch in branches if branch.is_word]
    return (*([Needs((Need(union(words)),))] if words else []), *(branch for branch in branches if not branch.is_word))


def _all_of(parts: Sequence[Sequence[Needs]]) -> tuple[Needs, ...]:
    """Return the branches of ``parts`` that follow each other, each given by its own branches: every combination, if they are not many."""
    choices = [tuple(part) for part in parts]
    while prod(map(len, choices)) > _MAX_COMBINATIONS:
        most = max(range(len(choices)), key=lambda at: len(choices[at]))
        choices[most] = (_shared(choices[most]),)
    return tuple(map(_joined, product(*choices)))


def _joined(parts: Iterable[Needs]) -> Needs:
    """Return the needs of parts that follow each other."""
    chain: list[Need] = []
    since = NOTHING
    for part in parts:
        if part.chain:
            first, *others = part.chain
            chain += [Need(first.words, total((since, ONE if chain else NOTHING, first.distance))), *others]
            since = NOTHING
        since = _sum(since, part.rest)
    return Needs(tuple(chain), since)


def _shared(parts: Sequence[Needs]) -> Needs:
    """Return what all of ``parts`` need: one of the rarest words of each, and of what stands before and after those."""
    if not all(part.chain for part in parts):
        return Needs(rest=_longest(parts))
    rarest = [part.rarest for part in parts]
    before = min(rarest)
    after = min(len(part.chain) - at for part, at in zip(parts, rarest, strict=True))
    aligned = [part.only(at - before, at + after) for part, at in zip(parts, rarest, strict=True)]
    chains = zip(*(part.chain for part in aligned), strict=True)
    chain = tuple(Need(union(need.words for need in needs), reduce(or_, (need.distance for need in needs))) for needs in chains)
    return Needs(chain, reduce(or_, (part.rest for part in aligned)))
