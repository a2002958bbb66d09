"""A local Spark for the tests of this folder, started once."""

from __future__ import annotations

import datetime
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import POLICY
from pyspark.sql import SparkSession

from scanner.catalogue import default_catalogue
from scanner.policy import Policy, load_policy
from scanner.spark.session import spark_session

TESTS = Path(__file__).parent.parent
JDBC_DRIVERS = [Path("/usr/share/java") / name for name in ("postgresql.jar", "mariadb-java-client.jar")]
"""What Debian's libpostgresql-jdbc-java and libmariadb-java install."""
TODAY = datetime.date(2026, 11, 21)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection but those on this machine: Spark talks with itself."""
    connect = socket.socket.connect

    def checked(self: socket.socket, address: Any) -> None:
        assert self.family == socket.AF_UNIX or address[0] == "127.0.0.1", "a network connection was attempted"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", checked)


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Java is not installed: make servers")
    settings = {"spark.master": "local[2]", "spark.driver.memory": "768m", "spark.sql.shuffle.partitions": "2"}
    jars = {"spark.jars": ",".join(str(jar) for jar in JDBC_DRIVERS if jar.exists())}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join((str(TESTS), str(TESTS.parent))))  # executors import the fakes
        with spark_session({**settings, **jars}) as session:
            yield session


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The default policy."""
    return load_policy(None, default_catalogue().entities, TODAY)


@pytest.fixture
def fake_policy(tmp_path: Path) -> Policy:
    """The policy of the fakes."""
    file = tmp_path / "policy.toml"
    file.write_text(POLICY, encoding="utf-8")
    return load_policy(file, default_catalogue().entities, TODAY)
