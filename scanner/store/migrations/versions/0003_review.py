"""The review: its state on records, findings set aside, decisions that end, proposals, wordings, the allow-list of the store, tallies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_RECORD_INDEXES = (
    ("state", "risk", "date", "id"),
    ("site", "state", "risk", "date", "id"),
    ("state", "date"),
    ("table_id", "state", "newest"),
    ("state", "opened", "site"),
    ("tenant",),
    ("record",),
)
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DECISION_TEXTS = ("rule", "term", "confirmed_by", "ended_by", "ended_why")

# What people had decided of the text that is sealed now: the last decision, unless the text is newer.
_LAST_DECISION = """
    SELECT d.decision FROM decisions d WHERE d.record_id = records.id AND d.field = '' AND d.entity = ''
    AND NOT EXISTS (SELECT 1 FROM vault v WHERE v.record_id = d.record_id AND v.state = 'pending' AND v.changed > d.at)
    ORDER BY d.id DESC LIMIT 1
"""


def upgrade() -> None:
    """Make the tables and columns, and fill them from what is there."""
    op.add_column("source_tables", sa.Column("purposes", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("records", sa.Column("state", sa.String(length=12), nullable=True))
    op.add_column("records", sa.Column("decision", sa.String(length=12), nullable=False, server_default=""))
    op.add_column("records", sa.Column("newest", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("records", sa.Column("opened", sa.String(length=32), nullable=True))
    op.add_column("findings", sa.Column("dismissed", sa.String(length=24), nullable=True))
    for name in _DECISION_TEXTS:
        op.add_column("decisions", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("decisions", sa.Column("ended", sa.String(length=32), nullable=True))
    op.add_column("decisions", sa.Column("how_ended", sa.String(length=12), nullable=False, server_default=""))
    _fill()
    to_review = sa.text("state IS NOT NULL")
    for columns in _RECORD_INDEXES:
        op.create_index(f"ix_records_{'_'.join(columns)}", "records", list(columns), sqlite_where=to_review, postgresql_where=to_review)
    dismissed = sa.text("dismissed IS NOT NULL")
    op.create_index("ix_findings_dismissed", "findings", ["dismissed"], sqlite_where=dismissed, postgresql_where=dismissed)
    _make_tables()
    for topic in ("'e:' || f.entity", "'f:' || r.table_id || ':' || f.field"):
        op.execute(
            f"INSERT INTO record_topics (record_id, topic, state, risk, date) SELECT DISTINCT r.id, {topic}, r.state, r.risk, r.date "
            "FROM findings f JOIN records r ON r.id = f.record_id WHERE r.state IS NOT NULL"
        )


def _fill() -> None:
    op.execute(
        "UPDATE records SET state = 'open', newest = (SELECT max(first_run) FROM findings f WHERE f.record_id = records.id), "
        "opened = (SELECT min(u.started) FROM runs u JOIN source_tables t ON t.job_id = u.job_id "
        "WHERE t.id = records.table_id AND u.number = (SELECT max(first_run) FROM findings f WHERE f.record_id = records.id)) "
        "WHERE action <> 'keep' AND id IN (SELECT record_id FROM findings)"
    )
    decided = "state IS NOT NULL AND id IN (SELECT record_id FROM decisions)"
    op.execute(f"UPDATE records SET decision = coalesce(({_LAST_DECISION}), '') WHERE {decided}")
    op.execute("UPDATE records SET state = 'decided', opened = NULL WHERE state IS NOT NULL AND decision <> ''")
    op.execute(
        "UPDATE records SET state = 'corrected', opened = NULL WHERE state IS NOT NULL "
        "AND id IN (SELECT record_id FROM vault WHERE state = 'redacted' AND record_id IS NOT NULL) "
        "AND id NOT IN (SELECT record_id FROM vault WHERE state = 'pending' AND record_id IS NOT NULL)"
    )


def _make_tables() -> None:
    op.create_table(
        "record_topics",
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("risk", sa.Integer(), nullable=False),
        sa.Column("date", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_record_topics_record_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("record_id", "topic", name="pk_record_topics"),
    )
    op.create_index("ix_record_topics_queue", "record_topics", ["topic", "state", "risk", "date", "record_id"])
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("settled", sa.String(length=32), nullable=True),
        sa.Column("settled_why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_proposals_record_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
    )
    op.create_index("ix_proposals_record_id", "proposals", ["record_id"])
    op.create_index("ix_proposals_state_at_id", "proposals", ["state", "at", "id"])
    op.create_table(
        "wordings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("vault_id", sa.String(length=32), nullable=False),
        sa.Column("proposal_id", sa.String(length=32), nullable=True),
        sa.Column("decision_id", _ID, nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=12), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["vault_id"], ["vault.id"], name="fk_wordings_vault_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name="fk_wordings_proposal_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_wordings_decision_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_wordings"),
    )
    op.create_index("ix_wordings_vault_id", "wordings", ["vault_id"])
    op.create_index("ix_wordings_proposal_id", "wordings", ["proposal_id"])
    op.create_index("ix_wordings_decision_id", "wordings", ["decision_id"])
    op.create_table(
        "allow_entries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=12), nullable=True),
        sa.Column("term", sa.LargeBinary(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("rule", "record")),
        sa.Column("entity", sa.String(length=32), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("field", "site", "source", "reason", "author")),
        sa.Column("created", sa.String(length=32), nullable=False),
        sa.Column("expires", sa.String(length=10), nullable=False),
        sa.Column("ended", sa.String(length=32), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("ended_by", "ended_why")),
        sa.PrimaryKeyConstraint("id", name="pk_allow_entries"),
    )
    op.create_table(
        "tallies",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("table_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_tallies_run_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["table_id"], ["source_tables.id"], name="fk_tallies_table_id"),
        sa.PrimaryKeyConstraint("run_id", "kind", "site", "table_id", "name", "level", name="pk_tallies"),
    )


def downgrade() -> None:
    """Remove them."""
    for table in ("tallies", "allow_entries", "wordings", "proposals", "record_topics"):
        op.drop_table(table)
    op.drop_index("ix_findings_dismissed", "findings")
    for columns in _RECORD_INDEXES:
        op.drop_index(f"ix_records_{'_'.join(columns)}", "records")
    for name in ("how_ended", "ended", *reversed(_DECISION_TEXTS)):
        op.drop_column("decisions", name)
    op.drop_column("findings", "dismissed")
    for name in ("opened", "newest", "decision", "state"):
        op.drop_column("records", name)
    op.drop_column("source_tables", "purposes")
