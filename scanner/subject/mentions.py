"""Where a text mentions a person, in whatever way staff write names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from recognizers.folding import fold
from recognizers.frequency import word_frequency
from recognizers.identifiers import find_identifiers, kinds
from recognizers.identifiers.vocabulary import person_words
from scanner.subject.person import Person, Words, same_email, same_phone
from scanner.subject.spelling import Misspellings

Way = Literal["full", "initial", "title", "surname", "misspelt", "phone", "email"]
"""How a person is named: with the first name, its initial, a title or a role, by the surname alone, with a letter wrong; by a number."""

_JOINT = r"[\s'\-]{0,2}"
_BEFORE, _AFTER = r"(?<![a-z0-9-])", r"(?![a-z0-9]|-[a-z])"
_PREVIOUS = re.compile(r"(?<![a-z0-9])([a-z]+(?:[-.]{1,2}[a-z]+)?)[ .,:/]{1,3}$")
_NEXT = re.compile(r"[ ,/]{1,2}\(?([a-z]+(?:[-.]{1,2}[a-z]+)?)(\.?)(?![a-z0-9])")
_GLUED = re.compile(r"(de|du|la|le)([a-z]{3,})")  # « Leroux », also written « Le Roux »
_SIGHT = 40  # characters before and after a surname in which its first name or title is looked for
_LEAST_LETTERS = 4  # of a surname that says enough when it stands alone
_RARE = 0.000_1  # share of comments below which a word is no common one


@dataclass(frozen=True, slots=True)
class Mention:
    """Code points [start, end) of a text that name the person, and how."""

    start: int
    end: int
    way: Way


@dataclass(frozen=True, slots=True)
class _Neighbours:
    """The words beside a surname at ``start`` of a folded text, ``""`` for none, and where the one before begins and the one after ends."""

    start: int
    before: str
    begin: int
    after: str
    end: int
    after_is_abbreviated: bool


class Finder:
    """Finds the mentions of ``person``."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._surname = _surname_pattern(person.surnames)
        self._alone = {"".join(name): len(name) > 1 for name in person.surnames if _is_distinctive(name)}
        """Surnames that say enough alone, without spaces, and whether they are of several words."""
        self._misspellings = Misspellings("".join(name) for name in person.surnames)

    @cached_property
    def _tails(self) -> tuple[str, ...]:
        return tuple(phone[-8:] for phone in self._person.phones)

    def find(self, text: str) -> list[Mention]:
        """Return the mentions in ``text``, in order, without overlaps."""
        folded, offsets = fold(text)
        found = sorted([*self._named(text, folded, offsets), *self._numbered(text, folded)], key=lambda one: (one.start, -one.end))
        kept: list[Mention] = []
        for mention in found:
            if not kept or mention.start >= kept[-1].end:
                kept.append(mention)
        return kept

    def _named(self, text: str, folded: str, offsets: list[int] | None) -> Iterator[Mention]:
        places: list[tuple[int, int, bool]] = []
        if self._surname:
            places = [(*match.span(), False) for match in self._surname.finditer(folded)]
        places += [(start, end, True) for start, end in self._misspellings.spans(folded)]
        for start, end, misspelt in places:
            if named := self._judged(text, folded, offsets, start, end, misspelt=misspelt):
                begin, close, way = named
                yield Mention(*((begin, close) if offsets is None else (offsets[begin], offsets[close])), way)

    def _judged(
        self, text: str, folded: str, offsets: list[int] | None, start: int, end: int, *, misspelt: bool
    ) -> tuple[int, int, Way] | None:
        """Return where the whole name stands and how it is written, ``None`` when it is somebody else's."""
        person, lists = self._person, person_words()
        near = _neighbours(folded, start, end)
        first_before, first_after = near.before in self._first, near.after in self._first
        if first_before or first_after:
            return (near.begin if first_before else start, near.end if first_after else end, "misspelt" if misspelt else "full")
        titled = near.before in lists.titles or near.before in lists.roles
        if not titled and self._is_initial(near, text, folded, offsets):
            return near.begin, end, "misspelt" if misspelt else "initial"
        if near.after_is_abbreviated and _letters(near.after) in person.initials:
            return start, near.end, "misspelt" if misspelt else "initial"
        if self._is_another(near, text, folded, offsets, titled=titled):
            return None
        compact = re.sub(r"[\s'\-]", "", folded[start:end])
        if misspelt:
            return None if lists.is_surname(compact) else (near.begin if titled else start, end, "misspelt")
        if titled:
            return near.begin, end, "title"
        says_enough = compact in self._alone and (self._alone[compact] or compact == folded[start:end])
        return (start, end, "surname") if says_enough else None

    @cached_property
    def _first(self) -> frozenset[str]:
        whole = {joint.join(name) for name in self._person.first_names for joint in ("", "-")}
        return self._person.first_words | whole

    def _is_initial(self, near: _Neighbours, text: str, folded: str, offsets: list[int] | None) -> bool:
        """Tell whether the word before the surname is an initial of the person, not a small word: « à Petit », « A PETIT »."""
        letters = _letters(near.before)
        if letters not in self._person.initials:
            return False
        capital = text[near.begin if offsets is None else offsets[near.begin]].isupper() and not text.isupper()
        return len(letters) > 1 or capital or folded.startswith(".", near.begin + len(near.before))

    def _is_another(self, near: _Neighbours, text: str, folded: str, offsets: list[int] | None, *, titled: bool) -> bool:
        """Tell whether another first name, or its initial, stands beside the surname."""
        lists = person_words()
        if near.before and not titled:
            gap = folded[near.begin + len(near.before) : near.start]
            if (len(_letters(near.before)) == 1 and gap[0] == ".") or (lists.is_first_name(near.before) and not gap.strip()):
                return True
        if not near.after:
            return False
        at = near.end - len(near.after) - near.after_is_abbreviated
        capital = text[at if offsets is None else offsets[at]].isupper()
        if near.after_is_abbreviated and capital and len(_letters(near.after)) == 1:
            return True
        return capital and lists.is_first_name(near.after) and near.after not in lists.first_names_also_words

    def _numbered(self, text: str, folded: str) -> Iterator[Mention]:
        person = self._person
        digits = re.sub(r"\D", "", text) if self._tails else ""
        if any(tail in digits for tail in self._tails):
            for found in find_identifiers(text, (), kinds.NUMBERS):
                if found.entity == "PHONE_NUMBER" and same_phone(text[found.start : found.end], person.phones):
                    yield Mention(found.start, found.end, "phone")
        if person.emails and any(email.partition("@")[0] in folded for email in person.emails):
            for found in find_identifiers(text, (), kinds.EMAILS):
                if same_email(text[found.start : found.end], person.emails):
                    yield Mention(found.start, found.end, "email")


def _neighbours(folded: str, start: int, end: int) -> _Neighbours:
    previous = _PREVIOUS.search(folded, max(0, start - _SIGHT), start)
    following = _NEXT.match(folded, end, end + _SIGHT)
    return _Neighbours(
        start=start,
        before=previous[1] if previous else "",
        begin=previous.start(1) if previous else start,
        after=following[1] if following else "",
        end=following.end() if following else end,
        after_is_abbreviated=bool(following and following[2]),
    )


def _letters(word: str) -> str:
    return word.replace("-", "").replace(".", "")


def _surname_pattern(surnames: Iterable[Words]) -> re.Pattern[str] | None:
    """Return what finds whole surnames, then, without their particles, the parts of those that have several."""
    particles = person_words().particles
    forms: list[Words] = []
    for name in surnames:
        core = tuple(word for word in name if word not in particles)
        forms += [name, core, *((word,) for word in core if len(word) >= _LEAST_LETTERS)]
        forms += [glued.groups() for word in core if (glued := _GLUED.fullmatch(word))]
    written = dict.fromkeys(_JOINT.join(form) for form in forms if form)
    return re.compile(f"{_BEFORE}(?:{'|'.join(sorted(written, key=len, reverse=True))}){_AFTER}") if written else None


def _is_distinctive(name: Words) -> bool:
    """Tell whether a surname names somebody without a title or a first name beside it."""
    lists = person_words()
    telling = max(name, key=len)
    common = lists.is_ordinary(telling) or lists.is_refused(telling) or telling in lists.surnames_also_words or lists.is_first_name(telling)
    return len(telling) >= _LEAST_LETTERS and not common and word_frequency(telling) < _RARE
