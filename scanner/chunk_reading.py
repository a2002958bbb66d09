"""A chunk of an export as it is to be read: most records have plain cells and stay in columns, the others get a reading of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.memos.line_columns import LineGroup
from scanner.memos.memo import may_be_memo
from scanner.memos.reading import Reading, read_record
from scanner.recognition import TextList
from scanner.sources.batch import RecordBatch


@dataclass(frozen=True, slots=True)
class ChunkReading:
    """The texts of ``records``, known by their index, and the readings of those whose texts are not simply the cells of their columns."""

    records: RecordBatch
    texts: TextList
    texts_read: int
    """How many texts there are, empty ones and second readings left out."""
    characters: int
    _readings: dict[int, Reading]

    def reading(self, index: int) -> Reading:
        """Return the reading of one record."""
        if index in self._readings:
            return self._readings[index]
        record = self.records[index]
        return Reading(record, record.texts, {})


def read_chunk(records: RecordBatch, groups: Sequence[LineGroup]) -> ChunkReading:
    """Return ``records`` as they are to be read; ``groups`` are the columns that hold numbered lines."""
    if groups:
        apart = set(range(len(records)))
    else:
        apart = {at for cells in records.texts.values() for at, cell in enumerate(cells) if cell and may_be_memo(cell)} | records.odd.keys()
    texts = TextList()
    for column, cells in records.texts.items():
        plain = [at for at, cell in enumerate(cells) if cell and at not in apart]
        texts.add_column(column, plain, [cells[at] for at in plain], [records.names[at] for at in plain])
    texts_read, characters = len(texts.texts), sum(map(len, texts.texts))
    readings = {at: read_record(records[at], groups) for at in sorted(apart)}
    for at, reading in readings.items():
        texts.add_reading(at, reading)
    others = [text for reading in readings.values() for text in reading.record.texts.values() if text]
    return ChunkReading(records, texts, texts_read + len(others), characters + sum(map(len, others)), readings)
