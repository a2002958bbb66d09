"""The topics by which records are found in the queue: the entities found in them, and the fields in which something was found."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, String, cast, delete, insert, literal, select

from scanner.store.review_tables import record_topics
from scanner.store.schema import findings, records

_BATCH = 500


def entity_topic(entity: str) -> str:
    """Return the topic of the records in which ``entity`` was found."""
    return f"e:{entity}"


def field_topic(table_id: int, field: str) -> str:
    """Return the topic of the records of a table in whose ``field`` something was found."""
    return f"f:{table_id}:{field}"


def refresh_topics(connection: Connection, record_ids: Sequence[int]) -> None:
    """Make the topics of records anew: those of the findings that stand, of all of them where none stands, none without a review."""
    topics: tuple[ColumnElement[str], ...] = (
        literal("e:") + findings.c.entity,
        literal("f:") + cast(records.c.table_id, String) + literal(":") + findings.c.field,
    )
    shown = findings.c.dismissed.is_(None) | (records.c.level == "none")
    for at in range(0, len(record_ids), _BATCH):
        batch = record_ids[at : at + _BATCH]
        connection.execute(delete(record_topics).where(record_topics.c.record_id.in_(batch)))
        for topic in topics:
            rows = (
                select(records.c.id, topic, records.c.state, records.c.risk, records.c.date)
                .join_from(records, findings, findings.c.record_id == records.c.id)
                .where(records.c.id.in_(batch), records.c.state.is_not(None), shown)
                .distinct()
            )
            connection.execute(insert(record_topics).from_select(["record_id", "topic", "state", "risk", "date"], rows))
