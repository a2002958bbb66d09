"""Finding records by tenant or by their own id, within a perimeter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from scanner.accounts.viewer import Viewer
from scanner.audit import AuditLog
from scanner.errors import NotAllowedError
from scanner.keys import SecretKey, pseudonym
from scanner.review.cursors import read_cursor, write_cursor
from scanner.review.queue import QueuePage
from scanner.review.rows import load_rows
from scanner.store.engine import Store
from scanner.store.schema import records


def by_tenant(store: Store, viewer: Viewer, tenant_id: str, key: SecretKey, *, after: str = "", limit: int = 50) -> QueuePage:
    """Return the records of the tenant whose id, as the sources write it, is ``tenant_id``, once the search is written down.

    Raises :class:`NotAllowedError` without permission ``records``, :class:`InputError` on a cursor that is none.
    """
    with store.begin() as connection:
        page = _page(connection, viewer, records.c.tenant == pseudonym(tenant_id.strip(), key), after, limit)
        AuditLog(store, key, viewer.login).add("tenant-searched", connection, records=page.total)
    return page


def by_record(connection: Connection, viewer: Viewer, record: str, *, after: str = "", limit: int = 50) -> QueuePage:
    """Return the records whose id, as the sources write it, is ``record``: one for each table that has it. Raises as the other does."""
    return _page(connection, viewer, records.c.record == record.strip(), after, limit)


def _page(connection: Connection, viewer: Viewer, condition: ColumnElement[bool], after: str, limit: int) -> QueuePage:
    if not viewer.may("records"):
        raise NotAllowedError("your role may not see records")
    place = records.c.risk, records.c.date, records.c.id
    query = select(*place).where(condition, records.c.state.is_not(None), viewer.perimeter.condition(records.c.site))
    total: Any = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    if after:
        query = query.where(tuple_(*place) < tuple_(*read_cursor(after, int, str, int)))
    found = connection.execute(query.order_by(*(column.desc() for column in place)).limit(limit + 1)).all()
    rows = load_rows(connection, viewer.perimeter, [item.id for item in found[:limit]])
    more = write_cursor(*found[limit - 1]) if len(found) > limit else ""
    return QueuePage(tuple(rows.values()), more, total, capped=False)
