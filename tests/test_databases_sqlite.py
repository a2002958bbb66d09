"""SQLite files: read-only, whatever their bytes; what is wrong with them is said without a value."""

from __future__ import annotations

import sqlite3

import pytest
from databases import COMMENT, FakeTime, make_sqlite, read_records
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from scanner.databases import ReadSettings, TableRequest, open_database
from scanner.databases.dialects.sqlite import SQLite
from scanner.databases.errors import NotReadOnlyError, ReadingStoppedError
from scanner.databases.pace import Timer
from scanner.errors import InputError
from scanner.sources import Problem

TABLE = "CREATE TABLE c (id INTEGER PRIMARY KEY, texte TEXT)"


WRITES = ("DELETE FROM c", "UPDATE c SET texte = ''", "DROP TABLE c", "CREATE TABLE d (x)")


@pytest.mark.parametrize("statement", WRITES)
def test_a_write_fails_and_changes_nothing(tmp_path, statement):
    url = make_sqlite(tmp_path, TABLE, rows=[(1, COMMENT)], table="c")
    before = (tmp_path / "ikos.db").read_bytes()
    with open_database(url) as database, database.connector.engine.connect() as connection:
        with pytest.raises(OperationalError, match=r"attempt to write a readonly database"):
            connection.execute(text(statement))
        connection.commit()
    assert (tmp_path / "ikos.db").read_bytes() == before


@pytest.mark.parametrize("statement", WRITES)
def test_a_write_fails_even_where_the_file_is_open_for_writing(tmp_path, monkeypatch, statement):
    url = make_sqlite(tmp_path, TABLE, rows=[(1, COMMENT)], table="c")
    monkeypatch.setattr(SQLite, "target", lambda self, url, settings: (url, {}))
    with (
        open_database(url) as database,
        database.connector.engine.connect() as connection,
        pytest.raises(OperationalError, match=r"attempt to write a readonly database"),
    ):
        connection.execute(text(statement))


def test_a_connection_that_is_not_proven_read_only_is_refused(tmp_path, monkeypatch):
    url = make_sqlite(tmp_path, TABLE)

    class Deaf(sqlite3.Connection):
        def execute(self, statement, *arguments):
            return super().execute(statement.replace("query_only = ON", "query_only = OFF"), *arguments)

    monkeypatch.setattr(SQLite, "target", lambda self, url, settings: (url, {"factory": Deaf}))
    with pytest.raises(NotReadOnlyError) as raised:
        open_database(url)
    assert str(raised.value) == f"{url}: SQLite did not make the connection read-only; nothing was read"


def test_texts_of_any_bytes_are_read(tmp_path):
    cells = [
        ("réglé".encode(), "réglé", ""),
        ("réglé à côté".encode("cp1252"), "réglé à côté", ""),
        (b"\x81\xe9t\xe9\x9d", "\ufffd\ufffdt\ufffd\ufffd", Problem.UNDECODABLE),
        (b"a\x00b", "a\x00b", ""),
        (b"", "", ""),
    ]
    url = make_sqlite(tmp_path, TABLE)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.executemany("INSERT INTO c VALUES (?, CAST(? AS TEXT))", [(at, raw) for at, (raw, _, _) in enumerate(cells)])
        connection.executemany("INSERT INTO c VALUES (?, ?)", [(5, "été".encode("cp1252")), (6, 12), (7, 1.0), (8, None)])
    connection.close()
    records = read_records(url, name="c", text_columns=("texte",))
    expected = [(shown, problem) for _, shown, problem in cells] + [("été", ""), ("12", ""), ("1.0", ""), ("", "")]
    assert [(record.texts["texte"], record.problem) for record in records] == expected


def test_a_key_that_is_no_text_stops_the_reading(tmp_path):
    statements = "CREATE TABLE c (id TEXT NOT NULL PRIMARY KEY, texte TEXT)", "INSERT INTO c VALUES (CAST(X'E9' AS TEXT), 'x')"
    url = make_sqlite(tmp_path, *statements)
    with pytest.raises(InputError) as raised:
        read_records(url, name="c", text_columns=("texte",))
    assert str(raised.value) == f"{url}, table c: column id holds bytes that are no text in a key: name another column with --id-column"


def test_a_comment_of_ten_megabytes_is_read_whole(tmp_path):
    url = make_sqlite(tmp_path, TABLE, rows=[(1, "a"), (2, "é" * 10_000_000), (3, "b")], table="c")
    records = read_records(url, name="c", text_columns=("texte",))
    assert [len(record.texts["texte"]) for record in records] == [1, 10_000_000, 1]


def test_a_path_can_hold_any_character_but_a_question_mark(tmp_path):
    folder = tmp_path / "état 100% #&+;"
    folder.mkdir()
    url = make_sqlite(folder, TABLE, rows=[(1, COMMENT)], table="c")
    assert [record.texts for record in read_records(url, name="c")] == [{"texte": COMMENT}]


@pytest.mark.parametrize("file", ["absent.db", "."])
def test_a_file_that_is_not_there_is_not_made(tmp_path, file):
    with pytest.raises(InputError) as raised:
        open_database(f"sqlite:///{tmp_path / file}")
    assert str(raised.value) == f"{tmp_path / file}: no such file"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url):
    with pytest.raises(InputError, match=r"^the URL names no file; write sqlite:///FILE, with four slashes for an absolute path$"):
        open_database(url)


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "export.csv").write_text("ID;TEXTE\n" * 100)
    with pytest.raises(InputError) as raised:
        open_database(f"sqlite:///{tmp_path / 'export.csv'}")
    assert str(raised.value) == f"sqlite:///{tmp_path / 'export.csv'}: the file is no SQLite database, or an encrypted one"


def test_a_locked_file_is_waited_for(tmp_path):
    url = make_sqlite(tmp_path, TABLE, rows=[(1, COMMENT), (2, "x")], table="c")
    writer = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    time = FakeTime(on_sleep=lambda: writer.in_transaction and writer.execute("ROLLBACK"))
    with open_database(url + "?timeout=0.01", ReadSettings(page_rows=1), timer=Timer(time.now, time.sleep)) as database:
        pages = database.table(TableRequest("c", text_columns=("texte",))).pages()
        first = next(pages)
        writer.execute("BEGIN EXCLUSIVE")
        assert [page.keys for page in (first, *pages)] == [[(1,)], [(2,)]]
    writer.close()
    assert len(time.slept) == 1


def test_a_lock_that_stays_ends_the_patience(tmp_path):
    url = make_sqlite(tmp_path, TABLE, rows=[(1, COMMENT), (2, "x")], table="c")
    writer = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    time = FakeTime()
    settings = ReadSettings(page_rows=1, retry_patience=60)
    with open_database(url + "?timeout=0.01", settings, timer=Timer(time.now, time.sleep)) as database:
        pages = database.table(TableRequest("c", text_columns=("texte",))).pages()
        next(pages)
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ReadingStoppedError) as raised:
            next(pages)
    writer.close()
    assert str(raised.value) == (f"{url}, table c: another program locks the file; what was read is safe: run again to go on from there")
    assert sum(time.slept) == pytest.approx(60)


def test_a_statement_that_takes_too_long_is_stopped(tmp_path):
    endless = "EXISTS (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT 1 FROM n WHERE x < 0)"
    url = make_sqlite(tmp_path, TABLE, rows=[(1, COMMENT)], table="c")
    time = FakeTime()
    with open_database(url, ReadSettings(statement_timeout=0.05), timer=Timer(time.now, time.sleep)) as database:
        table = database.table(TableRequest("c", text_columns=("texte",), where=endless))
        with pytest.raises(InputError) as raised:
            list(table.pages())
    assert str(raised.value) == f"{url}, table c: a statement took longer than the statement timeout: raise it, or read smaller pages"
    assert len(time.slept) == 2  # three attempts
