"""``changes.sql``: the change set as parameterised statements, for a vendor's administrator who applies it without Vigie.

Each statement is followed by one comment line per row: the number of the statement, then the values to bind as JSON (ASCII, so that no
text can leave its comment). A row changes only if the digest of its text, computed by the database, is that of the text that was scanned.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Update, bindparam, cast, column, func, literal_column, make_url, table, update
from sqlalchemy import types as sql
from sqlalchemy.engine import Dialect

from scanner.databases.key_values import key_from_json

_HEADER = """\
-- Vigie, plan {plan} of {database}. The same changes as changes.csv; edits made there are not in here.
-- Bind the values of each line "-- N {{…}}" to statement N. A statement that changes no row met a text that is no longer the scanned one.
-- old_sha256 is a plain digest: somebody who guesses a short text can check the guess. Treat this file as confidential.
"""
_SQLITE = """\
-- SQLite computes no digest, so no statement could tell whether a text is still the scanned one: apply this plan with `vigie apply`.
"""


class SqlScript:
    """Writes the lines of the script for ``database``, a name as :mod:`scanner.databases` gives it."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._dialect_name = database.partition(":")[0]
        self._numbers: dict[tuple[str, str], int] = {}

    def header(self, plan_id: str) -> str:
        """Return the first lines."""
        notes = _HEADER.format(plan=plan_id, database=self._database)
        return notes + _SQLITE if self._dialect_name == "sqlite" else notes

    def lines(self, source: str, key_values: str, field: str, change_id: str, old_text: str, new_text: str) -> str:
        """Return the lines of one change: its values, after the statement where that is its first."""
        if self._dialect_name == "sqlite":
            return ""
        key: Mapping[str, Any] = json.loads(key_values)
        statement = ""
        if (source, field) not in self._numbers:
            self._numbers[source, field] = len(self._numbers) + 1
            statement = f"\n-- statement {len(self._numbers)}\n{statement_text(self._dialect_name, source, tuple(key), field)};\n"
        values: dict[str, str | int] = {"new_text": new_text}
        values |= {f"key_{number}": part if isinstance(part, str | int) else str(part) for number, part in enumerate(_parts(key), start=1)}
        values["old_sha256"] = digest_of(self._dialect_name, old_text)
        row = json.dumps({"change": change_id, **values})
        return f"{statement}-- {self._numbers[source, field]} {row}\n"


def statement_text(dialect_name: str, source: str, key_columns: Sequence[str], field: str) -> str:
    """Return the statement that changes ``field`` of one row of ``source``, with the parameters new_text, key_1 …, old_sha256."""
    dialect_class: Callable[..., Dialect] = make_url(f"{dialect_name}://").get_dialect()
    dialect = dialect_class(paramstyle="named")
    return str(_statement(dialect_name, source, key_columns, field).compile(dialect=dialect))


def digest_of(dialect_name: str, text: str) -> str:
    """Return the digest that the database ``dialect_name`` computes of ``text``: SHA-256 in hexadecimal."""
    if dialect_name == "mssql":
        return hashlib.sha256(text.encode("utf-16-le", "surrogatepass")).hexdigest().upper()
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return digest.upper() if dialect_name == "oracle" else digest


def _statement(dialect_name: str, source: str, key_columns: Sequence[str], field: str) -> Update:
    schema, _, name = source.rpartition(".")
    target = table(name, *map(column, {*key_columns, field}), schema=schema or None)
    key = [target.c[name] == bindparam(f"key_{number}") for number, name in enumerate(key_columns, start=1)]
    unchanged = _digest(dialect_name, target.c[field]) == bindparam("old_sha256")
    return update(target).values({target.c[field]: bindparam("new_text")}).where(*key, unchanged)


def _digest(dialect_name: str, text: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the expression of the SHA-256 of ``text``, in the form of :func:`digest_of`."""
    if dialect_name == "postgresql":
        return func.encode(func.sha256(func.convert_to(text, literal_column("'UTF8'"))), literal_column("'hex'"))
    if dialect_name == "oracle":  # STANDARD_HASH takes no CLOB; TO_CHAR raises an error on those beyond 4,000 bytes
        in_utf8 = func.convert(func.to_char(text), literal_column("'AL32UTF8'"))
        return func.rawtohex(func.standard_hash(in_utf8, literal_column("'SHA256'")))
    if dialect_name == "mssql":
        digest = func.hashbytes(literal_column("'SHA2_256'"), cast(text, sql.Unicode))
        return func.convert(literal_column("varchar(64)"), digest, literal_column("2"))
    return func.sha2(func.convert(text.op("USING")(literal_column("utf8mb4"))), literal_column("256"))


def _parts(key: Mapping[str, Any]) -> Sequence[Any]:
    return key_from_json(json.dumps(list(key.values())))
