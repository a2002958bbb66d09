"""The driver's side of a scan: what is asked, how a DataFrame becomes records, and what comes back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recognizers.detector import Detector, default_detector
from recognizers.rulepack import rules_digest
from scanner.catalogue import Catalogue, default_catalogue
from scanner.errors import InputError
from scanner.keys import SecretKey
from scanner.policy import Policy
from scanner.records import Record
from scanner.sources import Layout, ReadOptions
from scanner.sources.base import SAMPLE_ROWS, cell_text, resolve_roles
from scanner.spark.counts import TenantCounts, merged
from scanner.spark.records import records_of_cells
from scanner.spark.scanning import (
    COUNTS,
    FINDING,
    FINDING_COLUMNS,
    NOT_SCANNED,
    NOT_SCANNED_COLUMNS,
    OUTCOME,
    TENANT,
    Rules,
    TableRules,
    scan_records,
)

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import Column, DataFrame

Decode = Callable[[Iterable["pa.RecordBatch"]], Iterator[Sequence[Record]]]


@dataclass(frozen=True, slots=True)
class SparkScan:
    """How to scan a DataFrame.

    ``name`` names it in findings. ``options`` say which columns are what; those left unset are found by their names and the first rows.
    ``detector`` is called on the executors, once in each partition, and must be a function that they can import.
    """

    name: str
    policy: Policy
    options: ReadOptions = field(default_factory=ReadOptions)
    catalogue: Catalogue = field(default_factory=default_catalogue)
    detector: Callable[[], Detector] = default_detector


@dataclass(frozen=True, slots=True)
class RecordFrame:
    """Rows of Spark that ``decode`` makes records of, on the executors; ``layouts`` are those of the tables they come from."""

    frame: DataFrame
    decode: Decode
    layouts: tuple[Layout, ...]

    def spread(self, partitions: int) -> RecordFrame:
        """Return the same rows in at least ``partitions`` partitions."""
        enough = self.frame.rdd.getNumPartitions() >= partitions
        return self if enough else replace(self, frame=self.frame.repartition(partitions))


class Outcome:
    """What a scan leaves, computed when it is asked for: each action scans again unless ``table`` is persisted. Nothing in it is text."""

    def __init__(self, table: DataFrame) -> None:
        self.table = table

    @property
    def findings(self) -> DataFrame:
        """The findings, with the columns of ``findings.jsonl``; ``row`` is null where rows have no number.

        ``tenant`` is not among them: its pseudonym needs the key, which stays with the driver (:meth:`findings_with_tenant`).
        """
        return self.findings_with_tenant.drop("tenant")

    @property
    def findings_with_tenant(self) -> DataFrame:
        """The findings with ``tenant`` as the source writes it, to be replaced by a pseudonym where they are written."""
        return self.table.where(self.table["kind"] == FINDING).select(*FINDING_COLUMNS)

    @property
    def not_scanned(self) -> DataFrame:
        """The rows that could not be scanned in full, with the reason."""
        return self.table.where(self.table["kind"] == NOT_SCANNED).select(*NOT_SCANNED_COLUMNS)

    def counts(self, key: SecretKey) -> dict[str, Any]:
        """Return every count of the summary; the records it names carry pseudonyms under ``key``."""
        rows = self.table.where(self.table["kind"] == COUNTS).select("counts").collect()
        return merged([json.loads(row["counts"]) for row in rows], self._tenants(), key)

    def _tenants(self) -> TenantCounts:
        """Return how many different tenants the partitions met, all together."""
        from pyspark.sql import functions

        met = self.table.where(self.table["kind"] == TENANT)
        found = functions.when(functions.col("entity") != "", functions.col("tenant"))
        (totals,) = met.agg(functions.countDistinct("tenant").alias("read"), functions.countDistinct(found).alias("found")).collect()
        by_entity = met.where("entity != ''").groupBy("entity").agg(functions.countDistinct("tenant").alias("tenants")).collect()
        return TenantCounts(totals["read"], totals["found"], {row["entity"]: row["tenants"] for row in by_entity})


def scan_dataframe(frame: DataFrame, scan: SparkScan) -> Outcome:
    """Return the outcome of scanning ``frame``, in which rows have no number.

    Every row comes out in the counts. A row without id is scanned, and named as not scanned in full because nobody could find it again;
    so is one with undecodable bytes, and one that a recognizer failed on. Reads the first rows at once, to find out which columns are what.
    Raises :class:`InputError`, listing the columns, when one is missing, when none holds free text and when there is no id.
    """
    layout = layout_of(frame, scan.name, "dataframe", scan.options)
    if layout.roles.id is None:
        raise InputError(f"{scan.name}: no column identifies the record; name it with id_column, one of: {', '.join(frame.columns)}")
    return scan_frame(records_of_frame(frame, layout), scan.policy, scan.catalogue, scan.detector)


def scan_frame(records: RecordFrame, policy: Policy, catalogue: Catalogue, detector: Callable[[], Detector] = default_detector) -> Outcome:
    """Return the outcome of scanning ``records``."""
    from pyspark.sql.pandas.types import from_arrow_schema

    tables = {
        layout.source: TableRules(policy.with_purposes(layout.purposes, layout.roles.lines), layout.roles.lines)
        for layout in records.layouts
    }
    rules = Rules(rules_digest(), tables, catalogue, detector)
    decode = records.decode

    def vigie_scan(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return scan_records(decode(batches), rules)

    return Outcome(records.frame.mapInArrow(vigie_scan, from_arrow_schema(OUTCOME)))


def layout_of(frame: DataFrame, name: str, format_name: str, options: ReadOptions) -> Layout:
    """Return which columns of ``frame``, called ``name``, are what; reads its first rows.

    Raises :class:`InputError`, listing the columns, when one is missing and when none holds free text.
    """
    columns = tuple(frame.columns)
    sample = [[cell_text(cell) for cell in cells] for cells in frame.limit(SAMPLE_ROWS).collect()]
    roles, purposes = resolve_roles(Path(name), columns, sample, options)
    return Layout(name, format_name, columns, roles, purposes)


def records_of_frame(frame: DataFrame, layout: Layout, source: Column | None = None, row: Column | None = None) -> RecordFrame:
    """Return the rows of ``frame`` as records.

    ``source`` and ``row`` are columns with the name that findings give to a row's source and its number, from 0; without them rows are of
    the source of ``layout`` and have no number.
    """
    from pyspark.sql import functions
    from pyspark.sql.types import StringType

    roles = layout.roles
    wanted = {roles.id, roles.tenant, roles.site, roles.author_group, roles.date, *roles.names, *roles.texts}
    used = tuple(column for column in layout.columns if column in wanted)
    types = {name: frame.schema[name].dataType for name in used}
    # Numbered names: those of the columns may hold dots, which Spark would read as something else.
    cells = [
        column_named(name).cast("binary" if isinstance(kind, StringType) else kind).alias(f"c{at}")
        for at, (name, kind) in enumerate(types.items())
    ]
    origin = [
        (functions.lit(layout.source) if source is None else source).alias("source"),
        (functions.lit(None).cast("long") if row is None else row).alias("row"),
    ]
    sent = replace(layout, columns=used, purposes={})
    return RecordFrame(frame.select(*cells, *origin), partial(records_of_cells, layout=sent), (layout,))


def column_named(name: str) -> Column:
    """Return the column of a DataFrame that is called ``name``, whatever characters that holds."""
    from pyspark.sql import functions

    return functions.col("`" + name.replace("`", "``") + "`")
