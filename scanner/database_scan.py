"""The scan of a database: incremental, resumable, and never in doubt about what it has read.

Pages of records come in the order of their key. What a page leads to (findings, sealed originals, counts, the place to go on from) is one
transaction of the state store, so a run that is killed at any moment goes on after its last whole page and ends with what one that was
not killed would have found. A record is skipped when neither its cells nor what decides about them has changed since it was scanned.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from recognizers.detector import Detector
from recognizers.rulepack import rules_digest
from scanner.allowlist import AllowList
from scanner.audit import AuditLog
from scanner.catalogue import Catalogue
from scanner.databases import Database, DatabaseTable, TableRequest, key_from_json, key_to_json
from scanner.errors import InputError
from scanner.findings_file import write_findings
from scanner.keys import SecretKey
from scanner.operations.logs import log_context
from scanner.operations.vault_states import entries_by_state
from scanner.outputs import held
from scanner.policy import Policy
from scanner.recognition import TextList, texts_of
from scanner.record_scan import PageReading, RecordScanner, SetAside, deciding_version, new_entry
from scanner.report import write_report
from scanner.review.allow_rows import allow_list
from scanner.review.allowing import lift_expired
from scanner.scan import Progress
from scanner.statistics import Statistics
from scanner.store.engine import Store
from scanner.store.lock import JobLock, job_lock
from scanner.store.pages import Known, Scanned, delete_records, known_records, mark_seen, remove_unseen, save_scanned
from scanner.store.results import statistics_of
from scanner.store.runs import Coverage, Run, begin_run, comparison, end_run, load_coverage, save_coverage, table_id_of
from scanner.store.standing import false_alarms
from scanner.store.tallies import counted, write_tallies
from scanner.summary import RunFacts, Status, source_facts, summarised, summary_of, write_summary
from scanner.vault import Vault
from scanner.workers import DetectionPool, Workers


@dataclass(frozen=True, slots=True)
class DatabasePlan:
    """What to scan with which rules, where the state is kept and where the outputs go. ``job`` names what is scanned again and again."""

    job: str
    connect: Callable[[], Database]
    tables: Sequence[TableRequest]
    store: Store
    out: Path
    detector: Detector
    catalogue: Catalogue
    policy: Policy
    key: SecretKey
    actor: str
    workers: Workers = field(default_factory=Workers)


def scan_database(plan: DatabasePlan, progress: Progress = lambda source, records: None) -> dict[str, Any]:
    """Run ``plan``, or go on with its run that did not end, and return the summary, also written to ``summary.json``, the report beside it.

    Raises :class:`BusyError` when another process runs the job or writes into its folder, :class:`InputError` when the database cannot be
    read to its end, :class:`OutputError` when the store or an output cannot be written; what was done until then stays and the next run
    goes on from there.
    """
    with job_lock(plan.store, plan.job) as lock, held(plan.out):
        summary = _DatabaseScan(plan, lock, progress).run()
        write_report(summary, plan.catalogue, plan.out)
    return summary


class _DatabaseScan:
    def __init__(self, plan: DatabasePlan, lock: JobLock, progress: Progress) -> None:
        self.plan = plan
        self.lock = lock
        self.progress = progress
        self.vault = Vault(plan.store, plan.key)
        self.audit = AuditLog(plan.store, plan.key, plan.actor)
        self.version = deciding_version(plan.policy, plan.tables)
        self.scanner = RecordScanner(plan.catalogue, plan.key, self.version)
        self.pool = DetectionPool(plan.detector, plan.workers)
        self.run_: Run
        self.allow: AllowList
        self.who = ""
        self.coverages: dict[int, Coverage] = {}
        self.tables: dict[int, DatabaseTable] = {}
        self.rows = 0
        self.erased = 0
        """Originals that this process erased, for their records became clean or are gone."""

    def run(self) -> dict[str, Any]:
        plan = self.plan
        with plan.store.begin() as connection:
            self.run_ = begin_run(connection, plan.job, rules=rules_digest(), version=self.version, key=plan.key)
            self.who = f"run {self.run_.id}"
            lift_expired(connection, plan.policy, plan.catalogue, plan.policy.allow.today, who=self.who)
            self.allow = allow_list(connection, plan.key, plan.policy.allow.today)
            self.audit.add("scan-started", connection=connection, job=plan.job, run=self.run_.id, resumed=self.run_.resumed)
        with log_context(run=self.run_.id):
            return summarised(self._read, self._end)

    def _read(self) -> None:
        with self.plan.connect() as database, self.pool:
            for request in self.plan.tables:
                self._open_table(database, request)
            for table_id, table in self.tables.items():
                self._scan_table(table_id, table)

    def _open_table(self, database: Database, request: TableRequest) -> None:
        table = database.table(request)
        with self.plan.store.begin() as connection:
            layout = table.layout
            policy, texts = self._policy(table), layout.roles.texts
            purposes = {name: policy.purpose_of(name) for name in (*texts, *(group.name for group in layout.roles.lines))}
            table_id = table_id_of(connection, self.run_, database.name, layout.source, table.key_columns, texts, purposes)
            if table_id in self.tables:
                raise InputError(f"table {layout.source} is named twice: read it once, with all its text columns and one filter")
            self.coverages[table_id] = load_coverage(connection, self.run_, table_id)
        self.tables[table_id] = table

    def _scan_table(self, table_id: int, table: DatabaseTable) -> None:
        state = self.coverages[table_id]
        if state.complete:
            return
        for (page, texts), detected in self.pool.detect(self._readings(table_id, table)):
            self.lock.confirm()
            with self.plan.store.begin() as connection:
                scanned = self.scanner.scanned(page, texts.outcomes(detected), self._policy(table), self._set_aside(connection, page))
                self._save_page(connection, table_id, page, list(scanned))
            self.rows += len(page.rows)
            self.progress(table.layout.source, self.rows)
        without_key = table.rows_without_key()
        with self.plan.store.begin() as connection:
            gone = remove_unseen(connection, self.run_, table_id)
            self.erased += self.vault.settle_gone(connection, gone, who=self.who)
            delete_records(connection, gone)
            state.rows_without_key = without_key
            state.rows_read += without_key
            state.rows_not_scanned += without_key
            state.complete = True
            save_coverage(connection, self.run_, table_id, state)

    def _readings(self, table_id: int, table: DatabaseTable) -> Iterator[tuple[tuple[PageReading, TextList], TextList]]:
        """Yield the pages that are left of a table, each with the texts in it that must be read."""
        cursor = self.coverages[table_id].cursor
        for page in table.pages(key_from_json(cursor) if cursor is not None else None):
            with self.plan.store.connect() as connection:
                reading = self.scanner.reading(table, page, partial(known_records, connection, table_id))
            texts = texts_of(reading.readings)
            yield (reading, texts), texts

    def _save_page(self, connection: Connection, table_id: int, page: PageReading, scanned: Sequence[Scanned]) -> None:
        keys = [row.sorted_by for row in page.rows]
        mark_seen(connection, self.run_, table_id, keys, page.known)
        if scanned:
            ids = save_scanned(connection, self.run_, table_id, self.version, scanned, page.known)
            self._seal(connection, scanned, ids, page.known)
        problems = sum(bool(item.problem) for item in scanned)
        still_problems = sum(bool(page.known[key].problem) for key in set(keys) - {item.key for item in scanned})
        state = self.coverages[table_id]
        state.rows_read += len(keys)
        state.rows_scanned += len(scanned) - problems
        state.rows_skipped += len(keys) - len(scanned) - still_problems
        state.rows_not_scanned += problems + still_problems
        state.cursor = key_to_json(page.last)
        save_coverage(connection, self.run_, table_id, state)

    def _set_aside(self, connection: Connection, page: PageReading) -> SetAside:
        ids = [known.id for row in page.changed if (known := page.known.get(row.sorted_by))]
        return SetAside(false_alarms(connection, ids), self.allow)

    def _policy(self, table: DatabaseTable) -> Policy:
        return self.plan.policy.with_purposes(table.layout.purposes, table.layout.roles.lines)

    def _seal(self, connection: Connection, scanned: Sequence[Scanned], ids: Mapping[str, int], known: Mapping[str, Known]) -> None:
        """Put the originals of what is to be corrected into the vault, and settle those of records that no longer need it."""
        entries = [new_entry(ids[item.key], item) for item in scanned if item.originals]
        settled = [ids[item.key] for item in scanned if item.key in known and not item.originals]
        self.erased += self.vault.put_many(connection, entries, who=self.who).overtaken
        self.erased += self.vault.settle_gone(connection, settled, who=self.who)

    def _end(self, status: Status) -> dict[str, Any]:
        plan = self.plan
        ids = list(self.tables)
        names = {table_id: table.layout.source for table_id, table in self.tables.items()}
        with plan.store.connect() as connection:
            if status == "complete":
                write_findings(connection, ids, plan.out)
            statistics = statistics_of(connection, self.coverages, names, plan.policy, plan.key)
            summary = self._summary(connection, status, statistics)
            tallies = counted(connection, self.run_) if status == "complete" else []
        counts = {name: summary[name] for name in ("rows_read", "rows_scanned", "rows_skipped", "rows_not_scanned", "findings")}
        with plan.store.begin() as connection:
            end_run(connection, self.run_, status, summary)
            if status == "complete":
                write_tallies(connection, self.run_, tallies)
            ended = {"job": plan.job, "run": self.run_.id, "status": status, "erased": self.erased, **counts}
            summary["audit"] = self.audit.add("scan-ended", connection=connection, **ended)
            write_summary(summary, plan.out)  # before the run counts as ended: a run killed here resumes, and writes it again
        return summary

    def _summary(self, connection: Connection, status: Status, statistics: Statistics) -> dict[str, Any]:
        run = self.run_
        facts = RunFacts(run.id, datetime.datetime.fromisoformat(run.started), rules_digest(), self.plan.key.id, redaction="")
        sources = [self._source(table_id, table) for table_id, table in self.tables.items()]
        summary = summary_of(status, facts, self.plan.policy, sources, statistics)
        return {
            **summary,
            "job": self.plan.job,
            "resumed": run.resumed,
            "comparison": comparison(connection, run, summary["findings"]),
            "quarantine": entries_by_state(connection, run.job_id),
        }

    def _source(self, table_id: int, table: DatabaseTable) -> dict[str, Any]:
        state = self.coverages[table_id]
        return {
            **source_facts(table.layout, self.plan.policy),
            "key_columns": list(table.key_columns),
            "rows": state.rows_read,
            "rows_skipped": state.rows_skipped,
            "rows_not_scanned": state.rows_not_scanned,
            "complete": state.complete,
        }
