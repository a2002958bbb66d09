"""How a remark is asserted, from ``context/assertion.toml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from recognizers.choice import Choice
from recognizers.cues import CueFile, label
from recognizers.document import Document
from recognizers.errors import LexiconError
from recognizers.finding import Assertion
from recognizers.kept import kept
from recognizers.telling import Telling, tell

MAX_REACH = 14
_UNLESS_REACH = 12
_QUOTES = (("«", "»"), ("“", "”"))
_Span = tuple[int, int]
_MAX_QUOTE = 200  # characters: quotation marks further apart than this belong to different quotations
_BEFORE, _INSIDE, _NEXT, _AFTER = (1 << part for part in range(4))
_PARTS = 4


class _Place:
    """Where a remark stands: tokens [first, last) of a document, and how far its sentence goes."""

    __slots__ = ("_ceiling", "_floor", "first", "last", "tokens")

    def __init__(self, doc: Document, first: int, last: int) -> None:
        self.tokens, self.first, self.last = doc.tokens, first, last
        self._floor, self._ceiling = doc.sentence_window(first, last, MAX_REACH)

    def before(self, words: int) -> int:
        """Return where the ``words`` words before the remark begin, in its sentence."""
        return max(self._floor, self.first - words)

    def after(self, words: int) -> int:
        """Return where the ``words`` words after the remark end, in its sentence."""
        return min(self._ceiling, self.last + words)


@dataclass(frozen=True, slots=True)
class _Section:
    """One ``[[cues]]`` table, compiled. ``reach`` is the number of words before and after the remark."""

    assertion: Assertion
    reach: tuple[int, int]
    before: Choice | None
    after: Choice | None
    next: Choice | None
    inside: Choice | None
    pseudo: Choice | None
    stop: Choice | None
    unless: Choice | None

    @classmethod
    def from_data(cls, data: Mapping[str, Any], file: CueFile) -> _Section:
        before, after = data["reach"]
        if max(before, after) > MAX_REACH:
            raise LexiconError(f"context: reach {data['reach']} is larger than {MAX_REACH}")
        parts = {
            key: file.cue(data[key]) if data.get(key) else None for key in ("before", "after", "next", "inside", "pseudo", "stop", "unless")
        }
        return cls(cast(Assertion, data["assertion"]), (before, after), **parts)

    @property
    def finding(self) -> tuple[Choice | None, ...]:
        """The cues of which one must stand near a remark, in the order of their bits."""
        return self.before, self.inside, self.next, self.after

    def cue(self, place: _Place, possible: int) -> str:
        """Return the cue that gives the remark this assertion, or ``""``; only those of ``possible`` may stand there."""
        found = (
            (self._before(place) if possible & _BEFORE else None)
            or (self._inside(place) if possible & _INSIDE else None)
            or (self._after(place) if possible & (_NEXT | _AFTER) else None)
        )
        if found and self.unless and any(self.unless.matches(place.tokens, place.before(_UNLESS_REACH), place.after(_UNLESS_REACH))):
            return ""
        return label(place.tokens[slice(*found)]) if found else ""

    def _before(self, place: _Place) -> _Span | None:
        if not self.before:
            return None
        begin = place.before(self.reach[0])
        # Searched up to the end of the remark: what a cue must not be followed by may be the remark itself.
        cues = [span for span in self.before.matches(place.tokens, begin, place.last) if span[1] <= place.first]
        if not cues:
            return None
        if self.stop:
            begin = max((end for _, end in self.stop.matches(place.tokens, begin, place.first)), default=begin)
        pseudo = self._pseudo(place, begin, place.last)
        return next((span for span in reversed(cues) if span[0] >= begin and not _overlaps(span, pseudo)), None)

    def _inside(self, place: _Place) -> _Span | None:
        return _match(self.inside, place.tokens, place.first, place.last)

    def _after(self, place: _Place) -> _Span | None:
        end = place.after(self.reach[1])
        if found := _match(self.next, place.tokens, place.last, end):
            return found
        if not self.after or not (found := next(self.after.matches(place.tokens, place.last, end), None)):
            return None
        if self.stop and any(self.stop.matches(place.tokens, place.last, found[0])):
            return None
        return None if _overlaps(found, self._pseudo(place, place.last, end)) else found

    def _pseudo(self, place: _Place, begin: int, end: int) -> list[_Span]:
        return list(self.pseudo.matches(place.tokens, begin, end)) if self.pseudo else []


def _match(cue: Choice | None, tokens: Sequence[str], at: int, limit: int) -> _Span | None:
    end = cue.end(tokens, at, limit) if cue else -1
    return (at, end) if end >= 0 else None


def _overlaps(cue: _Span, spans: Iterable[_Span]) -> bool:
    return any(start < cue[1] and cue[0] < end for start, end in spans)


@cache
def _sections() -> tuple[tuple[_Section, ...], Telling]:
    """Return the sections, and what tells the cues of all of them: ``_PARTS`` bits a section."""
    return kept("assertion", _compile)


def _compile() -> tuple[tuple[_Section, ...], Telling]:
    file = CueFile.load("assertion.toml")
    sections = tuple(_Section.from_data(data, file) for data in file.data["cues"])
    return sections, tell([cue for section in sections for cue in section.finding])


def _possible(place: _Place, sections: int, telling: Telling) -> int:
    """Return the cues of ``sections`` sections, as bits, that may stand where they must around the remark at ``place``."""
    tokens, every = place.tokens, sum(1 << _PARTS * at for at in range(sections))
    before = telling.of(tokens[place.before(MAX_REACH) : place.first]) & every * _BEFORE
    inside = telling.of(tokens[place.first : place.last]) & every * _INSIDE
    return before | inside | telling.of(tokens[place.last : place.after(MAX_REACH)]) & every * (_NEXT | _AFTER)


def _asked(doc: Document, last: int) -> bool:
    """Tell whether a question mark follows tokens [.., last) at once."""
    return last < len(doc.tokens) and doc.tokens[last] in ".," and "?" in doc.text[doc.ends[last - 1] : doc.ends[last]]


def _quoted(doc: Document, first: int, last: int) -> bool:
    """Tell whether quotation marks stand around tokens [first, last)."""
    start, end = doc.starts[first], doc.ends[last - 1]
    before, after = doc.text[max(0, start - _MAX_QUOTE) : start], doc.text[end : end + _MAX_QUOTE]
    if before.count('"') % 2 and '"' in after:
        return True
    return any(before.rfind(opening) > before.rfind(closing) and closing in after for opening, closing in _QUOTES)


def assertion_of(doc: Document, first: int, last: int) -> tuple[Assertion, str]:
    """Return how tokens [first, last) of ``doc`` are asserted, and the cue that says so (``""`` when affirmed).

    Where several cues apply, the order is: denied, doubted, reported, conditional, past. The remark's own words count for the past only:
    "n'est pas français" is an affirmed fact unless words outside deny it.
    """
    place, quoted = _Place(doc, first, last), _quoted(doc, first, last)
    sections, telling = _sections()
    possible = _possible(place, len(sections), telling)
    for section in sections:
        if section.assertion == "reported" and quoted:
            return "reported", "« »"
        if section.assertion == "hypothetical" and _asked(doc, last):
            return "hypothetical", "?"
        if possible & (_BEFORE | _INSIDE | _NEXT | _AFTER) and (cue := section.cue(place, possible)):
            return section.assertion, cue
        possible >>= _PARTS
    return "affirmed", ""
