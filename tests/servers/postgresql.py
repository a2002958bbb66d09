"""A PostgreSQL server, and a streaming replica of it."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Self

from servers.process import folder_of, free_port, run, wait_until

USER = "postgres"
PASSWORD = "motdepasse-pg"
_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = '{folder}'
port = {port}
fsync = off
full_page_writes = off
wal_level = replica
wal_keep_size = 1GB
wal_retrieve_retry_interval = 100ms
hot_standby = on
lc_messages = 'C'
"""


def binaries() -> Path | None:
    """Return the folder of the newest installed PostgreSQL, ``None`` when there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    found = shutil.which("postgres")
    return folders[-1] if folders else Path(found).parent if found else None


class Postgres:
    """A server that is started and stopped at will; its superuser is ``postgres``. Programs run as the system's user ``postgres``."""

    def __init__(self, bin_folder: Path, folder: Path) -> None:
        self.bin = bin_folder
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()

    def url(self, database: str = "postgres", user: str = USER, password: str = PASSWORD) -> str:
        """Return the URL of ``database``, by TCP; roles other than ``postgres`` are for the test to make."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def new_database(self, options: str = "") -> str:
        """Create an empty database and return its name; ``options`` follow ``CREATE DATABASE name``."""
        name = f"base_{secrets.token_hex(4)}"
        self.psql(f"CREATE DATABASE {name} {options}")
        return name

    def psql(self, sql: str, database: str = "postgres") -> str:
        """Run ``sql`` as superuser and return what it gives, one row a line, cells separated by ``|``."""
        arguments = ("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p", self.port, "-U", USER, "-d", database)
        return run(USER, self.bin / "psql", *arguments, "-c", sql).strip()

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        self._pg_ctl("start", "-l", self.folder / "log")

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop the server: connections are cut; ``immediate`` is a crash."""
        self._pg_ctl("stop", "-m", mode)

    def restart(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop and start the server."""
        self.stop(mode)
        self.start()

    def init(self) -> Self:
        """Make an empty cluster; ``postgres`` needs no password by the Unix socket, everybody needs one by TCP."""
        run(USER, self.bin / "initdb", "-D", self.data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self._configure()
        (self.data / "pg_hba.conf").write_text("local all,replication all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
        self.start()
        self.psql(f"ALTER ROLE {USER} PASSWORD '{PASSWORD}'")
        return self

    def init_replica(self, primary: Postgres) -> Self:
        """Make a streaming replica of ``primary`` and wait until it has caught up."""
        connection = ("-h", primary.folder, "-p", primary.port, "-U", USER)
        run(USER, self.bin / "pg_basebackup", "-D", self.data, "-R", "-X", "stream", "-c", "fast", "--no-sync", *connection)
        self._configure()
        self.start()
        self.catch_up(primary)
        return self

    def catch_up(self, primary: Postgres) -> None:
        """Wait until this replica has replayed what ``primary`` has written so far."""
        position = primary.psql("SELECT pg_current_wal_flush_lsn()")
        primary.psql("SELECT pg_current_xact_id()")  # a commit: the end of a record that crosses a page waits for one
        wait_until(lambda: self.psql(f"SELECT pg_last_wal_replay_lsn() >= '{position}'") == "t", "the replica catches up")

    def _configure(self) -> None:
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(_SETTINGS.format(folder=self.folder, port=self.port))

    def _pg_ctl(self, *arguments: object) -> None:
        run(USER, self.bin / "pg_ctl", "-D", self.data, "-s", "-w", *arguments)


@contextmanager
def running_primary(bin_folder: Path) -> Iterator[Postgres]:
    """Give a new server, stopped at the end."""
    with folder_of(USER) as folder:
        server = Postgres(bin_folder, folder).init()
        try:
            yield server
        finally:
            server.stop("immediate")


@contextmanager
def running_replica(primary: Postgres) -> Iterator[Postgres]:
    """Give a new streaming replica of ``primary``, stopped at the end."""
    with folder_of(USER) as folder:
        server = Postgres(primary.bin, folder).init_replica(primary)
        try:
            yield server
        finally:
            server.stop("immediate")
