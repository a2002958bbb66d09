"""The lists of an audit, whole, as sheets of a workbook: users by pseudonym, no person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from scanner.exposure.audit import Audit
from scanner.exposure.settings import settings
from scanner.exposure.unjudged import HEADER
from scanner.exposure.views import View
from scanner.keys import SecretKey, pseudonym
from scanner.spreadsheets import XLSX_ROWS, Cell, Sheet

_ROLES = ("role", "category", "judged", "users", "persons", "records")
_PLACES = ("reader_place", "data_place", "persons", "records")
_USERS = ("user", "role", "place", "persons", "records", "categories", "accesses", "first", "last")


def sheets(audit: Audit, key: SecretKey) -> Iterator[Sheet]:
    """Yield the sheets: roles, places and users of each view, accesses by day, what could not be judged."""
    names = settings().report.sheets
    for basis, view in (("could", audit.could), ("did", audit.did.view if audit.did else None)):
        if view:
            yield _sheet(f"{names['roles']} ({names[basis]})", _heads(_ROLES), _roles(view, audit))
            yield _sheet(f"{names['places']} ({names[basis]})", _heads(_PLACES), _places(view))
            yield _sheet(f"{names['users']} ({names[basis]})", _heads(_USERS), _users(view, audit, key))
    if audit.did:
        yield _sheet(names["days"], _heads(("day", "accesses")), audit.did.days.items())
    yield _sheet(names["unjudged"], HEADER, audit.unjudged.rows(key))


def _sheet(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Sheet:
    return Sheet(title, header, islice(rows, XLSX_ROWS))


def _heads(names: Sequence[str]) -> list[str]:
    return [settings().report.columns[name] for name in names]


def _roles(view: View, audit: Audit) -> Iterator[tuple[Cell, ...]]:
    labels = settings().report.labels
    for line in view.roles:
        parts = [("everything", line.all), ("outside", line.outside)]
        named = [(labels[name], extent) for name, extent in parts]
        named += [(audit.categories.labels[name], extent) for name, extent in sorted(line.categories.items())]
        for name, extent in named:
            yield line.role, name, line.judged, extent.users, extent.persons, extent.records


def _places(view: View) -> Iterator[tuple[Cell, ...]]:
    for cell in view.places:
        yield cell.reader, cell.data, cell.persons, cell.records


def _users(view: View, audit: Audit, key: SecretKey) -> Iterator[tuple[Cell, ...]]:
    for line in view.users:
        categories = audit.categories.in_words(line.bits)
        named = pseudonym(line.user, key)
        yield named, line.role, line.place, line.persons, line.records, categories, line.accesses, line.first, line.last
