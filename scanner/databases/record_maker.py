"""Records of the rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any

from scanner.databases.cells import cells_as_text, key_as_text
from scanner.databases.resolve import TablePlan
from scanner.records import NO_ROW, Record
from scanner.sources.base import Problem
from scanner.sources.dates import parse_date


def make_records(plan: TablePlan, rows: Sequence[Sequence[Any]]) -> list[Record]:
    """Return the records of ``rows``, at least one, which hold the key of ``plan``, then its cells.

    The id of a row without id cell is its key: the parts joined by ``/``, bytes in hexadecimal. A record with bytes that no encoding
    explains has its ``problem`` set, and U+FFFD in their place.
    """
    layout = plan.layout
    roles = layout.roles
    by_column = list(zip(*rows, strict=True))
    cells: dict[str, list[str]] = {}
    problems = [""] * len(rows)
    for column, values in zip(layout.columns, by_column[len(plan.key) :], strict=True):
        cells[column], undecodable = cells_as_text(values)
        for at in undecodable:
            problems[at] = Problem.UNDECODABLE

    def stripped(column: str | None) -> Sequence[str]:
        return [""] * len(rows) if column is None else [cell.strip() for cell in cells[column]]

    identifying = map(key_as_text, by_column[: plan.group or len(plan.key)])
    ids = [own or "/".join(key) for own, key in zip(stripped(roles.id), zip(*identifying, strict=True), strict=True)]
    names = zip(*map(stripped, roles.names), strict=True) if roles.names else repeat(())
    texts = zip(*(cells[column] for column in roles.texts), strict=True)
    return list(
        map(
            Record,
            ids,
            repeat(NO_ROW),
            repeat(layout.source),
            (dict(zip(roles.texts, row, strict=True)) for row in texts),
            stripped(roles.tenant),
            stripped(roles.site),
            stripped(roles.author_group),
            map(parse_date, stripped(roles.date)),
            (tuple(filter(None, row)) for row in names),
            problems,
        )
    )
