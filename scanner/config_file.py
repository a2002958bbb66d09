"""TOML configuration files whose errors name file, line, reason and allowed values."""

from __future__ import annotations

import datetime
import difflib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from scanner.errors import ConfigError

Choice = TypeVar("Choice", bound=str)
Key = str | int


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a configuration file: ``values`` is what it holds, ``path`` the keys and list indexes that lead to it from the root."""

    name: str
    source: str
    values: Mapping[str, object]
    path: tuple[Key, ...] = ()

    def error(self, reason: str, key: str | None = None) -> ConfigError:
        """Return the error to raise about ``key``, or about the table as a whole."""
        path = self.path if key is None else (*self.path, key)
        return ConfigError(f"{self.name}, line {_line_of(self.source, path)}: {reason}")

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Raise :class:`ConfigError` when the table holds a key outside ``known``."""
        for key in self.values:
            if key not in known:
                raise self.error(f"unknown key {key!r}{_allowed(key, known)}", key)

    def table(self, key: str) -> Table:
        """Return the table under ``key``, empty when absent."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.error(f"{key!r} must be a table", key)
        return Table(self.name, self.source, value, (*self.path, key))

    def tables(self, key: str) -> Iterator[Table]:
        """Yield the tables of the list under ``key`` (``[[key]]``), none when absent."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(f"{key!r} must be a list of tables, each written under [[{key}]]", key)
        for index, item in enumerate(value):
            yield Table(self.name, self.source, item, (*self.path, key, index))

    def required(self, key: str) -> str:
        """Return the text under ``key``; absent or blank is an error."""
        value = self.text(key)
        if not value:
            raise self.error(f"{key!r} is missing or empty", key if key in self.values else None)
        return value

    def text(self, key: str) -> str:
        """Return the text under ``key`` without outer spaces, ``""`` when absent."""
        value = self.values.get(key, "")
        if not isinstance(value, str):
            raise self.error(f"{key!r} must be a text in quotes", key)
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of texts under ``key``, without outer spaces and empty ones; none when absent."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(f"{key!r} must be a list of texts in quotes", key)
        return tuple(filter(None, map(str.strip, value)))

    def flag(self, key: str) -> bool:
        """Return whether ``key`` is true, false when absent."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self.error(f"{key!r} must be true or false", key)
        return value

    def whole(self, key: str) -> int | None:
        """Return the whole number, 0 or more, under ``key``, ``None`` when absent."""
        value = self.values.get(key)
        if value is not None and (type(value) is not int or value < 0):
            raise self.error(f"{key!r} must be a whole number, 0 or more, without quotes", key)
        return value

    def choice(self, key: str, allowed: Sequence[Choice], default: Choice) -> Choice:
        """Return the text under ``key``, one of ``allowed``; ``default`` when absent."""
        return self.one_of(key, self.text(key), allowed) if key in self.values else default

    def choices(self, key: str, allowed: Sequence[Choice]) -> frozenset[Choice]:
        """Return the texts under ``key``, one or a list, each of ``allowed``; empty when absent or ``"*"``."""
        value = self.values.get(key, "*")
        items: list[Any] = value if isinstance(value, list) else [value]
        if not items or not all(isinstance(item, str) for item in items):
            raise self.error(f"{key!r} must be a text in quotes or a list of them", key)
        return frozenset() if items == ["*"] else frozenset(self.one_of(key, item, allowed) for item in items)

    def one_of(self, key: str, value: str, allowed: Sequence[Choice]) -> Choice:
        """Return ``value`` as the member of ``allowed`` that it is; raise :class:`ConfigError` about ``key`` when it is none."""
        for candidate in allowed:
            if candidate == value:
                return candidate
        raise self.error(f"{key!r} cannot be {value!r}{_allowed(value, allowed)}", key)

    def fraction(self, key: str, default: float) -> float:
        """Return the number in [0, 1] under ``key``, ``default`` when absent."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self.error(f"{key!r} must be a number from 0 to 1", key)
        return float(value)

    def date(self, key: str) -> datetime.date:
        """Return the date under ``key``; absent is an error."""
        value = self.values.get(key)
        if type(value) is not datetime.date:
            raise self.error(f"{key!r} must be a date without quotes, such as 2027-01-31", key if key in self.values else None)
        return value


def read_toml(path: Path) -> Table:
    """Return the root table of the TOML file at ``path``.

    Raises :class:`ConfigError` naming file, line and reason when the file is missing, not UTF-8 or not TOML.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
    try:
        source = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}, line {line}: not UTF-8; save the file as UTF-8") from None
    return parse_toml(source, str(path))


def parse_toml(source: str, name: str) -> Table:
    """Return the root table of the TOML text ``source``; errors call it ``name``."""
    source = source.replace("\r\n", "\n")
    try:
        return Table(name, source, tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        reason, _, position = str(error).partition(" (at ")
        at = re.match(r"line (\d+)", position)
        line = at.group(1) if at else source.count("\n") + 1
        raise ConfigError(f"{name}, line {line}: not valid TOML: {reason}") from None
    except RecursionError:
        raise ConfigError(f"{name}: not valid TOML: brackets within brackets, too many to be read") from None


def _allowed(value: str, allowed: Collection[str]) -> str:
    close = difflib.get_close_matches(value, allowed, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ";"
    return f"{hint} allowed: {', '.join(sorted(allowed))}"


def _line_of(source: str, path: tuple[Key, ...]) -> int:
    """Return the line, from 1, on which the value at ``path`` begins.

    ``tomllib`` keeps no positions: the value begins right after the longest beginning of the file that parses and does not hold it.
    """
    lines = source.split("\n")
    before = 0
    for count in range(1, len(lines) + 1):
        try:
            data = tomllib.loads("\n".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            continue
        if _holds(data, path):
            break
        before = count
    return min(before + 1, len(lines))


def _holds(data: Any, path: tuple[Key, ...]) -> bool:
    for key in path:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True
