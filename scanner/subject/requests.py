"""Erasure and rectification that a person asks for: originals sealed, decisions noted; ``vigie plan`` and ``vigie apply`` carry them out.

Records of which a scan had nothing to correct are sealed here for the first time, within the lock of its job. A record is left out where
the store does not know its text as it is now: a scan must see it first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select

from recognizers.detector import Detector
from scanner.audit import AuditLog
from scanner.catalogue import Catalogue
from scanner.clock import utc_now
from scanner.errors import InputError
from scanner.judgement import judge_text
from scanner.keys import SecretKey, pseudonym
from scanner.policy import Policy
from scanner.record_scan import StoredRecord
from scanner.store.engine import Store
from scanner.store.lock import job_lock
from scanner.store.review_states import overtake_proposals, sync_states
from scanner.store.runs import job_of
from scanner.store.schema import audit, decisions, vault
from scanner.subject.chosen import Chosen, chosen_records
from scanner.subject.person import Person
from scanner.subject.rectifications import Rectification
from scanner.subject.sealing import ScannedRecord, Sealer, TableRow
from scanner.subject.stream import DatabaseStream
from scanner.vault import Vault
from scanner.vault.wordings import write_wording

LEFT_OUT: Mapping[str, str] = {
    "scan-first": "the state store does not know their texts as they are now: run the scan again, then this command",
    "held": "their originals are under legal hold: end that first with `vigie quarantine free`",
    "litigation": "they hold a field that serves litigation, where a claim may need it (GDPR, article 17(3)(e)): --include-litigation",
    "waiting": "a decision or a text written for them waits to be carried out: plan and apply that first",
}
"""Why a record is left out, with what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Whose comments, in whose name, why; ``job`` (``""``: the only one of the store); what is taken all the same."""

    subject: str
    person: Person
    who: str
    why: str
    job: str = ""
    accept: bool = False
    include_litigation: bool = False


@dataclass(slots=True)
class Requested:
    """Ids of the records that were decided on, and of those left out by reason; whether an access request was answered before."""

    decided: list[str] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    access_answered: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        return {"decided": self.decided, "left_out": self.left_out, "access_answered": self.access_answered}


class RequestDesk:
    """Where the requests of one person are decided on, as ``settings`` say. Raises :class:`InputError` when these give no reason."""

    def __init__(self, store: Store, key: SecretKey, policy: Policy, catalogue: Catalogue, settings: Settings) -> None:
        if not settings.why.strip():
            raise InputError("say why with --why: a decision is written down with its reason")
        self._store = store
        self._key = key
        self._policy = policy
        self._catalogue = catalogue
        self._settings = settings
        self._vault = Vault(store, key)
        self._audit = AuditLog(store, key, settings.who)
        self._pseudonym = pseudonym(settings.subject, key)

    def erase(self, stream: DatabaseStream) -> Requested:
        """Decide that the comments of the person's own records are erased.

        Raises :class:`InputError` when there are none, or the store knows no scan of them, :class:`BusyError` while that runs.
        """
        found = [one for one in stream.stored() if stream.is_of(stream.item(*one), self._settings.subject)]
        if not found:
            raise InputError("no record of this person: check the id, or name the column that holds it with --tenant-column")
        requested = Requested()
        with self._begun(stream, requested) as (connection, sealer):
            ids = []
            for table, stored in found:
                row = sealer.table(table.layout.source)
                if entry_id := self._sealed(sealer, row, stored, requested, erase=True):
                    ids.append(entry_id)
                    requested.decided.append(stored.record.id)
            if ids:
                self._vault.decide(ids, "erase", who=self._settings.who, why=self._settings.why, connection=connection)
                self._audit.add("decision-recorded", connection, entries=ids, decision="erase", tenant=self._pseudonym)
        return requested

    def rectify(self, stream: DatabaseStream, wanted: Sequence[Rectification], detector: Detector) -> Requested:
        """Decide that fields of records of the person, or that mention them, hold other texts.

        Raises :class:`InputError`, and decides nothing, when a record or field is none of these, a text is the old one, or still reveals
        something and that is not accepted.
        """
        settings = self._settings
        chosen = chosen_records(stream, settings.subject, settings.person, wanted)
        requested = Requested()
        with self._begun(stream, requested) as (connection, sealer):
            ids = []
            for one in chosen:
                row = sealer.table(one.table.layout.source)
                for rectification in one.rectifications:
                    self._check(row, rectification, detector)
                if entry_id := self._sealed(sealer, row, one.stored, requested, erase=False):
                    self._write(connection, entry_id, one)
                    ids.append(entry_id)
                    requested.decided.append(one.stored.record.id)
            if ids:
                self._audit.add("wording-written", connection, entries=ids, tenant=self._pseudonym)
        return requested

    @contextmanager
    def _begun(self, stream: DatabaseStream, requested: Requested) -> Iterator[tuple[Connection, Sealer]]:
        """Give a transaction of the store in which nobody scans the job, and what seals originals in it."""
        settings = self._settings
        with self._store.connect() as connection:
            job_id, job = job_of(connection, settings.job)
        with job_lock(self._store, job), self._store.begin() as connection:
            answered = audit.c.event == "subject-access", audit.c.details.contains(f'"{self._pseudonym}"', autoescape=True)
            requested.access_answered = connection.execute(select(audit.c.seq).where(*answered).limit(1)).first() is not None
            yield connection, Sealer(connection, self._store, self._key, self._catalogue, job_id, stream.database, settings.who)

    def _sealed(self, sealer: Sealer, row: TableRow, stored: StoredRecord, requested: Requested, *, erase: bool) -> str:
        """Return the entry of a record that waits for a decision, or count the record as left out and return ``""``."""
        known = sealer.scanned(row, stored)
        reason = "scan-first" if known is None else self._refusal(row, stored, known) if erase else ""
        entry_id = "" if known is None or reason else sealer.seal(known, stored, self._settings.why, overtake=erase)
        if not entry_id:
            requested.left_out.setdefault(reason or "waiting", []).append(stored.record.id)
        return entry_id

    def _refusal(self, row: TableRow, stored: StoredRecord, known: ScannedRecord) -> str:
        """Return why the texts of a record must not be erased, ``""`` when they may."""
        if known.held:
            return "held"
        filled = [name for name, text in stored.record.texts.items() if text.strip()]
        fields = [*filled, *(group.name for group in stored.lines if set(group.columns) & set(filled))]
        purposes = {row.purposes.get(name) for name in fields}
        return "litigation" if "litigation" in purposes and not self._settings.include_litigation else ""

    def _check(self, row: TableRow, one: Rectification, detector: Detector) -> None:
        """Raise :class:`InputError` when a new text reveals something that the policy does not keep; it does not repeat the text."""
        judgement = judge_text(one.text, one.field, detector, self._policy.with_purposes(row.purposes), self._catalogue)
        revealed = [item.finding for items in judgement.fields.values() for item in items if item.action != "keep"]
        if revealed and not self._settings.accept:
            named = ", ".join(f"{self._catalogue.entities[found.entity].label} ({found.start}-{found.end})" for found in revealed)
            raise InputError(f"{one.where}: the new text still reveals something: {named}; write it anew, or give --accept")

    def _write(self, connection: Connection, entry_id: str, chosen: Chosen) -> None:
        entry = connection.execute(select(vault.c.record_id, vault.c.changed).where(vault.c.id == entry_id)).one()
        common = {"record_id": entry.record_id, "decision": "redact", "who": self._settings.who, "why": self._settings.why}
        for one in chosen.rectifications:
            values = {**common, "field": one.field, "at": max(utc_now(), entry.changed)}
            decision_id = connection.execute(insert(decisions).values(values).returning(decisions.c.id)).scalar_one()
            write_wording(connection, entry_id, one.field, one.text, self._key, decision_id=decision_id)
        overtake_proposals(connection, [entry.record_id], self._settings.who)
        sync_states(connection, [entry.record_id])
