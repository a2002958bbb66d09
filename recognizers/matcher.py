"""Find where the rules of the lexicons fire in one document, and why the others do not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from recognizers.document import Document
from recognizers.lexicon import Rule
from recognizers.pattern import Compiled

Verdict = Literal["fired", "unless", "unless_near", "needs"]

CAPITALS_FACTOR = 0.6
"""What is left of the score of an acronym in a comment that is all capitals, with no person cue near."""

_UNLESS_REACH = 8
_PERSON_REACH = 6


@cache
def _regex(source: str) -> re.Pattern[str]:
    """Compile on first use: most rules never fire in one run, and compiling them all would cost the start-up time."""
    return re.compile("(?<= )" + source)


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
    """The rules of several lexicons, indexed by their anchors."""

    def __init__(self, rules: Iterable[Rule], person: str) -> None:
        self._person = person
        self._entries: list[tuple[Rule, Compiled]] = [(rule, pattern) for rule in rules for pattern in rule.patterns]
        by_word: dict[str, list[int]] = defaultdict(list)
        by_prefix: dict[str, list[int]] = defaultdict(list)
        for index, (_, pattern) in enumerate(self._entries):
            for word in pattern.words:
                by_word[word].append(index)
            for prefix in pattern.prefixes:
                by_prefix[prefix].append(index)
        self._by_word, self._by_prefix = dict(by_word), dict(by_prefix)
        self._prefix_lengths = sorted({len(prefix) for prefix in by_prefix})
        self._memo: dict[str, tuple[tuple[int, str], ...]] = {}

    def anchors(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return every anchor: whole words, and beginnings of words."""
        return frozenset(self._by_word), frozenset(self._by_prefix)

    def hits(self, doc: Document) -> list[Hit]:
        """Return every hit that fired in ``doc``; hits may overlap."""
        return [hit for hit in self.trials(doc) if hit.verdict == "fired"]

    def trials(self, doc: Document) -> Iterator[Hit]:
        """Yield every place where the words of a rule stand in ``doc``, whether the rule's cues let it fire or not."""
        seen: set[tuple[int, int, int]] = set()
        present = frozenset(doc.tokens)
        for at, token in enumerate(doc.tokens):
            for index, term in self._entries_for(token):
                rule, pattern = self._entries[index]
                if pattern.also and pattern.also.isdisjoint(present):
                    continue
                for first, last in _spans(doc, at, pattern):
                    if (index, first, last) not in seen:
                        seen.add((index, first, last))
                        words = " ".join(doc.tokens[first:last]) if pattern.literal else term
                        yield self._judge(doc, rule, pattern, Hit(rule, first, last, rule.score, words))

    def _entries_for(self, token: str) -> tuple[tuple[int, str], ...]:
        """Return the patterns that ``token`` may anchor, each with the anchor as the lexicon writes it."""
        known = self._memo.get(token)
        if known is None:
            found = dict.fromkeys(self._by_word.get(token, ()), token)
            for length in self._prefix_lengths:
                if length > len(token):
                    break
                for index in self._by_prefix.get(token[:length], ()):
                    found.setdefault(index, token[:length] + "*")
            known = tuple(found.items())
            if len(self._memo) < 100_000:
                self._memo[token] = known
        return known

    def _judge(self, doc: Document, rule: Rule, pattern: Compiled, hit: Hit) -> Hit:
        first, last, score = hit.first, hit.last, hit.score
        verdict: Verdict = "fired"
        cues: tuple[str, ...] = ()
        if rule.unless and _overlaps(doc, rule.unless, first, last):
            verdict = "unless"
        elif rule.unless_near and near(doc, rule.unless_near, first, last, rule.window):
            verdict = "unless_near"
        elif rule.needs and not near(doc, rule.needs, first, last, rule.window):
            verdict = "needs"
        elif pattern.acronyms and doc.all_caps and not near(doc, self._person, first, last, _PERSON_REACH):
            score *= CAPITALS_FACTOR
            cues = ("capitals",)
        elif not rule.needs:
            return hit
        else:
            cues = ("needs",)
        return Hit(rule, first, last, score, hit.term, verdict, cues)


def _spans(doc: Document, at: int, pattern: Compiled) -> Iterator[tuple[int, int]]:
    """Yield the token ranges where ``pattern`` matches around its anchor at token ``at``."""
    reach = pattern.length
    lo, hi = doc.canon_range(max(0, at - reach + 1), min(len(doc.tokens), at + reach))
    for match in _regex(pattern.regex).finditer(doc.canon, lo, hi):
        first = doc.token_at(match.start())
        last = doc.token_at(match.end() - 1) + 1
        if not pattern.acronyms or all(doc.written_in_capitals(i) for i in range(first, last) if doc.tokens[i] in pattern.acronyms):
            yield first, last


def _overlaps(doc: Document, cue: str, first: int, last: int) -> bool:
    lo, hi = doc.canon_range(*doc.sentence_window(first, last, _UNLESS_REACH))
    begin, end = doc.canon_range(first, last)
    return any(m.start() < end - 1 and begin + 1 < m.end() for m in _regex(cue).finditer(doc.canon, lo, hi))


def near(doc: Document, cue: str, first: int, last: int, window: int) -> bool:
    """Tell whether ``cue`` matches within ``window`` words before or after tokens [first, last), in their sentence."""
    lo, hi = doc.sentence_window(first, last, window)
    search = _regex(cue).search
    return (lo < first and search(doc.canon, *doc.canon_range(lo, first)) is not None) or (
        last < hi and search(doc.canon, *doc.canon_range(last, hi)) is not None
    )


def strongest_first(hits: Iterable[Hit]) -> list[Hit]:
    """Sort hits by score, then by length, then by position."""
    return sorted(hits, key=lambda h: (-h.score, h.first - h.last, h.first, h.rule.id))
