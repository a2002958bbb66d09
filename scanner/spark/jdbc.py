"""Tables of a database, read by Spark through JDBC: in parts by key, read-only, the password in no plan and no log."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scanner.errors import InputError
from scanner.sources import ReadOptions
from scanner.spark.dataframes import RecordFrame, column_named, layout_of, records_of_frame

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

FETCH_ROWS = 1_000
"""Rows that a driver asks the server for at once."""
CONNECTIONS = 8
"""Connections to the database at once, at most: a cluster could open hundreds."""

_PASSWORD_IN_URL = re.compile(r"(?i)\b(?:password|pwd)\s*=|[:/][^/@:]+[:/][^/@:]+@")


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How Spark is to read a database: by which driver, how columns are quoted, and options: read-only, rows in a stream."""

    driver: str
    quote: str = '"'
    options: Mapping[str, str] = field(default_factory=dict)


_READ_ONLY_SESSION = {"sessionInitStatement": "SET SESSION TRANSACTION READ ONLY"}
_DIALECTS: Mapping[str, _Dialect] = {
    "postgresql": _Dialect("org.postgresql.Driver", options={"readOnly": "true", "readOnlyMode": "always"}),
    "mysql": _Dialect("com.mysql.cj.jdbc.Driver", "`", {**_READ_ONLY_SESSION, "useCursorFetch": "true"}),
    "mariadb": _Dialect("org.mariadb.jdbc.Driver", "`", _READ_ONLY_SESSION),
    "oracle": _Dialect("oracle.jdbc.OracleDriver"),
    "sqlserver": _Dialect("com.microsoft.sqlserver.jdbc.SQLServerDriver", options={"applicationIntent": "ReadOnly"}),
}


@dataclass(frozen=True, slots=True)
class JdbcTable:
    """A table, view or parenthesised query with an alias. ``partition_column`` cuts it into ranges: a number or a date, the id if unset."""

    url: str
    name: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    partition_column: str | None = None


def is_jdbc(text: str) -> bool:
    """Tell whether ``text`` is a JDBC URL."""
    return text.startswith("jdbc:")


def open_table(spark: SparkSession, table: JdbcTable, options: ReadOptions, partitions: int) -> RecordFrame:
    """Return the records of ``table``, cut into ``partitions`` ranges, or :data:`CONNECTIONS` when that is less.

    A table without a number or a date to cut it by is read over one connection. Raises :class:`InputError` when the URL is of no known
    database or holds a password, when a column is missing, when none holds free text and when none identifies the record.
    """
    dialect = _dialect(table.url)
    reader = {
        "url": _spark_url(table.url),
        "dbtable": table.name,
        "driver": dialect.driver,
        "fetchsize": str(FETCH_ROWS),
        "preferTimestampNTZ": "true",
        **dialect.options,
        **({"user": table.user} if table.user else {}),
        **({"password": table.password} if table.password else {}),
    }
    whole = spark.read.format("jdbc").options(**reader).load()
    layout = layout_of(whole, table.name, "jdbc", options)
    own_id = layout.roles.id
    if own_id is None:
        raise InputError(f"{table.name}: no column identifies the record; name it with --id-column, one of: {', '.join(whole.columns)}")
    key = table.partition_column or own_id
    if key not in whole.columns:
        raise InputError(f"{table.name}: no column {key!r} to cut the table by; the columns are: {', '.join(whole.columns)}")
    bounds = _bounds(spark, reader, dialect, whole, key)
    ranges = {"partitionColumn": key, "numPartitions": str(min(partitions, CONNECTIONS)), **bounds} if bounds else {}
    frame = spark.read.format("jdbc").options(**reader, **ranges).load()
    return records_of_frame(_with_whole_numbers(frame, own_id), layout)


def _dialect(url: str) -> _Dialect:
    if _PASSWORD_IN_URL.search(url):
        raise InputError("the JDBC URL holds a password, which plans and logs would show: give it by VIGIE_DB_PASSWORD or --password-file")
    name = url.split(":")[1] if url.count(":") > 1 else ""
    if name not in _DIALECTS:
        raise InputError(f"no JDBC URL of a database that can be read; it must begin with jdbc: and one of: {', '.join(sorted(_DIALECTS))}")
    return _DIALECTS[name]


def _spark_url(url: str) -> str:
    """Return ``url`` as Spark must be given it: of MariaDB's own it would read the names of the columns in place of what they hold."""
    if not url.startswith("jdbc:mariadb:"):
        return url
    return url.replace("jdbc:mariadb:", "jdbc:mysql:", 1) + ("&" if "?" in url else "?") + "permitMysqlScheme"


def _bounds(spark: SparkSession, reader: Mapping[str, str], dialect: _Dialect, whole: DataFrame, key: str) -> dict[str, str]:
    """Return the lowest and the highest key as options of the reader; none where ranges cannot be told or the table is empty."""
    from pyspark.sql.types import DateType, NumericType

    if not isinstance(whole.schema[key].dataType, NumericType | DateType):
        return {}
    column = dialect.quote + key.replace(dialect.quote, 2 * dialect.quote) + dialect.quote
    query = f"(SELECT MIN({column}) AS lowest, MAX({column}) AS highest FROM {reader['dbtable']}) bounds"
    row: Any = spark.read.format("jdbc").options(**{**reader, "dbtable": query}).load().first()
    lowest, highest = (bound if bound is None or isinstance(bound, datetime.date) else int(bound) for bound in row)
    return {} if lowest is None else {"lowerBound": str(lowest), "upperBound": str(highest)}


def _with_whole_numbers(frame: DataFrame, column: str) -> DataFrame:
    """Return ``frame`` with the numbers of ``column`` as the database writes them: Spark gives those without a scale 10 or 18 zeros."""
    from pyspark.sql import functions
    from pyspark.sql.types import DecimalType

    kind = frame.schema[column].dataType
    if not isinstance(kind, DecimalType) or kind.scale == 0:
        return frame
    return frame.withColumn(column, functions.regexp_replace(column_named(column).cast("string"), r"\.?0+$", ""))
