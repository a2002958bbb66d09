"""The allow-list of the store: findings that a person declared harmless in the console, where, why and until when.

An entry without a term is applied at once to the findings that stand. A term can only be looked for in a text: the records that it may
concern are read again by the next run of their job, and only these. Every later scan applies all entries that are in force. When one ends
or expires, what it set aside stands again: at once in the first case, at the beginning of the next run in the second.
"""

from __future__ import annotations

import datetime
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from scanner.accounts.perimeter import Perimeter
from scanner.accounts.viewer import Viewer
from scanner.allowlist import has_words
from scanner.audit import AuditLog
from scanner.catalogue import Catalogue
from scanner.clock import utc_now
from scanner.errors import InputError, NotAllowedError, NotFoundError
from scanner.keys import SecretKey
from scanner.policy import Policy
from scanner.review.allow_rows import SCOPES, in_force, over, policy_with_store, sealed_term, term_of
from scanner.review.rejudging import rejudge
from scanner.store.dismissal import by_entry, entry_of
from scanner.store.engine import Store
from scanner.store.review_tables import allow_entries
from scanner.store.schema import findings, records, source_tables

__all__ = ["AllowDesk", "AllowOutcome", "Allowance", "NewAllowance", "allowances", "lift_expired", "policy_with_store"]

AT_ONCE = 2_000
"""Records to which an entry is applied while a person waits; the next run does the rest."""
_BATCH = 500


@dataclass(frozen=True, slots=True)
class NewAllowance:
    """An entry to add: at least one of ``term`` (words of a comment), ``rule`` and ``record``; ``""`` in the others means any.

    ``expires`` is the last day on which it holds.
    """

    reason: str
    expires: datetime.date
    term: str = ""
    rule: str = ""
    record: str = ""
    entity: str = ""
    field: str = ""
    site: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Allowance:
    """An entry of the store. ``findings`` counts what it sets aside now; ``ended`` is UTC, ISO, ``""`` while it was not ended early."""

    id: str
    what: NewAllowance
    author: str
    created: str
    in_force: bool
    findings: int
    ended: str
    ended_by: str
    ended_why: str


@dataclass(frozen=True, slots=True)
class AllowOutcome:
    """What adding or ending an entry did at once: findings set aside, or that stand again, and their records.

    ``next_run`` counts the records that the next run of their job reads again, for the entry may concern them.
    """

    id: str
    findings: int
    records: int
    next_run: int


class AllowDesk:
    """Adds and ends entries; both need permission ``allow``. Who does not see every site can only do so for a site of his own."""

    def __init__(self, store: Store, key: SecretKey, policy: Policy, catalogue: Catalogue) -> None:
        self._store = store
        self._key = key
        self._policy = policy
        self._catalogue = catalogue

    def add(self, viewer: Viewer, new: NewAllowance) -> AllowOutcome:
        """Add an entry and apply it to the findings that stand.

        Raises :class:`InputError` when it names neither term, rule nor record, is over already, or has no reason;
        :class:`NotAllowedError` when the viewer may not allow, or not there.
        """
        _check(viewer, new.site)
        _check_new(new, datetime.date.fromisoformat(utc_now()[:10]))
        entry_id = secrets.token_hex(8)
        facts = {name: getattr(new, name) for name in SCOPES}
        with self._store.begin() as connection:
            row = {"id": entry_id, **facts, "reason": new.reason.strip(), "author": viewer.login, "created": utc_now()}
            sealed = sealed_term(entry_id, new.term, self._key)
            connection.execute(insert(allow_entries).values(**row, **sealed, expires=new.expires.isoformat()))
            covered = _covered(connection, new)
            at_once = [] if new.term else covered[:AT_ONCE]
            later = covered[len(at_once) :]
            count = 0
            for batch in _batches(at_once):
                marked = update(findings).where(*_standing(new), findings.c.record_id.in_(batch)).values(dismissed=by_entry(entry_id))
                count += connection.execute(marked).rowcount
            self._rejudge(connection, at_once, viewer.login, new.reason)
            for batch in _batches(later):
                connection.execute(update(records).where(records.c.id.in_(batch)).values(version=""))
            self._audit(viewer).add("allowed", connection, entry=entry_id, findings=count, records=len(at_once), later=len(later))
        return AllowOutcome(entry_id, count, len(at_once), len(later))

    def end(self, viewer: Viewer, entry_id: str, *, why: str) -> AllowOutcome:
        """End an entry: the findings that it set aside stand again.

        Raises :class:`NotFoundError` when no such entry holds, :class:`InputError` when ``why`` is blank, :class:`NotAllowedError` as
        :meth:`add` does.
        """
        if not why.strip():
            raise InputError("say why the entry ends")
        with self._store.begin() as connection:
            holds = allow_entries.c.id == entry_id, allow_entries.c.ended.is_(None)
            row = connection.execute(select(allow_entries.c.site).where(*holds).with_for_update()).one_or_none()
            if row is None:
                raise NotFoundError("no such entry of the allow-list holds")
            _check(viewer, row.site)
            ended = {"ended": utc_now(), "ended_by": viewer.login, "ended_why": why.strip()}
            connection.execute(update(allow_entries).where(allow_entries.c.id == entry_id).values(ended))
            count, lifted = _lift(connection, [entry_id])
            self._rejudge(connection, lifted, viewer.login, why)
            self._audit(viewer).add("allow-ended", connection, entry=entry_id, findings=count, records=len(lifted))
        return AllowOutcome(entry_id, count, len(lifted), 0)

    def _rejudge(self, connection: Connection, record_ids: Sequence[int], who: str, why: str) -> None:
        rejudge(connection, record_ids, self._policy, self._catalogue, who=who, why=why)

    def _audit(self, viewer: Viewer) -> AuditLog:
        return AuditLog(self._store, self._key, viewer.login)


def lift_expired(connection: Connection, policy: Policy, catalogue: Catalogue, today: datetime.date, *, who: str) -> None:
    """Let the findings stand again that entries set aside which are over on ``today``."""
    marks = connection.execute(select(findings.c.dismissed).where(findings.c.dismissed.like("a%")).distinct()).scalars()
    used = {entry_of(mark) for mark in marks}
    ids = used & set(connection.execute(select(allow_entries.c.id).where(over(today))).scalars())
    if ids:
        rejudge(connection, _lift(connection, sorted(ids))[1], policy, catalogue, who=who, why="an entry of the allow-list expired")


def allowances(
    connection: Connection, perimeter: Perimeter, key: SecretKey, today: datetime.date, *, ended: bool = False
) -> list[Allowance]:
    """Return the entries in force, those that expire first at the front; with ``ended`` those that are over as well.

    A limited perimeter sees those of its sites, and those for every site. Raises :class:`SecretKeyError` when a term was sealed with
    another key.
    """
    query = select(allow_entries).order_by(allow_entries.c.expires, allow_entries.c.id)
    if not ended:
        query = query.where(*in_force(today))
    counts: Counter[str] = Counter()
    set_aside = select(findings.c.dismissed, func.count()).where(findings.c.dismissed.like("a%")).group_by(findings.c.dismissed)
    if perimeter.sites is not None:
        set_aside = set_aside.join_from(findings, records, findings.c.record_id == records.c.id).where(perimeter.condition(records.c.site))
    for mark, number in connection.execute(set_aside):
        counts[entry_of(mark)] = number
    rows = connection.execute(query).all()
    return [_allowance(row, key, today, counts[row.id]) for row in rows if not row.site or perimeter.holds(row.site)]


def _allowance(row: Row[Any], key: SecretKey, today: datetime.date, count: int) -> Allowance:
    expires = datetime.date.fromisoformat(row.expires)
    what = NewAllowance(row.reason, expires, term_of(row, key), *(getattr(row, name) for name in SCOPES))
    holds = row.ended is None and expires >= today
    return Allowance(row.id, what, row.author, row.created, holds, count, row.ended or "", row.ended_by, row.ended_why)


def _check(viewer: Viewer, site: str) -> None:
    if not viewer.may("allow"):
        raise NotAllowedError("your role may not change the allow-list")
    if viewer.perimeter.sites is not None and not (site and viewer.perimeter.holds(site)):
        raise NotAllowedError("name one of your own sites: you do not see the others")


def _check_new(new: NewAllowance, today: datetime.date) -> None:
    if not (new.term.strip() or new.rule or new.record):
        raise InputError("an entry of the allow-list names a term, a rule or a record")
    if new.term and not has_words(new.term):
        raise InputError("the term holds no word")
    if not new.reason.strip():
        raise InputError("say why: an entry of the allow-list has a reason")
    if new.expires < today:
        raise InputError("the entry would be over already: give a later day")


def _covered(connection: Connection, new: NewAllowance) -> list[int]:
    """Return the records with findings that stand and that ``new`` may concern; its term is not looked for."""
    query = select(findings.c.record_id).where(*_standing(new)).distinct().order_by(findings.c.record_id)
    return list(connection.execute(query).scalars())


def _standing(new: NewAllowance) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [findings.c.dismissed.is_(None)]
    conditions += [findings.c[name] == value for name in ("rule", "entity", "field") if (value := getattr(new, name))]
    of_record = [records.c[name] == value for name in ("record", "site") if (value := getattr(new, name))]
    if new.source:
        of_record.append(records.c.table_id.in_(select(source_tables.c.id).where(source_tables.c.name == new.source)))
    if of_record:
        conditions.append(findings.c.record_id.in_(select(records.c.id).where(*of_record)))
    return conditions


def _lift(connection: Connection, entry_ids: Sequence[str]) -> tuple[int, list[int]]:
    """Let what entries set aside stand again; return how many findings, and their records."""
    marked = findings.c.dismissed.in_([by_entry(entry_id) for entry_id in entry_ids])
    lifted = list(connection.execute(select(findings.c.record_id).where(marked).distinct()).scalars())
    return connection.execute(update(findings).where(marked).values(dismissed=None)).rowcount, lifted


def _batches(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[at : at + _BATCH] for at in range(0, len(ids), _BATCH)]
