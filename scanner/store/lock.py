"""One at a time: locks that the death of their holder frees, whatever kills it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from scanner.errors import BusyError, StoreError
from scanner.store.failures import store_errors

if TYPE_CHECKING:
    from scanner.store.engine import Store

_MIGRATION_SECONDS = 60.0
_POLL_SECONDS = 0.1


class JobLock:
    """A lock that is held. ``connection`` is the session that holds it in PostgreSQL, ``None`` where a file does."""

    def __init__(self, store: Store, connection: Connection | None) -> None:
        self._store = store
        self._connection = connection

    def confirm(self) -> None:
        """Raise :class:`StoreError` when the lock is gone, because the session that held it is: another run may have begun."""
        if self._connection is None:
            return
        if self._connection.invalidated:  # SQLAlchemy would open a new session, which holds nothing
            raise StoreError(f"state store {self._store.name}: the lock of this run is lost; run again to resume")
        with store_errors(self._store.name):
            self._connection.execute(text("SELECT 1"))


@contextmanager
def job_lock(store: Store, job: str) -> Iterator[JobLock]:
    """Hold the lock of ``job`` in ``store``. Raises :class:`BusyError` when another run of the job is alive.

    A SQLite store locks a file beside it; PostgreSQL an advisory lock of one session, so there must be no pooler that shares sessions.
    """
    busy = BusyError(f"another run of the job {job} is alive: wait until it has ended, or stop it, then run again")
    with _lock(store, f"job {job}", 0.0, busy) as connection:
        yield JobLock(store, connection)


@contextmanager
def migration_lock(store: Store) -> Iterator[None]:
    """Wait for the right to change the tables of ``store``, and hold it."""
    busy = StoreError(f"state store {store.name} is being brought up to date by another process: wait until that has ended, then run again")
    with _lock(store, "migration", _MIGRATION_SECONDS, busy):
        yield


@contextmanager
def _lock(store: Store, name: str, seconds: float, busy: Exception) -> Iterator[Connection | None]:
    """Hold the lock ``name``; after ``seconds`` of waiting raise ``busy``."""
    if store.engine.dialect.name == "sqlite":
        with _file_lock(store, name, seconds, busy):
            yield None
        return
    with store_errors(store.name):
        connection = store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with store_errors(store.name):
            _take_advisory_lock(connection, name, seconds, busy)
        yield connection
    finally:
        if not connection.invalidated:
            with suppress(DBAPIError):
                connection.execute(text("SELECT pg_advisory_unlock_all()"))  # at once: a session ends some time after it was closed
        connection.invalidate()  # the end of the session frees the lock, even where a statement could not
        connection.close()


@contextmanager
def _file_lock(store: Store, name: str, seconds: float, busy: Exception) -> Iterator[None]:
    from filelock import FileLock, Timeout

    path = f"{store.name}.{hashlib.sha256(name.encode()).hexdigest()[:12]}.lock"
    lock = FileLock(path, timeout=seconds, mode=0o600, fallback_to_soft=False)  # a soft lock outlives its holder
    try:
        lock.acquire()
    except Timeout:
        raise busy from None
    except OSError as error:
        raise StoreError(f"lock file {path} cannot be used ({error.strerror}): this user must be able to write its folder") from None
    try:
        yield
    finally:
        lock.release()


def _take_advisory_lock(connection: Connection, name: str, seconds: float, busy: Exception) -> None:
    schema = connection.scalar(text("SELECT current_schema()"))
    number = int.from_bytes(hashlib.sha256(f"vigie {schema} {name}".encode()).digest()[:8], "big", signed=True)
    deadline = time.monotonic() + seconds
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}):
        if time.monotonic() >= deadline:
            raise busy
        time.sleep(_POLL_SECONDS)
