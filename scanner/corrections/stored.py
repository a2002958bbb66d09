"""Findings and decisions of records as the store holds them, for whoever plans corrections."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from recognizers.finding import Finding
from scanner.corrections.treatment import Decision, StoredFinding
from scanner.memos.lines import Place
from scanner.store.schema import decisions, findings


def stored_findings(connection: Connection, record_ids: Sequence[int]) -> Mapping[int, list[StoredFinding]]:
    """Return the findings of records, in order, those set aside as well."""
    found: dict[int, list[StoredFinding]] = defaultdict(list)
    query = select(findings).where(findings.c.record_id.in_(record_ids)).order_by(findings.c.id)
    for row in connection.execute(query):
        finding = Finding(row.entity, row.start, row.end, row.score, row.rule, row.assertion, row.subject, term=row.term)
        places = [Place(row.line or row.field, row.start, row.end)]
        places += [Place(*place) for place in json.loads(row.continued or "[]")]
        found[row.record_id].append(StoredFinding(finding, row.field, tuple(places), row.action, row.dismissed is not None))
    return found


def stored_decisions(connection: Connection, record_ids: Sequence[int]) -> Mapping[int, list[tuple[str, Decision]]]:
    """Return the decisions on records with the time at which each was taken, in the order in which they were."""
    taken: dict[int, list[tuple[str, Decision]]] = defaultdict(list)
    on_one_rule = (decisions.c.decision == "false_alarm") & (decisions.c.rule != "")  # it has set its findings aside, and no others
    holds = decisions.c.how_ended != "undone", ~on_one_rule
    query = select(decisions).where(decisions.c.record_id.in_(record_ids), *holds).order_by(decisions.c.id)
    for row in connection.execute(query):
        taken[row.record_id].append((row.at, Decision(row.field, row.entity, row.decision)))
    return taken
