"""``vigie plan``: from what a scan sealed to a change set that people review."""

from __future__ import annotations

import datetime
import json
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from scanner.audit import AuditLog
from scanner.clock import utc_now
from scanner.corrections.digests import TextDigests
from scanner.corrections.layout import RecordLayout, record_layout
from scanner.corrections.ledger import Change, PlanRow, add_changes, add_plan, unsettled_plans
from scanner.corrections.plan_files import PlanFolder, new_plan_folder
from scanner.corrections.stored import stored_decisions, stored_findings
from scanner.corrections.treatment import Corrector, Decision, NewText, StoredFinding
from scanner.errors import InputError
from scanner.keys import SecretKey
from scanner.redaction import Redactor
from scanner.sources.base import Problem
from scanner.store.engine import Store
from scanner.store.lock import job_lock
from scanner.store.runs import job_of
from scanner.store.schema import coverage, records, runs, source_tables, vault
from scanner.vault import Vault
from scanner.vault.wordings import wordings_in_force

_PAGE = 500


@dataclass(slots=True)
class Planned:
    """What a plan holds and what it leaves out.

    ``refused`` maps a reason to the ids of the entries left out for it (:data:`REFUSALS`); ``nothing_to_do`` counts entries that people
    dismissed or that hold no correction; ``half_done`` counts, by plan, changes that an interrupted apply or undo left.
    """

    plan_id: str
    job: str
    changes: Counter[str] = field(default_factory=Counter)
    entries: int = 0
    nothing_to_do: int = 0
    old_decisions: int = 0
    refused: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    half_done: Mapping[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts and ids, JSON-ready."""
        return {
            "changes": dict(sorted(self.changes.items())),
            "entries": self.entries,
            "nothing_to_do": self.nothing_to_do,
            "decisions_on_older_texts": self.old_decisions,
            "refused": dict(sorted(self.refused.items())),
            "half_done_plans": dict(self.half_done),
        }


REFUSALS: Mapping[str, str] = {
    "damaged": "the sealed original was altered or damaged",
    "undecodable": "the text holds bytes that are no characters: correct it by hand",
    "scan-first": "the findings are not those of the sealed text: run the scan again, then plan",
    "overtaken": "a newer original of the record is sealed as well",
    "elsewhere": "the job reads their table no longer, and read it in another database: scan it again, or release them",
}
"""Why an entry is left out of a plan, with what that means."""


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """What to plan: the job (``""``: the only one of the store), how to redact, who asks, into which new folder."""

    out: Path
    redactor: Redactor
    who: str
    job: str = ""


def make_plan(store: Store, key: SecretKey, settings: PlanSettings) -> Planned:
    """Write the plan of all corrections that the pending originals of a job call for, and return what it holds.

    Raises :class:`InputError` when there is no such job or no database was recorded for it, :class:`BusyError` while it runs,
    :class:`SecretKeyError` when the originals were sealed with another key, :class:`OutputError` when the folder cannot be written.
    """
    with store.connect() as connection:
        job_id, job = job_of(connection, settings.job)
        database = _database(connection, job_id, job)
    planned = Planned(secrets.token_hex(8), job)
    with (
        job_lock(store, job),
        new_plan_folder(settings.out, planned.plan_id, database) as folder,
        store.connect() as reading,
        store.begin() as connection,
    ):
        now = utc_now()
        row = PlanRow(planned.plan_id, job, database, key.id, settings.who, now)
        add_plan(connection, row, job_id)
        planned.half_done = unsettled_plans(connection, job_id)
        corrector = Corrector(settings.redactor, datetime.date.fromisoformat(now[:10]))
        planner = _Planner(Vault(store, key), key, TextDigests(key), corrector, folder, planned, database)
        for page in _pending(reading, job_id):
            planner.add_page(connection, page)
        rules = connection.scalar(select(runs.c.version).where(runs.c.job_id == job_id).order_by(runs.c.number.desc()).limit(1))
        facts = {"id": row.id, "job": job, "database": database, "created": now, "by": settings.who, "key_id": key.id}
        folder.finish({**facts, "version_of_rules": rules, "mode": settings.redactor.mode, **planned.as_dict()})
        counts = {"changes": planned.changes.total(), "entries": planned.entries}
        AuditLog(store, key, settings.who).add("plan-written", connection, job=job, plan=row.id, **counts)
    return planned


class _Planner:
    def __init__(
        self,
        vault: Vault,
        key: SecretKey,
        digests: TextDigests,
        corrector: Corrector,
        folder: PlanFolder,
        planned: Planned,
        database: str,
    ) -> None:
        self._key = key
        self._database = database
        self._vault = vault
        self._digests = digests
        self._corrector = corrector
        self._folder = folder
        self._planned = planned

    def add_page(self, connection: Connection, page: Sequence[Any]) -> None:
        """Add the corrections of the entries ``page``, rows of :func:`_pending`."""
        found = stored_findings(connection, [row.record_id for row in page])
        decided = stored_decisions(connection, [row.record_id for row in page])
        changes: list[Change] = []
        written = wordings_in_force(connection, [row.id for row in page], self._key)
        for row in page:
            taken = [decision for at, decision in decided[row.record_id] if at >= row.changed]
            self._planned.old_decisions += len(decided[row.record_id]) - len(taken)
            changes += self._changes(connection, row, found[row.record_id], taken, written.get(row.id, {}))
        add_changes(connection, changes)

    def _changes(
        self, connection: Connection, row: Any, found: Sequence[StoredFinding], taken: Sequence[Decision], written: Mapping[str, str]
    ) -> list[Change]:
        if reason := _refusal(row, found, self._database):
            self._planned.refused[reason].append(row.id)
            return []
        try:
            texts = self._vault.texts(row.id, connection)
        except InputError:
            self._planned.refused["damaged"].append(row.id)
            return []
        fields = {item.field for item in found}
        layout = record_layout(json.loads(row.key_columns), json.loads(row.key_values), json.loads(row.text_columns), texts, fields)
        try:
            standing = [item for item in found if not item.dismissed]
            new_texts = self._corrector.new_texts(texts, layout.groups, row.record_action, standing, taken, row.id, written)
        except ValueError:
            self._planned.refused["scan-first"].append(row.id)
            return []
        self._planned.entries += bool(new_texts)
        self._planned.nothing_to_do += not new_texts
        return [self._change(row, layout, item, texts[item.cell]) for item in new_texts]

    def _change(self, row: Any, layout: RecordLayout, item: NewText, old_text: str) -> Change:
        change_id = f"c{secrets.token_hex(8)}"  # the letter keeps spreadsheets from reading a number
        key_values, column, line = layout.place(item.cell)
        change = Change(
            id=change_id,
            plan_id=self._planned.plan_id,
            vault_id=row.id,
            source=row.source,
            key_values=key_values,
            field=column,
            line=line,
            action=item.treatment,
            old_digest=self._digests.of(old_text, change_id),
            new_digest=self._digests.of(item.text, change_id),
        )
        self._planned.changes[item.treatment] += 1
        self._folder.add(change, item.entities, old_text, item.text)
        return change


def _database(connection: Connection, job_id: int, job: str) -> str:
    """Return the database that the newest run of the job read: tables that it reads no longer may lie in another one."""
    query = select(source_tables.c.database).join_from(source_tables, coverage).join(runs, coverage.c.run_id == runs.c.id)
    name = connection.scalar(query.where(runs.c.job_id == job_id).order_by(runs.c.number.desc()).limit(1))
    if not name:
        raise InputError(f"the state store does not say which database the job {job} read: run its scan again, then plan")
    return str(name)


def _pending(connection: Connection, job_id: int) -> Iterator[Sequence[Any]]:
    """Yield the pending entries of a job in pages, with what is known of their records; ``place`` is 1 for the newest of a record."""
    newest_first = (vault.c.held != "", vault.c.changed.desc(), vault.c.id)  # a held entry stays when the text changes
    columns = (
        *(vault.c[name] for name in ("id", "record_id", "source", "entities", "action", "changed")),
        *(records.c[name] for name in ("key_values", "version", "problem")),
        records.c.action.label("record_action"),
        *(source_tables.c[name] for name in ("database", "key_columns", "text_columns")),
        func.row_number().over(partition_by=vault.c.record_id, order_by=newest_first).label("place"),
    )
    query = (
        select(*columns)
        .join_from(vault, records, vault.c.record_id == records.c.id)
        .join(source_tables, records.c.table_id == source_tables.c.id)
        .where(source_tables.c.job_id == job_id, vault.c.state == "pending")
        .order_by(vault.c.source, records.c.key, vault.c.id)
    )
    return connection.execution_options(yield_per=_PAGE).execute(query).partitions()


def _refusal(row: Any, found: Sequence[StoredFinding], database: str) -> str:
    """Return why an entry cannot be planned for ``database``, ``""`` when it can."""
    if row.database != database:
        return "elsewhere"
    if row.place > 1:
        return "overtaken"
    if row.problem == Problem.UNDECODABLE:
        return "undecodable"
    entities = sorted({item.finding.entity for item in found})
    standing = sorted({item.finding.entity for item in found if not item.dismissed})
    another = row.action != row.record_action and entities == standing and not any(item.dismissed for item in found)
    if not row.version or not row.key_values or another or json.loads(row.entities) not in (entities, standing):
        return "scan-first"
    return ""
