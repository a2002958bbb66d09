"""Records on the executors: made of the cells of a DataFrame, read from files, and moved from one task to another as Arrow batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from scanner.records import NO_ROW, Record
from scanner.sources import Layout, ReadOptions, open_source
from scanner.sources.base import RecordBuilder, cell_text, readable_rows

NO_KEY = "no-key"
"""Problem of a row that has neither an id nor a number: it is scanned, it cannot be named."""

RECORDS = pa.schema(
    [
        pa.field("record_id", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("source", pa.string()),
        pa.field("site", pa.string()),
        pa.field("author_group", pa.string()),
        pa.field("date", pa.string()),
        pa.field("tenant", pa.string()),
        pa.field("problem", pa.string()),
        pa.field("names", pa.list_(pa.string())),
        pa.field("fields", pa.list_(pa.string())),
        pa.field("texts", pa.list_(pa.string())),
    ]
)
"""A record as a row: ``fields`` and ``texts`` are parallel. What the scan does not need of it stays behind."""


def records_of_cells(batches: Iterable[pa.RecordBatch], layout: Layout) -> Iterator[list[Record]]:
    """Yield the records of each batch: the columns of ``layout`` in their order, then the source of the row and its number from 0.

    Texts come as bytes, so that undecodable ones do not stop the scan. A row without number is known by its id alone.
    """
    builder = RecordBuilder(layout)
    id_at = layout.columns.index(layout.roles.id) if layout.roles.id is not None else None
    for batch in batches:
        *cells, sources, numbers = (_cells(column) for column in batch.columns)
        rows, problems = readable_rows(list(zip(*cells, strict=True)))
        ids = [""] * len(rows) if id_at is None else [row[id_at].strip() for row in rows]
        built = builder.build(rows, 0, problems)
        yield [_placed(*placed, stand_in="" if id_at is None else "#") for placed in zip(built, ids, sources, numbers, strict=True)]


def _placed(record: Record, own_id: str, source: str, number: str, *, stand_in: str) -> Record:
    """Return ``record`` with its place; a row that has no id is called by its number, as in exports."""
    if number:
        return replace(record, id=own_id or f"{stand_in}{int(number) + 1}", row=int(number), source=source)
    return replace(record, id=own_id, row=NO_ROW, source=source, problem=record.problem or ("" if own_id else NO_KEY))


def _cells(column: pa.Array) -> list[str]:
    """Return the cells of a column as text, undecodable bytes as lone surrogates."""
    values = column.to_pylist()
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return [value.decode("utf-8", "surrogateescape") if value else "" for value in values]
    return [cell_text(value) for value in values]


def records_of_files(batches: Iterable[pa.RecordBatch], paths: Sequence[Path], options: ReadOptions) -> Iterator[pa.RecordBatch]:
    """Yield the records of the files that ``batches`` number (from 0, in their only column), read as by ``vigie scan``.

    Raises :class:`InputError` when a file cannot be read to its end.
    """
    for batch in batches:
        for number in batch.column(0).to_pylist():
            for chunk in open_source(paths[number], options).chunks():
                yield batch_of_records(list(chunk.records))  # a batch makes its records anew each time


def batch_of_records(records: Sequence[Record]) -> pa.RecordBatch:
    """Return ``records`` as a batch of the schema :data:`RECORDS`."""
    columns: list[list[Any]] = [
        [record.id for record in records],
        [record.row for record in records],
        [record.source for record in records],
        [record.site for record in records],
        [record.author_group for record in records],
        [record.date for record in records],
        [record.tenant for record in records],
        [record.problem for record in records],
        [record.names for record in records],
        [list(record.texts) for record in records],
        [list(record.texts.values()) for record in records],
    ]
    return pa.RecordBatch.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, RECORDS, strict=True)], schema=RECORDS
    )


def records_of_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[list[Record]]:
    """Yield the records of each batch that :func:`batch_of_records` made."""
    for batch in batches:
        rows = zip(*(_values(column) for column in batch.columns), strict=True)
        yield [
            Record(
                id=record_id,
                row=row,
                source=source,
                texts=dict(zip(fields, texts, strict=True)),
                site=site,
                author_group=author_group,
                date=date,
                tenant=tenant,
                names=tuple(names),
                problem=problem,
            )
            for record_id, row, source, site, author_group, date, tenant, problem, names, fields, texts in rows
        ]


def _values(column: pa.Array) -> Iterable[Any]:
    """Return the values of a column; lists from all their elements at once, which is faster."""
    if not pa.types.is_list(column.type):
        values: list[Any] = column.to_pylist()
        return values
    elements = iter(column.flatten().to_pylist())
    return [list(islice(elements, length)) for length in column.value_lengths().to_pylist()]
