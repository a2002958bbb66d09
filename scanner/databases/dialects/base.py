"""The contract of a dialect."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Connection, bindparam, func, type_coerce
from sqlalchemy.engine import URL
from sqlalchemy.types import BINARY, VARBINARY, LargeBinary, NullType, TypeEngine

from scanner.databases.requests import ReadSettings

CONNECT_TIMEOUT = 10  # seconds
BYTES = (LargeBinary, BINARY, VARBINARY)


@dataclass(frozen=True, slots=True)
class Failure:
    """What an error of the driver means: ``reason`` says what to do; ``passes`` tells whether trying again later may help.

    ``is_slow`` says that a statement ran into its timeout, which is tried again a few times only.
    """

    reason: str
    passes: bool = False
    is_slow: bool = False


Failures = Mapping[str | int, Failure]
"""Failures by the code that the driver gives."""

SLOW = Failure("a statement took longer than the statement timeout: raise it, or read smaller pages", passes=True, is_slow=True)
UNREACHABLE = Failure("the server cannot be reached: check host, port and that it is up", passes=True)
GONE = Failure("the server closed the connection", passes=True)


class Dialect(ABC):
    """One kind of database. ``extra`` is the optional dependency that brings its driver, empty when it comes with Python."""

    name: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    driver: ClassVar[str]
    extra: ClassVar[str] = ""
    failures: ClassVar[Failures]
    compares_rows: ClassVar[bool] = False
    """Whether ``(a, b) > (x, y)`` is read from an index."""
    system_schemas: ClassVar[str | None] = None
    """Pattern of the schemas that are the system's own; ``None`` where one database is one schema."""
    enforces_types: ClassVar[bool] = True
    """Whether a column holds nothing but values of its type."""
    key_types: ClassVar[tuple[type[TypeEngine[Any]], ...]]
    """Types whose values come back exactly as they are stored and compare as they are ordered, floats and enumerations never."""

    @abstractmethod
    def target(self, url: URL, settings: ReadSettings) -> tuple[URL, dict[str, Any]]:
        """Return the URL to connect to and what the driver's ``connect`` takes beside it.

        Raises :class:`InputError` when the URL cannot work.
        """

    @abstractmethod
    def prepare(self, connection: Any, settings: ReadSettings) -> None:
        """Make a new connection of the driver read-only and give it its limits.

        Raises :class:`NotReadOnlyError` when it is not proven read-only.
        """

    def begin(self, connection: Connection, settings: ReadSettings) -> None:
        """Do what every transaction of ``connection`` begins with."""
        return

    @abstractmethod
    def code(self, error: BaseException) -> str | int | None:
        """Return the code of an error of the driver, ``None`` when it has none."""

    @abstractmethod
    def replica_lag(self, connection: Connection) -> float | None:
        """Return how many seconds of changes a replica lacks, 0 on a primary, ``None`` when nobody can tell.

        Raises :class:`InputError` when this user, or this kind of database, does not say.
        """

    def own_schemas(self, schemas: Sequence[str]) -> list[str | None]:
        """Return those of ``schemas`` that hold the data of applications, ``None`` standing for the default one."""
        if self.system_schemas is None:
            return [None]
        return [schema for schema in sorted(schemas) if not re.fullmatch(self.system_schemas, schema)]

    def failure(self, error: BaseException) -> Failure | None:
        """Return what an error of the driver means, ``None`` when that is unknown."""
        code = self.code(error)
        return None if code is None else self.failures.get(code)

    def readable(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return the expression that reads ``column`` as the driver gives it, or as text where the driver would fail on some values."""
        return type_coerce(column, NullType())

    def beginning(self, column: ColumnElement[Any], length: int) -> ColumnElement[Any]:
        """Return the expression of the first ``length`` characters, or bytes, of ``column``."""
        return func.substr(self.readable(column), 1, length)

    def bound(self, value: Any, kind: TypeEngine[Any]) -> ColumnElement[Any]:
        """Return ``value`` as a parameter that is compared as the columns of type ``kind`` are."""
        return bindparam(None, value, type_=kind)
