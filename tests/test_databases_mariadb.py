"""Reading a real MariaDB server: read-only, every key, lost connections, refusals."""

from __future__ import annotations

import logging
import secrets

import pytest
from databases import COMMENT, FakeTime, keys_read, read_pages, read_records
from servers.mariadb import PASSWORD
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from scanner.databases import ReadSettings, TableRequest, key_from_json, key_to_json, open_database
from scanner.databases.pace import Timer
from scanner.errors import InputError
from scanner.sources import Problem

REQUEST = TableRequest("c", text_columns=("texte",))
SMALL = ReadSettings(page_rows=3)


@pytest.fixture
def base(mariadb):
    return mariadb.new_database("CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")


@pytest.fixture
def ten_rows(mariadb, base):
    mariadb.mariadb(f"CREATE TABLE c (id INT PRIMARY KEY, texte TEXT); INSERT INTO c SELECT seq, '{COMMENT}' FROM seq_1_to_10", base)
    return mariadb.url(base)


@pytest.fixture
def reader(mariadb, base, ten_rows):
    """A user who may read the table and nothing else."""
    name = f"lecteur_{secrets.token_hex(4)}"
    mariadb.mariadb(f"CREATE USER {name} IDENTIFIED BY 'mdp-lecteur'; GRANT SELECT ON {base}.c TO {name}")
    return name


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM c", "UPDATE c SET texte = ''", "INSERT INTO c VALUES (99, '')", "DROP TABLE c", "CREATE TABLE d (x INT)", "TRUNCATE c"],
)
@pytest.mark.parametrize("engine", ["InnoDB", "MyISAM"])
def test_a_write_fails_and_changes_nothing(mariadb, base, ten_rows, statement, engine):
    mariadb.mariadb(f"ALTER TABLE c ENGINE = {engine}", base)
    with open_database(ten_rows) as database, database.connector.engine.connect() as connection:
        with pytest.raises(DBAPIError) as raised:
            connection.execute(text(statement))
        connection.rollback()
        with pytest.raises(DBAPIError):
            connection.execute(text("DELETE FROM c"))
    assert raised.value.orig.args[0] == 1792  # cannot execute statement in a READ ONLY transaction
    assert mariadb.mariadb("SELECT count(*), min(length(texte)) FROM c; SHOW TABLES", base) == f"10\t{len(COMMENT)}\nc"


KEYS = {
    "k CHAR(5) PRIMARY KEY": "VALUES ('ab'), ('abc'), (CONCAT('ab', CHAR(1))), ('b'), ('AC')",
    "k VARCHAR(9) PRIMARY KEY": "VALUES ('a'), ('B'), ('é'), ('c'), ('D'), ('Œ'), ('oe'), ('f '), (''), ('a b')",
    "k VARCHAR(9) CHARACTER SET latin1 PRIMARY KEY": "VALUES ('a'), ('B'), ('é'), ('c'), ('F'), ('€'), ('g')",
    "k VARCHAR(9) COLLATE utf8mb4_bin PRIMARY KEY": "VALUES ('a'), ('A'), ('é'), ('É'), ('b')",
    "k UUID PRIMARY KEY": "SELECT UUID() FROM seq_1_to_10",
    "k BINARY(16) PRIMARY KEY": "SELECT UNHEX(MD5(seq)) FROM seq_1_to_10",
    "k BIGINT UNSIGNED PRIMARY KEY": "SELECT 18446744073709551615 - seq FROM seq_1_to_10",
    "k DECIMAL(20, 10) PRIMARY KEY": "SELECT seq / 3 FROM seq_1_to_10",
    "k DATE PRIMARY KEY": "SELECT '2020-02-25' + INTERVAL seq DAY FROM seq_1_to_10",
    "k DATETIME(6), n TINYINT(1), PRIMARY KEY (k, n)": "SELECT '2020-01-01' + INTERVAL seq MICROSECOND, seq FROM seq_1_to_10",
    "a INT, b VARCHAR(9), d INT, PRIMARY KEY (b, a, d)": "SELECT seq DIV 4, CONCAT('b', seq DIV 8), seq FROM seq_1_to_20",
}


@pytest.mark.parametrize("columns", KEYS)
def test_every_key_is_read_in_order_and_goes_through_json(mariadb, base, columns):
    mariadb.mariadb(f"CREATE TABLE c ({columns}, texte TEXT)", base)
    mariadb.mariadb(f"INSERT INTO c SELECT *, 'x' FROM ({KEYS[columns]}) k", base)
    count = int(mariadb.mariadb("SELECT COUNT(*) FROM c", base))
    pages = read_pages(mariadb.url(base), name="c", text_columns=("texte",))
    keys = keys_read(pages)
    assert (len(keys), len(set(keys)), [len(page.keys) for page in pages[:-1]]) == (count, count, [3] * (len(pages) - 1))
    for done in range(0, count, 4):
        rest = read_pages(mariadb.url(base), after=key_from_json(key_to_json(keys[done])), name="c", text_columns=("texte",))
        assert keys_read(rest) == keys[done + 1 :]


@pytest.mark.parametrize("kind", ["FLOAT", "ENUM('z', 'a')", "SET('z', 'a')", "TIMESTAMP", "BIT(8)"])
def test_a_key_that_cannot_be_paged_is_refused(mariadb, base, kind):
    mariadb.mariadb(f"CREATE TABLE c (k {kind} PRIMARY KEY, texte TEXT)", base)
    with pytest.raises(InputError) as raised:
        read_pages(mariadb.url(base), name="c", text_columns=("texte",))
    assert str(raised.value) == (
        f"mariadb://127.0.0.1:{mariadb.port}/{base}, table c: "
        "the type of its key (k) cannot be read in pages: name a column that identifies the rows with --id-column"
    )


def test_cells_of_every_type_are_text(mariadb, base):
    columns = "id INT PRIMARY KEY, a BLOB, b JSON, c TEXT CHARACTER SET latin1, d SET('un', 'deux'), saisie DATE"
    rows = (
        "1, 0xe974e9, '{\"note\": \"été\"}', 'réglé', 'un,deux', '0000-00-00'",
        "2, 'été', NULL, NULL, NULL, '2024-02-03'",
        "3, 0x81e9, NULL, '', '', '2024-02-00'",
    )
    mariadb.mariadb(f"SET sql_mode = ''; CREATE TABLE c ({columns}); INSERT INTO c VALUES ({'), ('.join(rows)})", base)
    records = read_records(mariadb.url(base), name="c", text_columns=("a", "b", "c", "d"), date_column="saisie")
    assert [(record.date, record.problem, tuple(record.texts.values())) for record in records] == [
        ("", "", ("été", '{"note": "été"}', "réglé", "un,deux")),
        ("2024-02-03", "", ("été", "", "", "")),
        ("", Problem.UNDECODABLE, ("\ufffd\ufffd", "", "", "")),
    ]


def test_a_comment_of_ten_megabytes_is_read_whole(mariadb, base):
    mariadb.mariadb(
        "CREATE TABLE c (id INT PRIMARY KEY, texte LONGTEXT); INSERT INTO c SELECT seq, REPEAT('x', 10000000) FROM seq_1_to_3", base
    )
    records = read_records(mariadb.url(base), name="c", text_columns=("texte",))
    assert [len(record.texts["texte"]) for record in records] == [10_000_000] * 3


def test_a_page_reads_no_more_of_an_index_than_its_rows(mariadb, base):
    mariadb.mariadb("CREATE TABLE c (a INT, b VARCHAR(9), texte TEXT, PRIMARY KEY (a, b))", base)
    mariadb.mariadb("INSERT INTO c SELECT seq DIV 2000, CONCAT('b', seq), 'x' FROM seq_1_to_20000; ANALYZE TABLE c", base)
    with open_database(mariadb.url(base), ReadSettings(page_rows=500)) as database:
        table = database.table(REQUEST)
        counters = "SHOW SESSION STATUS LIKE 'Handler_read_n%'"  # rows read from an index, or without one
        before = database.connector.run(lambda connection: dict(connection.exec_driver_sql(counters.replace("%", "%%")).all()))
        next(table.pages((5, "b11000")))
        after = database.connector.run(lambda connection: dict(connection.exec_driver_sql(counters.replace("%", "%%")).all()))
    assert {name: int(after[name]) - int(before[name]) for name in after} == {"Handler_read_next": 499}


@pytest.mark.parametrize("accident", ["restart", "crash", "kill"])
def test_a_connection_that_is_lost_is_opened_again_and_nothing_is(mariadb, ten_rows, accident):
    clock = FakeTime()
    with open_database(ten_rows, SMALL, timer=Timer(clock.now, clock.sleep)) as database:
        pages = database.table(REQUEST).pages()
        read = [next(pages)]
        if accident == "kill":
            ids = mariadb.mariadb(
                "SELECT GROUP_CONCAT(CONCAT('KILL ', ID) SEPARATOR ';') FROM information_schema.PROCESSLIST WHERE USER = 'admin'"
            )
            mariadb.mariadb(ids)
        elif accident == "crash":
            mariadb.stop(crash=True)
            mariadb.start()
        else:
            mariadb.restart()
        read += pages
        with database.connector.engine.connect() as connection, pytest.raises(DBAPIError):
            connection.execute(text("DELETE FROM c"))  # the new connection is read-only too
    assert keys_read(read) == [(n,) for n in range(1, 11)]
    assert len(clock.slept) == 1


def test_a_statement_that_takes_too_long_is_stopped(mariadb, base, ten_rows):
    clock = FakeTime()
    with open_database(ten_rows, ReadSettings(statement_timeout=0.1), timer=Timer(clock.now, clock.sleep)) as database:
        table = database.table(TableRequest("c", text_columns=("texte",), where="SLEEP(30) = 1"))
        with pytest.raises(InputError) as raised:
            list(table.pages())
    assert str(raised.value) == (
        f"mariadb://127.0.0.1:{mariadb.port}/{base}, table {base}.c: "
        "a statement took longer than the statement timeout: raise it, or read smaller pages"
    )
    assert len(clock.slept) == 2  # three attempts


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("REVOKE SELECT ON {base}.c FROM {reader}", "this user may not read it: grant it SELECT"),
        ("DROP TABLE c", "the table does not exist any more"),
        ("ALTER TABLE c DROP COLUMN texte", "a column does not exist; check the filter"),
    ],
)
def test_what_trying_again_cannot_mend_is_said_at_once(mariadb, base, reader, change, reason):
    clock = FakeTime()
    with open_database(mariadb.url(base, reader, "mdp-lecteur"), SMALL, timer=Timer(clock.now, clock.sleep)) as database:
        pages = database.table(REQUEST).pages()
        next(pages)
        mariadb.mariadb(change.format(base=base, reader=reader), base)
        with pytest.raises(InputError) as raised:
            next(pages)
    assert str(raised.value) == f"mariadb://127.0.0.1:{mariadb.port}/{base}, table {base}.c: {reason}"
    assert clock.slept == []


@pytest.mark.parametrize(
    ("user", "password", "database", "reason"),
    [
        ("admin", "faux-motdepasse", "mysql", "the user or the password is wrong"),
        ("personne", "faux-motdepasse", "mysql", "the user or the password is wrong"),
        ("admin", PASSWORD, "nulle_part", "there is no such database on the server"),
    ],
)
def test_a_connection_that_is_refused_says_why_without_secrets(mariadb, caplog, user, password, database, reason):
    with caplog.at_level(logging.DEBUG), pytest.raises(InputError) as raised:
        open_database(mariadb.url(database, user, ""), password=password)
    assert str(raised.value) == f"mariadb://127.0.0.1:{mariadb.port}/{database}: {reason}"
    assert password not in caplog.text


def test_a_server_that_is_not_there_is_said_at_once(mariadb):
    clock = FakeTime()
    with pytest.raises(InputError) as raised:
        open_database("mysql://vigie:s3cret@127.0.0.1:1/ikos", timer=Timer(clock.now, clock.sleep))
    assert str(raised.value) == "mysql://127.0.0.1:1/ikos: the server cannot be reached: check host, port and that it is up"
    assert clock.slept == []


def test_a_server_that_replicates_nothing_is_not_behind(mariadb, ten_rows):
    with open_database(ten_rows) as database:
        assert database.connector.run(database.connector.dialect.replica_lag) == 0.0


def test_a_lag_that_the_user_may_not_see_is_not_taken_for_none(mariadb, base, reader):
    with open_database(mariadb.url(base, reader, "mdp-lecteur"), ReadSettings(max_replica_lag=5)) as database:
        pages = database.table(REQUEST).pages()
        with pytest.raises(InputError) as raised:
            next(pages)
    assert str(raised.value) == (
        f"mariadb://127.0.0.1:{mariadb.port}/{base}: "
        "this user may not see the replica's lag: grant it REPLICA MONITOR, or set no limit to the lag"
    )
