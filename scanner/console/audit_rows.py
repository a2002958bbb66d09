"""What the audit view shows: entries of the log and decisions, newest first, a page at a time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select, union

from scanner.accounts.perimeter import Perimeter
from scanner.audit import Entry
from scanner.keys import SecretKey, pseudonym
from scanner.store.account_tables import accounts
from scanner.store.engine import Store
from scanner.store.schema import audit, decisions, jobs, records, source_tables

PAGE = 100
_EXPORTED = 2_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show: an event of the log or a decision, ``""`` for any; dates (ISO, UTC, inclusive), ``""`` for no limit."""

    what: str = ""
    first: str = ""
    last: str = ""

    def conditions(self, what: ColumnElement[str], at: ColumnElement[str]) -> list[ColumnElement[bool]]:
        """Return what rows must fulfil whose kind and time are in these columns."""
        found = [what == self.what] if self.what else []
        found += [at >= self.first] if self.first else []
        return found + ([at < _day_after(self.last)] if self.last else [])


def entries_before(connection: Connection, wanted: Wanted, before: int, limit: int = PAGE) -> list[Entry]:
    """Return entries of the log below the number ``before`` (0: from the newest on), newest first."""
    query = select(audit).where(*wanted.conditions(audit.c.event, audit.c.at)).order_by(audit.c.seq.desc()).limit(limit)
    rows = connection.execute(query.where(audit.c.seq < before) if before else query).mappings()
    return [Entry(**row) for row in rows]


def decisions_before(connection: Connection, perimeter: Perimeter, wanted: Wanted, before: int, limit: int = PAGE) -> Sequence[Row[Any]]:
    """Return decisions on records of ``perimeter`` whose ids are below ``before`` (0: from the newest on), newest first."""
    query = _decisions(perimeter, wanted).order_by(decisions.c.id.desc()).limit(limit)
    return connection.execute(query.where(decisions.c.id < before) if before else query).all()


def all_entries(store: Store, wanted: Wanted) -> Iterator[Entry]:
    """Yield every entry that is ``wanted``, newest first; each page is a query of its own."""
    before = 0
    while True:
        with store.connect() as connection:
            page = entries_before(connection, wanted, before, _EXPORTED)
        yield from page
        if len(page) < _EXPORTED:
            return
        before = page[-1].seq


def all_decisions(store: Store, perimeter: Perimeter, wanted: Wanted) -> Iterator[Row[Any]]:
    """Yield every decision that is ``wanted``, newest first; each page is a query of its own."""
    before = 0
    while True:
        with store.connect() as connection:
            page = decisions_before(connection, perimeter, wanted, before, _EXPORTED)
        yield from page
        if len(page) < _EXPORTED:
            return
        before = page[-1].id


def logins(connection: Connection, key: SecretKey) -> dict[str, str]:
    """Return the logins of the accounts by the pseudonyms that the log has of them."""
    return {pseudonym(login, key): login for login in connection.execute(select(accounts.c.login)).scalars()}


def names_of_details(connection: Connection, key: SecretKey) -> dict[str, str]:
    """Return the names of jobs and tables by what the log has of those with unusual characters."""
    names = union(select(jobs.c.name), select(source_tables.c.name))
    return {f"#{pseudonym(name, key)}": name for name in connection.execute(names).scalars()}


def is_day(value: str) -> bool:
    """Tell whether ``value`` is an ISO date, or ``""``."""
    try:
        return not value or datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _day_after(day: str) -> str:
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days=1)).isoformat() if day < "9999-12-31" else "9999-12-31T24"


def _decisions(perimeter: Perimeter, wanted: Wanted) -> Select[Any]:
    return (
        select(decisions, records.c.record, records.c.site, source_tables.c.name.label("source"), jobs.c.name.label("job"))
        .join(records, records.c.id == decisions.c.record_id)
        .join(source_tables, source_tables.c.id == records.c.table_id)
        .join(jobs, jobs.c.id == source_tables.c.job_id)
        .where(perimeter.condition(records.c.site), *wanted.conditions(decisions.c.decision, decisions.c.at))
    )
