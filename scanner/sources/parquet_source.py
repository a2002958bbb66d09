"""Parquet files."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scanner.errors import InputError
from scanner.sources.base import (
    SAMPLE_ROWS,
    Chunk,
    Layout,
    NewTexts,
    RecordBuilder,
    RedactedWriter,
    Scalar,
    Source,
    cell_text,
    output_errors,
    readable,
    readable_rows,
    resolve_roles,
)
from scanner.sources.options import ReadOptions


class ParquetSource(Source[Any]):
    """A Parquet file, read batch by batch. ``Chunk.rows`` holds the one Arrow batch that the records come from."""

    def __init__(self, path: Path, name: str, options: ReadOptions) -> None:
        import pyarrow.parquet as pq

        with _sound(path):
            file = pq.ParquetFile(path)
            columns = tuple(file.schema_arrow.names)
            first = next(file.iter_batches(batch_size=SAMPLE_ROWS), None)
        sample = list(zip(*(_column_texts(first, index) for index in range(len(columns))), strict=True)) if first is not None else []
        roles, purposes = resolve_roles(path, columns, sample, options)
        super().__init__(path, (Layout(name, "parquet", columns, roles, purposes),))
        self._chunk_size = options.chunk_size

    def chunks(self) -> Iterator[Chunk[Any]]:
        """Yield the records in file order; raise :class:`InputError` where the file is damaged."""
        import pyarrow.parquet as pq

        roles = self.layout.roles
        used = {roles.id, roles.tenant, roles.site, roles.author_group, roles.date, *roles.names, *roles.texts}
        builder = RecordBuilder(self.layout)
        row = 0
        with _sound(self.path):
            file = pq.ParquetFile(self.path)
            for group in range(file.num_row_groups):
                for batch in file.iter_batches(batch_size=self._chunk_size, row_groups=[group]):
                    blank = [""] * batch.num_rows
                    cells = [_column_texts(batch, index) if column in used else blank for index, column in enumerate(self.layout.columns)]
                    rows, problems = readable_rows(list(zip(*cells, strict=True)))
                    yield Chunk(self.layout, builder.build(rows, row, problems), [batch])
                    row += len(rows)

    def row_values(self, chunk: Chunk[Any], index: int) -> dict[str, Scalar]:
        """Return the cells of one row by column, as text."""
        (batch,) = chunk.rows
        row = batch.slice(index, 1)
        return {column: readable(_column_texts(row, at)[0]) for at, column in enumerate(self.layout.columns)}

    def writer(self, path: Path) -> ParquetWriter:
        """Return a writer of the redacted copy at ``path``: same schema, compression and metadata."""
        return ParquetWriter(path, self.path)


class ParquetWriter(RedactedWriter[Any]):
    """Writes the redacted copy of a :class:`ParquetSource`. Row groups are as large as in the original, or a little smaller."""

    def __init__(self, path: Path, original: Path) -> None:
        import pyarrow.parquet as pq

        super().__init__(path, original)
        source = pq.ParquetFile(original)
        groups = source.metadata.num_row_groups
        self._group_rows = source.metadata.row_group(0).num_rows if groups else 1
        compression = source.metadata.row_group(0).column(0).compression if groups and source.metadata.num_columns else "SNAPPY"
        self._schema = source.schema_arrow
        self._held: list[Any] = []
        with output_errors(path):
            self._file = pq.ParquetWriter(self.part, self._schema, compression=compression)

    def write(self, chunk: Chunk[Any], texts: NewTexts, drop: Collection[int] = ()) -> None:
        """Write the rows of ``chunk``."""
        import pyarrow as pa

        (batch,) = chunk.rows
        numbers = range(chunk.records.first_row, chunk.records.first_row + len(chunk.records))
        for column in {column for changed in texts.values() for column in changed}:
            index = chunk.layout.columns.index(column)
            new = [texts.get(row, {}).get(column) for row in numbers]
            batch = batch.set_column(index, self._schema.field(index), _with_texts(batch.column(index), new))
        if drop:
            batch = batch.filter(pa.array([row not in drop for row in numbers]))
        self._held.append(batch)
        if sum(held.num_rows for held in self._held) >= self._group_rows:
            self._flush()

    def finish(self) -> None:
        """Write what is still held and close the file."""
        self._flush()
        self._file.close()

    def abandon(self) -> None:
        """Close the file without completing it."""
        self._file.close()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._held:
            with output_errors(self.path):
                self._file.write_table(pa.Table.from_batches(self._held, self._schema))
            self._held = []


@contextmanager
def _sound(path: Path) -> Iterator[None]:
    """Turn what pyarrow says of a damaged file into :class:`InputError`."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: cannot be read as Parquet ({type(error).__name__}); the file is damaged, export it again") from None


def _column_texts(batch: Any, index: int) -> list[str]:
    """Return the cells of one column as text, undecodable bytes as lone surrogates."""
    column = batch.column(index)
    try:
        return [cell_text(value) for value in column.to_pylist()]
    except UnicodeDecodeError:
        import pyarrow as pa

        raw = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        return [(value or b"").decode("utf-8", "surrogateescape") for value in raw.cast(pa.large_binary()).to_pylist()]


def _with_texts(column: Any, new: list[str | None]) -> Any:
    """Return ``column`` with the cells where ``new`` is a text replaced by it, type and other cells kept."""
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    mask = pa.array([text is not None for text in new])
    replaced = pc.replace_with_mask(plain, mask, pa.array([text for text in new if text is not None], plain.type))
    return replaced.cast(column.type) if replaced.type != column.type else replaced
