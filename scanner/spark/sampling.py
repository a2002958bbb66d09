"""A random sample on Spark: the records that :mod:`scanner.sampling.drawing` draws, by two passes over the input.

The first tells the ranks, of which each partition hands on no more than the sample holds, the second reads the records of the lowest ones.
Where rows have a number they are known by it, as in exports, else by their id: rows that share one are drawn together, and a row that has
neither cannot be drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa

from scanner.records import NO_ROW, Record
from scanner.sampling.drawing import RANK_BITS, Ranking, Sample

if TYPE_CHECKING:
    from scanner.spark.dataframes import Decode, RecordFrame

_RANKS = pa.schema([pa.field("source", pa.string()), pa.field("rows", pa.int64()), pa.field("rank", pa.int64())])
_SIGNED = 1 << (RANK_BITS - 1)
"""Taken off ranks on their way through Spark, whose whole numbers have a sign."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The ``records`` drawn, how many there are of each source, and how many rows could not be drawn because they have no key."""

    records: RecordFrame
    populations: dict[str, int]
    without_key: int


def draw(records: RecordFrame, size: int, seed: str) -> Drawing:
    """Return ``size`` of ``records``, drawn with ``seed``. Reads all of them."""
    from pyspark.sql import functions
    from pyspark.sql.pandas.types import from_arrow_schema

    decode = records.decode

    def vigie_rank(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return _ranks(decode(batches), size, seed)

    ranks = records.frame.mapInArrow(vigie_rank, from_arrow_schema(_RANKS)).persist()
    try:
        counted = ranks.where(ranks["rank"].isNull()).groupBy("source").agg(functions.sum("rows").alias("rows")).collect()
        lowest = ranks.where(ranks["rank"].isNotNull()).select("rank").orderBy("rank").limit(size)
        (last,) = lowest.agg(functions.max("rank").alias("rank")).collect()
    finally:
        ranks.unpersist()
    populations = {row["source"]: row["rows"] for row in counted if row["source"] is not None}
    without_key = sum(row["rows"] for row in counted if row["source"] is None)
    highest = -1 if last["rank"] is None else last["rank"] + _SIGNED

    def vigie_draw(batches: Iterable[pa.RecordBatch]) -> Iterator[Sequence[Record]]:
        return _drawn(decode, batches, highest, seed)

    return Drawing(replace(records, decode=vigie_draw), populations, without_key)


def _ranks(chunks: Iterable[Sequence[Record]], size: int, seed: str) -> Iterator[pa.RecordBatch]:
    """Yield the lowest ranks of a partition, how many records of each source it has (no rank), and how many without key (no source)."""
    sample: Sample[None] = Sample(size, seed)
    counts: list[dict[str, object]] = []
    for records in chunks:
        for source, group in groupby(records, key=lambda record: record.source):
            keys = [_key(record) for record in group]
            known = list(filter(None, keys))
            sample.offer(source, known, lambda at: None)
            counts += [{"source": source, "rows": len(known)}, {"source": None, "rows": len(keys) - len(known)}]
    yield pa.RecordBatch.from_pylist(counts, _RANKS)
    yield pa.RecordBatch.from_pylist([{"rank": rank - _SIGNED} for rank in sample.ranks()], _RANKS)


def _drawn(decode: Decode, batches: Iterable[pa.RecordBatch], highest: int, seed: str) -> Iterator[list[Record]]:
    ranking = Ranking(seed)
    for records in decode(batches):
        yield [record for record in records if _key(record) and next(ranking.of(record.source, [_key(record)])) <= highest]


def _key(record: Record) -> str:
    return record.id if record.row == NO_ROW else str(record.row)
