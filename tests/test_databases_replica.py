"""Reading a streaming replica: waiting for it, and what its replication does to readers."""

from __future__ import annotations

import re
import threading
import time

import pytest
from databases import COMMENT, FakeTime, read_records
from servers.process import wait_until
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from scanner.databases import ReadSettings, TableRequest, open_database
from scanner.databases.errors import ReadingStoppedError
from scanner.databases.pace import Timer

REQUEST = TableRequest("c", text_columns=("texte",))


@pytest.fixture
def pair(postgres_pair):
    """The primary, its replica, and a database of both with a table of ten rows."""
    primary, replica = postgres_pair
    base = primary.new_database()
    primary.psql(
        f"CREATE TABLE c (id INT PRIMARY KEY, texte TEXT); INSERT INTO c SELECT n, '{COMMENT}' FROM generate_series(1, 10) n", base
    )
    replica.catch_up(primary)
    yield primary, replica, base
    replica.psql("SELECT pg_wal_replay_resume()")


def fall_behind(primary, replica, base):
    """Make the replica receive a change that it does not replay."""
    replica.psql("SELECT pg_wal_replay_pause()")
    wait_until(lambda: replica.psql("SELECT pg_get_wal_replay_pause_state()") == "paused", "the replay pauses")
    primary.psql("INSERT INTO c VALUES (11, '')", base)
    wait_until(lambda: replica.psql("SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()") == "t", "the change arrives")


def test_a_replica_is_read_and_never_written(pair):
    _, replica, base = pair
    assert [record.id for record in read_records(replica.url(base), name="c")] == [str(n) for n in range(1, 11)]
    with open_database(replica.url(base)) as database, database.connector.engine.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text("DELETE FROM c"))


def test_the_reading_waits_until_the_replica_has_caught_up(pair):
    primary, replica, base = pair
    fall_behind(primary, replica, base)

    def resume():
        replica.psql("SELECT pg_wal_replay_resume()")
        replica.catch_up(primary)

    clock = FakeTime(on_sleep=resume)
    with open_database(replica.url(base), ReadSettings(max_replica_lag=0.001), timer=Timer(clock.now, clock.sleep)) as database:
        read = [key for page in database.table(REQUEST).pages() for key in page.keys]
    assert read == [(n,) for n in range(1, 12)]
    assert clock.slept[0] == 1.0


def test_a_replica_that_stays_behind_ends_the_patience(pair):
    primary, replica, base = pair
    fall_behind(primary, replica, base)
    clock = FakeTime()
    settings = ReadSettings(max_replica_lag=0.001, lag_patience=20)
    with open_database(replica.url(base), settings, timer=Timer(clock.now, clock.sleep)) as database:
        pages = database.table(REQUEST).pages()
        with pytest.raises(ReadingStoppedError) as raised:
            next(pages)
    assert re.sub(r"is \d+ s", "is N s", str(raised.value)) == (
        f"postgresql://127.0.0.1:{replica.port}/{base}: the replica is N s behind, more than the 0.001 s allowed, for 20 s; "
        "what was read is safe: run again to go on from there"
    )
    assert clock.slept == [1.0] * 20


def test_a_replica_that_is_idle_is_not_behind(pair):
    _, replica, base = pair
    with open_database(replica.url(base)) as database:
        assert database.connector.run(database.connector.dialect.replica_lag) == 0.0


def test_a_primary_is_never_behind(pair):
    primary, _, base = pair
    with open_database(primary.url(base)) as database:
        assert database.connector.run(database.connector.dialect.replica_lag) == 0.0


def test_a_statement_that_the_replication_cancels_is_tried_again(pair):
    primary, replica, base = pair
    replica.psql("ALTER SYSTEM SET max_standby_streaming_delay = 0")
    replica.psql("SELECT pg_reload_conf()")
    waited: list[float] = []
    slow = TableRequest("c", text_columns=("texte",), where="pg_sleep(0.2) IS NOT NULL")
    with open_database(replica.url(base), timer=Timer(time.monotonic, waited.append)) as database:
        table = database.table(slow)

        def vacuum():
            active = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'vigie' AND state = 'active'"
            wait_until(lambda: replica.psql(active) == "1", "the statement runs")
            primary.psql("DELETE FROM c WHERE id > 8", base)
            primary.psql("VACUUM c", base)

        vacuuming = threading.Thread(target=vacuum)
        vacuuming.start()
        read = [key for page in table.pages() for key in page.keys]
        vacuuming.join()
    assert read == [(n,) for n in range(1, 9)]
    assert len(waited) == 1


def test_a_replica_that_restarts_is_read_on(pair):
    _, replica, base = pair
    clock = FakeTime()
    with open_database(replica.url(base), ReadSettings(page_rows=4), timer=Timer(clock.now, clock.sleep)) as database:
        pages = database.table(REQUEST).pages()
        read = next(pages).keys
        replica.restart()
        read += [key for page in pages for key in page.keys]
    assert read == [(n,) for n in range(1, 11)]
