"""What retention rules make of the fields of one record on a day."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scanner.columns import fold_header
from scanner.policy import Policy
from scanner.sources import Layout
from scanner.sources.dates import parse_date
from scanner.subject.retention_rules import RetentionRule, RetentionRules
from scanner.subject.stream import Item

Verdict = Literal["overdue", "kept", "excepted", "undated", "unruled"]
"""Past its period; within it, or the contract still runs; past it, kept by an exception; no date to count from; no rule fits."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the rules make of one field of a record.

    ``rule`` is the index of the rule, -1 for none; ``start`` and ``last`` are the day from which the period counts and its last, ``None``
    where it has no date.
    """

    field: str
    verdict: Verdict
    rule: int = -1
    start: datetime.date | None = None
    last: datetime.date | None = None


_Period = tuple[Verdict, datetime.date | None, datetime.date | None]
"""A verdict, the day from which the period counts, its last day."""


class RetentionJudge:
    """Judges records on the day ``today``; ``policy`` knows what fields are for. The first rule that fits a field decides."""

    def __init__(self, rules: RetentionRules, policy: Policy, today: datetime.date) -> None:
        self.rules = rules
        self.today = today
        self._policy = policy
        self._decides: dict[tuple[str, str], int] = {}
        self._columns: dict[tuple[str, str], str] = {}
        self._periods: dict[tuple[int, str | None], _Period] = {}

    def judged(self, item: Item) -> Iterator[Kept]:
        """Yield what the rules make of each field of ``item`` that holds text."""
        for field, text in item.reading.record.texts.items():
            if text.strip():
                yield self._judged(item, field)

    def _judged(self, item: Item, field: str) -> Kept:
        at = self._rule_of(item.layout, field)
        if at < 0:
            return Kept(field, "unruled")
        rule = self.rules.rules[at]
        written = self._cell(item, rule.after) if rule.after else item.record.date
        place = at, written
        if place not in self._periods:
            self._periods[place] = self._period(rule, written)
        verdict, start, last = self._periods[place]
        if verdict == "overdue" and self._is_excepted(item):
            verdict = "excepted"
        return Kept(field, verdict, at, start, last)

    def _period(self, rule: RetentionRule, written: str | None) -> _Period:
        """Return what ``rule`` says of a comment whose period counts from ``written``, ``None`` where the table has no such column."""
        if rule.after and written is not None and not written.strip():
            return "kept", None, None  # the contract still runs
        iso = parse_date(written or "")
        if not iso:
            return "undated", None, None
        start = datetime.date.fromisoformat(iso)
        if start > self.today:  # business software writes 31/12/9999 where a contract has no end
            return "kept", start, None
        last = rule.last_day(start)
        return "kept" if self.today <= last else "overdue", start, last

    def _is_excepted(self, item: Item) -> bool:
        exceptions = self.rules.exceptions
        return bool(exceptions.column) and exceptions.holds(self._cell(item, exceptions.column) or "")

    def _rule_of(self, layout: Layout, field: str) -> int:
        """Return the index of the rule that decides about ``field``, -1 for none."""
        place = layout.source, field
        if place not in self._decides:
            purpose = self._policy.with_purposes(layout.purposes, layout.roles.lines).purpose_of(field)
            self._decides[place] = next((at for at, rule in enumerate(self.rules.rules) if rule.fits(field, purpose)), -1)
        return self._decides[place]

    def _cell(self, item: Item, column: str) -> str | None:
        """Return the cell of ``column``, ``None`` where the table has none: nothing can be told of its records then."""
        place = item.layout.source, column
        if place not in self._columns:
            self._columns[place] = next((name for name in item.others if fold_header(name) == fold_header(column)), "")
        return item.others.get(self._columns[place])
