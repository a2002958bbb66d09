"""What ``vigie spark`` reads, as records: exports as files, Parquet through Spark. Tables of a database: :mod:`scanner.spark.jdbc`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import InputError
from scanner.sources import ReadOptions, open_sources
from scanner.spark.dataframes import RecordFrame, layout_of, records_of_frame
from scanner.spark.records import RECORDS, records_of_batches, records_of_files

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

_PARQUET_MAGIC = b"PAR1"


def open_inputs(spark: SparkSession, inputs: Sequence[str], options: ReadOptions) -> RecordFrame:
    """Return the records of ``inputs``: exports of one kind, or folders of them.

    Parquet is read by Spark, from wherever Spark can read. Every other format is read by the executors as ``vigie scan`` reads it, one
    file a task: the path must lead to the file on all of them. Raises :class:`InputError` when an input is missing, when kinds are mixed,
    and as :func:`scanner.sources.open_source` does.
    """
    files = [file for text in inputs for file in _files(text)]
    parquet = [isinstance(file, str) or _is_parquet(file) for file in files]
    if all(parquet):
        return _parquet(spark, inputs, options)
    if any(parquet):
        raise InputError("Parquet and other exports cannot be scanned together; give them to one command each")
    return _exports(spark, [file for file in files if isinstance(file, Path)], options)


def _files(text: str) -> list[Path | str]:
    """Return the files that an input stands for; a URI, which only Spark can look into, stands for itself."""
    if "://" in text or text.startswith("file:"):
        return [text]
    path = Path(text)
    if not path.is_dir():
        return [path]
    files: list[Path | str] = [file for file in sorted(path.rglob("*")) if file.is_file() and not file.name.startswith(("_", "."))]
    if not files:
        raise InputError(f"{path}: holds no file; check the path")
    return files


def _is_parquet(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_PARQUET_MAGIC)) == _PARQUET_MAGIC
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path and the rights") from None


def _parquet(spark: SparkSession, inputs: Sequence[str], options: ReadOptions) -> RecordFrame:
    from pyspark.sql import functions

    frame = spark.read.parquet(*map(_uri, inputs))
    source = functions.url_decode(functions.replace(functions.col("_metadata.file_name"), functions.lit("+"), functions.lit("%2B")))
    name = Path(inputs[0]).name if len(inputs) == 1 else "parquet"
    return records_of_frame(frame, layout_of(frame, name, "parquet", options), source, functions.col("_metadata.row_index"))


def _uri(text: str) -> str:
    """Return ``text`` as a URI: where nothing is said, a path is one of this machine, whatever file system the cluster prefers."""
    return f"file://{Path(text).absolute()}" if Path(text).exists() else text


def _exports(spark: SparkSession, files: Sequence[Path], options: ReadOptions) -> RecordFrame:
    from pyspark.sql.pandas.types import from_arrow_schema

    names = [file.name for file in files]
    if len(set(names)) < len(names):
        raise InputError("two of the exports have the same name; give them different names, which findings can tell apart")
    layouts = tuple(layout for source in open_sources(files, options) for layout in source.layouts)
    paths = [file.absolute() for file in files]
    sent = replace(options, purposes=dict(options.purposes))

    def vigie_read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return records_of_files(batches, paths, sent)

    numbers = spark.range(0, len(paths), 1, numPartitions=len(paths))
    return RecordFrame(numbers.mapInArrow(vigie_read, from_arrow_schema(RECORDS)), records_of_batches, layouts)
