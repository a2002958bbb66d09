"""How a remark is asserted, from ``context/assertion.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from recognizers.cues import CueFile, label
from recognizers.document import Document
from recognizers.errors import LexiconError
from recognizers.finding import Assertion

MAX_REACH = 14
_UNLESS_REACH = 12
_QUOTES = (("«", "»"), ("“", "”"))
_MAX_QUOTE = 200  # characters: quotation marks further apart than this belong to different quotations


class _Place:
    """Where a remark stands: ``canon[begin:end]``, with the space before and after, and how far its sentence goes."""

    __slots__ = ("_ceiling", "_first", "_floor", "_last", "_starts", "begin", "canon", "end")

    def __init__(self, doc: Document, first: int, last: int) -> None:
        self.canon, self._starts = doc.canon, [*doc.canon_starts, len(doc.canon)]
        self._first, self._last = first, last
        self._floor, self._ceiling = doc.sentence_window(first, last, MAX_REACH)
        self.begin, self.end = doc.canon_range(first, last)

    def before(self, words: int) -> int:
        """Return where the ``words`` words before the remark begin, in its sentence."""
        return self._starts[max(self._floor, self._first - words)] - 1

    def after(self, words: int) -> int:
        """Return where the ``words`` words after the remark end, in its sentence."""
        return self._starts[min(self._ceiling, self._last + words)]


@dataclass(frozen=True, slots=True)
class _Section:
    """One ``[[cues]]`` table, compiled. ``reach`` is the number of words before and after the remark."""

    assertion: Assertion
    reach: tuple[int, int]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    next: re.Pattern[str] | None
    inside: re.Pattern[str] | None
    pseudo: re.Pattern[str] | None
    stop: re.Pattern[str] | None
    unless: re.Pattern[str] | None

    @classmethod
    def from_data(cls, data: Mapping[str, Any], file: CueFile) -> _Section:
        before, after = data["reach"]
        if max(before, after) > MAX_REACH:
            raise LexiconError(f"context: reach {data['reach']} is larger than {MAX_REACH}")
        parts = {key: file.regex(data.get(key, [])) for key in ("before", "after", "next", "inside", "pseudo", "stop", "unless")}
        return cls(cast(Assertion, data["assertion"]), (before, after), **parts)

    def cue(self, place: _Place) -> str:
        """Return the cue that gives the remark this assertion, or ``""``."""
        found = self._before(place) or self._inside(place) or self._after(place)
        if found and self.unless and self.unless.search(place.canon, place.before(_UNLESS_REACH), place.after(_UNLESS_REACH)):
            return ""
        return label(found) if found else ""

    def _before(self, place: _Place) -> str:
        if not self.before:
            return ""
        begin = place.before(self.reach[0])
        # Searched up to the end of the remark: what a cue must not be followed by may be the remark itself.
        cues = [m for m in self.before.finditer(place.canon, begin, place.end) if m.end() <= place.begin + 1]
        if not cues:
            return ""
        if self.stop:
            begin = max((m.end() for m in self.stop.finditer(place.canon, begin, place.begin + 1)), default=begin)
        pseudo = self._pseudo(place, begin, place.end)
        return next((m.group() for m in reversed(cues) if m.start() >= begin and not _overlaps(m, pseudo)), "")

    def _inside(self, place: _Place) -> str:
        found = self.inside.match(place.canon, place.begin + 1, place.end) if self.inside else None
        return found.group() if found else ""

    def _after(self, place: _Place) -> str:
        end = place.after(self.reach[1])
        if self.next and (found := self.next.match(place.canon, place.end, end)):
            return found.group()
        if not self.after or not (found := self.after.search(place.canon, place.end, end)):
            return ""
        if self.stop and self.stop.search(place.canon, place.end, found.start()):
            return ""
        return "" if _overlaps(found, self._pseudo(place, place.end, end)) else found.group()

    def _pseudo(self, place: _Place, begin: int, end: int) -> list[tuple[int, int]]:
        return [m.span() for m in self.pseudo.finditer(place.canon, begin, end)] if self.pseudo else []


def _overlaps(cue: re.Match[str], spans: list[tuple[int, int]]) -> bool:
    return any(start < cue.end() and cue.start() < end for start, end in spans)


@cache
def _sections() -> tuple[_Section, ...]:
    file = CueFile.load("assertion.toml")
    return tuple(_Section.from_data(data, file) for data in file.data["cues"])


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
    for section in _sections():
        if section.assertion == "reported" and quoted:
            return "reported", "« »"
        if section.assertion == "hypothetical" and _asked(doc, last):
            return "hypothetical", "?"
        if cue := section.cue(place):
            return section.assertion, cue
    return "affirmed", ""
