"""What is said of a remark, and of whom: assertion and subject, from the cue files in ``context/``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from recognizers.document import Document
from recognizers.finding import Assertion, Subject
from recognizers.lexicon import shared_classes
from recognizers.pattern import PatternCompiler

CONTEXT_DIR = Path(__file__).parent / "context"
_SUBJECT_WINDOW = 12
_SUBJECT_AFTER = 3


def _cue(compiler: PatternCompiler, patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile("(?<= )" + compiler.cue(patterns)) if patterns else None


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTEXT_DIR / name).read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class _AssertionCues:
    assertion: Assertion
    window: int
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    pseudo: re.Pattern[str] | None
    stop: re.Pattern[str] | None

    @classmethod
    def from_data(cls, assertion: str, data: Mapping[str, Any], compiler: PatternCompiler) -> _AssertionCues:
        stop = [re.escape(word) + " " for word in data["stop"]]
        return cls(
            cast(Assertion, assertion),
            int(data["window"]),
            _cue(compiler, data["before"]),
            _cue(compiler, data["after"]),
            _cue(compiler, data["pseudo"]),
            re.compile("(?<= )(?:" + "|".join(stop) + ")") if stop else None,
        )

    def find(self, doc: Document, first: int, last: int) -> str:
        """Return the cue that gives tokens [first, last) this assertion, or ``""``."""
        lo, hi = doc.sentence_window(first, last, self.window)
        if self.before and lo < first and (cue := self._search(doc, self.before, lo, first, last_stop=True)):
            return cue
        if self.after and last < hi:
            return self._search(doc, self.after, last, hi, last_stop=False)
        return ""

    def _search(self, doc: Document, cue: re.Pattern[str], lo: int, hi: int, *, last_stop: bool) -> str:
        begin, end = doc.canon_range(lo, hi)
        if self.stop and last_stop:
            for stop in self.stop.finditer(doc.canon, begin, end):
                begin = stop.end() - 1
        pseudo = [p.span() for p in self.pseudo.finditer(doc.canon, begin, end)] if self.pseudo else []
        for found in cue.finditer(doc.canon, begin, end):
            if not any(a <= found.start() < b for a, b in pseudo):
                return _label(found.group())
        return ""


def _label(cue: str) -> str:
    """Name a cue by its first and last word: what lies between may be free words of the comment."""
    words = cue.split()
    return " ".join(words) if len(words) <= 2 else f"{words[0]} … {words[-1]}"


@cache
def _assertion_cues() -> tuple[_AssertionCues, ...]:
    compiler = PatternCompiler(shared_classes())
    return tuple(_AssertionCues.from_data(name, data, compiler) for name, data in _load("assertion.toml").items())


@cache
def _subject_cues() -> tuple[tuple[str, re.Pattern[str]], ...]:
    compiler = PatternCompiler(shared_classes())
    return tuple((name, re.compile("(?<= )" + compiler.cue(data["patterns"]))) for name, data in _load("subject.toml").items())


def assertion_of(doc: Document, first: int, last: int) -> tuple[Assertion, str]:
    """Return how tokens [first, last) are asserted, and the cue that says so."""
    for cues in _assertion_cues():
        if cue := cues.find(doc, first, last):
            return cues.assertion, cue
    return "affirmed", ""


def subject_of(doc: Document, first: int, last: int) -> tuple[Subject, str]:
    """Return of whom tokens [first, last) speak, and the cue that says so."""
    before_lo, _ = doc.sentence_window(first, last, _SUBJECT_WINDOW)
    _, after_hi = doc.sentence_window(first, last, _SUBJECT_AFTER)
    nearest = (
        _nearest(doc, before_lo, first, from_end=True)
        or _nearest(doc, first, last, from_end=False)
        or _nearest(doc, last, after_hi, from_end=False)
    )
    if not nearest:
        return "unknown", ""
    name, cue = nearest
    if name == "pronoun":
        earlier = _nearest(doc, 0, before_lo, from_end=True, skip_pronouns=True) or _nearest(
            doc, before_lo, first, from_end=True, skip_pronouns=True
        )
        name = earlier[0] if earlier else "tenant"
    return cast(Subject, name), cue


def _nearest(doc: Document, lo: int, hi: int, *, from_end: bool, skip_pronouns: bool = False) -> tuple[str, str] | None:
    """Return the kind and words of the person cue nearest to one end of tokens [lo, hi)."""
    if lo >= hi:
        return None
    begin, end = doc.canon_range(max(lo, hi - 60) if from_end else lo, hi if from_end else min(hi, lo + 60))
    best: tuple[tuple[int, int], str, str] | None = None
    for name, cue in _subject_cues():
        if skip_pronouns and name == "pronoun":
            continue
        for found in cue.finditer(doc.canon, begin, end):
            near = found.end() if from_end else -found.start()
            rank = (near, found.end() - found.start())  # of two cues equally near, the longer: "mari de Mme" before "Mme"
            if best is None or rank > best[0]:
                best = (rank, name, _label(found.group()))
    return best[1:] if best else None
