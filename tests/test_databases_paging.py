"""Pages by key: every row once, whatever the key, the size of pages, and what changes meanwhile."""

from __future__ import annotations

import sqlite3

import pytest
from databases import COMMENT, FakeTime, keys_read, make_sqlite, read_pages
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.databases import NumberedLines, ReadSettings, TableRequest, open_database
from scanner.databases.pace import Timer
from scanner.errors import InputError

TABLE = "CREATE TABLE c (id INTEGER PRIMARY KEY, texte TEXT)"
INSERT, DELETE = "INSERT OR IGNORE INTO c VALUES (?, 'x')", "DELETE FROM c WHERE id = ?"
KEYS = {
    "integer": ("n INTEGER PRIMARY KEY, texte TEXT", "n", st.tuples(st.integers(-(2**63), 2**63 - 1))),
    "text": ("n TEXT NOT NULL PRIMARY KEY, texte TEXT", "n", st.tuples(st.text(st.characters(exclude_categories=["Cs"]), max_size=4))),
    "any case": ("n TEXT COLLATE NOCASE NOT NULL PRIMARY KEY, texte TEXT", "n", st.tuples(st.sampled_from("aAbBéÉ "))),
    "bytes": ("n BLOB NOT NULL PRIMARY KEY, texte TEXT", "n", st.tuples(st.binary(max_size=3))),
    "two columns": (
        "n INT NOT NULL, m TEXT NOT NULL, texte TEXT, PRIMARY KEY (n, m)",
        "n, m",
        st.tuples(st.integers(0, 3), st.text("abAB é", max_size=2)),
    ),
    "three columns": (
        "n INT NOT NULL, m INT NOT NULL, o INT NOT NULL, texte TEXT, PRIMARY KEY (n, m, o)",
        "n, m, o",
        st.tuples(*[st.integers(0, 2)] * 3),
    ),
}


@pytest.mark.parametrize("kind", KEYS)
def test_every_row_comes_once_and_in_order(kind, tmp_path_factory):
    columns, names, strategy = KEYS[kind]

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(st.lists(strategy, min_size=1, max_size=12), st.integers(1, 5), st.integers(0, 12))
    def check(keys, page_rows, done):
        url = make_sqlite(tmp_path_factory.mktemp("paging"), f"CREATE TABLE c ({columns})")
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            marks = ", ".join("?" * (len(keys[0]) + 1))
            connection.executemany(f"INSERT OR IGNORE INTO c VALUES ({marks})", [(*key, COMMENT) for key in keys])
        expected = connection.execute(f"SELECT {names} FROM c ORDER BY {names}").fetchall()
        connection.close()
        pages = read_pages(url, ReadSettings(page_rows=page_rows), name="c", text_columns=("texte",))
        assert keys_read(pages) == expected
        assert all(0 < len(page.records) <= page_rows for page in pages)
        if done < len(expected):
            rest = read_pages(url, ReadSettings(page_rows=page_rows), after=expected[done], name="c", text_columns=("texte",))
            assert keys_read(rest) == expected[done + 1 :]

    check()


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from([INSERT, DELETE]), st.integers(0, 30)), max_size=12),
    st.sets(st.integers(0, 30), min_size=1),
)
def test_a_table_that_changes_while_it_is_read_loses_nothing(tmp_path_factory, changes, numbers):
    """Rows that stay from beginning to end are read once, inserted or deleted ones at most once."""
    url = make_sqlite(
        tmp_path_factory.mktemp("changing"),
        "CREATE TABLE c (id INTEGER PRIMARY KEY, texte TEXT)",
        rows=[(n, COMMENT) for n in numbers],
        table="c",
    )
    writer = sqlite3.connect(url.removeprefix("sqlite:///"))
    seen, untouched = [], set(numbers) - {number for _, _, number in changes}
    with open_database(url, ReadSettings(page_rows=4)) as database:
        for at, page in enumerate(database.table(TableRequest("c", text_columns=("texte",))).pages()):
            seen += [number for (number,) in page.keys]
            for when, what, number in changes:
                if when == at:
                    writer.execute(
                        "DELETE FROM c WHERE id = ?" if what == "delete" else "INSERT OR IGNORE INTO c VALUES (?, 'x')", (number,)
                    )
            writer.commit()
    writer.close()
    assert len(seen) == len(set(seen))
    assert seen == sorted(seen)
    assert untouched <= set(seen)


def test_a_page_ends_early_when_its_texts_are_long(tmp_path):
    rows = [(n, "x" * (1000 if n in (20, 21) else 10)) for n in range(60)]
    url = make_sqlite(tmp_path, TABLE, rows=rows, table="c")
    pages = read_pages(url, ReadSettings(page_rows=50, page_characters=1500), name="c", text_columns=("texte",))
    # 1, 2, 4, 8 rows and 16 more, in which the long ones stand.
    assert [len(page.keys) for page in pages] == [31, 29]
    assert keys_read(pages) == [(n,) for n in range(60)]


def test_pages_of_one_row_when_every_text_is_longer_than_a_page(tmp_path):
    url = make_sqlite(tmp_path, TABLE, rows=[(n, "x" * 100) for n in range(5)], table="c")
    pages = read_pages(url, ReadSettings(page_rows=50, page_characters=1), name="c", text_columns=("texte",))
    assert [len(page.keys) for page in pages] == [1] * 5


def test_rows_without_key_are_counted_not_read(tmp_path):
    rows = [(1, COMMENT), (None, "x"), (2, COMMENT), (None, "y")]
    url = make_sqlite(tmp_path, "CREATE TABLE c (id INT, texte TEXT)", rows=rows, table="c")
    with open_database(url) as database:
        table = database.table(TableRequest("c", id_column="id", text_columns=("texte",)))
        assert keys_read(table.pages()) == [(1,), (2,)]
        assert table.rows_without_key() == 2


def test_an_empty_table_gives_no_page(tmp_path):
    url = make_sqlite(tmp_path, TABLE)
    with open_database(url) as database:
        table = database.table(TableRequest("c", text_columns=("texte",)))
        assert (list(table.pages()), table.rows_without_key()) == ([], 0)


@given(st.lists(st.integers(1, 7), min_size=1, max_size=6), st.integers(1, 4))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_numbered_lines_of_one_record_stay_in_one_page(tmp_path_factory, sizes, page_rows):
    rows = [(f"D{dossier}", line, f"ligne {line}") for dossier, size in enumerate(sizes) for line in range(size)]
    url = make_sqlite(
        tmp_path_factory.mktemp("lines"), "CREATE TABLE l (dossier TEXT, n INT, texte TEXT, UNIQUE (n, dossier))", rows=rows, table="l"
    )
    lines = NumberedLines(("dossier",), "n", "texte")
    pages = read_pages(url, ReadSettings(page_rows=page_rows), name="l", lines=lines)
    assert keys_read(pages) == [(dossier, line) for dossier, line, _ in rows]
    of_page = [{record.id for record in page.records} for page in pages]
    assert sum(map(len, of_page)) == len(set().union(*of_page)) == len(sizes)


def test_a_view_whose_rows_come_twice_is_refused_while_it_is_read(tmp_path):
    url = make_sqlite(
        tmp_path,
        "CREATE TABLE c (id INT, texte TEXT)",
        "CREATE VIEW v AS SELECT * FROM c",
        rows=[(n, COMMENT) for n in range(6)],
        table="c",
    )
    writer = sqlite3.connect(url.removeprefix("sqlite:///"))
    with open_database(url, ReadSettings(page_rows=2)) as database:
        pages = database.table(TableRequest("v", id_column="id", text_columns=("texte",))).pages()
        assert next(pages).last == (1,)
        writer.execute("UPDATE c SET id = 3 WHERE id = 2")
        writer.commit()
        with pytest.raises(InputError) as raised:
            list(pages)
    writer.close()
    assert (
        str(raised.value)
        == f"{database.name}, table v: column id does not identify the rows: two have the same value; name another with --id-column"
    )


def test_a_key_that_has_changed_since_is_not_gone_on_after(tmp_path):
    url = make_sqlite(tmp_path, TABLE, rows=[(1, COMMENT)], table="c")
    with pytest.raises(InputError) as raised:
        read_pages(url, after=("D1", 1), name="c")
    assert str(raised.value) == f"{url}, table c: its key has changed since the run to go on with: use another --state"


def test_rows_are_read_no_faster_than_allowed(tmp_path):
    url = make_sqlite(tmp_path, TABLE, rows=[(n, COMMENT) for n in range(25)], table="c")
    time = FakeTime()
    with open_database(url, ReadSettings(max_rows_per_second=10), timer=Timer(time.now, time.sleep)) as database:
        pages = list(database.table(TableRequest("c", text_columns=("texte",))).pages())
    assert [len(page.keys) for page in pages] == [10, 10, 5]
    assert time.slept == [1.0, 0.5]
