"""The tables of the review: by what records are found, what waits for a second person, what people wrote, allowed, and the counts of runs.

No text of a comment is here in clear: written wordings are sealed under the key of the vault's entry whose text they replace, so that
erasing that entry erases them too; terms of the allow-list, which are words of comments, are sealed under the master key.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from scanner.store.metadata import Hex, Time, metadata

record_topics = Table(
    "record_topics",
    metadata,
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("topic", Text, primary_key=True),  # scanner.store.topics: an entity, or a field of a table
    Column("state", String(12), nullable=False),  # this and what follows is that of the record
    Column("risk", Integer, nullable=False),
    Column("date", String(10), nullable=False),
    Index("ix_record_topics_queue", "topic", "state", "risk", "date", "record_id"),
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", Hex, primary_key=True),  # 16 hexadecimal digits, random
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("decision", String(16), nullable=False),
    Column("field", Text, nullable=False, default=""),
    Column("entity", String(32), nullable=False, default=""),
    Column("rule", Text, nullable=False, default=""),
    Column("term", Text, nullable=False, default=""),
    Column("who", Text, nullable=False),
    Column("at", Time, nullable=False),
    Column("why", Text, nullable=False),
    Column("state", String(12), nullable=False),  # waiting, confirmed, refused, withdrawn, overtaken
    Column("settled_by", Text, nullable=False, default=""),
    Column("settled", Time),
    Column("settled_why", Text, nullable=False, default=""),
    Index("ix_proposals_state_at_id", "state", "at", "id"),
)

wordings = Table(
    "wordings",
    metadata,
    Column("id", Hex, primary_key=True),
    Column("vault_id", ForeignKey("vault.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("proposal_id", ForeignKey("proposals.id", ondelete="CASCADE"), index=True),  # it waits as that does
    Column("decision_id", ForeignKey("decisions.id", ondelete="CASCADE"), index=True),  # it holds as long as that does
    Column("field", Text, nullable=False),
    Column("nonce", LargeBinary(12), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # AES-256-GCM under the key of the vault's entry
)

allow_entries = Table(
    "allow_entries",
    metadata,
    Column("id", Hex, primary_key=True),
    Column("key_id", String(16), nullable=False, default=""),  # of the key that the term is sealed with
    Column("nonce", LargeBinary(12)),
    Column("term", LargeBinary),  # AES-256-GCM; null: any
    Column("rule", Text, nullable=False, default=""),  # "" in this and the next five: any
    Column("record", Text, nullable=False, default=""),
    Column("entity", String(32), nullable=False, default=""),
    Column("field", Text, nullable=False, default=""),
    Column("site", Text, nullable=False, default=""),
    Column("source", Text, nullable=False, default=""),
    Column("reason", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("created", Time, nullable=False),
    Column("expires", String(10), nullable=False),  # the last day on which it holds
    Column("ended", Time),  # before its time
    Column("ended_by", Text, nullable=False, default=""),
    Column("ended_why", Text, nullable=False, default=""),
)

tallies = Table(
    "tallies",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(8), primary_key=True),  # site, entity, field, purpose, problem
    Column("site", Text, primary_key=True),
    Column("table_id", ForeignKey("source_tables.id"), primary_key=True),
    Column("name", Text, primary_key=True),  # of the entity, field or problem; "" for kind site
    Column("level", String(8), primary_key=True),  # of the records counted
    Column("records", Integer, nullable=False),
    Column("findings", Integer, nullable=False),  # that stand
)
