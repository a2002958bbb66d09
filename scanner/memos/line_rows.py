"""Rows that hold the numbered lines of one text: dossier, line number, text."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from scanner.memos.line_columns import LineGroup
from scanner.records import Record


@dataclass(frozen=True, slots=True)
class LineRow:
    """One row: ``record`` as if it stood alone, with one text; the ``group`` it belongs to; its line ``number`` as stored."""

    record: Record
    group: Hashable
    number: object


@dataclass(frozen=True, slots=True)
class LinedRecord:
    """The rows of one group as one record, whose texts are the lines, named by their numbers; ``lines`` makes one text of them."""

    record: Record
    lines: LineGroup


def records_of_rows(rows: Iterable[LineRow], field: str) -> Iterator[LinedRecord]:
    """Yield a record for each group of ``rows``, which come sorted by group; no more than one group is held.

    ``field`` is what findings name. The lines come in the order of their numbers, or as the rows do where these are no numbers; a number
    that comes again is told apart (``3``, ``3 (2)``), and so are rows without number (``NULL``). The record has the id and the row of its
    first line, the first tenant, site, author group, date and problem that a line has, and the names of all.
    """
    for _, group in groupby(rows, key=lambda row: row.group):
        ordered = _in_order(list(group))
        cells = [cell for row in ordered for cell in row.record.texts.values()]
        texts = dict(zip(_line_names(ordered), cells, strict=True))
        yield LinedRecord(_merged([row.record for row in ordered], texts), LineGroup(field, tuple(texts)))


def _in_order(rows: Sequence[LineRow]) -> Sequence[LineRow]:
    try:
        return sorted(rows, key=lambda row: int(str(row.number)))
    except ValueError:
        return rows


def _line_names(rows: Iterable[LineRow]) -> Iterator[str]:
    copies: dict[str, int] = {}
    for row in rows:
        name = "NULL" if row.number is None else str(row.number)
        copies[name] = copies.get(name, 0) + 1
        yield name if copies[name] == 1 else f"{name} ({copies[name]})"


def _merged(records: Sequence[Record], texts: dict[str, str]) -> Record:
    def first(attribute: str) -> str:
        return next((value for record in records if (value := getattr(record, attribute))), "")

    return replace(
        records[0],
        texts=texts,
        tenant=first("tenant"),
        site=first("site"),
        author_group=first("author_group"),
        date=first("date"),
        names=tuple(dict.fromkeys(name for record in records for name in record.names)),
        problem=first("problem"),
    )
