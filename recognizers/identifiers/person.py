"""PERSON: surnames and full names, by title, role, first name, initial, list of surnames, or the record's own name columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recognizers.finding import Finding
from recognizers.identifiers.name_shapes import Names
from recognizers.identifiers.plain import fold
from recognizers.identifiers.vocabulary import person_words
from recognizers.identifiers.words import Word, split_words

_MIN_RECORD_NAME = 3


def find_persons(text: str, record_names: Sequence[str] = ()) -> list[Finding]:
    """Persons named in ``text`` (undisguised), sorted by start, without overlaps.

    ``record_names`` are surnames and first names from the record's own name columns.
    """
    words = split_words(text)
    names = Names(text, words)
    wanted = _record_keys(record_names)
    taken = 0
    found: list[Finding] = []
    for i, word in enumerate(words):
        if i < taken:
            continue
        for first, last, score, rule in _candidates(names, i, word, wanted):
            if first >= taken:
                end = words[last].end + (len(words[last].key) == 1 and text.startswith(".", words[last].end))
                found.append(Finding("PERSON", words[first].start, end, score, rule, cues=(rule.partition(".")[2],)))
                taken = last + 1
    return found


def _candidates(names: Names, i: int, word: Word, wanted: frozenset[str]) -> Iterator[tuple[int, int, float, str]]:
    """First and last word, score and rule of the names that the word at ``i`` starts or announces, most certain first."""
    lists = person_words()
    if word.style == "lower" and len(word.key) > 1 and word.key not in lists.lower_starts and word.key not in wanted:
        return
    if word.key in lists.titles and (spans := names.after_title(i)):
        for first, last in spans:
            yield first, last, 0.95, "PERSON.title"
        return
    if word.key in wanted and names.stands_for_a_name(i):
        yield i, names.end_of_chain(i), 0.95, "PERSON.record-name"
        return
    if (end := names.full_name(i)) is not None:
        yield i, end, 0.9, "PERSON.full-name"
        return
    if (span := names.after_initial(i)) is not None:
        yield *span, 0.85, "PERSON.initial"
        return
    if word.key in lists.roles and (span := names.after_role(i)) is not None:
        yield *span, 0.8, "PERSON.role"
        return
    if (end := names.lone_surname(i)) is not None:
        yield i, end, 0.7, "PERSON.surname"


def _record_keys(record_names: Sequence[str]) -> frozenset[str]:
    """Folded words of the record's names, short ones and particles left out."""
    keys: set[str] = set()
    for name in record_names:
        for word in split_words(name):
            keys.update(part for part in (word.key, *word.key.split("-")) if len(part) >= _MIN_RECORD_NAME)
    return frozenset(keys - person_words().particles - person_words().titles)


def may_hold_record_name(text: str, record_names: Sequence[str]) -> bool:
    """Cheap test: whether a word of the record's names may stand in ``text``."""
    if not record_names:
        return False
    folded = fold(text)
    return any(word in folded for name in record_names for word in fold(name).split() if len(word) >= _MIN_RECORD_NAME)
