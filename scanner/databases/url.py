"""Connection URLs: which dialect and driver they name, where the password comes from, and what may be shown of them."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from scanner.databases.dialects import Dialect, dialect_named
from scanner.errors import InputError

PASSWORD_VARIABLE = "VIGIE_DB_PASSWORD"

_log = logging.getLogger(__name__)


def parse_url(text: str) -> tuple[URL, Dialect]:
    """Return the URL with its driver, and its dialect; raise :class:`InputError` when it is no URL of a database that can be read."""
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):  # their messages hold the URL, password included
        raise InputError("the database URL cannot be read; write it as postgresql://USER@HOST:PORT/DATABASE or sqlite:///FILE") from None
    if url.password is not None and "@" in f"{url.host}{url.database}{url.query}":  # the rest of the password, which would be shown
        raise InputError(f"the password in the database URL holds an @: write it as %40, or use {PASSWORD_VARIABLE} or a password file")
    name, _, driver = url.drivername.partition("+")
    dialect = dialect_named(name)
    return url.set(drivername=f"{dialect.name}+{driver or dialect.driver}"), dialect


def shown(url: URL) -> str:
    """Return the URL without user, password and options: for people, and to tell databases apart."""
    name = url.get_backend_name()
    if name == "sqlite":
        return f"sqlite:///{Path(url.database or '').absolute()}"
    host = url.host or ""
    port = f":{url.port}" if url.port else ""
    return f"{name}://{host}{port}/{url.database or ''}"


def with_password(url: URL, password: str | None) -> URL:
    """Return ``url`` with ``password``, which wins; warns in the log when the URL carries one itself."""
    if url.password is not None:
        _log.warning("the password in the database URL shows in the list of processes: use %s or a password file", PASSWORD_VARIABLE)
    return url.set(password=password) if password else url


def read_password(file: Path | None, environment: Mapping[str, str] = os.environ, variable: str = PASSWORD_VARIABLE) -> str | None:
    """Return the first line of ``file``, else the value of ``variable``, ``None`` when there is neither.

    Raises :class:`InputError` when the file cannot be read or is empty.
    """
    if file is None:
        return environment.get(variable) or None
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"password file {file} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError(f"password file {file} is not UTF-8: it must hold the password on its first line") from None
    if not lines or not lines[0]:
        raise InputError(f"password file {file} is empty: it must hold the password on its first line")
    return lines[0]
