"""What a database says of its tables: their columns, types, keys and indexes."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Inspector, TableClause, column, inspect, table
from sqlalchemy.exc import NoSuchTableError, SAWarning
from sqlalchemy.types import TypeEngine

from scanner.databases.dialects import Dialect
from scanner.errors import InputError


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table or view. ``name`` is ``schema.table``, or the bare table in SQLite.

    ``keys`` are the sets of columns that the database itself keeps unique and filled, the primary key first; ``indexed`` are the columns
    by which an index is sorted first.
    """

    name: str
    clause: TableClause
    types: Mapping[str, TypeEngine[Any]]
    nullable: frozenset[str]
    keys: tuple[tuple[str, ...], ...]
    unique: tuple[frozenset[str], ...]
    indexed: frozenset[str]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in the order of the table."""
        return tuple(self.types)


def find_table(connection: Connection, name: str) -> TableInfo:
    """Return the table or view called ``name``, exactly or but for case; raise :class:`InputError`, with names that come near, when there
    is none.
    """
    inspector = inspect(connection)
    schema, bare = _locate(inspector, name)
    try:
        return _describe(inspector, schema, bare)
    except NoSuchTableError:
        raise InputError("it is there, but this user may not see its columns") from None


def all_tables(connection: Connection, dialect: Dialect, schema: str | None) -> list[TableInfo]:
    """Return every table and view of ``schema``, or of all schemas that are not the system's own, sorted by schema and name.

    Raises :class:`InputError`, listing the schemas, when there is no such schema.
    """
    inspector = inspect(connection)
    schemas = inspector.get_schema_names()
    if schema is not None and schema not in schemas:
        raise InputError(f"no schema {schema!r}; the schemas are: {', '.join(schemas)}")
    looked_at = [schema] if schema else dialect.own_schemas(schemas)
    return [_describe(inspector, place, name) for place in looked_at for name in _names(inspector, place)]


def _locate(inspector: Inspector, name: str) -> tuple[str | None, str]:
    """Return the schema, ``None`` for the default one, and the name of the table, as the database writes them."""
    near: list[str] = []
    for schema, bare in _readings(inspector, name):
        names = _names(inspector, schema)
        same = [other for other in names if other.casefold() == bare.casefold()]
        if bare in names or len(same) == 1:
            return schema, bare if bare in names else same[0]
        if inspector.has_table(bare, schema=schema):  # of a kind that has no list, such as foreign tables
            return schema, bare
        prefix = f"{schema}." if schema else ""
        near += [prefix + other for other in same or difflib.get_close_matches(bare, names, n=3)]
    hint = f"did you mean {', '.join(near)}?" if near else "`vigie discover` lists those there are"
    raise InputError(f"no such table; {hint}")


def _readings(inspector: Inspector, name: str) -> list[tuple[str | None, str]]:
    """Return the schemas and bare names that ``name`` can mean: either may hold dots itself."""
    readings: list[tuple[str | None, str]] = [(None, name)]
    parts = name.split(".")
    schemas = sorted(inspector.get_schema_names()) if len(parts) > 1 else []
    for at in range(1, len(parts)):
        asked, bare = ".".join(parts[:at]), ".".join(parts[at:])
        same = [schema for schema in schemas if schema.casefold() == asked.casefold()]
        readings += [(schema, bare) for schema in sorted(same, key=lambda schema: schema != asked)]
    return readings


def _names(inspector: Inspector, schema: str | None) -> list[str]:
    names = {*inspector.get_table_names(schema), *inspector.get_view_names(schema)}
    if inspector.dialect.name in ("postgresql", "oracle"):
        names.update(inspector.get_materialized_view_names(schema))
    return sorted(names)


def _describe(inspector: Inspector, schema: str | None, name: str) -> TableInfo:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # types that SQLAlchemy does not know are read as text
        columns = inspector.get_columns(name, schema)
    types = {entry["name"]: entry["type"] for entry in columns}
    nullable = frozenset(entry["name"] for entry in columns if entry["nullable"])
    primary = tuple(inspector.get_pk_constraint(name, schema)["constrained_columns"])
    indexes = [
        (tuple(filter(None, index["column_names"])), bool(index["unique"]))
        for index in inspector.get_indexes(name, schema)
        if None not in index["column_names"] and not any(option.endswith("_where") for option in index.get("dialect_options", ()))
    ]
    constraints = [tuple(entry["column_names"]) for entry in inspector.get_unique_constraints(name, schema)]
    unique = [primary] * bool(primary) + constraints + [index for index, is_unique in indexes if is_unique]
    home = schema or (inspector.default_schema_name if inspector.dialect.name != "sqlite" else None)
    return TableInfo(
        name=f"{home}.{name}" if home else name,
        clause=table(name, *(column(label, kind) for label, kind in types.items()), schema=schema),
        types=types,
        nullable=nullable,
        keys=tuple(dict.fromkeys(key for key in unique if key == primary or not nullable.intersection(key))),
        unique=tuple(map(frozenset, unique)),
        indexed=frozenset([key[0] for key in unique] + [index[0] for index, _ in indexes if index]),
    )
