"""Sessions of databases that no test can start: made read-only, given their limits, understood when they fail."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from scanner.databases import ReadSettings
from scanner.databases.dialects import dialect_named
from scanner.databases.errors import NotReadOnlyError
from scanner.errors import InputError

SETTINGS = ReadSettings(statement_timeout=30)


class FakeSession:
    """Stands for a connection of a driver, and for its cursor: keeps what it executes; ``answers`` are given by statement."""

    def __init__(self, answers: dict[str, Any] | None = None) -> None:
        self.answers = answers or {}
        self.executed: list[str] = []
        self.call_timeout = 0

    def cursor(self) -> FakeSession:
        return self

    def execute(self, statement: str) -> None:
        self.executed.append(statement)
        answer = self.answers.get(statement)
        if isinstance(answer, Exception) and self.executed.count(statement) > 1:
            raise answer

    def fetchone(self) -> Any:
        return self.answers[self.executed[-1]]

    fetchall = fetchone

    def rollback(self) -> None:
        self.executed.append("ROLLBACK")

    def close(self) -> None:
        pass

    def __enter__(self) -> FakeSession:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class OracleError(Exception):
    """What python-oracledb raises: its argument holds the code."""

    def __init__(self, code: str) -> None:
        super().__init__(SimpleNamespace(full_code=code))


def test_an_oracle_session_is_read_only_and_ordered_by_bytes():
    session = FakeSession({"SET TRANSACTION READ ONLY": OracleError("ORA-01453")})
    dialect_named("oracle").prepare(session, SETTINGS)
    assert session.call_timeout == 30_000
    assert session.executed == [
        "ALTER SESSION SET NLS_SORT = BINARY NLS_COMP = BINARY",
        "SET TRANSACTION READ ONLY",
        "SET TRANSACTION READ ONLY",
        "ROLLBACK",
    ]


def test_every_oracle_transaction_begins_read_only():
    executed: list[str] = []
    connection: Any = SimpleNamespace(exec_driver_sql=executed.append)
    dialect_named("oracle").begin(connection, SETTINGS)
    assert executed == ["SET TRANSACTION READ ONLY"]


def test_an_oracle_session_that_forgets_is_refused():
    with pytest.raises(NotReadOnlyError, match=r"^the server did not keep the transaction read-only$"):
        dialect_named("oracle").prepare(FakeSession(), SETTINGS)


def test_another_error_of_oracle_is_not_taken_for_the_proof():
    with pytest.raises(OracleError):
        dialect_named("oracle").prepare(FakeSession({"SET TRANSACTION READ ONLY": OracleError("ORA-03113")}), SETTINGS)


WRITABLE = (
    "SELECT CASE WHEN DATABASEPROPERTYEX(DB_NAME(), 'Updateability') = 'READ_ONLY' THEN 0 "
    "WHEN IS_MEMBER('db_denydatawriter') = 1 AND HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'UPDATE') = 0 THEN 0 ELSE 1 END"
)


def test_a_sql_server_session_must_not_be_able_to_write():
    session = FakeSession({WRITABLE: (0,)})
    dialect_named("mssql").prepare(session, SETTINGS)
    assert session.executed == [WRITABLE, "ROLLBACK"]
    with pytest.raises(NotReadOnlyError) as raised:
        dialect_named("mssql").prepare(FakeSession({WRITABLE: (1,)}), SETTINGS)
    assert str(raised.value) == (
        "SQL Server has no read-only transaction: name a readable secondary, or a user who is a member of db_denydatawriter"
    )


VARIABLES = "SHOW SESSION VARIABLES WHERE Variable_name IN ('tx_read_only', 'transaction_read_only')"


def test_a_mysql_session_is_read_only():
    session = FakeSession({VARIABLES: [("transaction_read_only", "ON")]})
    dialect_named("mysql").prepare(session, SETTINGS)
    assert session.executed == ["SET SESSION TRANSACTION READ ONLY", "SET SESSION max_execution_time = 30000", VARIABLES, "ROLLBACK"]


@pytest.mark.parametrize("answer", [[("transaction_read_only", "OFF")], []])
def test_a_mysql_session_that_is_not_read_only_is_refused(answer):
    with pytest.raises(NotReadOnlyError, match=r"^the server did not make the session read-only$"):
        dialect_named("mysql").prepare(FakeSession({VARIABLES: answer}), SETTINGS)


URLS = {
    "oracle": ("oracle+oracledb://u:p@h:1521/?service_name=s", {"tcp_connect_timeout": 10}),
    "mssql": ("mssql+pymssql://u:p@h/base", {"login_timeout": 10, "timeout": 30, "read_only": True}),
    "mysql": ("mysql+pymysql://u:p@h/base", {"connect_timeout": 10, "read_timeout": 40, "charset": "utf8mb4"}),
}


@pytest.mark.parametrize("name", URLS)
def test_what_drivers_are_told(name):
    url, arguments = URLS[name]
    assert dialect_named(name).target(sa.make_url(url), SETTINGS) == (sa.make_url(url), arguments)


@pytest.mark.parametrize(
    ("name", "error", "reason", "passes"),
    [
        ("oracle", OracleError("ORA-00942"), "the table does not exist any more, or this user may not read it: grant it SELECT", False),
        ("oracle", OracleError("DPY-4011"), "the server closed the connection", True),
        ("mssql", ValueError((20009, b"no server")), "the server cannot be reached: check host, port and that it is up", True),
        ("mssql", ValueError(229, b"no"), "this user may not read it: grant it SELECT", False),
        ("mysql", ValueError(3024, "slow"), "a statement took longer than the statement timeout: raise it, or read smaller pages", True),
    ],
)
def test_what_errors_mean(name, error, reason, passes):
    failure = dialect_named(name).failure(error)
    assert failure is not None
    assert (failure.reason, failure.passes) == (reason, passes)


@pytest.mark.parametrize("name", ["oracle", "mssql", "mysql"])
def test_an_error_that_is_not_known_means_nothing(name):
    assert dialect_named(name).failure(ValueError("?")) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("oracle", "the lag of an Oracle standby cannot be read: set no limit to it"),
        ("mssql", "the lag of a SQL Server secondary cannot be read: set no limit to it"),
    ],
)
def test_a_lag_that_nobody_can_read_is_not_taken_for_none(name, reason):
    with pytest.raises(InputError) as raised:
        dialect_named(name).replica_lag(Replica({}))  # type: ignore[arg-type]
    assert str(raised.value) == reason


class Replica:
    """Stands for a connection to a MySQL server: answers each statement with its rows, or raises."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def execute(self, statement: Any) -> Any:
        answer = self.answers[str(statement)]
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(mappings=lambda: SimpleNamespace(first=lambda: answer))


OLD_WORDS = ProgrammingError("SHOW REPLICA STATUS", None, ValueError(1064, "syntax"))


@pytest.mark.parametrize(
    ("answers", "lag"),
    [
        ({"SHOW REPLICA STATUS": None}, 0.0),
        ({"SHOW REPLICA STATUS": {"Seconds_Behind_Source": 12, "Source_Host": "h"}}, 12.0),
        ({"SHOW REPLICA STATUS": {"Seconds_Behind_Master": 0}}, 0.0),
        ({"SHOW REPLICA STATUS": {"Seconds_Behind_Source": None}}, None),  # a replication thread has stopped
        ({"SHOW REPLICA STATUS": OLD_WORDS, "SHOW SLAVE STATUS": {"Seconds_Behind_Master": 7}}, 7.0),
    ],
)
def test_the_lag_of_a_mysql_replica(answers, lag):
    assert dialect_named("mysql").replica_lag(Replica(answers)) == lag  # type: ignore[arg-type]
