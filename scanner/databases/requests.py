"""What is asked of a database: which tables and columns, and how gently to read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from scanner.columns import Requested


@dataclass(frozen=True)
class ReadSettings:
    """How a database is read. Durations are in seconds.

    A page ends after ``page_rows`` rows, or at the first few rows past ``page_characters``. ``max_replica_lag`` makes the reading wait
    while a replica is further behind, ``lag_patience`` long at most. A lost connection is opened again for ``retry_patience`` at most.
    """

    page_rows: int = 2_000
    page_characters: int = 8_000_000
    statement_timeout: float = 60.0
    max_rows_per_second: float | None = None
    max_replica_lag: float | None = None
    lag_patience: float = 900.0
    retry_patience: float = 300.0


@dataclass(frozen=True)
class Join:
    """Another table that holds columns of the record, at most one row of it for each.

    ``on`` maps columns of the table being read to columns of ``table`` (``schema.table`` or ``table``); ``columns`` maps roles (``tenant``,
    ``site``, ``author_group``, ``date``) to columns of ``table``.
    """

    table: str
    on: Mapping[str, str]
    columns: Mapping[str, str]


@dataclass(frozen=True)
class NumberedLines:
    """A text that is spread over numbered rows: those with equal ``group`` columns, in the order of ``number``, are one record."""

    group: tuple[str, ...]
    number: str
    text: str


@dataclass(frozen=True)
class TableRequest:
    """A table or view to read. ``name`` is ``schema.table`` or ``table``; columns are named exactly or but for case and separators.

    ``text_columns`` and the other roles left unset are found as in exports. ``purposes`` maps text columns to field purposes. ``where``
    is a condition in the SQL of the database, written by its operator.
    """

    name: str
    id_column: str | None = None
    text_columns: tuple[str, ...] = ()
    tenant_column: str | None = None
    site_column: str | None = None
    author_group_column: str | None = None
    date_column: str | None = None
    name_columns: tuple[str, ...] = ()
    purposes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    where: str | None = None
    joins: tuple[Join, ...] = ()
    lines: NumberedLines | None = None

    def requested(self) -> Requested:
        """Return the columns named, by role, those of ``joins`` left out."""
        columns = {
            "id": self.id_column,
            "tenant": self.tenant_column,
            "site": self.site_column,
            "author_group": self.author_group_column,
            "date": self.date_column,
        }
        texts = self.text_columns or ((self.lines.text,) if self.lines else ())
        return Requested(texts, self.name_columns, {role: column for role, column in columns.items() if column})
