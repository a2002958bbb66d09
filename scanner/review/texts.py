"""The texts of a record, opened from the vault, and where its findings stand in them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from recognizers.finding import Finding
from scanner.catalogue import Catalogue
from scanner.corrections.layout import record_layout
from scanner.memos.lines import Place
from scanner.memos.reading import Reading, read_record
from scanner.records import NO_ROW, Record
from scanner.review.masking import BULLET, Segment
from scanner.scoring import severity_of
from scanner.store.schema import findings, records, source_tables

_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding that stands, with its id and the offsets of the text of its field as it is read, and what the policy makes of it."""

    id: int
    finding: Finding
    action: str


@dataclass(frozen=True, slots=True)
class OpenedTexts:
    """The texts of a record as they are read (``reading.record.texts``), and by field the findings that stand in them."""

    reading: Reading
    placed: Mapping[str, Sequence[Placed]]

    @property
    def texts(self) -> Mapping[str, str]:
        """The texts by field, without the markup of RTF and HTML, numbered lines as one."""
        return self.reading.record.texts


def open_texts(connection: Connection, record_id: int, cells: Mapping[str, str]) -> OpenedTexts:
    """Return the texts that ``cells``, as they were sealed, hold. Findings that are not of these cells are left out."""
    columns = records.c.key_values, source_tables.c.key_columns, source_tables.c.text_columns
    row = connection.execute(select(*columns).join_from(records, source_tables).where(records.c.id == record_id)).one()
    found = connection.execute(select(findings).where(findings.c.record_id == record_id).order_by(findings.c.id)).all()
    key_columns, key, text_columns = (json.loads(value or "[]") for value in (row.key_columns, row.key_values, row.text_columns))
    layout = record_layout(key_columns if key else [], key, text_columns, cells, {item.field for item in found})
    reading = read_record(Record(id="", row=NO_ROW, source="", texts=cells), layout.groups)
    placed: dict[str, list[Placed]] = {}
    for item in found:
        if item.dismissed is None and item.field in reading.record.texts and (span := _span(reading, item)):
            finding = Finding(item.entity, *span, item.score, item.rule, item.assertion, item.subject, term=item.term)
            placed.setdefault(item.field, []).append(Placed(item.id, finding, item.action))
    return OpenedTexts(reading, placed)


def segments(opened: OpenedTexts, catalogue: Catalogue, *, masked: bool) -> dict[str, list[Segment]]:
    """Return the segments of each text; findings that overlap are one, which the most severe of them names."""
    return {name: _segments(text, opened.placed.get(name, ()), catalogue, masked) for name, text in opened.texts.items()}


def _segments(text: str, placed: Sequence[Placed], catalogue: Catalogue, masked: bool) -> list[Segment]:
    runs: list[list[Placed]] = []
    end = 0
    for item in sorted(placed, key=lambda one: (one.finding.start, one.finding.end)):
        if runs and item.finding.start < end:
            runs[-1].append(item)
        else:
            runs.append([item])
        end = max(end, item.finding.end)
    parts: list[Segment] = []
    done = 0
    for run in runs:
        start, end = run[0].finding.start, max(one.finding.end for one in run)
        lead = max((one.finding for one in run), key=lambda finding: (severity_of(finding, catalogue.severities), finding.score))
        label = f"[{catalogue.tags.get(lead.entity, lead.entity)}]"
        parts += _plain(text[done:start], masked)
        parts.append(Segment(label if masked else text[start:end], lead.entity, label, tuple(one.id for one in run)))
        done = end
    return parts + _plain(text[done:], masked)


def _plain(text: str, masked: bool) -> list[Segment]:
    return [Segment(_LETTER_OR_DIGIT.sub(BULLET, text) if masked else text)] if text else []


def _span(reading: Reading, row: Any) -> tuple[int, int] | None:
    """Return where a finding stands in the text of its field, ``None`` when that is not the text in which it was found."""
    places = [Place(row.line or row.field, row.start, row.end), *(Place(*place) for place in json.loads(row.continued or "[]"))]
    if any(place.end > len(reading.cells.get(place.line, "")) for place in places):
        return None
    if row.field not in reading.fields:
        return row.start, row.end
    spans = [reading.fields[row.field].span_back(*place) for place in places]
    return spans[0][0], spans[-1][1]
