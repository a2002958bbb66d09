"""Originals of records that a person asks to have erased or rectified, sealed as a scan would have sealed them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from scanner.catalogue import Catalogue
from scanner.clock import utc_now
from scanner.databases import key_to_json
from scanner.errors import InputError
from scanner.keys import SecretKey
from scanner.record_scan import RecordScanner, StoredRecord
from scanner.scoring import Level
from scanner.store.engine import Store
from scanner.store.pages import known_records
from scanner.store.review_tables import wordings
from scanner.store.schema import decisions, findings, records, source_tables, vault
from scanner.vault import Entry, NewEntry, Vault
from scanner.vault.entries import lock_entries
from scanner.vault.states import reopen


@dataclass(frozen=True, slots=True)
class TableRow:
    """A table as the state store knows it; ``purposes`` are those of its fields, as its last scan weighed them."""

    id: int
    purposes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ScannedRecord:
    """A record as its last scan left it in the store; ``entities`` are those of the findings that stand."""

    id: int
    level: Level
    action: str
    entities: tuple[str, ...]
    held: bool


class Sealer:
    """Seals records of the job ``job_id`` over ``database`` within the transaction of ``connection``, in the name of ``who``."""

    def __init__(
        self, connection: Connection, store: Store, key: SecretKey, catalogue: Catalogue, job_id: int, database: str, who: str
    ) -> None:
        self._connection = connection
        self._vault = Vault(store, key)
        self._scanner = RecordScanner(catalogue, key, version="")
        self._job_id = job_id
        self._database = database
        self._who = who

    def table(self, name: str) -> TableRow:
        """Return what the store knows of the table ``name``; raise :class:`InputError` when the job has not scanned it."""
        where = source_tables.c.job_id == self._job_id, source_tables.c.name == name, source_tables.c.database == self._database
        row = self._connection.execute(select(source_tables.c.id, source_tables.c.purposes).where(*where)).one_or_none()
        if row is None:
            raise InputError(f"the state store has no scan of the table {name} of this database: run `vigie scan` with it first")
        return TableRow(row.id, json.loads(row.purposes))

    def scanned(self, table: TableRow, stored: StoredRecord) -> ScannedRecord | None:
        """Return what the store knows of a record, ``None`` when it does not know its cells as they are now."""
        known = known_records(self._connection, table.id, [stored.sorted_by]).get(stored.sorted_by)
        if known is None or known.problem or not self._scanner.same_cells(stored, known):
            return None
        row = self._connection.execute(select(records.c.level, records.c.action, records.c.version).where(records.c.id == known.id)).one()
        standing = findings.c.record_id == known.id, findings.c.dismissed.is_(None)
        entities = self._connection.execute(select(findings.c.entity).where(*standing).distinct()).scalars()
        held = vault.c.record_id == known.id, vault.c.held != "", vault.c.state != "erased"
        is_held = self._connection.scalar(select(func.count()).select_from(vault).where(*held)) or 0
        return ScannedRecord(known.id, row.level, row.action, tuple(sorted(entities)), bool(is_held)) if row.version else None

    def seal(self, known: ScannedRecord, stored: StoredRecord, why: str, *, overtake: bool) -> str:
        """Return the entry that holds all the texts of a record and waits for a decision, made where there is none.

        ``""`` when one waits that holds less, on which somebody has decided, unless it is to be overtaken: what was decided would be lost.
        """
        cells = {column: cell for column, cell in stored.record.texts.items() if cell}
        entry_id, waiting = self._pending(known.id, cells)
        if entry_id or (waiting and not overtake):
            return entry_id
        entry = NewEntry(known.id, stored.record.source, stored.record.id, cells, known.entities, known.level, known.action)
        self._vault.put_many(self._connection, [entry], who=self._who)
        keyed = {"key_values": key_to_json(stored.key)}
        self._connection.execute(update(records).where(records.c.id == known.id).values(keyed))
        entry_id, _ = self._pending(known.id, cells)
        return entry_id or self._reopened(known.id, cells, why)

    def _pending(self, record_id: int, cells: Mapping[str, str]) -> tuple[str, bool]:
        """Return the pending entry with all of ``cells``, and whether one with fewer waits on which somebody has decided."""
        where = vault.c.record_id == record_id, vault.c.state == "pending"
        entry_ids = (
            self._connection.execute(select(vault.c.id).where(*where).order_by(vault.c.held, vault.c.changed.desc())).scalars().all()
        )
        for entry_id in entry_ids:
            if cells.items() <= self._vault.texts(entry_id, self._connection).items():
                return str(entry_id), False
        decided = decisions.c.record_id == record_id, decisions.c.ended.is_(None), decisions.c.decision != "false_alarm"
        written = wordings.c.vault_id.in_(entry_ids)
        count = self._connection.scalar(select(func.count()).select_from(decisions).where(*decided)) or 0
        count += self._connection.scalar(select(func.count()).select_from(wordings).where(written)) or 0
        return "", bool(entry_ids and count)

    def _reopened(self, record_id: int, cells: Mapping[str, str], why: str) -> str:
        """Let the released original that holds ``cells`` wait for a decision again, and return it."""
        where = vault.c.record_id == record_id, vault.c.state == "released"
        for entry_id in self._connection.execute(select(vault.c.id).where(*where).order_by(vault.c.changed.desc())).scalars().all():
            if self._vault.texts(entry_id, self._connection) == cells:
                entries: list[Entry] = lock_entries(self._connection, [entry_id])
                reopen(self._connection, entries, who=self._who, why=why, now=utc_now())
                return str(entry_id)
        raise InputError("an original cannot be sealed: it was released with another text; run the scan again, then this command")
