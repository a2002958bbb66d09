"""From a text to its findings: the one path that Presidio, batch, command line and service share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from recognizers.assertion import assertion_of
from recognizers.collector import collector_paused
from recognizers.document import Document
from recognizers.fates import Fate, fate_of, fired, is_part, resolve
from recognizers.finding import Finding
from recognizers.identifiers import find_identifiers
from recognizers.judge import Case, Judge, Judged
from recognizers.learned import load_learned
from recognizers.lexicon import Lexicon
from recognizers.matcher import Hit, Matcher
from recognizers.reach import Range, load_reach
from recognizers.rulepack import load_rulepack, pack
from recognizers.slices import SLICE, slices
from recognizers.subject import subject_of
from recognizers.suspicion import UNSCREENED, Suspicion

if TYPE_CHECKING:
    from recognizers.screens import Screens

IDENTIFIERS = ("NIR", "IBAN_CODE", "CREDIT_CARD", "PHONE_NUMBER", "EMAIL_ADDRESS", "ACCESS_CODE", "PERSON")
_MANY = 16
"""From so many texts on the screens are worth their start."""


@dataclass(frozen=True, slots=True)
class Considered:
    """Words that a rule knows, as the finding they are or would be, and what became of them.

    The ``words`` of the finding are those that the rule knows; one that was found reaches as far as :meth:`Detector.find` says.
    """

    finding: Finding
    fate: Fate


class Detector:
    """Find sensitive remarks in French comments, with the lexicons given (all that ship with the package by default).

    Without ``reach`` a finding is no more than the words that betray it; without ``learned`` only rules find remarks. ``True``
    stands for the weights that ship with the package.
    """

    def __init__(
        self,
        lexicons: Sequence[Lexicon] | None = None,
        *,
        identifiers: bool = True,
        reach: bool = True,
        learned: bool | Judge = True,
    ) -> None:
        rulepack = load_rulepack() if lexicons is None else pack(tuple(lexicons))
        self.lexicons = rulepack.lexicons
        self.identifiers = identifiers
        self.reach = reach
        self._judge = Judge(self.lexicons, load_learned()) if learned is True else learned or None
        self._matcher = Matcher(rulepack.rules, rulepack.index, rulepack.person)
        self._screens: Screens | None = None

    @property
    def entities(self) -> tuple[str, ...]:
        """Every entity that this detector can find."""
        return tuple(lexicon.entity for lexicon in self.lexicons) + (IDENTIFIERS if self.identifiers else ())

    def find(self, text: str, names: Sequence[str] = ()) -> list[Finding]:
        """Return the findings of ``text``, in order of their start.

        ``names`` are the surnames and first names that the record's own columns hold. Offsets are code points of ``text``.
        """
        if len(text) > SLICE:
            return self._find_long(text, names)
        return self._findings([text], [names], [UNSCREENED])[0]

    def find_many(self, texts: Sequence[str], names: Sequence[Sequence[str]] | None = None) -> list[list[Finding]]:
        """Return what :meth:`find` returns for each of ``texts``, faster: what can hold nothing stops at the screens."""
        names = [()] * len(texts) if names is None else names
        if len(texts) < _MANY:
            return [self.find(text, own) for text, own in zip(texts, names, strict=True)]
        if self._screens is None:
            from recognizers.screens import Screens  # numpy comes with it

            learned = self._judge.learned.table if self._judge else None
            self._screens = Screens(self._matcher.index, identifiers=self.identifiers, learned=learned)
        long = [at for at, text in enumerate(texts) if len(text) > SLICE]
        short = ["" if len(text) > SLICE else text for text in texts] if long else texts
        found: list[list[Finding]] = []
        with collector_paused():
            for suspicions in self._screens.suspicions(short, names):
                piece = slice(len(found), len(found) + len(suspicions))
                found += self._findings(short[piece], names[piece], suspicions)
        for at in long:
            found[at] = self._find_long(texts[at], names[at])
        return found

    def _find_long(self, text: str, names: Sequence[str]) -> list[Finding]:
        offsets, parts = zip(*slices(text), strict=True)
        found = zip(offsets, self.find_many(parts, [names] * len(parts)), strict=True)
        return [f.moved(_by(offset)) for offset, findings in found for f in findings]

    def explain(self, text: str) -> list[Considered]:
        """Return everything that was considered in ``text``, in order of its start: what became a finding, and what did not and why."""
        doc = Document(text)
        trials = list(self._matcher.trials(doc))
        identifiers = find_identifiers(text) if self.identifiers else []
        outside = _outside_addresses(doc, trials, identifiers)
        ruled = resolve(fired(outside))
        judged = self._judged([Case(doc, outside, ruled, None)])[0]
        reaches = self._reaches(doc, judged, identifiers)
        considered = [Considered(finding, "found") for finding in identifiers]
        for hit in trials:
            fate = fate_of(hit, ruled)
            if fate == "found" and not any(is_part(hit, k) for k in judged.kept):
                fate = "outweighed"
            reach = next(reach for k, reach in zip(judged.hits, reaches, strict=True) if is_part(hit, k)) if fate == "found" else None
            considered.append(Considered(_finding(doc, hit, reach or (hit.first, hit.last)), fate))
        for hit, reach in zip(judged.told, reaches[len(judged.kept) :], strict=True):
            considered.append(Considered(_finding(doc, hit, reach), "found"))
        return sorted(considered, key=lambda c: (c.finding.words, c.finding.rule, c.fate))

    def _findings(self, texts: Sequence[str], names: Sequence[Sequence[str]], suspicions: Sequence[Suspicion]) -> list[list[Finding]]:
        """Return the findings of each of ``texts``, none of them long."""
        found = [
            find_identifiers(text, own, wanted) if self.identifiers else []
            for text, own, (_, wanted, *_) in zip(texts, names, suspicions, strict=True)
        ]
        suspects = [(at, suspicion) for at, suspicion in enumerate(suspicions) if suspicion.rows != () or suspicion.alone]
        for at, remarks in self._remarks(texts, suspects, found):
            found[at] = sorted((*found[at], *remarks), key=lambda f: (f.start, f.end, f.entity))
        return found

    def _remarks(
        self, texts: Sequence[str], suspects: Sequence[tuple[int, Suspicion]], identifiers: Sequence[Sequence[Finding]]
    ) -> Iterator[tuple[int, list[Finding]]]:
        """Yield the remarks in those of ``texts`` that ``suspects`` names by their index, with what each may hold.

        One stage after the other, each for all texts: that keeps what a stage needs in the caches of the processor.
        """
        docs = [Document(texts[at]) for at, _ in suspects]
        tried = [list(self._matcher.trials(doc, suspicion.rows)) for doc, (_, suspicion) in zip(docs, suspects, strict=True)]
        places, cases = [], []
        for doc, (at, suspicion), trials in zip(docs, suspects, tried, strict=True):
            if trials or suspicion.alone:
                outside = _outside_addresses(doc, trials, identifiers[at])
                places.append(at)
                cases.append(Case(doc, outside, resolve(fired(outside)), suspicion.told))
        for at, case, judged in zip(places, cases, self._judged(cases), strict=True):
            if judged.hits:
                reaches = self._reaches(case.doc, judged, identifiers[at])
                yield at, [_finding(case.doc, hit, reach) for hit, reach in zip(judged.hits, reaches, strict=True)]

    def _judged(self, cases: Sequence[Case]) -> list[Judged]:
        """Return what stays of what the rules found in each of ``cases``, and what all words together tell beside it."""
        return self._judge.judged(cases) if self._judge else [Judged(case.ruled) for case in cases]

    def _reaches(self, doc: Document, judged: Judged, identifiers: Sequence[Finding]) -> list[Range]:
        """Return the tokens [first, last) that each of the hits of ``judged`` reaches over."""
        cores = [(hit.first, hit.last) for hit in judged.hits]
        if not (self.reach and cores):
            return cores
        barred = [(f.start, f.end) for f in identifiers]
        reach = load_reach()
        reaches = reach.of(doc, cores, barred)
        if judged.reading is None:
            return reaches
        entities = [hit.rule.entity for hit in judged.hits]
        return judged.reading.widened(doc, entities, reaches, barred, reach.bare(doc), reach.walls(doc))


def _by(offset: int) -> Callable[[int, int], tuple[int, int]]:
    return lambda start, end: (start + offset, end + offset)


def _outside_addresses(doc: Document, hits: list[Hit], identifiers: Sequence[Finding]) -> list[Hit]:
    """Return those of ``hits`` that do not lie in an e-mail address, whose words are names."""
    addresses = [(found.start, found.end) for found in identifiers if found.entity == "EMAIL_ADDRESS"]
    if not addresses:
        return hits
    return [hit for hit in hits if not any(start <= doc.starts[hit.first] and doc.ends[hit.last - 1] <= end for start, end in addresses)]


def _finding(doc: Document, hit: Hit, reach: Range) -> Finding:
    assertion, assertion_cue = hit.rule.assertion, ""
    if assertion is None:
        assertion, assertion_cue = assertion_of(doc, hit.first, hit.last)
    subject, subject_cue = subject_of(doc, hit.first, hit.last)
    cues = [*hit.cues, *(f"{kind}:{cue}" for kind, cue in ((assertion, assertion_cue), (subject, subject_cue)) if cue)]
    return Finding(
        entity=hit.rule.entity,
        start=doc.starts[reach[0]],
        end=doc.ends[reach[1] - 1],
        score=round(hit.score, 3),
        rule=hit.rule.id,
        assertion=assertion,
        subject=subject,
        cues=tuple(cues),
        term=hit.term,
        core=None if reach == (hit.first, hit.last) else (doc.starts[hit.first], doc.ends[hit.last - 1]),
    )


@cache
def default_detector() -> Detector:
    """Return the detector with every lexicon of the package, built once."""
    return Detector()
