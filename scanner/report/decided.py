"""What people decided and corrected of a job, counted in its state store."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, case, func, select

from scanner.clock import utc_now
from scanner.operations.vault_states import entries_by_state
from scanner.report.dossier import Corrections, Decisions, Standing
from scanner.review.allow_rows import in_force
from scanner.store.account_tables import accounts
from scanner.store.dismissal import Dismissal, kind_of
from scanner.store.review_tables import allow_entries, proposals
from scanner.store.schema import changes, decisions, findings, plans, records, source_tables, vault


def standing_of(connection: Connection, table_ids: Sequence[int]) -> Standing:
    """Return what stands now in the tables, and how many of their findings are set aside."""
    here = records.c.table_id.in_(table_ids)
    joined = select(func.count(), func.count(func.distinct(findings.c.record_id))).join_from(findings, records)
    count, with_findings = connection.execute(joined.where(here, findings.c.dismissed.is_(None))).one()
    aside: Counter[Dismissal] = Counter()
    marks = select(findings.c.dismissed, func.count()).join_from(findings, records).where(here, findings.c.dismissed.is_not(None))
    for mark, times in connection.execute(marks.group_by(findings.c.dismissed)):
        aside[kind_of(mark)] += times
    return Standing(with_findings, count, aside["false_alarm"], aside["allowed"])


def decisions_of(connection: Connection, job_id: int, since: str, until: str) -> Decisions:
    """Return the decisions taken on records of the job from ``since`` on and before ``until`` (UTC, ISO; ``""``: no bound)."""
    when: list[ColumnElement[bool]] = [source_tables.c.job_id == job_id]
    when += [decisions.c.at >= since] if since else []
    when += [decisions.c.at < until] if until else []
    columns = decisions.c.decision, decisions.c.entity, decisions.c.who, func.substr(decisions.c.at, 1, 7).label("month")
    facts = (
        func.count().label("times"),
        func.sum(case((decisions.c.confirmed_by != "", 1), else_=0)).label("confirmed"),
        func.sum(case((decisions.c.how_ended == "undone", 1), else_=0)).label("undone"),
        func.sum(case((decisions.c.how_ended == "overtaken", 1), else_=0)).label("overtaken"),
    )
    query = select(*columns, *facts).join_from(decisions, records).join(source_tables).where(*when).group_by(*columns)
    roles: dict[str, str] = {row.login: row.role for row in connection.execute(select(accounts.c.login, accounts.c.role))}
    taken: Counter[tuple[str, str]] = Counter()
    months: Counter[str] = Counter()
    by_role: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    for row in connection.execute(query):
        taken[row.decision, row.entity] += row.times
        months[row.month] += row.times
        by_role[roles.get(row.who, "")] += row.times
        totals.update({name: int(getattr(row, name)) for name in ("confirmed", "undone", "overtaken")})
    waits = proposals.c.state == "waiting", source_tables.c.job_id == job_id
    waiting = select(func.count()).select_from(proposals).join(records).join(source_tables).where(*waits)
    return Decisions(
        taken=dict(taken),
        months=dict(months),
        roles=dict(by_role),
        confirmed=totals["confirmed"],
        undone=totals["undone"],
        overtaken=totals["overtaken"],
        states=_states(connection, job_id),
        waiting=connection.execute(waiting).scalar_one(),
        exceptions=_exceptions(connection),
    )


def corrections_of(connection: Connection, job_id: int) -> Corrections:
    """Return the corrections planned for the job, and its sealed originals."""
    of_job = plans.c.job_id == job_id
    counted = select(changes.c.action, changes.c.state, func.count()).join_from(changes, plans).where(of_job)
    by_state = {(action, state): times for action, state, times in connection.execute(counted.group_by(changes.c.action, changes.c.state))}
    held = select(func.count()).select_from(vault).join(records).join(source_tables)
    return Corrections(
        plans=connection.execute(select(func.count()).select_from(plans).where(of_job)).scalar_one(),
        changes=by_state,
        originals=entries_by_state(connection, job_id),
        held=connection.execute(held.where(source_tables.c.job_id == job_id, vault.c.held != "")).scalar_one(),
    )


def _states(connection: Connection, job_id: int) -> dict[str, int]:
    query = select(records.c.state, func.count()).join_from(records, source_tables)
    reviewed = source_tables.c.job_id == job_id, records.c.state.is_not(None)
    return {state: count for state, count in connection.execute(query.where(*reviewed).group_by(records.c.state))}  # noqa: C416 - rows


def _exceptions(connection: Connection) -> int:
    today = datetime.date.fromisoformat(utc_now()[:10])
    return connection.execute(select(func.count()).select_from(allow_entries).where(*in_force(today))).scalar_one()
