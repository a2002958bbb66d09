"""What went wrong in a state store, in words that say what to do.

Messages of databases are never passed on: they can hold values, hosts and users. Only error codes are read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from scanner.errors import StoreError

_LOCKED = "is locked by another program: wait until that has ended, then run again"
_UNWRITABLE = "cannot be written: this user must be able to write the file and its folder"
_SQLITE = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_READONLY": _UNWRITABLE,
    "SQLITE_CANTOPEN": _UNWRITABLE,
    "SQLITE_PERM": _UNWRITABLE,
    "SQLITE_FULL": "cannot grow, the disk is full: free some space, then run again; what was committed is safe",
    "SQLITE_NOTADB": "is no state store: name another file",
    "SQLITE_CORRUPT": "is damaged: restore it from a backup, or name a new file and scan everything again",
    "SQLITE_IOERR": "cannot be read or written: check the disk",
}
_POSTGRESQL = {
    "53100": "cannot grow, the server's disk is full: free some space, then run again; what was committed is safe",
    "25006": "is read-only: name a primary server and a user that may write",
    "42501": "may not be written by this user: grant it the right to create tables and to write them",
    "53300": "has no connection left: raise max_connections, or wait, then run again",
    "40P01": "was in a deadlock with another program: run again",
    "57P01": "was stopped by its administrator: run again once it is back",
    "42P07": "has tables of another program: give Vigie a schema of its own, and name it in the user's search_path",
    "3F000": "has no schema to create tables in: create one, and name it in the user's search_path",
    "XX001": "is damaged: restore it from a backup",
    "XX002": "is damaged: restore it from a backup",
}
_UNREACHABLE = (
    "cannot be reached, or refuses the connection: check host, port, database and user, the password (VIGIE_STATE_PASSWORD or .pgpass), "
    "and that the server is up"
)


@contextmanager
def store_errors(name: str) -> Iterator[None]:
    """Turn what the database raises within into :class:`StoreError` about the store ``name``, without its cause."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise StoreError(f"state store {name} {_reason(cause)}") from None
    except PoolTimeout:
        raise StoreError(f"state store {name} has no connection left: run fewer things at once") from None


def _reason(cause: BaseException | None) -> str:
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorname", type(cause).__name__)
        return _SQLITE.get("_".join(code.split("_")[:2]), f"refused the operation ({code})")
    kind, code = type(cause).__name__, getattr(cause, "sqlstate", None)
    if code is None:
        return _UNREACHABLE if kind == "OperationalError" else f"refused the operation ({kind})"
    return _POSTGRESQL.get(code, f"refused the operation ({kind}, SQLSTATE {code})")
