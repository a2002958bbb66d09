"""Counts of one scan: everything that the summary and the report say, and no text.

Memory does not grow with the input: counters have as many keys as there are entities, fields, sites, months and terms, the lists of rows
and records are capped, and so is the number of tenants that are told apart.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.judgement import Judgement
from scanner.persons import Persons
from scanner.records import Record
from scanner.scoring import LEVELS

FIRST_RECORDS = 50
"""How many of the riskiest records the summary names."""
NAMED_ROWS = 1_000
"""How many rows that could not be scanned the summary names; all are counted."""
MAX_KEYS = 10_000
"""Sites, fields and terms beyond this many are counted together under ``OTHER``."""
OTHER = "…"

PurposeOf = Callable[[str], str]
"""Returns the purpose of a field."""


def count(counter: Counter[tuple[str, ...]], *key: str, times: int = 1) -> None:
    """Count ``key``, under ``OTHER`` once the counter is full."""
    if key in counter or len(counter) < MAX_KEYS:
        counter[key] += times
    else:
        counter[(OTHER,) * len(key)] += times


@dataclass(slots=True)
class Statistics:
    """Running counts. Tuples of strings are the keys, in the order that the attribute's name gives.

    ``rows_skipped`` counts the records that an earlier run scanned and that have not changed. ``rows_not_scanned`` counts the records that
    could not be scanned in full, ``rows_unsettled`` those of them in which nothing was found: they have no level, not even "none".
    Counters whose name begins with ``entity_`` count findings, but for ``entity_records``; months are those of records that have a date.
    """

    rows_read: int = 0
    rows_scanned: int = 0
    rows_skipped: int = 0
    rows_not_scanned: int = 0
    rows_unsettled: int = 0
    texts: int = 0
    characters: int = 0
    allowed: int = 0
    records_with_findings: int = 0
    alerts: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    entity_findings: Counter[tuple[str, ...]] = field(default_factory=Counter)
    entity_records: Counter[tuple[str, ...]] = field(default_factory=Counter)
    entity_assertion: Counter[tuple[str, ...]] = field(default_factory=Counter)
    entity_subject: Counter[tuple[str, ...]] = field(default_factory=Counter)
    entity_field: Counter[tuple[str, ...]] = field(default_factory=Counter)
    entity_site: Counter[tuple[str, ...]] = field(default_factory=Counter)
    entity_term: Counter[tuple[str, ...]] = field(default_factory=Counter)
    entity_severity: Counter[tuple[str, ...]] = field(default_factory=Counter)
    entity_month: Counter[tuple[str, ...]] = field(default_factory=Counter)
    entity_purpose: Counter[tuple[str, ...]] = field(default_factory=Counter)
    level_month: Counter[tuple[str, ...]] = field(default_factory=Counter)
    field_records: Counter[tuple[str, ...]] = field(default_factory=Counter)
    site_records: Counter[tuple[str, ...]] = field(default_factory=Counter)
    site_findings: Counter[tuple[str, ...]] = field(default_factory=Counter)
    author_group_records: Counter[tuple[str, ...]] = field(default_factory=Counter)
    month_records: Counter[tuple[str, ...]] = field(default_factory=Counter)
    month_read: Counter[tuple[str, ...]] = field(default_factory=Counter)
    reason_records: Counter[tuple[str, ...]] = field(default_factory=Counter)
    persons: Persons = field(default_factory=Persons)
    not_scanned: list[dict[str, Any]] = field(default_factory=list)
    _first: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)

    def add(self, record: Record, judgement: Judgement | None, pseudonym: str, purpose_of: PurposeOf) -> None:
        """Count one record and what was found in it (``None``: nothing); ``pseudonym`` stands for its id in the list of the riskiest."""
        texts = [text for text in record.texts.values() if text]
        not_scanned = [record] if record.problem else []
        self.add_read([record.site], [record.date], [record.tenant], len(texts), sum(map(len, texts)), not_scanned)
        if judgement:
            self.add_outcome(record, judgement, pseudonym, purpose_of)
        else:
            self.add_without_findings(1, unsettled=bool(record.problem))

    def add_read(
        self,
        sites: Collection[str],
        dates: Iterable[str],
        tenants: Sequence[str],
        texts: int,
        characters: int,
        not_scanned: Collection[Record],
    ) -> None:
        """Count records as read: site, date and tenant of each, how many texts that are not empty they hold and how long these are.

        ``not_scanned`` are those that could not be scanned in full.
        """
        self.persons.add_read(tenants)
        self.rows_read += len(sites)
        self.rows_scanned += len(sites) - len(not_scanned)
        self.texts += texts
        self.characters += characters
        for site, times in Counter(sites).items():
            count(self.site_records, site, times=times)
        for date, times in Counter(dates).items():
            if date:
                count(self.month_read, date[:7], times=times)
        for record in not_scanned:
            self.rows_not_scanned += 1
            count(self.reason_records, record.problem)
            if len(self.not_scanned) < NAMED_ROWS:
                self.not_scanned.append({"source": record.source, "row": record.number, "record_id": record.id, "reason": record.problem})

    def add_without_findings(self, records: int, *, unsettled: int) -> None:
        """Count ``records`` that are counted as read and in which nothing was found, ``unsettled`` of them not scanned in full."""
        self.levels["none"] += records - unsettled
        self.rows_unsettled += unsettled

    def add_outcome(self, record: Record, judgement: Judgement, pseudonym: str, purpose_of: PurposeOf) -> None:
        """Count what was found in a record that is counted as read, and what of it the allow-list set aside."""
        self.allowed += judgement.allowed
        if any(judgement.fields.values()):
            self.add_judged(record, judgement, pseudonym, purpose_of)
        else:
            self.add_without_findings(1, unsettled=bool(record.problem))

    def add_judged(self, record: Record, judgement: Judgement, pseudonym: str, purpose_of: PurposeOf) -> None:
        """Count what was found in a record that is already counted as read; at least one finding."""
        self.levels[judgement.risk.level] += 1
        self.actions[judgement.action] += 1
        entities: set[str] = set()
        month = record.date[:7]
        for field_name, findings in judgement.fields.items():
            if findings:
                count(self.field_records, field_name)
                purpose = purpose_of(field_name)
            for item in findings:
                found = item.finding
                entities.add(found.entity)
                count(self.entity_findings, found.entity)
                count(self.entity_assertion, found.entity, found.assertion)
                count(self.entity_subject, found.entity, found.subject)
                count(self.entity_field, found.entity, field_name)
                count(self.entity_severity, found.entity, str(item.severity))
                count(self.entity_site, found.entity, record.site)
                count(self.entity_purpose, found.entity, purpose)
                if month:
                    count(self.entity_month, found.entity, month)
                if found.term:
                    count(self.entity_term, found.entity, found.term)
        self.records_with_findings += 1
        for entity in entities:
            count(self.entity_records, entity)
        self.persons.add_found(record.tenant, entities)
        count(self.site_findings, record.site)
        count(self.author_group_records, record.author_group)
        if month:
            count(self.month_records, month)
            count(self.level_month, judgement.risk.level, month)
        self._keep_if_first(record, judgement, pseudonym, sorted(entities))

    def _keep_if_first(self, record: Record, judgement: Judgement, pseudonym: str, entities: list[str]) -> None:
        risk = judgement.risk
        # The order of the input breaks ties, so that the list does not depend on anything else.
        rank = (risk.value, -self.records_with_findings)
        if len(self._first) == FIRST_RECORDS and rank < self._first[0][:2]:
            return
        entry = {
            "record": pseudonym,
            "source": record.source,
            "row": record.number,
            "risk": risk.value,
            "level": risk.level,
            "entities": entities,
            "site": record.site,
            "date": record.date,
            "action": judgement.action,
        }
        push = heapq.heappushpop if len(self._first) == FIRST_RECORDS else heapq.heappush
        push(self._first, (*rank, entry))

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as JSON-ready data: counters of tuples become sorted lists of ``[*key, count]``."""
        counters = {
            name: [[*key, count] for key, count in sorted(getattr(self, name).items())]
            for name in self.__slots__
            if name.startswith(("entity_", "field_", "site_", "author_", "month_", "level_", "reason_"))
        }
        return {
            "rows_read": self.rows_read,
            "rows_scanned": self.rows_scanned,
            "rows_skipped": self.rows_skipped,
            "rows_not_scanned": self.rows_not_scanned,
            "rows_unsettled": self.rows_unsettled,
            "texts": self.texts,
            "characters": self.characters,
            "findings": sum(self.entity_findings.values()),
            "findings_allowed": self.allowed,
            "records_with_findings": self.records_with_findings,
            "alerts": self.alerts,
            "levels": {level: self.levels[level] for level in LEVELS},
            "actions": dict(sorted(self.actions.items())),
            **counters,
            "entity_persons": self.persons.by_entity(),
            "persons": self.persons.as_dict(),
            "first_records": [entry for *_, entry in sorted(self._first, key=lambda item: (-item[0], -item[1]))],
            "not_scanned": self.not_scanned,
        }
