"""Opening the state store: a SQLite file, or a schema of a PostgreSQL database. Both are made and brought up to date on the way."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from scanner.errors import InputError, StoreError
from scanner.store.failures import store_errors
from scanner.store.lock import migration_lock

PASSWORD_VARIABLE = "VIGIE_STATE_PASSWORD"
VERSION_TABLE = "vigie_version"
HEAD = "0003"
"""The newest revision in ``migrations/versions``; a test holds the two together."""

_SQLITE_HEADER = b"SQLite format 3\x00"
_SQLITE_SETTINGS = (
    "PRAGMA busy_timeout = 60000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA synchronous = FULL",  # in WAL mode NORMAL may lose the last commits when the power goes
)
_POSTGRESQL_SETTINGS = {
    "application_name": "vigie",
    "connect_timeout": "10",
    "keepalives_idle": "60",
    "keepalives_interval": "10",
    "keepalives_count": "6",
    "tcp_user_timeout": "120000",
}
_BEGIN = "vigie_begin"


class Store:
    """An open state store. ``name`` says which, for people: a path, or a URL without user and password.

    Every method raises :class:`StoreError`, whose message says what to do, when the database refuses.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name
        self.writer = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Write in one transaction: committed at the end of the block, rolled back when it raises. SQLite has one writer at a time."""
        with store_errors(self.name), self.writer.begin() as connection:
            yield connection

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Read, everything as it stood at the first statement in SQLite, at each statement in PostgreSQL."""
        with store_errors(self.name), self.engine.connect() as connection:
            yield connection

    def check(self) -> None:
        """Read the whole file of a SQLite store and raise :class:`StoreError` when it is damaged. PostgreSQL checks its own pages."""
        if self.engine.dialect.name == "sqlite":
            with self.connect() as connection:
                if connection.scalar(text("PRAGMA quick_check(1)")) != "ok":
                    raise StoreError(f"state store {self.name} is damaged: restore it from a backup")

    def close(self) -> None:
        """Close every connection. The last one that closes a SQLite store also folds its ``-wal`` file into it."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def is_store(where: str) -> bool:
    """Tell whether ``where`` names a state store: a URL, or an existing SQLite file.

    Not to be asked about a file that this process has open: closing it here would drop SQLite's locks on it.
    """
    if "://" in where:
        return True
    try:
        with open(where, "rb") as file:
            return file.read(len(_SQLITE_HEADER)) == _SQLITE_HEADER
    except OSError:
        return False


def open_store(where: str | Path, environment: Mapping[str, str] = os.environ, *, make: bool = True) -> Store:
    """Open the state store at a path or a ``sqlite:///…`` or ``postgresql://…`` URL, brought up to date; ``make`` one when there is none.

    A new SQLite file is readable by its owner only. The password of PostgreSQL comes from the URL, ``VIGIE_STATE_PASSWORD`` or
    ``.pgpass``; the tables lie in the first schema of the user's search path. Several processes may open a new store at once.

    Raises :class:`InputError` when ``where`` names something else, or nothing and it is not to be made; :class:`StoreError` when the store
    cannot be opened, is not Vigie's, or was written by a newer Vigie.
    """
    url = _url(str(where))
    store = _sqlite(url, make=make) if url.get_backend_name() == "sqlite" else _postgresql(url, environment)
    try:
        _bring_up_to_date(store, make=make)
    except BaseException:
        store.close()
        raise
    return store


def _url(where: str) -> URL:
    if "://" not in where:
        return URL.create("sqlite", database=where)
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):  # their messages hold the URL, password included
        raise InputError("the state store's URL cannot be read; write sqlite:///FILE or postgresql://USER@HOST/DATABASE") from None
    if url.password is not None and "@" in f"{url.host}{url.database}{url.query}":  # the rest of the password, which would be shown
        raise InputError(f"the password in the state store's URL holds an @: write it as %40, or use {PASSWORD_VARIABLE}")
    backend = url.drivername.partition("+")[0]
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise InputError(f"the state store cannot be {backend}: give a file, or postgresql://USER@HOST/DATABASE")
    return url.set(drivername="sqlite" if backend == "sqlite" else "postgresql+psycopg")


def _sqlite(url: URL, *, make: bool) -> Store:
    if not url.database or url.database == ":memory:" or url.query:
        raise InputError("the state store must be a file: sqlite:///FILE, without options")
    path = Path(url.database).absolute()
    if not path.parent.is_dir():
        raise StoreError(f"state store {path}: the folder {path.parent} does not exist; make it first")
    if path.is_dir():
        raise StoreError(f"state store {path} is a folder: name a file in it")
    if not make and not path.exists():
        raise _no_store(str(path))
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # SQLite gives its -wal and -shm files the same mode
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreError(f"state store {path} cannot be made ({error.strerror}): this user must be able to write its folder") from None
    engine = create_engine(url.set(database=str(path)), hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions begin where SQLAlchemy begins them, not where sqlite3 guesses
        for setting in _SQLITE_SETTINGS:
            connection.execute(setting)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql(options.get(_BEGIN, "BEGIN"))

    return Store(engine, str(path))


def _postgresql(url: URL, environment: Mapping[str, str]) -> Store:
    if url.password is None and environment.get(PASSWORD_VARIABLE):
        url = url.set(password=environment[PASSWORD_VARIABLE])
    settings = {name: value for name, value in _POSTGRESQL_SETTINGS.items() if name not in url.query}
    try:
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=settings)
    except ModuleNotFoundError:
        raise InputError("a state store in PostgreSQL needs its driver: pip install 'vigie[postgresql]'") from None
    port = f":{url.port}" if url.port else ""
    return Store(engine, f"postgresql://{url.host or ''}{port}/{url.database or ''}")


def _bring_up_to_date(store: Store, *, make: bool) -> None:
    with store.connect() as connection:
        revision = _revision(connection, store.name)
    if revision == HEAD:
        return
    if revision is None and not make:
        raise _no_store(store.name)
    with migration_lock(store), migrating(store) as connection:
        if _revision(connection, store.name) != HEAD:
            from scanner.store.migrations import migrate

            migrate(connection, HEAD)


@contextmanager
def migrating(store: Store) -> Iterator[Connection]:
    """Write in one transaction that may make tables anew, on behalf of whoever holds the migration lock."""
    if store.engine.dialect.name != "sqlite":
        with store.begin() as connection:
            yield connection
        return
    with store_errors(store.name), store.writer.connect() as connection:
        sqlite: Any = connection.connection.driver_connection
        sqlite.execute("PRAGMA journal_mode = WAL")
        sqlite.execute("PRAGMA foreign_keys = OFF")  # to make a table anew must not delete the rows that refer to it
        try:
            with connection.begin():
                yield connection
        finally:
            sqlite.execute("PRAGMA foreign_keys = ON")


def _revision(connection: Connection, name: str) -> str | None:
    """Return the revision of the store, ``None`` when it is empty. Raises :class:`StoreError` when it is not ours, or newer."""
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        if connection.dialect.name == "sqlite" and tables:
            raise StoreError(f"{name} is a database of another program: name another file")
        return None
    revision = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
    if revision is not None and revision > HEAD:
        raise StoreError(f"state store {name} was written by a newer Vigie (revision {revision}, this one knows {HEAD}): upgrade Vigie")
    return str(revision) if revision is not None else None


def _no_store(name: str) -> InputError:
    return InputError(f"there is no state store at {name}: give the one that `vigie scan --state` wrote")
