"""What goes wrong while a PostgreSQL server is read: what is tried again, and what is said."""

from __future__ import annotations

import logging
import secrets

import pytest
from databases import FakeTime, keys_read, make_ten_rows
from servers.postgresql import PASSWORD
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from scanner.databases import ReadSettings, TableRequest, open_database
from scanner.databases.errors import ReadingStoppedError
from scanner.databases.pace import Timer
from scanner.errors import InputError

REQUEST = TableRequest("c", text_columns=("texte",))
SMALL = ReadSettings(page_rows=3)


@pytest.fixture
def base(postgres_base):
    return postgres_base


@pytest.fixture
def ten_rows(postgres, base):
    return make_ten_rows(postgres, base)


@pytest.mark.parametrize("accident", ["restart", "crash", "terminate", "stop for a while"])
def test_a_connection_that_is_lost_is_opened_again_and_nothing_is(postgres, ten_rows, accident):
    time = FakeTime(on_sleep=lambda: accident == "stop for a while" and len(time.slept) == 3 and postgres.start())
    with open_database(ten_rows, SMALL, timer=Timer(time.now, time.sleep)) as database:
        pages = database.table(REQUEST).pages()
        read = [next(pages)]
        if accident == "terminate":
            postgres.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vigie'")
        elif accident == "stop for a while":
            postgres.stop()
        else:
            postgres.restart("immediate" if accident == "crash" else "fast")
        read += pages
        with database.connector.engine.connect() as connection, pytest.raises(DBAPIError):
            connection.execute(text("DELETE FROM c"))  # the new connection is read-only too
    assert keys_read(read) == [(n,) for n in range(1, 11)]
    assert len(time.slept) == (3 if accident == "stop for a while" else 1)


def test_a_server_that_stays_away_ends_the_patience(postgres, base, ten_rows, caplog):
    time = FakeTime()
    with open_database(ten_rows, ReadSettings(page_rows=3, retry_patience=60), timer=Timer(time.now, time.sleep)) as database:
        pages = database.table(REQUEST).pages()
        next(pages)
        postgres.stop()
        try:
            with caplog.at_level(logging.DEBUG), pytest.raises(ReadingStoppedError) as raised:
                next(pages)
        finally:
            postgres.start()
    name = f"postgresql://127.0.0.1:{postgres.port}/{base}, table public.c"
    away = "the server cannot be reached: check host, port and that it is up"
    assert str(raised.value) == f"{name}: {away}; what was read is safe: run again to go on from there"
    trials = [message.rpartition(" in ")[0] for message in caplog.messages if "trying again" in message]
    assert trials == [f"{name}: the server closed the connection; trying again"] + [f"{name}: {away}; trying again"] * (len(time.slept) - 1)
    assert PASSWORD not in caplog.text
    assert sum(time.slept) == pytest.approx(60)


def test_a_statement_that_takes_too_long_is_stopped(postgres, base, ten_rows):
    time = FakeTime()
    with open_database(ten_rows, ReadSettings(statement_timeout=0.1), timer=Timer(time.now, time.sleep)) as database:
        table = database.table(TableRequest("c", text_columns=("texte",), where="pg_sleep(30) IS NULL"))
        with pytest.raises(InputError) as raised:
            list(table.pages())
    assert str(raised.value) == (
        f"postgresql://127.0.0.1:{postgres.port}/{base}, table public.c: "
        "a statement took longer than the statement timeout: raise it, or read smaller pages"
    )
    assert len(time.slept) == 2  # three attempts


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("REVOKE SELECT ON c FROM lecteur", "this user may not read it: grant it SELECT"),
        ("DROP TABLE c", "the table does not exist any more"),
        ("ALTER TABLE c DROP COLUMN texte", "a column does not exist; check the filter"),
    ],
)
def test_what_trying_again_cannot_mend_is_said_at_once(postgres, base, ten_rows, change, reason):
    role = f"lecteur_{secrets.token_hex(4)}"
    postgres.psql(
        f"CREATE ROLE {role} LOGIN PASSWORD 'mdp-lecteur'; GRANT USAGE ON SCHEMA public TO {role}; GRANT SELECT ON c TO {role}", base
    )
    time = FakeTime()
    with open_database(postgres.url(base, role, "mdp-lecteur"), SMALL, timer=Timer(time.now, time.sleep)) as database:
        pages = database.table(REQUEST).pages()
        next(pages)
        postgres.psql(change.replace("lecteur", role), base)
        with pytest.raises(InputError) as raised:
            next(pages)
    assert str(raised.value) == f"postgresql://127.0.0.1:{postgres.port}/{base}, table public.c: {reason}"
    assert time.slept == []


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("texte::int > 3", "the database refused a statement (InvalidTextRepresentation, 22P02)"),
        ("length(texte)", "the filter is no condition: it must be true or false"),
        ("nulle_part = 1", "a column does not exist; check the filter"),
        ("texte LIKE '%fuite%' AND (", "the filter is no valid SQL condition"),
    ],
)
def test_a_filter_that_fails_is_named_without_the_text_it_met(postgres, base, ten_rows, where, reason):
    with open_database(ten_rows) as database:
        table = database.table(TableRequest("c", text_columns=("texte",), where=where))
        with pytest.raises(InputError) as raised:
            list(table.pages())
    assert str(raised.value) == f"postgresql://127.0.0.1:{postgres.port}/{base}, table public.c: {reason}"
    assert raised.value.__context__ is None or raised.value.__suppress_context__


@pytest.mark.parametrize(
    ("user", "password", "database", "reason"),
    [
        ("postgres", "faux-motdepasse", "postgres", "the user or the password is wrong"),
        ("personne", "faux-motdepasse", "postgres", "the user or the password is wrong"),
        ("postgres", PASSWORD, "nulle_part", "there is no such database on the server"),
    ],
)
def test_a_connection_that_is_refused_says_why_without_secrets(postgres, monkeypatch, caplog, user, password, database, reason):
    monkeypatch.setenv("PGPASSFILE", "/dev/null")
    with caplog.at_level(logging.DEBUG), pytest.raises(InputError) as raised:
        open_database(postgres.url(database, user, ""), password=password)
    assert str(raised.value) == f"postgresql://127.0.0.1:{postgres.port}/{database}: {reason}"
    assert password not in caplog.text


def test_a_server_that_is_not_there_is_said_at_once(postgres):
    time = FakeTime()
    with pytest.raises(InputError) as raised:
        open_database("postgresql://vigie:s3cret@127.0.0.1:1/ikos", timer=Timer(time.now, time.sleep))
    assert str(raised.value) == "postgresql://127.0.0.1:1/ikos: the server cannot be reached: check host, port and that it is up"
    assert time.slept == []
