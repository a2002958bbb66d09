"""The records of one page of a table: which of them changed, what is found in these, and what of it is to be sealed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from recognizers.rulepack import rules_digest
from scanner.allowlist import AllowList
from scanner.catalogue import Catalogue
from scanner.databases import DatabaseTable, Page, TableRequest, key_to_json, sort_key
from scanner.databases.key_values import Key
from scanner.judgement import JudgedFinding, Judgement, judge, weigh
from scanner.keys import SecretKey, pseudonym
from scanner.memos.line_columns import LineGroup
from scanner.memos.line_rows import LineRow, records_of_rows
from scanner.memos.reading import Reading, read_record
from scanner.policy import Policy
from scanner.recognition import ANALYSIS_ERROR, Outcome, found_in
from scanner.records import Record
from scanner.store.dismissal import by_entry
from scanner.store.pages import Known, Scanned
from scanner.store.standing import Identity
from scanner.vault import NewEntry

DIGEST_BYTES = 16
_CORRECTED = ("redact", "quarantine")


def deciding_version(policy: Policy, tables: Sequence[TableRequest]) -> str:
    """Return 16 hexadecimal digits that change whenever the rules, the policy or what is asked of a table do.

    Entries of the store's allow-list do not count: what they concern is marked to be read again (:mod:`scanner.review.allowing`).
    """
    asked = [sorted((name, repr(value)) for name, value in vars(request).items()) for request in tables]
    parts = (rules_digest(), policy.digest, len(policy.allow.expired), asked)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as stored: its key, the same as it sorts, and its columns, or rows, that hold numbered lines."""

    key: Key
    sorted_by: str
    record: Record
    lines: tuple[LineGroup, ...]


def stored_records(table: DatabaseTable, page: Page) -> list[StoredRecord]:
    """Return the records of ``page``: its rows, or one for each group of rows that hold the lines of one text."""
    lines = table.layout.roles.lines
    width = table.group_width
    if not width:
        return [StoredRecord(key, sort_key(key), record, lines) for key, record in zip(page.keys, page.records, strict=True)]
    rows = [LineRow(record, key[:width], key[width]) for key, record in zip(page.keys, page.records, strict=True)]
    (field,) = table.layout.roles.texts
    groups = dict.fromkeys(key[:width] for key in page.keys)
    return [
        StoredRecord(key, sort_key(key), lined.record, (lined.lines,))
        for key, lined in zip(groups, records_of_rows(rows, field), strict=True)
    ]


@dataclass(frozen=True, slots=True)
class PageReading:
    """A page before its texts are read: its records, what the store knows of them, and those that must be scanned.

    ``readings`` are parallel to ``changed``. ``last`` is the key of the last row.
    """

    rows: Sequence[StoredRecord]
    known: Mapping[str, Known]
    changed: Sequence[StoredRecord]
    readings: Sequence[Reading]
    last: Key


@dataclass(frozen=True, slots=True)
class SetAside:
    """What people have set aside: by record, its false alarms, by what each; and the entries of the store's allow-list."""

    false_alarms: Mapping[int, Mapping[Identity, str]]
    allow: AllowList


class RecordScanner:
    """Tells which records must be scanned, and judges what is found in them; ``version`` stands for everything that decides about it."""

    def __init__(self, catalogue: Catalogue, key: SecretKey, version: str) -> None:
        self._catalogue = catalogue
        self._key = key
        self._digest_key = key.derive("digest")
        self._version = version

    def reading(self, table: DatabaseTable, page: Page, known_of: Callable[[Sequence[str]], Mapping[str, Known]]) -> PageReading:
        """Return ``page`` as it is to be read; ``known_of`` returns what the store knows of records, by their sort keys."""
        rows = stored_records(table, page)
        known = known_of([row.sorted_by for row in rows])
        changed = [row for row in rows if not self._is_unchanged(row, known.get(row.sorted_by))]
        return PageReading(rows, known, changed, [read_record(row.record, row.lines) for row in changed], page.last)

    def scanned(self, page: PageReading, outcomes: Mapping[int, Outcome], policy: Policy, set_aside: SetAside) -> Iterator[Scanned]:
        """Yield what was made of each changed record, in order; ``policy`` knows the purposes of the table's fields."""
        for row, (reading, found) in zip(page.changed, found_in(page.readings, outcomes), strict=True):
            judgement, originals = None, {}
            digest = self._digest(row.record)
            if found:
                judgement = judge(reading.record, found, policy, self._catalogue)
                known = page.known.get(row.sorted_by)
                same_cells = known is not None and known.digest == digest
                false_alarms = set_aside.false_alarms.get(known.id, {}) if known and same_cells else {}
                if false_alarms or set_aside.allow.active:
                    dismissed = _dismissed(reading, judgement, false_alarms, set_aside.allow)
                    judgement = weigh(dismissed, judgement.allowed, policy, self._catalogue)
                originals = _originals(reading, judgement)
                judgement = reading.stored(judgement)
            yield Scanned(
                key=row.sorted_by,
                key_values=key_to_json(row.key) if originals else "",
                digest=digest,
                tenant=pseudonym(row.record.tenant, self._key) if row.record.tenant else "",
                problem=reading.record.problem,
                record=row.record,
                judgement=judgement,
                originals=originals,
            )

    def same_cells(self, row: StoredRecord, known: Known) -> bool:
        """Tell whether a record still holds what it held when it was scanned last."""
        return known.digest == self._digest(row.record)

    def _is_unchanged(self, row: StoredRecord, known: Known | None) -> bool:
        """Tell whether a record needs no scan: one that a recognizer failed on always does."""
        return (
            known is not None
            and known.version == self._version
            and not known.problem.startswith(ANALYSIS_ERROR)
            and known.digest == self._digest(row.record)
        )

    def _digest(self, record: Record) -> bytes:
        """Return the keyed digest of every cell that the scan of a record depends on."""
        others = (record.id, record.tenant, record.site, record.author_group, record.date, record.problem, *record.names)
        cells = [*record.texts, *record.texts.values(), *others]
        content = f"{list(map(len, cells))}{''.join(cells)}"
        return hmac.digest(self._digest_key, content.encode("utf-8", "surrogatepass"), "sha256")[:DIGEST_BYTES]


def new_entry(record_id: int, item: Scanned) -> NewEntry:
    """Return what the vault keeps of a record of which something is to be corrected."""
    assert item.judgement is not None
    entities = {one.finding.entity for items in item.judgement.fields.values() for one in items if not one.dismissed}
    return NewEntry(
        record_id=record_id,
        source=item.record.source,
        record=item.record.id,
        texts=item.originals,
        entities=tuple(sorted(entities)),
        level=item.judgement.risk.level,
        action=item.judgement.action,
    )


def _dismissed(
    reading: Reading, judgement: Judgement, false_alarms: Mapping[Identity, str], allow: AllowList
) -> dict[str, list[JudgedFinding]]:
    """Return the findings by field, marked with what sets them aside: a decision, else an entry of the allow-list."""
    fields: dict[str, list[JudgedFinding]] = {}
    for (name, items), stored in zip(judgement.fields.items(), reading.stored(judgement).fields.values(), strict=True):
        allowed = {
            id(one.finding): by_entry(one.entry.id) for one in allow.split([item.finding for item in items], reading.record, name)[1]
        }
        identities = [(name, item.line, item.finding.entity, item.finding.rule, item.finding.term) for item in stored]
        fields[name] = [
            replace(item, dismissed=false_alarms.get(identity, "") or allowed.get(id(item.finding), ""))
            for item, identity in zip(items, identities, strict=True)
        ]
    return fields


def _originals(reading: Reading, judgement: Judgement) -> dict[str, str]:
    """Return the cells to be sealed: all when the record goes to quarantine, else those of the fields in which something is redacted."""
    if judgement.action not in _CORRECTED:
        return {}
    if judgement.action == "quarantine":
        cells = dict(reading.cells)
    else:
        touched = [name for name, items in judgement.fields.items() if any(one.action in _CORRECTED for one in items)]
        cells = {column: cell for name in touched for column, cell in reading.cells_of(name).items()}
    return {column: cell for column, cell in cells.items() if cell}
