"""PERSON: surnames and full names, by title, role, first name, initial, list of surnames, or the record's own name columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from recognizers.finding import Finding
from recognizers.identifiers.comment import Comment
from recognizers.identifiers.disjoint import Disjoint
from recognizers.identifiers.name_alone import find_alone
from recognizers.identifiers.name_neighbours import Neighbours
from recognizers.identifiers.name_shapes import Names
from recognizers.identifiers.sieve import names_nobody
from recognizers.identifiers.vocabulary import person_words
from recognizers.identifiers.words import MAX_INITIAL, Word, Words

_PHONE_DIGITS = 9
MIN_RECORD_NAME = 3
"""Shorter words of the record's names are not looked for."""


def find_persons(comment: Comment, record_names: Sequence[str] = ()) -> list[Finding]:
    """Persons named in ``comment``, sorted by start, without overlaps.

    ``record_names`` are surnames and first names from the record's own name columns.
    """
    words = Words(comment)
    names = Names(words)
    neighbours = Neighbours(words, names)
    wanted = _record_keys(record_names)
    lists = person_words()
    first_names_about = not lists.first_names.isdisjoint(comment.words)
    taken = 0
    found: list[_Name] = []
    for i in words.telling(lists.starts, lists.lower_starts, wanted, capitals=first_names_about):
        if i < taken or (words.raw(i)[1] not in wanted and names_nobody(words, i, first_names_about=first_names_about)):
            continue
        for name in _candidates(names, neighbours, i, words[i], wanted, first_names_about):
            if name.first >= taken:
                found.append(name)
                taken = name.last + 1
    places = Disjoint()
    for name in found:
        places.add(name.first, name.last + 1)
    if comment.digits >= _PHONE_DIGITS or "prenom" in comment.words:
        _add(found, places, (_Name(first, last, 0.7, "detail") for first, last in neighbours.before_detail()))
    _add(found, places, (_Name(first, last, 0.7, "alone") for first, last in find_alone(comment, words, names)))
    _add(found, places, (_Name(*span, 0.7, "joined") for name in tuple(found) for span in neighbours.joined(name.first, name.last)))
    return [_finding(words, name) for name in sorted(found)]


class _Name(NamedTuple):
    """A name: its first and last word, its score, the rule that found it."""

    first: int
    last: int
    score: float
    rule: str


def _add(found: list[_Name], places: Disjoint, more: Iterable[_Name]) -> None:
    """Add to ``found``, which stand in ``places``, those of ``more`` that overlap none of it."""
    found += [name for name in more if places.add(name.first, name.last + 1)]


def _finding(words: Words, name: _Name) -> Finding:
    last = words[name.last]
    end = last.end + (len(last.key) == 1 and words.text.startswith(".", last.end))
    return Finding("PERSON", words[name.first].start, end, name.score, f"PERSON.{name.rule}", cues=(name.rule,))


def _candidates(
    names: Names, neighbours: Neighbours, i: int, word: Word, wanted: frozenset[str], first_names_about: bool
) -> Iterator[_Name]:
    """Names that the word at ``i`` starts or announces, most certain first."""
    lists = person_words()
    if word.key in lists.titles and (spans := names.after_title(i)):
        for first, last in spans:
            yield _Name(first, last, 0.95, "title")
    elif word.key in wanted and names.stands_for_a_name(i):
        yield _Name(i, names.end_of_chain(i), 0.95, "record-name")
    elif first_names_about and (end := names.full_name(i)) is not None:
        yield _Name(i, end, 0.9, "full-name")
    elif len(word.key) <= MAX_INITIAL and (span := names.after_initial(i)) is not None:
        yield _Name(*span, 0.85, "initial")
    elif word.key in lists.roles and (span := names.after_role(i)) is not None:
        yield _Name(*span, 0.8, "role")
    elif (end := names.lone_surname(i)) is not None:
        yield _Name(i, end, 0.7, "surname")
    elif first_names_about and (surname := neighbours.before_first_name(i)) is not None:
        yield _Name(surname, i, 0.7, "surname-first")


def _record_keys(record_names: Sequence[str]) -> frozenset[str]:
    """Folded words of the record's names, short ones and particles left out."""
    keys: set[str] = set()
    for name in record_names:
        words = Words(Comment.of(name))
        for word in map(words.__getitem__, range(len(words))):
            keys.update(part for part in (word.key, *word.key.split("-")) if len(part) >= MIN_RECORD_NAME)
    return frozenset(keys - person_words().particles - person_words().titles)
