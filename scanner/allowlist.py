"""The allow-list: findings that a named person has declared harmless, where, why and until when.

An entry names what it allows by ``term``, ``rule`` or ``record_id`` (several together must all hold), may narrow it by ``entity`` and
``scope``, and must carry ``reason``, ``author`` and ``expires``, the last day on which it holds.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from recognizers.document import Document
from recognizers.finding import Finding
from scanner.config_file import Table
from scanner.records import Record

_TARGETS = ("term", "rule", "record_id")
_SCOPES = ("field", "site", "source")


@dataclass(frozen=True, slots=True)
class AllowEntry:
    """One entry; ``""`` in ``term`` to ``source`` means any.

    ``term`` allows the findings whose own words (:attr:`Finding.words`) lie inside an occurrence of these words in the comment, whatever
    the case and accents. ``id`` is that of an entry of the state store, ``""`` for those of a policy file.
    """

    reason: str
    author: str
    expires: datetime.date
    term: str = ""
    rule: str = ""
    record_id: str = ""
    entity: str = ""
    field: str = ""
    site: str = ""
    source: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """A finding set aside, and the entry that did so."""

    finding: Finding
    entry: AllowEntry


class AllowList:
    """The entries of a policy, split on ``today`` into those in force and those that have expired."""

    def __init__(self, entries: Iterable[AllowEntry], today: datetime.date) -> None:
        entries = tuple(entries)
        self.today = today
        self.active = tuple(entry for entry in entries if entry.expires >= today)
        self.expired = tuple(entry for entry in entries if entry.expires < today)
        self._words = {entry.term: _words(entry.term) for entry in self.active if entry.term}

    def split(self, findings: Sequence[Finding], record: Record, field: str) -> tuple[list[Finding], list[Allowed]]:
        """Split the findings of ``record.texts[field]`` into those that stand and those that an entry in force allows."""
        entries = [entry for entry in self.active if _in_scope(entry, record, field)]
        if not entries or not findings:
            return list(findings), []
        ranges = self._ranges(entries, record.texts[field])
        standing: list[Finding] = []
        allowed: list[Allowed] = []
        for finding in findings:
            entry = next((e for e in entries if _covers(e, finding, ranges.get(e.term, ()))), None)
            if entry is None:
                standing.append(finding)
            else:
                allowed.append(Allowed(finding, entry))
        return standing, allowed

    def _ranges(self, entries: Iterable[AllowEntry], text: str) -> dict[str, list[tuple[int, int]]]:
        """Return where each term of ``entries`` stands in ``text``, as code-point ranges."""
        terms = {entry.term for entry in entries if entry.term}
        if not terms:
            return {}
        doc = Document(text)
        return {term: list(_occurrences(self._words[term], doc)) for term in terms}


def parse_allow_entries(tables: Iterable[Table], entities: Collection[str]) -> list[AllowEntry]:
    """Return the entries written in ``tables``; ``entities`` are the entity names that exist.

    Raises :class:`scanner.errors.ConfigError` naming file, line and reason on an unknown or missing key or a malformed value.
    """
    return [_entry(table, tuple(entities)) for table in tables]


def _entry(table: Table, entities: tuple[str, ...]) -> AllowEntry:
    table.refuse_unknown((*_TARGETS, "entity", "scope", "reason", "author", "expires"))
    targets = {key: table.text(key) for key in _TARGETS}
    if not any(targets.values()):
        raise table.error(f"an allow-list entry needs one of: {', '.join(_TARGETS)}")
    if targets["term"] and not has_words(targets["term"]):
        raise table.error("'term' holds no word", "term")
    scope = table.table("scope")
    scope.refuse_unknown(_SCOPES)
    return AllowEntry(
        reason=table.required("reason"),
        author=table.required("author"),
        expires=table.date("expires"),
        entity=table.choice("entity", entities, ""),
        **targets,
        **{key: scope.text(key) for key in _SCOPES},
    )


def _in_scope(entry: AllowEntry, record: Record, field: str) -> bool:
    wanted_and_actual = (
        (entry.record_id, record.id),
        (entry.field, field),
        (entry.site, record.site),
        (entry.source, record.source),
    )
    return all(wanted in ("", actual) for wanted, actual in wanted_and_actual)


def _covers(entry: AllowEntry, finding: Finding, term_ranges: Iterable[tuple[int, int]]) -> bool:
    first, last = finding.words
    return (
        entry.entity in ("", finding.entity)
        and entry.rule in ("", finding.rule)
        and (not entry.term or any(start <= first and last <= end for start, end in term_ranges))
    )


def has_words(term: str) -> bool:
    """Tell whether ``term`` holds a word, and can be looked for."""
    return bool(_words(term))


def _words(term: str) -> list[str]:
    return [token for token in Document(term).tokens if token not in (".", ",")]


def _occurrences(words: Sequence[str], doc: Document) -> Iterable[tuple[int, int]]:
    for first in range(len(doc.tokens) - len(words) + 1):
        last = first + len(words)
        if doc.tokens[first:last] == words:
            yield doc.starts[first], doc.ends[last - 1]
