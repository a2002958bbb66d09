"""Session fixtures: one server of each kind for all tests. A test that stops a server starts it again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from servers.mariadb import MariaDB, binary, running_mariadb
from servers.postgresql import Postgres, binaries, running_primary, running_replica

SERVERS = frozenset({"postgres", "postgres_pair", "mariadb"})


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server."""
    folder = binaries()
    if folder is None:
        pytest.skip("PostgreSQL is not installed: make servers")
    with running_primary(folder) as server:
        yield server


@pytest.fixture(scope="session")
def shared_base(postgres: Postgres) -> str:
    """A database that tests take turns to use: making one takes longer than most of them."""
    return postgres.new_database()


@pytest.fixture
def postgres_base(postgres: Postgres, shared_base: str) -> str:
    """The name of a database of ``postgres`` whose schema ``public`` is empty and whose schema ``gestion`` is not there."""
    postgres.psql("DROP SCHEMA IF EXISTS gestion CASCADE; DROP SCHEMA IF EXISTS public CASCADE", shared_base)
    postgres.psql("CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC", shared_base)
    return shared_base


@pytest.fixture(scope="session")
def postgres_pair(postgres: Postgres) -> Iterator[tuple[Postgres, Postgres]]:
    """The PostgreSQL server and a streaming replica of it."""
    with running_replica(postgres) as replica:
        yield postgres, replica


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    """A MariaDB server."""
    server_binary = binary()
    if server_binary is None:
        pytest.skip("MariaDB is not installed: make servers")
    with running_mariadb(server_binary) as server:
        yield server
