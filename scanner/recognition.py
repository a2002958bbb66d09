"""Findings of records: the step that exports, databases and Spark share. A text that a recognizer fails on costs only its own record.

The texts of many records become one list (:class:`TextList`), which a detector reads here (:func:`detect`) or in a worker process
(:mod:`scanner.workers`); what it found is then told by record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat

from recognizers.detector import Detector
from recognizers.finding import Finding
from scanner.memos.reading import Reading
from scanner.records import Record

ANALYSIS_ERROR = "analysis-error"
"""Problem of a record that a recognizer failed on; the type of the exception follows."""

FoundByField = Mapping[str, list[Finding]]
"""The findings of a record by field, fields without any left out."""


@dataclass(frozen=True, slots=True)
class Detected:
    """What was found in a list of texts, by their index; ``failed`` holds the type of the exception of those a recognizer failed on."""

    found: Mapping[int, list[Finding]]
    failed: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found in a record, and the problem that its scan met, ``""`` for none."""

    found: FoundByField
    problem: str


@dataclass(slots=True)
class TextList:
    """The texts of many records and, parallel to them, the names that their records hold.

    Records are known by a number that the caller chooses. Texts in which a word may be cut at the end of a line are read a second time.
    """

    texts: list[str] = field(default_factory=list)
    names: list[Sequence[str]] = field(default_factory=list)
    _places: list[tuple[int, str]] = field(default_factory=list)
    _seconds: dict[int, Reading] = field(default_factory=dict)

    def add_column(self, column: str, numbers: Sequence[int], cells: Sequence[str], names: Sequence[Sequence[str]]) -> None:
        """Add the ``cells`` of one free-text column and the ``names`` of the records ``numbers``, which are parallel."""
        self.texts += cells
        self.names += names
        self._places += zip(numbers, repeat(column), strict=False)

    def add_reading(self, number: int, reading: Reading) -> None:
        """Add the texts of the record ``number``, once only."""
        self._add_record(number, reading.record)
        if second := reading.second:
            self._seconds |= dict.fromkeys(range(len(self.texts), len(self.texts) + len(second.texts)), reading)
            self._add_record(number, second)

    def outcomes(self, detected: Detected) -> dict[int, Outcome]:
        """Return the outcome of each record, by its number, in which something was found or that a recognizer failed on."""
        found: dict[int, dict[str, list[Finding]]] = {}
        problems: dict[int, str] = {}
        for at in sorted(detected.found.keys() | detected.failed.keys()):
            number, column = self._places[at]
            fields = found.setdefault(number, {})
            if at in detected.failed:
                if not (at in self._seconds and number in problems):
                    problems[number] = f"{ANALYSIS_ERROR}: {detected.failed[at]}"
            elif at not in self._seconds:
                fields[column] = detected.found[at]
            elif added := self._seconds[at].only_in_second(column, detected.found[at]):
                fields[column] = _united(fields.get(column, []), added)
        return {number: Outcome(fields, problems.get(number, "")) for number, fields in found.items() if fields or number in problems}

    def _add_record(self, number: int, record: Record) -> None:
        self.texts += record.texts.values()
        self.names += repeat(record.names, len(record.texts))
        self._places += zip(repeat(number), record.texts)


def detect(texts: Sequence[str], names: Sequence[Sequence[str]], detector: Detector) -> Detected:
    """Return what ``detector`` finds in ``texts``, whose records hold ``names``; nothing that it raises comes out."""
    try:
        found = detector.find_many(texts, names)
    except Exception:  # whatever it is, it must not cost the other texts their scan
        return _detect_alone(texts, names, detector)
    return Detected({at: findings for at, findings in enumerate(found) if findings}, {})


def find_in_records(records: Sequence[Record], detector: Detector) -> Iterator[tuple[Record, FoundByField]]:
    """Yield each record, in order, with its findings; one that a recognizer failed on comes with its ``problem`` set."""
    for reading, found in find_in_readings([Reading(record, record.texts, {}) for record in records], detector):
        yield reading.record, found


def find_in_readings(readings: Sequence[Reading], detector: Detector) -> Iterator[tuple[Reading, FoundByField]]:
    """Do the same for records as they are to be read; where a word may be cut at the end of a line, with what the second reading adds."""
    texts = texts_of(readings)
    yield from found_in(readings, texts.outcomes(detect(texts.texts, texts.names, detector)))


def texts_of(readings: Sequence[Reading]) -> TextList:
    """Return the texts of ``readings``, each known by its index."""
    texts = TextList()
    for number, reading in enumerate(readings):
        texts.add_reading(number, reading)
    return texts


def found_in(readings: Sequence[Reading], outcomes: Mapping[int, Outcome]) -> Iterator[tuple[Reading, FoundByField]]:
    """Yield each of ``readings`` with its findings; one that a recognizer failed on comes with the ``problem`` of its record set."""
    for number, reading in enumerate(readings):
        outcome = outcomes.get(number)
        if outcome is None:
            yield reading, {}
        else:
            yield with_problem(reading, outcome.problem), outcome.found


def with_problem(reading: Reading, problem: str) -> Reading:
    """Return ``reading`` with ``problem``, where there is one, set in its record."""
    return replace(reading, record=replace(reading.record, problem=problem)) if problem else reading


def _detect_alone(texts: Sequence[str], names: Sequence[Sequence[str]], detector: Detector) -> Detected:
    found: dict[int, list[Finding]] = {}
    failed: dict[int, str] = {}
    for at, (text, own) in enumerate(zip(texts, names, strict=True)):
        try:
            findings = detector.find(text, own)
        except Exception as error:  # its message may hold words of the text: only its type is kept
            failed[at] = type(error).__name__
        else:
            if findings:
                found[at] = findings
    return Detected(found, failed)


def _united(findings: list[Finding], added: Sequence[Finding]) -> list[Finding]:
    """Return ``findings`` and those of ``added`` whose words none of the same entity shares, in order of their start."""
    new = [a for a in added if not any(f.entity == a.entity and _share_words(f, a) for f in findings)]
    return sorted([*findings, *new], key=lambda f: (f.start, f.end, f.entity))


def _share_words(one: Finding, other: Finding) -> bool:
    return one.words[0] < other.words[1] and other.words[0] < one.words[1]
