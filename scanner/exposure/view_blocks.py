"""One view of an audit (what could be read, what was read) as blocks of a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from scanner.documents.blocks import Block, Column, Heading, Matrix, Paragraph, Span, Table, Text
from scanner.exposure.categories import Categories
from scanner.exposure.settings import Report, settings
from scanner.exposure.views import RoleLine, UserLine, View
from scanner.french import day
from scanner.keys import SecretKey, pseudonym

Basis = Literal["could", "did"]
_PLACES = 10
_ROWS = 40
_USERS = 25
_GRAVEST = 2
_MATRIX_COLUMNS = 10
_NUMBERS = frozenset(("persons", "records", "accesses"))


def view_blocks(view: View, categories: Categories, key: SecretKey, basis: Basis) -> Iterator[Block]:
    """Yield what ``view`` says: roles and categories, places, the users with most persons; ``basis`` chooses the captions."""
    report = settings().report
    concerned = [line for line in view.roles if line.all.users]
    yield Heading(report.headings["roles"], 2)
    yield _roles(view.roles, report)
    if concerned:
        yield from _matrices(concerned, categories, report, basis)
        yield _categories(concerned, categories, report)
    if view.places:
        yield Heading(f"{report.headings['places']} ({view.place_label})", 2)
        yield from _places(view, report, basis)
    if view.too_many_places:
        yield Paragraph(report.labels["too_many_places"], "note")
    if view.users:
        yield Heading(report.headings["users"], 2)
        yield _users(view.users, categories, key, report)
        yield Paragraph(report.labels["pseudonyms"], "note")


def _roles(lines: Sequence[RoleLine], report: Report) -> Table:
    names = report.columns
    heads = [Column(names["role"], width=4)]
    heads += [Column(names[name], "right", 2) for name in ("judged", "users", "persons", "records", "outside")]
    rows = [(line.role, line.judged, line.all.users, line.all.persons, line.all.records, line.outside.records) for line in lines]
    return Table(heads, rows)


def _matrices(lines: Sequence[RoleLine], categories: Categories, report: Report, basis: Basis) -> Iterator[Matrix]:
    """Yield the matrix of roles and categories, in parts that a page can hold."""
    found = [name for name in categories.names if any(name in line.categories for line in lines)]
    found.sort(key=lambda name: -max(line.categories[name].persons for line in lines if name in line.categories))
    for start in range(0, len(found), _MATRIX_COLUMNS):
        part = found[start : start + _MATRIX_COLUMNS]
        rows = [(line.role, [line.categories[name].persons if name in line.categories else 0 for name in part]) for line in lines]
        yield Matrix(report.labels[f"matrix_roles_{basis}"], [categories.labels[name] for name in part], rows)


def _categories(lines: Sequence[RoleLine], categories: Categories, report: Report) -> Table:
    names = report.columns
    heads = [Column(names["role"], width=3), Column(names["category"], width=4)]
    heads += [Column(names[name], "right", 2) for name in ("users", "persons", "records")]
    rows = [
        (line.role, categories.labels[name], extent.users, extent.persons, extent.records)
        for line in lines
        for name, extent in line.categories.items()
    ]
    rows.sort(key=lambda row: (-row[3], row[0], row[1]))
    return Table(heads, rows[:_ROWS], more=report.labels["more_categories"] if len(rows) > _ROWS else "")


def _places(view: View, report: Report, basis: Basis) -> Iterator[Block]:
    """Yield the matrix of the places with most persons exposed."""
    by_reader: Counter[str] = Counter()
    by_data: Counter[str] = Counter()
    for cell in view.places:
        by_reader[cell.reader] += cell.persons
        by_data[cell.data] += cell.persons
    readers, data = ([name for name, _ in counts.most_common(_PLACES)] for counts in (by_reader, by_data))
    persons = {(cell.reader, cell.data): cell.persons for cell in view.places}
    rows = [(reader, [persons.get((reader, name), 0) for name in data]) for reader in readers]
    yield Matrix(report.labels[f"matrix_places_{basis}"], data, rows)
    if any(cell.reader == cell.data for cell in view.places):
        yield Paragraph(report.labels["same_place"], "note")
    if len(by_reader) > _PLACES or len(by_data) > _PLACES:
        yield Paragraph(report.labels["more_places"], "note")


def _users(lines: Sequence[UserLine], categories: Categories, key: SecretKey, report: Report) -> Table:
    names = report.columns
    dated = any(line.accesses for line in lines)
    widths = {"user": 4, "role": 4, **({} if dated else {"place": 3}), "persons": 2, "records": 2, "categories": 4}
    widths |= {"accesses": 2, "period": 3} if dated else {}
    heads = [Column(names[name], "right" if name in _NUMBERS else "left", width) for name, width in widths.items()]
    rows = []
    for line in lines[:_USERS]:
        cells: dict[str, Text | int] = {
            "user": [Span(pseudonym(line.user, key), "code")],
            "role": line.role,
            "place": line.place,
            "persons": line.persons,
            "records": line.records,
            "categories": _gravest(line.bits, categories),
            "accesses": line.accesses,
            "period": " – ".join(dict.fromkeys((day(line.first), day(line.last)))),
        }
        rows.append([cells[name] for name in widths])
    return Table(heads, rows, more=report.labels["more_users"] if len(lines) > _USERS else "")


def _gravest(bits: int, categories: Categories) -> str:
    """Return the gravest categories in ``bits``, and how many there are besides."""
    names = sorted(categories.of_bits(bits), key=lambda name: (-categories.severities.get(name, 0), categories.labels[name]))
    rest = len(names) - _GRAVEST
    return ", ".join(categories.labels[name] for name in names[:_GRAVEST]) + (f" (+\u00a0{rest})" if rest > 0 else "")
