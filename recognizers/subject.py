"""Of whom a remark speaks, from ``context/subject.toml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, cast

from recognizers.choice import Choice
from recognizers.cues import CueFile, label
from recognizers.document import STOPS, Document
from recognizers.finding import Subject
from recognizers.kept import kept
from recognizers.nodes import Node

_REACH = 16  # words of the remark's sentence that are read before it, and after it
_EARLIER = 30  # words of earlier sentences that are read for whom a pronoun, or nothing, stands
_PRONOUN = "pronoun"
_ROLES = ("source", "object")
_HOUSEHOLD = ("tenant", "relative")


@dataclass(frozen=True, slots=True)
class _Person:
    """A person mentioned by tokens [start, end).

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


class _Mention(NamedTuple):
    """What tokens [start, end) are: a role, or a person of one of the kinds, whose name begins after the determiner."""

    start: int
    end: int
    role: str
    kind: int
    name: int


class _Grammar:
    """The cue file, compiled."""

    def __init__(self, file: CueFile) -> None:
        data, cue = file.data, file.cue
        self.kinds = [(e["subject"], e.get("gender", ""), "object" if e.get("bystander") else "") for e in data["persons"]]
        self._roles = [(role, cue(data[role])) for role in _ROLES]
        self._determiner = cue(data["determiner"])
        self._persons = Choice(tuple(cue(entry["patterns"]) for entry in data["persons"]))
        self._openings = Choice((*(cue for _, cue in self._roles), self._determiner, *self._persons.nodes))
        self.speaks, self.link, self.complement = cue(data["speaks"]), cue(data["link"]), cue(data["complement"])
        self.agent, self.possessive, self.parent = cue(data["agent"]), cue(data["possessive"]), cue(data["parent"])
        self.feminine, self.masculine = tuple(data["feminine"]), tuple(data["masculine"])

    @property
    def openings(self) -> Mapping[str, tuple[Node, ...]]:
        """For every word what may begin with it."""
        return self._openings.openings

    def gender(self, word: str) -> str:
        """Return the gender that ``word`` asks of its subject, or ``""``."""
        return "f" if word.endswith(self.feminine) else "m" if word.endswith(self.masculine) else ""

    def mention(self, tokens: Sequence[str], at: int, limit: int) -> _Mention | None:
        """Return what begins at ``tokens[at]``, if anything does; ``tokens[limit:]`` is out of sight."""
        cues = self.openings[tokens[at]] if at < limit else ()
        if not cues:
            return None
        for role, cue in self._roles:
            if cue in cues and (end := cue.end(tokens, at, limit)) >= 0:
                return _Mention(at, end, role, -1, at)
        # Without a determiner first: "un homme" is an entry of its own.
        for name in (at, *self._determiner.ends(tokens, at, limit)) if self._determiner in cues else (at,):
            for person in self._persons.openings[tokens[name]] if name < limit else ():
                if (end := person.end(tokens, name, limit)) >= 0:
                    return _Mention(at, end, "", self._persons.nodes.index(person), name)
        return None


@cache
def _grammar() -> _Grammar:
    return kept("subject", lambda: _Grammar(CueFile.load("subject.toml")))


def _persons(doc: Document, begin: int, end: int) -> list[_Person]:
    """Return the persons mentioned in tokens [begin, end), in their order."""
    grammar, tokens = _grammar(), doc.tokens
    openings = grammar.openings
    found = []
    role, role_end = "", -1
    at = begin
    while at < end:
        mention = grammar.mention(tokens, at, end) if openings[tokens[at]] else None
        if mention is None:
            at += 1
            continue
        if mention.role:
            role, role_end = mention.role, mention.end
        elif person := _person(doc, mention, role if role_end == at else "", end):
            found.append(person)
        at = mention.end
    return found


def _person(doc: Document, mention: _Mention, role: str, limit: int) -> _Person | None:
    """Return the person of ``mention``, unless it is none; the words that make a source of it may stand before ``tokens[limit]``."""
    grammar = _grammar()
    last = mention.end - 1
    if doc.tokens[last] == "m" and doc.text[doc.ends[last] : doc.ends[last] + 1] in ("'", "’"):
        return None  # "m'a dit"
    subject, gender, usual_role = grammar.kinds[mention.kind]
    role = role or usual_role
    if not role and subject not in ("tenant", _PRONOUN) and grammar.speaks.end(doc.tokens, mention.end, limit) >= 0:
        role = "source"
    return _Person(mention.start, mention.end, subject, gender, role, label(doc.tokens[mention.name : mention.end]))


def subject_of(doc: Document, first: int, last: int) -> tuple[Subject, str]:
    """Return of whom tokens [first, last) of ``doc`` speak, and the cue that says so (``""`` when unknown).

    Tried in this order: a person who opens the remark; whose it is ("cancer du fils"); the nearest person before it in its sentence who can
    be its subject; a person put after it ("alcoolique, le mari"); a possessive, which speaks of the tenant; the person of the sentence
    before; the tenant, named later in the sentence.
    """
    grammar, tokens = _grammar(), doc.tokens
    lo, hi = doc.sentence_window(first, last, _REACH)
    gender = grammar.gender(tokens[first])
    before = _persons(doc, lo, first)
    opening = _person_at(doc, first, last)
    candidates = [
        *([opening] if opening else []),
        *(() if before and before[-1].end == first else _owner(doc, first, last, hi)),
        *_eligible(doc, before, first, gender),
        *_postponed(doc, lo, first, last, hi),
    ]
    if candidates:
        return _resolve(doc, candidates[0], lo, before)
    if possessive := next(grammar.possessive.matches(tokens, lo, first), None):
        return "tenant", label(tokens[slice(*possessive)])
    earlier = _persons(doc, _earlier(lo), lo)
    for person in _eligible(doc, earlier, first, gender):
        if person.subject in (*_HOUSEHOLD, _PRONOUN):
            return _resolve(doc, person, lo, earlier)
    for person in _persons(doc, last, hi):
        if person.subject == "tenant" and person.role != "source":
            return "tenant", person.cue
    return "unknown", ""


def _earlier(sentence: int) -> int:
    """Return where the words that precede the sentence at ``tokens[sentence:]`` begin to count."""
    return max(0, sentence - 1 - _EARLIER)


def _person_at(doc: Document, at: int, limit: int) -> _Person | None:
    """Return the person who is mentioned right at ``tokens[at:limit]``."""
    mention = _grammar().mention(doc.tokens, at, limit)
    return _person(doc, mention, "", limit) if mention and not mention.role else None


def _owner(doc: Document, first: int, last: int, hi: int) -> Iterator[_Person]:
    """Yield the person whose the remark is, named right after it."""
    grammar, tokens = _grammar(), doc.tokens
    of = grammar.complement.end(tokens, last, hi)
    if of >= 0 and not any(grammar.agent.matches(tokens, first, last)) and (person := _person_at(doc, of, hi)):
        yield person


def _eligible(doc: Document, persons: Sequence[_Person], remark: int, gender: str) -> Iterator[_Person]:
    """Yield the persons that can be the subject of what follows, the nearest first; those of the other gender last."""
    able = [p for p in reversed(persons) if not p.role or (p.role == "object" and _linked_to(doc, p) >= remark)]
    yield from (p for p in able if p.agrees(gender))
    yield from (p for p in able if not p.agrees(gender))
    yield from (p for p in reversed(persons) if p.role == "object" and p.subject == "tenant")


def _linked_to(doc: Document, person: _Person) -> int:
    """Return the token that ``person`` and the words that may link it to a remark lead to."""
    return max(person.end, _grammar().link.end(doc.tokens, person.end, len(doc.tokens)))


def _postponed(doc: Document, lo: int, first: int, last: int, hi: int) -> Iterator[_Person]:
    """Yield the person put after the remark: "alcoolique, le mari"; "Ivre, le locataire a crié"; "cancer (fils)"."""
    tokens = doc.tokens
    pause = tokens[last : last + 1] == [","]
    person = _person_at(doc, last + 1 if pause else last, hi)
    if not person or person.role:
        return
    closed = person.end == len(tokens) or tokens[person.end] in STOPS
    opens = first == lo
    if (closed and (pause or person.subject in ("tenant", _PRONOUN))) or (pause and opens and person.subject != "staff"):
        yield person


def _resolve(doc: Document, person: _Person, lo: int, before: Sequence[_Person]) -> tuple[Subject, str]:
    """Return whom ``person`` is; a pronoun stands for the nearest earlier person of its gender, and for the tenant when there is none."""
    told_by_kin = any(p.subject == "relative" and p.role == "source" for p in before)
    if told_by_kin and _grammar().parent.end(doc.tokens, person.start, len(doc.tokens)) >= 0:
        return "tenant", person.cue  # "appel du fils : sa mère est hospitalisée"
    if person.subject != _PRONOUN:
        return cast(Subject, person.subject), person.cue
    known = [*_persons(doc, _earlier(lo), lo), *(p for p in before if p.end <= person.start)]
    named = [p for p in known if p.subject != _PRONOUN and p.role != "source" and p.agrees(person.gender)]
    nearest = next((p for p in reversed(named) if not p.role), None) or next((p for p in reversed(named) if p.subject in _HOUSEHOLD), None)
    return cast(Subject, nearest.subject if nearest else "tenant"), person.cue
