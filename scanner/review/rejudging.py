"""Records weighed anew without the findings that were set aside, or with those that stand again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from recognizers.finding import Finding
from scanner.catalogue import Catalogue
from scanner.judgement import JudgedFinding, weigh
from scanner.policy import Policy
from scanner.review.originals import settle_originals
from scanner.store.bulk import run_many
from scanner.store.review_states import sync_states
from scanner.store.schema import findings, records, source_tables

_BATCH = 500
_UPDATE_FINDING = update(findings).where(findings.c.id == bindparam("known_id")).values(action=bindparam("new_action"))
_UPDATE_RECORD = (
    update(records)
    .where(records.c.id == bindparam("known_id"))
    .values(risk=bindparam("new_risk"), level=bindparam("new_level"), action=bindparam("new_action"), newest=bindparam("new_newest"))
)


def rejudge(connection: Connection, record_ids: Sequence[int], policy: Policy, catalogue: Catalogue, *, who: str, why: str) -> list[str]:
    """Weigh records anew, as a scan would that found the findings that stand now, and no others: risk, level, action of each and of all.

    What is sealed and the states of the review follow. Returns the ids of the entries of the vault that changed their state.
    """
    for at in range(0, len(record_ids), _BATCH):
        _rejudge(connection, record_ids[at : at + _BATCH], policy, catalogue)
    changed = settle_originals(connection, record_ids, who=who, why=why)
    sync_states(connection, record_ids)
    return changed


def _rejudge(connection: Connection, record_ids: Sequence[int], policy: Policy, catalogue: Catalogue) -> None:
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(select(findings).where(findings.c.record_id.in_(record_ids)).order_by(findings.c.id)):
        rows[row.record_id].append(row)
    columns = records.c.id, records.c.allowed, source_tables.c.purposes
    query = select(*columns).join_from(records, source_tables).where(records.c.id.in_(record_ids))
    changed_findings, changed_records = [], []
    for record_id, allowed, purposes in connection.execute(query):
        fields: dict[str, list[JudgedFinding]] = {}
        for row in rows[record_id]:
            fields.setdefault(row.field, []).append(_judged(row))
        judgement = weigh(fields, allowed, policy.with_purposes(json.loads(purposes)), catalogue)
        in_order = {field: iter(items) for field, items in judgement.fields.items()}
        actions = {row.id: next(in_order[row.field]).action for row in rows[record_id]}
        changed_findings += [
            {"known_id": row.id, "new_action": actions[row.id]} for row in rows[record_id] if actions[row.id] != row.action
        ]
        newest = max((row.first_run for row in rows[record_id] if row.dismissed is None), default=0)
        risk = judgement.risk
        changed_records.append(
            {
                "known_id": record_id,
                "new_risk": risk.value,
                "new_level": risk.level,
                "new_action": judgement.action,
                "new_newest": newest,
            }
        )
    run_many(connection, _UPDATE_FINDING, changed_findings)
    run_many(connection, _UPDATE_RECORD, changed_records)


def _judged(row: Any) -> JudgedFinding:
    finding = Finding(row.entity, row.start, row.end, row.score, row.rule, row.assertion, row.subject, term=row.term)
    return JudgedFinding(finding, row.severity, row.action, row.line, dismissed=row.dismissed or "")
