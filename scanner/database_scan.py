"""The scan of a database: incremental, resumable, and never in doubt about what it has read.

Pages of records come in the order of their key. What a page leads to (findings, sealed originals, counts, the place to go on from) is one
transaction of the state store, so a run that is killed at any moment goes on after its last whole page and ends with what one that was
not killed would have found. A record is skipped when neither its cells nor what decides about them has changed since it was scanned.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from recognizers.detector import Detector
from recognizers.rulepack import rules_digest
from scanner.audit import AuditLog
from scanner.catalogue import Catalogue
from scanner.databases import Database, DatabaseTable, Page, TableRequest, key_from_json, key_to_json, sort_key
from scanner.errors import OutputError
from scanner.finding_lines import finding_line
from scanner.judgement import Judgement, judge
from scanner.keys import SecretKey, pseudonym
from scanner.operations.logs import log_context
from scanner.operations.vault_states import entries_by_state
from scanner.outputs import FINDINGS, FINDINGS_PART
from scanner.policy import Policy
from scanner.recognition import ANALYSIS_ERROR, find_in_records
from scanner.records import Record
from scanner.scan import Progress, writing
from scanner.statistics import Statistics
from scanner.store.engine import Store
from scanner.store.lock import JobLock, job_lock
from scanner.store.pages import Known, Scanned, delete_records, known_records, mark_seen, remove_unseen, save_scanned
from scanner.store.results import judged_records, statistics_of
from scanner.store.runs import Coverage, Run, begin_run, comparison, end_run, load_coverage, save_coverage, table_id_of
from scanner.summary import RunFacts, Status, summary_of, write_summary
from scanner.vault import NewEntry, Vault

DIGEST_BYTES = 16


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


def scan_database(plan: DatabasePlan, progress: Progress = lambda source, records: None) -> dict[str, Any]:
    """Run ``plan``, or go on with its run that did not end, and return the summary, which is also written to ``summary.json``.

    Raises :class:`BusyError` when another process runs the job, :class:`InputError` when the database cannot be read to its end,
    :class:`OutputError` when the store or an output cannot be written; what was done until then stays and the next run goes on from there.
    """
    with job_lock(plan.store, plan.job) as lock:
        return _DatabaseScan(plan, lock, progress).run()


def deciding_version(policy: Policy, tables: Sequence[TableRequest]) -> str:
    """Return 16 hexadecimal digits that change whenever the rules, the policy or what is asked of a table do."""
    asked = [sorted((name, repr(value)) for name, value in vars(request).items()) for request in tables]
    parts = (rules_digest(), policy.digest, len(policy.allow.expired), asked)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


class _DatabaseScan:
    def __init__(self, plan: DatabasePlan, lock: JobLock, progress: Progress) -> None:
        self.plan = plan
        self.lock = lock
        self.progress = progress
        self.vault = Vault(plan.store, plan.key)
        self.audit = AuditLog(plan.store, plan.key, plan.actor)
        self.version = deciding_version(plan.policy, plan.tables)
        self.digest_key = plan.key.derive("digest")
        self.run_: Run
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
            self.audit.add("scan-started", connection=connection, job=plan.job, run=self.run_.id, resumed=self.run_.resumed)
        with log_context(run=self.run_.id):
            return self._read_and_end()

    def _read_and_end(self) -> dict[str, Any]:
        try:
            with self.plan.connect() as database:
                for request in self.plan.tables:
                    self._open_table(database, request)
                for table_id, table in self.tables.items():
                    self._scan_table(table_id, table)
        except KeyboardInterrupt:
            return self._end("interrupted")
        except Exception:
            with suppress(OutputError):
                self._end("failed")
            raise
        return self._end("complete")

    def _open_table(self, database: Database, request: TableRequest) -> None:
        table = database.table(request)
        with self.plan.store.begin() as connection:
            layout = table.layout
            table_id = table_id_of(connection, self.run_, database.name, layout.source, table.key_columns, layout.roles.texts)
            self.coverages[table_id] = load_coverage(connection, self.run_, table_id)
        self.tables[table_id] = table

    def _scan_table(self, table_id: int, table: DatabaseTable) -> None:
        state = self.coverages[table_id]
        if state.complete:
            return
        for page in table.pages(key_from_json(state.cursor) if state.cursor is not None else None):
            with self.plan.store.begin() as connection:
                self._scan_page(connection, table_id, table, page)
            self.rows += len(page.records)
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

    def _scan_page(self, connection: Connection, table_id: int, table: DatabaseTable, page: Page) -> None:
        self.lock.confirm()
        keys = [sort_key(key) for key in page.keys]
        digests = [self._digest(record) for record in page.records]
        known = known_records(connection, table_id, keys)
        unchanged = [self._is_unchanged(known.get(key), digest) for key, digest in zip(keys, digests, strict=True)]
        mark_seen(connection, self.run_, table_id, keys, known)
        changed = [at for at, same in enumerate(unchanged) if not same]
        policy = self.plan.policy.with_purposes(table.layout.purposes)
        found = find_in_records([page.records[at] for at in changed], self.plan.detector)
        judged = [(record, judge(record, fields, policy, self.plan.catalogue) if fields else None) for record, fields in found]
        scanned = [
            Scanned(
                key=keys[at],
                key_values=key_to_json(page.keys[at]) if _must_seal(judgement) else "",
                digest=digests[at],
                tenant=self._tenant(record),
                record=record,
                judgement=judgement,
            )
            for at, (record, judgement) in zip(changed, judged, strict=True)
        ]
        if scanned:
            saved = save_scanned(connection, self.run_, table_id, self.version, scanned, known)
            self._seal(connection, scanned, saved.ids, known)
        state = self.coverages[table_id]
        problems = sum(bool(item.record.problem) for item in scanned)
        still_problems = sum(bool(known[key].problem) for key, same in zip(keys, unchanged, strict=True) if same)
        state.rows_read += len(page.records)
        state.rows_scanned += len(scanned) - problems
        state.rows_skipped += len(page.records) - len(scanned) - still_problems
        state.rows_not_scanned += problems + still_problems
        state.cursor = key_to_json(page.last)
        save_coverage(connection, self.run_, table_id, state)

    def _is_unchanged(self, known: Known | None, digest: bytes) -> bool:
        """Tell whether a record needs no scan: one that a recognizer failed on always does."""
        return (
            known is not None and known.version == self.version and known.digest == digest and not known.problem.startswith(ANALYSIS_ERROR)
        )

    def _digest(self, record: Record) -> bytes:
        """Return the keyed digest of every cell that the scan of a record depends on."""
        others = (record.tenant, record.site, record.author_group, record.date, record.problem, *record.names)
        cells = [*record.texts, *record.texts.values(), *others]
        content = f"{list(map(len, cells))}{''.join(cells)}"
        return hmac.digest(self.digest_key, content.encode("utf-8", "surrogatepass"), "sha256")[:DIGEST_BYTES]

    def _tenant(self, record: Record) -> str:
        return pseudonym(record.tenant, self.plan.key) if record.tenant else ""

    def _seal(self, connection: Connection, scanned: Sequence[Scanned], ids: Mapping[str, int], known: Mapping[str, Known]) -> None:
        """Put the originals of what is to be corrected into the vault, and settle those of records that no longer need it."""
        originals = [_original(ids[item.key], item) for item in scanned if _must_seal(item.judgement)]
        settled = [ids[item.key] for item in scanned if item.key in known and not _must_seal(item.judgement)]
        self.vault.put_many(connection, originals, who=self.who)
        self.erased += self.vault.settle_gone(connection, settled, who=self.who)

    def _end(self, status: Status) -> dict[str, Any]:
        plan = self.plan
        ids = list(self.tables)
        names = {table_id: table.layout.source for table_id, table in self.tables.items()}
        with plan.store.connect() as connection:
            if status == "complete":
                self._write_findings(connection, ids)
            statistics = statistics_of(connection, self.coverages, names, plan.policy, plan.key)
            summary = self._summary(connection, status, statistics)
        counts = {name: summary[name] for name in ("rows_read", "rows_scanned", "rows_skipped", "rows_not_scanned", "findings")}
        with plan.store.begin() as connection:
            end_run(connection, self.run_, status, summary)
            ended = {"job": plan.job, "run": self.run_.id, "status": status, "erased": self.erased, **counts}
            summary["audit"] = self.audit.add("scan-ended", connection=connection, **ended)
            write_summary(summary, plan.out)  # before the run counts as ended: a run killed here resumes, and writes it again
        return summary

    def _write_findings(self, connection: Connection, table_ids: Sequence[int]) -> None:
        part = self.plan.out / FINDINGS_PART
        with writing(part):
            with part.open("w", encoding="utf-8", newline="\n") as file:
                for record, judgement in judged_records(connection, table_ids):
                    for name, items in judgement.fields.items():
                        file.writelines(json.dumps(finding_line(record, name, item, judgement.risk.level)) + "\n" for item in items)
            part.replace(self.plan.out / FINDINGS)

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
        state, layout = self.coverages[table_id], table.layout
        policy = self.plan.policy.with_purposes(layout.purposes)
        return {
            "source": layout.source,
            "format": layout.format,
            "encoding": layout.encoding,
            "text_columns": list(layout.roles.texts),
            "id_column": layout.roles.id,
            "key_columns": list(table.key_columns),
            "purposes": {column: policy.purpose_of(column) for column in layout.roles.texts},
            "rows": state.rows_read,
            "rows_skipped": state.rows_skipped,
            "rows_not_scanned": state.rows_not_scanned,
            "complete": state.complete,
        }


def _must_seal(judgement: Judgement | None) -> bool:
    return judgement is not None and judgement.action in ("redact", "quarantine")


def _original(record_id: int, item: Scanned) -> NewEntry:
    """Return what the vault keeps of a record: all its texts when it goes to quarantine, else those in which something is redacted."""
    assert item.judgement is not None
    record, judgement = item.record, item.judgement
    touched = [name for name, items in judgement.fields.items() if any(one.action in ("redact", "quarantine") for one in items)]
    names = record.texts if judgement.action == "quarantine" else touched
    return NewEntry(
        record_id=record_id,
        source=record.source,
        record=record.id,
        texts={name: record.texts[name] for name in names if record.texts[name]},
        entities=tuple(sorted({one.finding.entity for items in judgement.fields.values() for one in items})),
        level=judgement.risk.level,
        action=judgement.action,
    )
