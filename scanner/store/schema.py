"""The tables of scans in the state store, as SQLAlchemy Core. Migrations in ``migrations/`` bring an older store to this form.

Times are UTC in ISO form (``2026-11-22T01:02:03+00:00``): text sorts as time in every database. Digests and keys come from
``scanner.keys``. Nothing here holds the text of a comment, but ``vault.sealed``, which is encrypted.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from scanner.store.metadata import Hex, Id, Key, Time, metadata

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created", Time, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Hex, primary_key=True),  # 16 hexadecimal digits
    Column("number", Integer, nullable=False),  # from 1 within the job
    Column("job_id", ForeignKey("jobs.id"), nullable=False, index=True),
    Column("started", Time, nullable=False),
    Column("ended", Time),
    Column("status", String(16), nullable=False),  # running, complete, interrupted, failed
    Column("rules", Hex, nullable=False),  # recognizers.rulepack.rules_digest()
    Column("version", Hex, nullable=False),  # rules, policy and settings together: what decides whether a record must be read again
    Column("key_id", String(16), nullable=False),
    Column("findings_new", Integer, nullable=False, default=0),  # against the run before, as are the next two
    Column("findings_gone", Integer, nullable=False, default=0),
    Column("findings_unchanged", Integer, nullable=False, default=0),
    Column("summary", Text),  # the summary.json of the run, which holds no text
    UniqueConstraint("job_id", "number"),
)

source_tables = Table(
    "source_tables",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", ForeignKey("jobs.id"), nullable=False),
    Column("database", Text, nullable=False, default=""),  # as scanner.databases names it: dialect, host, database; no user
    Column("name", Text, nullable=False),  # schema.table, or the name of an export
    Column("key_columns", Text, nullable=False),  # JSON list
    Column("text_columns", Text, nullable=False),  # JSON list
    Column("purposes", Text, nullable=False, default="{}"),  # JSON object: field to purpose, as the last run weighed it
    UniqueConstraint("job_id", "name"),
)

coverage = Table(
    "coverage",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("table_id", ForeignKey("source_tables.id"), primary_key=True),
    Column("cursor", Text),  # JSON list: the key of the last row that is done; null before the first
    Column("rows_read", BigInteger, nullable=False, default=0),
    Column("rows_scanned", BigInteger, nullable=False, default=0),
    Column("rows_skipped", BigInteger, nullable=False, default=0),
    Column("rows_not_scanned", BigInteger, nullable=False, default=0),
    Column("rows_without_key", BigInteger, nullable=False, default=0),  # counted among rows_not_scanned: they cannot be named
    Column("complete", Boolean, nullable=False, default=False),
)

records = Table(
    "records",
    metadata,
    Column("id", Id, primary_key=True),
    Column("table_id", ForeignKey("source_tables.id"), nullable=False),
    Column("key", Key, nullable=False),  # sorts as the key does
    Column("key_values", Text, nullable=False, default=""),  # JSON list: the key itself, by which the row is found again
    Column("record", Text, nullable=False),  # the id as the source writes it
    Column("digest", LargeBinary(16), nullable=False),  # keyed, of every cell that the scan depends on
    Column("version", Hex, nullable=False),
    Column("run", Integer, nullable=False),  # number of the run that saw it last
    Column("texts", Integer, nullable=False, default=0),  # cells that hold text
    Column("characters", BigInteger, nullable=False, default=0),
    Column("site", Text, nullable=False, default=""),
    Column("author_group", Text, nullable=False, default=""),
    Column("date", String(10), nullable=False, default=""),
    Column("tenant", Hex, nullable=False, default=""),  # pseudonym
    Column("problem", Text, nullable=False, default=""),  # why it could not be scanned in full
    Column("level", String(8), nullable=False, default="none"),
    Column("risk", Integer, nullable=False, default=0),
    Column("action", String(12), nullable=False, default="keep"),
    Column("allowed", Integer, nullable=False, default=0),  # findings that the policy's allow-list set aside
    Column("state", String(12)),  # of its review: open, proposed, decided, corrected; null where there is nothing to review
    Column("decision", String(12), nullable=False, default=""),  # by which it was decided: that of decisions, or allowed
    Column("newest", Integer, nullable=False, default=0),  # number of the run that found the newest of its findings first
    Column("opened", Time),  # since when it has been open
    UniqueConstraint("table_id", "key"),
    Index("ix_records_table_id_risk", "table_id", "risk"),
)

_TO_REVIEW = records.c.state.is_not(None)
for _columns in (
    ("state", "risk", "date", "id"),
    ("site", "state", "risk", "date", "id"),
    ("state", "date"),
    ("table_id", "state", "newest"),
    ("state", "opened", "site"),
    ("tenant",),
    ("record",),
):
    # few records have findings: the others are in none of these, and cost nothing
    Index(None, *(records.c[name] for name in _columns), sqlite_where=_TO_REVIEW, postgresql_where=_TO_REVIEW)

findings = Table(
    "findings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("field", Text, nullable=False),
    Column("line", Text, nullable=False, default=""),  # where field is made of numbered lines: the line in which it begins
    Column("continued", Text, nullable=False, default=""),  # and where it goes on: JSON list of line, start, end; "" nowhere
    Column("entity", String(32), nullable=False, index=True),
    Column("start", Integer, nullable=False),  # code points of the cell as stored
    Column("end", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("assertion", String(16), nullable=False),
    Column("subject", String(16), nullable=False),
    Column("rule", Text, nullable=False),
    Column("term", Text, nullable=False, default=""),
    Column("severity", Integer, nullable=False),
    Column("action", String(12), nullable=False),
    Column("first_run", Integer, nullable=False),  # number of the run that found it first
    Column("dismissed", String(24)),  # null while it stands; else by what: scanner/store/dismissal.py
)
Index(None, findings.c.dismissed, sqlite_where=findings.c.dismissed.is_not(None), postgresql_where=findings.c.dismissed.is_not(None))

decisions = Table(
    "decisions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("field", Text, nullable=False, default=""),  # "": the whole record
    Column("entity", String(32), nullable=False, default=""),  # "": every entity
    Column("rule", Text, nullable=False, default=""),  # "": every rule
    Column("term", Text, nullable=False, default=""),  # "": every term
    Column("decision", String(16), nullable=False),  # false_alarm, redact, erase, release
    Column("who", Text, nullable=False),
    Column("at", Time, nullable=False),
    Column("why", Text, nullable=False, default=""),
    Column("confirmed_by", Text, nullable=False, default=""),  # the second person
    Column("ended", Time),  # null while it holds
    Column("how_ended", String(12), nullable=False, default=""),  # undone, overtaken
    Column("ended_by", Text, nullable=False, default=""),
    Column("ended_why", Text, nullable=False, default=""),
)

vault = Table(
    "vault",
    metadata,
    Column("id", Hex, primary_key=True),  # 16 hexadecimal digits, random
    Column("record_id", ForeignKey("records.id", ondelete="SET NULL"), index=True),
    Column("source", Text, nullable=False),  # name of the table
    Column("record", Text, nullable=False),
    Column("entities", Text, nullable=False),  # JSON list
    Column("level", String(8), nullable=False),
    Column("action", String(12), nullable=False),  # what the policy asked: redact or quarantine
    Column("state", String(12), nullable=False, index=True),  # pending, released, redacted, erased
    Column("created", Time, nullable=False),
    Column("changed", Time, nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("wrapped_key", LargeBinary),  # the key of this entry alone, under the master key; null once erased
    Column("nonce", LargeBinary(12)),
    Column("sealed", LargeBinary),  # AES-256-GCM of the texts by column; null once erased
    Column("held", Text, nullable=False, default=""),  # reason of a legal hold; "" when there is none
)

vault_events = Table(
    "vault_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("vault_id", ForeignKey("vault.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("event", String(16), nullable=False),  # added, replaced, shown, released, redacted, erased, restored, held, freed, rotated
    Column("who", Text, nullable=False),
    Column("at", Time, nullable=False),
    Column("why", Text, nullable=False, default=""),
)

plans = Table(
    "plans",
    metadata,
    Column("id", Hex, primary_key=True),  # 16 hexadecimal digits
    Column("job_id", ForeignKey("jobs.id"), nullable=False, index=True),
    Column("database", Text, nullable=False),
    Column("key_id", String(16), nullable=False),  # of the key that the digests of its changes were made with
    Column("who", Text, nullable=False),
    Column("created", Time, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("id", Hex, primary_key=True),
    Column("plan_id", ForeignKey("plans.id"), nullable=False, index=True),
    Column("vault_id", ForeignKey("vault.id"), nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("key_values", Text, nullable=False),  # JSON object: key column to value
    Column("field", Text, nullable=False),
    Column("line", Text, nullable=False, default=""),  # name of the row among those that hold the lines of one text
    Column("action", String(12), nullable=False),  # redact, quarantine, erase
    Column("old_digest", LargeBinary(16), nullable=False),
    Column("new_digest", LargeBinary(16), nullable=False),
    Column("state", String(12), nullable=False),  # planned, applying, applied, undoing, undone, conflict
    Column("changed", Time, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Id, primary_key=True, autoincrement=False),  # from 1, without gaps
    Column("at", Time, nullable=False),
    Column("actor", Hex, nullable=False),  # pseudonym
    Column("key_id", String(16), nullable=False),
    Column("event", String(32), nullable=False),
    Column("details", Text, nullable=False),  # JSON object: counts and ids, no personal data
    Column("previous", String(64), nullable=False),
    Column("mac", String(64), nullable=False),  # HMAC-SHA-256 over all of the above
)
