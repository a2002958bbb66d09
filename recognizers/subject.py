"""Of whom a remark speaks, from ``context/subject.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from recognizers.cues import CueFile, label
from recognizers.document import Document
from recognizers.finding import Subject

_REACH = 16  # words of the remark's sentence that are read before it, and after it
_EARLIER = 30  # words of earlier sentences that are read for whom a pronoun, or nothing, stands
_PRONOUN = "pronoun"
_ROLES = ("source", "object")
_HOUSEHOLD = ("tenant", "relative")


@dataclass(frozen=True, slots=True)
class _Person:
    """A person mentioned at ``canon[start:end]``.

    ``gender`` is ``"m"``, ``"f"`` or ``""``. ``role`` is ``"source"`` (says it), ``"object"`` (is hardly the subject of the sentence) or
    ``""``.
    """

    start: int
    end: int
    subject: str
    gender: str
    role: str
    cue: str

    def agrees(self, gender: str) -> bool:
        return not (gender and self.gender) or gender == self.gender


class _Grammar:
    """The cue file, compiled."""

    def __init__(self, file: CueFile) -> None:
        data = file.data
        self.kinds = [(e["subject"], e.get("gender", ""), "object" if e.get("bystander") else "") for e in data["persons"]]
        persons = "|".join(f"(?P<p{at}>{file.source(entry['patterns'])})" for at, entry in enumerate(data["persons"]))
        roles = "|".join(f"(?P<{role}>{file.source(data[role])})" for role in _ROLES)
        # The determiner is skipped lazily: "un homme" is an entry of its own.
        self.mark = re.compile(f"(?<= )(?:{roles}|(?:{file.source(data['determiner'])})??(?:{persons}))")
        self.speaks = re.compile(file.source(data["speaks"]))
        self.link = re.compile(f"(?:{file.source(data['link'])})?")
        self.complement = re.compile(file.source(data["complement"]))
        self.agent = re.compile("(?<= )" + file.source(data["agent"]))
        self.possessive = re.compile("(?<= )" + file.source(data["possessive"]))
        self.parent = re.compile(file.source(data["parent"]))
        self.feminine, self.masculine = tuple(data["feminine"]), tuple(data["masculine"])

    def gender(self, word: str) -> str:
        """Return the gender that ``word`` asks of its subject, or ``""``."""
        return "f" if word.endswith(self.feminine) else "m" if word.endswith(self.masculine) else ""


@cache
def _grammar() -> _Grammar:
    return _Grammar(CueFile.load("subject.toml"))


def _persons(doc: Document, begin: int, end: int) -> list[_Person]:
    """Return the persons mentioned in ``canon[begin:end]``, in their order."""
    grammar = _grammar()
    found = []
    role, role_end = "", -1
    for match in grammar.mark.finditer(doc.canon, begin, end):
        kind = cast(str, match.lastgroup)
        if kind in _ROLES:
            role, role_end = kind, match.end()
        elif person := _person(doc, match, role if role_end == match.start() else "", end):
            found.append(person)
    return found


def _person(doc: Document, match: re.Match[str], role: str, end: int) -> _Person | None:
    """Return the person of ``match``, unless it is none; the words that make a source of it may stand up to ``canon[:end]``."""
    grammar = _grammar()
    last = doc.token_at(match.end() - 2)
    if doc.tokens[last] == "m" and doc.text[doc.ends[last] : doc.ends[last] + 1] in ("'", "’"):
        return None  # "m'a dit"
    group = cast(str, match.lastgroup)
    subject, gender, usual_role = grammar.kinds[int(group[1:])]
    role = role or usual_role
    if not role and subject not in ("tenant", _PRONOUN) and grammar.speaks.match(doc.canon, match.end(), end):
        role = "source"
    return _Person(match.start(), match.end(), subject, gender, role, label(match[group]))


def subject_of(doc: Document, first: int, last: int) -> tuple[Subject, str]:
    """Return of whom tokens [first, last) of ``doc`` speak, and the cue that says so (``""`` when unknown).

    Tried in this order: a person who opens the remark; whose it is ("cancer du fils"); the nearest person before it in its sentence who can
    be its subject; a person put after it ("alcoolique, le mari"); a possessive, which speaks of the tenant; the person of the sentence
    before; the tenant, named later in the sentence.
    """
    grammar = _grammar()
    begin, end = doc.canon_range(first, last)
    begin += 1
    lo, hi = doc.canon_range(*doc.sentence_window(first, last, _REACH))
    gender = grammar.gender(doc.tokens[first])
    before = _persons(doc, lo, begin)
    opening = _person_at(doc, begin, end)
    candidates = [
        *([opening] if opening else []),
        *(() if before and before[-1].end == begin else _owner(doc, begin, end, hi)),
        *_eligible(doc, before, begin, gender),
        *_postponed(doc, lo, begin, end, hi),
    ]
    if candidates:
        return _resolve(doc, candidates[0], lo, before)
    if possessive := grammar.possessive.search(doc.canon, lo, begin):
        return "tenant", label(possessive.group())
    earlier = _persons(doc, _earlier(doc, lo), lo + 1)
    for person in _eligible(doc, earlier, begin, gender):
        if person.subject in (*_HOUSEHOLD, _PRONOUN):
            return _resolve(doc, person, lo, earlier)
    for person in _persons(doc, end - 1, hi):
        if person.subject == "tenant" and person.role != "source":
            return "tenant", person.cue
    return "unknown", ""


def _earlier(doc: Document, sentence: int) -> int:
    """Return where the words that precede the sentence at ``canon[sentence:]`` begin to count."""
    return doc.canon_range(max(0, doc.token_at(max(1, sentence)) - _EARLIER), len(doc.tokens))[0]


def _person_at(doc: Document, at: int, end: int) -> _Person | None:
    """Return the person who is mentioned right at ``canon[at:end]``."""
    match = _grammar().mark.match(doc.canon, at, end)
    return _person(doc, match, "", end) if match and match.lastgroup not in _ROLES else None


def _owner(doc: Document, begin: int, end: int, hi: int) -> Iterator[_Person]:
    """Yield the person whose the remark is, named right after it."""
    grammar = _grammar()
    of = grammar.complement.match(doc.canon, end, hi)
    if of and not grammar.agent.search(doc.canon, begin, end) and (person := _person_at(doc, of.end(), hi)):
        yield person


def _eligible(doc: Document, persons: Sequence[_Person], remark: int, gender: str) -> Iterator[_Person]:
    """Yield the persons that can be the subject of what follows, the nearest first; those of the other gender last."""
    link = _grammar().link
    able = [
        p
        for p in reversed(persons)
        if not p.role or (p.role == "object" and cast(re.Match[str], link.match(doc.canon, p.end)).end() >= remark)
    ]
    yield from (p for p in able if p.agrees(gender))
    yield from (p for p in able if not p.agrees(gender))
    yield from (p for p in reversed(persons) if p.role == "object" and p.subject == "tenant")


def _postponed(doc: Document, lo: int, begin: int, end: int, hi: int) -> Iterator[_Person]:
    """Yield the person put after the remark: "alcoolique, le mari"; "Ivre, le locataire a crié"; "cancer (fils)"."""
    pause = doc.canon.startswith(", ", end)
    person = _person_at(doc, end + 2 if pause else end, hi)
    if not person or person.role:
        return
    closed = any(doc.canon.startswith(mark, person.end) for mark in (", ", ". ")) or person.end == len(doc.canon)
    opens = begin - 1 == lo
    if (closed and (pause or person.subject in ("tenant", _PRONOUN))) or (pause and opens and person.subject != "staff"):
        yield person


def _resolve(doc: Document, person: _Person, lo: int, before: Sequence[_Person]) -> tuple[Subject, str]:
    """Return whom ``person`` is; a pronoun stands for the nearest earlier person of its gender, and for the tenant when there is none."""
    told_by_kin = any(p.subject == "relative" and p.role == "source" for p in before)
    if told_by_kin and _grammar().parent.match(doc.canon, person.start):
        return "tenant", person.cue  # "appel du fils : sa mère est hospitalisée"
    if person.subject != _PRONOUN:
        return cast(Subject, person.subject), person.cue
    known = [*_persons(doc, _earlier(doc, lo), lo + 1), *(p for p in before if p.end <= person.start)]
    named = [p for p in known if p.subject != _PRONOUN and p.role != "source" and p.agrees(person.gender)]
    nearest = next((p for p in reversed(named) if not p.role), None) or next((p for p in reversed(named) if p.subject in _HOUSEHOLD), None)
    return cast(Subject, nearest.subject if nearest else "tenant"), person.cue
