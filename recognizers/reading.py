"""What the network read in a comment, place by place, and how far a remark goes by that."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from recognizers.document import STOPS, Document
from recognizers.reach import Range

if TYPE_CHECKING:
    from recognizers.network_weights import Floats

_TELLS, _TELLS_BESIDE = -2.5, -1.0
"""Log-odds from which a token belongs to a remark that nothing else tells of, and to one that a rule or that token has told of already."""
_TELLS_AGAIN, _LITTLE_LESS = 0.0, 1.5
"""Log-odds from which a token elsewhere is of a further remark, and how much less than the surest of all it may tell."""
_FAINTER = 2.5
"""How much less than the surest of a remark's own words a token beside them may tell of it: the whole comment speaks in each place."""
_MOST_BETWEEN = 3
"""Tokens between two that belong to a remark that may tell less of it."""
_LOWEST = -99.0
"""The log-odds of what no remark begins or ends with."""


class Reading(NamedTuple):
    """The log-odds of each of ``entities``: ``odds`` of the comment, ``places`` of each token (a row each)."""

    entities: tuple[str, ...]
    odds: tuple[float, ...]
    places: Floats

    def place(self, doc: Document, entity: str, bare: Collection[int], walls: Collection[int] = ()) -> Range:
        """Return the tokens [first, last) of ``doc`` that tell most of ``entity``: the one that does, and those around it.

        None of those around it that begins or ends what is returned is one of the tokens ``bare``, and none lies beyond one of ``walls``.
        """
        odds = self._odds_of(doc, entity)
        best = max(range(len(odds)), key=odds.__getitem__)
        return _wider(doc, _told(odds, _TELLS, bare), (best, best + 1), walls)

    def further(
        self, doc: Document, entity: str, taken: Iterable[Range], bare: Collection[int], walls: Collection[int] = ()
    ) -> Iterator[Range]:
        """Yield the tokens [first, last) of each remark that tells of ``entity`` about as surely as the surest of all its words do.

        None lies within ``_MOST_BETWEEN`` tokens of the ranges ``taken``, which :meth:`widened` may take there; ``bare`` and ``walls`` are
        those of :meth:`place`.
        """
        odds = self._odds_of(doc, entity)
        told, sure = _told(odds, _TELLS, bare), _told(odds, max(_TELLS_AGAIN, max(odds) - _LITTLE_LESS), bare)
        closed = {at for first, last in taken for at in range(first - _MOST_BETWEEN, last + _MOST_BETWEEN)}
        last = 0
        for at in range(len(odds)):
            if at >= last and sure[at] and at not in closed:
                first, last = _wider(doc, told, (at, at + 1), walls)
                if closed.isdisjoint(range(first, last)):
                    yield first, last

    def widened(
        self,
        doc: Document,
        entities: Sequence[str],
        ranges: Sequence[Range],
        barred: Sequence[Range],
        bare: Collection[int],
        walls: Collection[int] = (),
    ) -> list[Range]:
        """Return each of ``ranges``, tokens [first, last) that tell of one of ``entities``, with those around it that do so as well.

        None takes words of another, or what lies between the code points [start, end) of ``barred`` or beyond one of the tokens ``walls``,
        or begins or ends for one of the tokens ``bare``.
        """
        closed = {*walls, *(at for first, last in ranges for at in range(first, last))}
        for start, end in barred:
            closed.update(range(bisect_right(doc.ends, start), bisect_left(doc.starts, end)))
        wider = []
        for entity, own in zip(entities, ranges, strict=True):
            odds = self._odds_of(doc, entity)
            least = max(_TELLS_BESIDE, max(odds[slice(*own)]) - _FAINTER)
            taken = _wider(doc, _told(odds, least, bare), own, closed)
            closed.update(range(*taken))
            wider.append(taken)
        return wider

    def _odds_of(self, doc: Document, entity: str) -> list[float]:
        """Return what each token tells of ``entity``; stops tell nothing, and no token of an entity that was not learnt."""
        if entity not in self.entities:
            return [_LOWEST] * len(doc.tokens)
        column = self.places[:, self.entities.index(entity)].tolist()
        return [_LOWEST if token in STOPS else value for token, value in zip(doc.tokens, column, strict=True)]


def _told(odds: Sequence[float], least: float, bare: Collection[int]) -> list[bool]:
    """Tell of each token whether its odds are ``least`` or more and a remark may begin or end with it."""
    return [value >= least and at not in bare for at, value in enumerate(odds)]


def _wider(doc: Document, told: Sequence[bool], own: Range, closed: Collection[int]) -> Range:
    """Return ``own`` with the tokens beside it that are ``told``."""
    first, last = own
    while (before := _next(doc, told, first - 1, -1, closed)) is not None:
        first = before
    while (after := _next(doc, told, last, 1, closed)) is not None:
        last = after + 1
    return first, last


def _next(doc: Document, told: Sequence[bool], at: int, step: int, closed: Collection[int]) -> int | None:
    """Return the next token from ``at`` on, before any stop, that is ``told``, with at most ``_MOST_BETWEEN`` others before it."""
    for place in range(at, at + step * (_MOST_BETWEEN + 1), step):
        if not 0 <= place < len(told) or doc.tokens[place] in STOPS or place in closed:
            return None
        if told[place]:
            return place
    return None
