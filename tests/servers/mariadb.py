"""A MariaDB server."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers.process import folder_of, free_port, run, run_as, wait_until

USER = "mysql"
ADMIN = "admin"
PASSWORD = "motdepasse-maria"


def binary() -> str | None:
    """Return the path of MariaDB's server, ``None`` when it is not installed; not every user's ``PATH`` holds it."""
    return shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin")


class MariaDB:
    """A server that is started and stopped at will; its superuser is ``admin``. Programs run as the system's user ``mysql``."""

    def __init__(self, binary: str, folder: Path) -> None:
        self.binary = binary
        self.folder = folder
        self.socket = folder / "socket"
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "mysql", user: str = ADMIN, password: str = PASSWORD) -> str:
        """Return the URL of ``database``, by TCP."""
        return f"mariadb://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def new_database(self, options: str = "") -> str:
        """Create an empty database and return its name; ``options`` follow ``CREATE DATABASE name``."""
        name = f"base_{secrets.token_hex(4)}"
        self.mariadb(f"CREATE DATABASE {name} {options}")
        return name

    def mariadb(self, sql: str, database: str = "mysql") -> str:
        """Run ``sql`` as superuser and return what it gives, one row a line, cells separated by tabs."""
        options = ("--no-defaults", "--default-character-set=utf8mb4", "-S", self.socket, "-u", "root", "-N", "-B", "-D", database)
        return run(USER, "mariadb", *options, "-e", sql).strip()

    def init(self) -> None:
        """Make an empty server; ``root`` needs no password by the Unix socket."""
        install = ("--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")
        run(USER, "mariadb-install-db", *install, f"--datadir={self.folder / 'data'}")
        self.start()
        self.mariadb(f"CREATE USER {ADMIN} IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON *.* TO {ADMIN} WITH GRANT OPTION")

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        options = ("--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=2")
        folders = (f"--datadir={self.folder / 'data'}", f"--socket={self.socket}", f"--log-error={self.folder / 'log'}")
        command = [self.binary, *options, *folders, f"--port={self.port}"]
        self._process = subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL, **run_as(USER))
        ping = ["mariadb-admin", "--no-defaults", "-S", str(self.socket), "-u", "nobody", "ping"]
        wait_until(lambda: subprocess.run(ping, capture_output=True, check=False).returncode == 0, "MariaDB starts")

    def stop(self, *, crash: bool = False) -> None:
        """Stop the server: connections are cut."""
        assert self._process is not None
        if crash:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait()

    def restart(self) -> None:
        """Stop and start the server."""
        self.stop()
        self.start()


@contextmanager
def running_mariadb(binary: str) -> Iterator[MariaDB]:
    """Give a new server, stopped at the end."""
    with folder_of(USER) as folder:
        server = MariaDB(binary, folder)
        server.init()
        try:
            yield server
        finally:
            server.stop(crash=True)
