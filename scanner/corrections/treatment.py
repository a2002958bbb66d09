"""What becomes of the texts of one record: decisions win over the policy, findings are redacted, whole texts give way to a mark."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Literal

from recognizers.finding import Finding
from scanner.data_files import data_toml
from scanner.memos.line_columns import LineGroup
from scanner.memos.lines import Place
from scanner.memos.memo import read_memo
from scanner.memos.reading import Reading, read_record
from scanner.records import NO_ROW, Record
from scanner.redaction import Redacted, RedactedSpan, Redactor

Treatment = Literal["redact", "quarantine", "erase"]
"""Findings replaced; whole text replaced; whole text replaced and its sealed original destroyed."""

_CORRECTED = ("redact", "quarantine")
_DISMISSED = ("release", "false_alarm")
_RTF = r"{\rtf"
_SHORTEST_RTF = r"{\rtf1\ansi x}"


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding in ``field``, what the policy makes of it, and whether people set it aside.

    ``places`` are the parts of cells that it covers, one but in lines.
    """

    finding: Finding
    field: str
    places: tuple[Place, ...]
    action: str
    dismissed: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided (``false_alarm``, ``release``, ``redact``, ``erase``) of a field and an entity; ``""`` means any."""

    field: str
    entity: str
    decision: str


@dataclass(frozen=True, slots=True)
class NewText:
    """What a cell shall hold, why, and which entities that takes out of its field."""

    cell: str
    treatment: Treatment
    text: str
    entities: tuple[str, ...]


class Corrector:
    """Corrects the texts of records as ``redactor`` redacts; ``day`` and the reference of the record stand in the marks."""

    def __init__(self, redactor: Redactor, day: datetime.date) -> None:
        self._redactor = redactor
        self._day = f"{day:%d/%m/%Y}"

    def new_texts(
        self,
        texts: Mapping[str, str],
        groups: Sequence[LineGroup],
        action: str,
        findings: Sequence[StoredFinding],
        decisions: Sequence[Decision],
        reference: str,
        written: Mapping[str, str] = MappingProxyType({}),
    ) -> list[NewText]:
        """Return the cells of ``texts`` that change; ``groups`` are those that are lines of one text.

        ``action`` is what the policy asks for the record. Of several ``decisions`` on the same thing, given in the order in which they were
        taken, the last counts: one on a whole field or record decides on the treatment, any on the findings that it covers. To erase one
        entity is to redact it. ``written`` are texts that people wrote, by field, which win over redaction. Raises :class:`ValueError` when
        a finding to redact stands in none of the texts, or outside them.
        """
        reading = read_record(Record(id="", row=NO_ROW, source="", texts=texts), groups)
        standing = [item for item in findings if _last(decisions, item.field, item.finding.entity) not in _DISMISSED]
        to_redact = [item for item in standing if _is_redacted(item, decisions)]
        treatments = {
            field: _treatment(action, _last(decisions, field), any(item.action in _CORRECTED for item in standing))
            for field in reading.record.texts
        }
        if not {item.field for item in to_redact} <= treatments.keys():
            raise ValueError("a finding stands in none of the texts")
        changed = []
        for field, treatment in treatments.items():
            if treatment is None:
                continue
            concerned = [item for item in (to_redact if treatment == "redact" else findings) if item.field == field]
            cells = reading.cells_of(field)
            if treatment == "redact" and field in written:
                new = reading.rewritten(field, _replaced(reading.record.texts[field], written[field]))
            elif treatment == "redact":
                new = self._redacted(reading, field, concerned)
            else:
                new = self._marked(cells, treatment, reference)
            entities = tuple(sorted({item.finding.entity for item in concerned}))
            changed += [NewText(cell, treatment, new[cell], entities) for cell in cells if new.get(cell, cells[cell]) != cells[cell]]
        return changed

    def _redacted(self, reading: Reading, field: str, items: Sequence[StoredFinding]) -> dict[str, str]:
        """Return the cells of ``field`` with ``items`` replaced, in RTF or HTML where they hold that."""
        found = [item.finding for item in items]
        if field in reading.fields:
            spans = [[reading.fields[field].span_back(*place) for place in item.places] for item in items]
            found = [replace(one, start=parts[0][0], end=parts[-1][1]) for one, parts in zip(found, spans, strict=True)]
        return reading.rewritten(field, self._redactor.redact(reading.record.texts[field], found))

    def _marked(self, cells: Mapping[str, str], treatment: Treatment, reference: str) -> dict[str, str]:
        """Return the cells of a field that is taken out: a mark in the first, nothing in the others."""
        new = dict.fromkeys(cells, "")
        for cell in list(cells)[:1]:
            new[cell] = self._mark(treatment, reference, cells[cell])
        return new

    def _mark(self, treatment: Treatment, reference: str, text: str) -> str:
        mark = _marks()[treatment].format(date=self._day, reference=reference)
        is_rtf = text.lstrip("\ufeff \t\r\n").startswith(_RTF)
        return read_memo(_SHORTEST_RTF).replace([(0, 1, mark)]) if is_rtf else mark


def _replaced(text: str, written: str) -> Redacted:
    """Return ``written`` in place of all of ``text``, as a redaction of it."""
    return Redacted(written, (RedactedSpan("", "", 0, len(text), 0, len(written)),))


def _treatment(action: str, decision: str, anything_to_correct: bool) -> Treatment | None:
    """Return the treatment of a field on the whole of which ``decision`` was the last (``""``: none was taken)."""
    if decision == "erase":
        return "erase"
    if decision in _DISMISSED:
        return None
    if action == "quarantine" and decision != "redact":
        return "quarantine" if anything_to_correct else None
    return "redact"


def _is_redacted(item: StoredFinding, decisions: Sequence[Decision]) -> bool:
    named = any(decision.entity == item.finding.entity and decision.field in ("", item.field) for decision in decisions)
    return item.action in _CORRECTED or named


def _last(decisions: Sequence[Decision], field: str, entity: str = "") -> str:
    """Return the last decision that covers ``entity`` in ``field``, or, without entity, the whole of the field."""
    covering = [item.decision for item in decisions if item.field in ("", field) and item.entity in ("", entity)]
    return covering[-1] if covering else ""


@cache
def _marks() -> Mapping[str, str]:
    marks: Mapping[str, str] = data_toml("corrections.toml")["marks"]
    return marks
