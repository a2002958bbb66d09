"""Find where the rules of the lexicons fire in one document, and why the others do not."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from recognizers.choice import Choice
from recognizers.document import Document
from recognizers.index import Index, Rows
from recognizers.lexicon import Rule
from recognizers.pattern import Compiled

Verdict = Literal["fired", "unless", "unless_near", "unless_anywhere", "needs", "needs_anywhere"]

CAPITALS_FACTOR = 0.6
"""What is left of the score of an acronym in a comment that is all capitals, with no person cue near."""

_UNLESS_REACH = 8
_PERSON_REACH = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule whose words stand at tokens [first, last) of a document.

    ``verdict`` is ``"fired"``, or the key of the rule that cancelled it. ``term`` is what of the lexicon led there, its
    whole words where the pattern has no open part, else one of them (``"alcooli*"``); ``cues`` names what spoke for or against.
    """

    rule: Rule
    first: int
    last: int
    score: float
    term: str
    verdict: Verdict = "fired"
    cues: tuple[str, ...] = ()


class Matcher:
    """The rules of several lexicons, with the index of their patterns."""

    def __init__(self, rules: Sequence[Rule], index: Index, person: Choice) -> None:
        self.index = index
        self._person = person
        self._rules = rules
        self._firsts = list(accumulate((len(rule.patterns) for rule in rules), initial=0))

    def trials(self, doc: Document, rows: Rows | None = None) -> Iterator[Hit]:
        """Yield every place where the words of a rule stand in ``doc``, whether the rule's cues let it fire or not."""
        elsewhere = _Elsewhere(doc)
        for rule, pattern, first, last in self.matches(doc, rows):
            yield self._judge(doc, elsewhere, pattern, Hit(rule, first, last, rule.score, pattern.term(doc.tokens[first:last])))

    def matches(self, doc: Document, rows: Rows | None = None) -> Iterator[tuple[Rule, Compiled, int, int]]:
        """Yield every pattern, in their order, with its rule and the tokens [first, last) of ``doc`` that it matches, without overlaps."""
        rows = self.index.rows(doc.tokens) if rows is None else rows
        for number, starts in sorted(self.index.beginnings(doc.tokens, rows).items()):
            at = bisect_right(self._firsts, number) - 1
            rule, pattern = self._rules[at], self._rules[at].patterns[number - self._firsts[at]]
            for first, last in _spans(doc, pattern, sorted(starts)):
                yield rule, pattern, first, last

    def _judge(self, doc: Document, elsewhere: _Elsewhere, pattern: Compiled, hit: Hit) -> Hit:
        rule, first, last, score = hit.rule, hit.first, hit.last, hit.score
        verdict: Verdict = "fired"
        cues: tuple[str, ...] = ()
        if (cue := rule.cue("unless")) and _overlaps(doc, cue, first, last):
            verdict = "unless"
        elif (cue := rule.cue("unless_near")) and near(doc, cue, first, last, rule.window):
            verdict = "unless_near"
        elif (cue := rule.cue("unless_anywhere")) and elsewhere.holds(cue, first, last):
            verdict = "unless_anywhere"
        elif (cue := rule.cue("needs")) and not near(doc, cue, first, last, rule.window):
            verdict = "needs"
        elif (cue := rule.cue("needs_anywhere")) and not elsewhere.holds(cue, first, last):
            verdict = "needs_anywhere"
        elif pattern.acronyms and doc.all_caps and not near(doc, self._person, first, last, _PERSON_REACH):
            score *= CAPITALS_FACTOR
            cues = ("capitals",)
        elif not ("needs" in rule.cue_keys or "needs_anywhere" in rule.cue_keys):
            return hit
        else:
            cues = ("needs",)
        return Hit(rule, first, last, score, hit.term, verdict, cues)


class _Elsewhere:
    """Where cues stand in a comment: each is looked for once, however many hits ask."""

    def __init__(self, doc: Document) -> None:
        self._tokens = doc.tokens
        self._edges: dict[int, tuple[int, int]] = {}

    def holds(self, cue: Choice, first: int, last: int) -> bool:
        """Tell whether ``cue`` matches in any sentence, outside tokens [first, last)."""
        edges = self._edges.get(id(cue))
        if edges is None:
            found = list(cue.matches(self._tokens, 0, len(self._tokens)))
            edges = self._edges[id(cue)] = (found[0][1], found[-1][0]) if found else (len(self._tokens) + 1, -1)
        end_of_first, beginning_of_last = edges
        return end_of_first <= first or beginning_of_last >= last


def _spans(doc: Document, pattern: Compiled, starts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the token ranges that ``pattern`` matches from ``starts``, which ascend, without overlaps."""
    tokens = doc.tokens
    free = 0
    for first in starts:
        if first >= free and (last := pattern.node.end(tokens, first, len(tokens))) >= 0:
            free = last
            if not pattern.acronyms or all(doc.written_in_capitals(i) for i in range(first, last) if tokens[i] in pattern.acronyms):
                yield first, last


def _overlaps(doc: Document, cue: Choice, first: int, last: int) -> bool:
    lo, hi = doc.sentence_window(first, last, _UNLESS_REACH)
    return any(begin < last and first < end for begin, end in cue.matches(doc.tokens, lo, hi))


def near(doc: Document, cue: Choice, first: int, last: int, window: int) -> bool:
    """Tell whether ``cue`` matches within ``window`` words before or after tokens [first, last), in their sentence."""
    lo, hi = doc.sentence_window(first, last, window)
    return any(any(cue.matches(doc.tokens, *side)) for side in ((lo, first), (last, hi)))


def strongest_first(hits: Iterable[Hit]) -> list[Hit]:
    """Sort hits by score, then by length, then by position."""
    return sorted(hits, key=lambda h: (-h.score, h.first - h.last, h.first, h.rule.id))
