"""What the page of a record shows, put together from what is known of it without its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from recognizers.finding import Finding
from recognizers.legal import LegalGround, legal_grounds
from scanner.accounts import Viewer
from scanner.catalogue import Catalogue, EntityInfo
from scanner.console.queue_filters import Asked
from scanner.errors import InputError
from scanner.review.queue import QueuePage, queue_page
from scanner.review.record import FindingView, RecordView

_UNKNOWN = EntityInfo("", "", "", (), "", "")


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding with what people read about it, in French.

    ``why`` is ``""`` where a finding above says the same; ``instead`` is what to write in its place, ``""`` for nothing.
    """

    finding: FindingView
    why: str
    instead: str
    grounds: tuple[LegalGround, ...]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The records before and after one in its queue, by id; ``None`` at the ends, or where it stands in that queue no longer."""

    before: int | None = None
    after: int | None = None


def findings_by_field(view: RecordView, catalogue: Catalogue) -> Mapping[str, list[ShownFinding]]:
    """Return the findings of a record by field: those that stand first, fields and findings, then in the order of the text."""
    standing = {item.field for item in view.findings if not item.dismissed}
    fields: dict[str, list[ShownFinding]] = {}
    explained: set[str] = set()
    for one in sorted(view.findings, key=lambda item: (item.field not in standing, item.field, item.dismissed != "", item.start, item.id)):
        info = catalogue.entities.get(one.entity, _UNKNOWN)
        finding = Finding(one.entity, one.start, one.end, one.score, one.rule)
        why = "" if one.entity in explained else info.why
        explained.add(one.entity)
        fields.setdefault(one.field, []).append(ShownFinding(one, why, catalogue.instead(finding), legal_grounds(info.legal)))
    return fields


def neighbours(connection: Connection, viewer: Viewer, asked: Asked, record_id: int) -> Neighbours:
    """Return the neighbours of a record on its page of the queue, and the first record of the page that follows."""
    try:
        page = queue_page(connection, viewer.perimeter, asked.wanted, after=asked.after)
    except InputError:
        return Neighbours()
    ids = [row.id for row in page.rows]
    if record_id not in ids:
        return Neighbours()
    at = ids.index(record_id)
    after = ids[at + 1] if at + 1 < len(ids) else _first_after(connection, viewer, asked, page)
    return Neighbours(ids[at - 1] if at else None, after)


def _first_after(connection: Connection, viewer: Viewer, asked: Asked, page: QueuePage) -> int | None:
    if not page.next:
        return None
    following = queue_page(connection, viewer.perimeter, asked.wanted, after=page.next, limit=1)
    return following.rows[0].id if following.rows else None
