"""Reading a real PostgreSQL server: read-only, every key, lost connections, refusals."""

from __future__ import annotations

import psycopg
import pytest
from databases import COMMENT, keys_read, make_ten_rows, read_pages, read_records
from servers.postgresql import PASSWORD
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from scanner.databases import ReadSettings, TableRequest, key_from_json, key_to_json, open_database
from scanner.databases.dialects.postgresql import PostgreSQL
from scanner.databases.errors import NotReadOnlyError
from scanner.errors import InputError
from scanner.sources import Problem

REQUEST = TableRequest("c", text_columns=("texte",))
SMALL = ReadSettings(page_rows=3)


@pytest.fixture
def base(postgres_base):
    return postgres_base


@pytest.fixture
def ten_rows(postgres, base):
    return make_ten_rows(postgres, base)


WRITES = (
    "DELETE FROM c",
    "UPDATE c SET texte = ''",
    "INSERT INTO c VALUES (99, '')",
    "DROP TABLE c",
    "CREATE TABLE d (x INT)",
    "SELECT setval('s', 5)",
    "COPY c FROM PROGRAM 'true'",
)


@pytest.mark.parametrize("statement", WRITES)
def test_a_write_fails_and_changes_nothing(postgres, base, ten_rows, statement):
    postgres.psql("CREATE SEQUENCE s", base)
    with open_database(ten_rows) as database, database.connector.engine.connect() as connection:
        with pytest.raises(DBAPIError) as raised:
            connection.execute(text(statement))
        connection.rollback()
        # Later transactions of the same connection are no different.
        with pytest.raises(DBAPIError):
            connection.execute(text("DELETE FROM c"))
    assert raised.value.orig.sqlstate == "25006"  # read_only_sql_transaction
    assert postgres.psql("SELECT count(*), min(length(texte)), (SELECT last_value FROM s) FROM c", base) == f"10|{len(COMMENT)}|1"


class DeafCursor(psycopg.Cursor):
    """Stands for a server, or a pooler before it, that does not do as it is told."""

    def execute(self, query, *arguments, **options):
        return super().execute(query.replace("read_only = on", "read_only = off"), *arguments, **options)


def test_a_session_that_is_not_proven_read_only_is_refused(postgres, base, ten_rows, monkeypatch):
    prepare = PostgreSQL.prepare

    def prepare_deaf(self, connection, settings):
        connection.cursor_factory = DeafCursor
        prepare(self, connection, settings)

    monkeypatch.setattr(PostgreSQL, "prepare", prepare_deaf)
    with pytest.raises(NotReadOnlyError) as raised:
        open_database(ten_rows)
    name = f"postgresql://127.0.0.1:{postgres.port}/{base}"
    assert str(raised.value) == f"{name}: the server did not make the session read-only; nothing was read"


KEYS = {
    "k char(5) PRIMARY KEY": "VALUES ('ab'), ('abc'), (E'ab\\x01'), ('b'), ('AB')",
    "k varchar(9) PRIMARY KEY": "VALUES ('ab'), ('abc'), (E'ab\\x01'), ('b'), ('AB'), (''), ('é'), ('e z'), ('ez')",
    'k text COLLATE "fr-x-icu" PRIMARY KEY': "VALUES ('a'), ('B'), ('b'), ('é'), ('E'), ('f'), ('10'), ('9'), ('a b'), ('ab')",
    "k citext PRIMARY KEY": "SELECT 'n' || chr(64 + i) FROM generate_series(1, 26) i",
    "k uuid PRIMARY KEY": "SELECT md5(i::text)::uuid FROM generate_series(1, 20) i",
    "k bigint PRIMARY KEY": "SELECT (9223372036854775807 - i) * (i % 2 * 2 - 1) FROM generate_series(1, 20) i",
    "k numeric PRIMARY KEY": "SELECT i / 3.0 FROM generate_series(-10, 10) i",
    "k date PRIMARY KEY": "SELECT date '2020-02-25' + i FROM generate_series(1, 10) i",
    "k timestamp PRIMARY KEY": "SELECT timestamp '2020-02-25' + i * interval '0.000001 s' FROM generate_series(1, 10) i",
    "k timestamptz PRIMARY KEY": "SELECT timestamptz '2026-10-25 00:00+00' + i * interval '10 min' FROM generate_series(1, 20) i",
    "k bytea PRIMARY KEY": "SELECT decode(md5(i::text), 'hex') FROM generate_series(1, 10) i",
    "k boolean, n text, PRIMARY KEY (k, n)": "SELECT i % 2 = 0, 'n' || i FROM generate_series(1, 10) i",
    "k date, n smallint, PRIMARY KEY (n, k)": "SELECT date '2020-02-25' + i, i / 4 FROM generate_series(1, 20) i",
    '"N° de Clé" int PRIMARY KEY': "SELECT i FROM generate_series(1, 10) i",
}


@pytest.mark.parametrize("columns", KEYS)
def test_every_key_is_read_in_order_and_goes_through_json(postgres, base, columns):
    postgres.psql(f"CREATE EXTENSION citext; CREATE TABLE c ({columns}, texte TEXT); INSERT INTO c {KEYS[columns]}", base)
    count = int(postgres.psql("SELECT count(*) FROM c", base))
    pages = read_pages(postgres.url(base), name="c", text_columns=("texte",))
    keys = keys_read(pages)
    assert (len(keys), len(set(keys)), [len(page.keys) for page in pages[:-1]]) == (count, count, [3] * (len(pages) - 1))
    for done in range(0, count, 4):
        rest = read_pages(postgres.url(base), after=key_from_json(key_to_json(keys[done])), name="c", text_columns=("texte",))
        assert keys_read(rest) == keys[done + 1 :]


@pytest.mark.parametrize("kind", ["real", "inet", "etat"])
def test_a_key_that_cannot_be_paged_is_refused(postgres, base, kind):
    postgres.psql(f"CREATE TYPE etat AS ENUM ('z', 'a'); CREATE TABLE c (k {kind} PRIMARY KEY, texte TEXT)", base)
    with pytest.raises(InputError) as raised:
        read_pages(postgres.url(base), name="c", text_columns=("texte",))
    assert str(raised.value) == (
        f"postgresql://127.0.0.1:{postgres.port}/{base}, table c: "
        "the type of its key (k) cannot be read in pages: name a column that identifies the rows with --id-column"
    )


def test_cells_of_every_type_are_text(postgres, base):
    rows = (
        f"1, '{COMMENT}', '{{\"note\": \"été\"}}', '<p>été</p>', convert_to('été', 'LATIN1'), '{{un,\"deux trois\"}}', 1.50, 'infinity'",
        "2, NULL, NULL, NULL, '\\x81e9', NULL, NULL, '2024-02-03'",
        "3, '', 'null', NULL, '', '{}', 0, '0044-03-15 BC'",
    )
    postgres.psql("CREATE TABLE c (id INT PRIMARY KEY, a TEXT, b JSONB, c XML, d BYTEA, e TEXT[], f NUMERIC, saisie DATE)", base)
    postgres.psql(f"INSERT INTO c VALUES ({'), ('.join(rows)})", base)
    columns = ("a", "b", "c", "d", "e", "f")
    records = read_records(postgres.url(base), name="c", text_columns=columns, date_column="saisie")
    assert [(record.date, record.problem, tuple(record.texts.values())) for record in records] == [
        ("", "", (COMMENT, '{"note": "été"}', "<p>été</p>", "été", '{un,"deux trois"}', "1.50")),
        ("2024-02-03", Problem.UNDECODABLE, ("", "", "", "\ufffd\ufffd", "", "")),
        ("0044-03-15", "", ("", "null", "", "", "{}", "0")),
    ]


def test_a_database_without_encoding_is_read_byte_by_byte(postgres):
    base = postgres.new_database("ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    postgres.psql(
        "CREATE TABLE c (id VARCHAR(9) PRIMARY KEY, texte TEXT); INSERT INTO c VALUES ('1', 'réglé'), ('2', E'r\\xe9gl\\xe9'), "
        "('3', E'\\x81\\xe9'), ('é', 'fin')",
        base,
    )
    pages = read_pages(postgres.url(base), name="c", text_columns=("texte",))
    assert [(record.id, record.texts["texte"], record.problem) for page in pages for record in page.records] == [
        ("1", "réglé", ""),
        ("2", "réglé", ""),
        ("3", "\ufffd\ufffd", Problem.UNDECODABLE),
        ("é", "fin", ""),
    ]
    assert read_pages(postgres.url(base), after=("é",), name="c", text_columns=("texte",)) == []


def test_a_comment_of_ten_megabytes_is_read_whole(postgres, base):
    postgres.psql(
        "CREATE TABLE c (id INT PRIMARY KEY, texte TEXT); INSERT INTO c SELECT n, repeat('é', 10000000) FROM generate_series(1, 3) n", base
    )
    records = read_records(postgres.url(base), name="c", text_columns=("texte",))
    assert [len(record.texts["texte"]) for record in records] == [10_000_000] * 3


def test_a_page_uses_the_index_of_a_key_of_several_columns(postgres, base):
    rows = "SELECT n / 2000, 'b' || n, 'x' FROM generate_series(1, 20000) n"
    postgres.psql(f"CREATE TABLE c (a INT, b VARCHAR(9), texte TEXT, PRIMARY KEY (a, b)); INSERT INTO c {rows}; ANALYZE c", base)
    plans = []

    def explain(connection, cursor, statement, parameters, *_):
        with connection.connection.driver_connection.cursor() as own:
            plans.append("\n".join(line for (line,) in own.execute("EXPLAIN " + statement, parameters)))

    with open_database(postgres.url(base)) as database:
        table = database.table(REQUEST)
        event.listen(database.connector.engine, "before_cursor_execute", explain)
        next(table.pages((5, "b11000")))
    (plan,) = plans
    assert "Index Cond: (ROW(a, (b)::text) > ROW(5, 'b11000'::text))" in plan
    assert "Sort" not in plan


def test_a_filter_with_percent_signs_and_casts_is_taken_as_it_is(ten_rows):
    records = read_records(
        ten_rows, name="c", text_columns=("texte",), where="texte LIKE '%fuite%' AND id::text ~ '^[:digit:]?[12]$' -- % :x"
    )
    assert [record.id for record in records] == ["1", "2"]


def test_pgpass_works_by_itself(postgres, ten_rows, tmp_path, monkeypatch):
    (tmp_path / "pgpass").write_text(f"127.0.0.1:{postgres.port}:*:postgres:{PASSWORD}\n")
    (tmp_path / "pgpass").chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    assert len(read_records(ten_rows.replace(f":{PASSWORD}", ""), name="c")) == 10


def test_a_table_that_changes_while_it_is_read_loses_nothing(postgres, base, ten_rows):
    seen = []
    with open_database(ten_rows, SMALL) as database:
        for page in database.table(REQUEST).pages():
            seen += [key for (key,) in page.keys]
            if seen == [1, 2, 3]:
                postgres.psql(
                    "DELETE FROM c WHERE id IN (2, 3, 4); INSERT INTO c VALUES (0, ''), (11, ''); UPDATE c SET id = 12 WHERE id = 8", base
                )
    assert seen == [1, 2, 3, 5, 6, 7, 9, 10, 11, 12]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("gestion.Notes.v2", "gestion.Notes.v2"),
        ("Gestion.NOTES.V2", "gestion.Notes.v2"),
        ("vue", "public.vue"),
        ("PUBLIC.Vue", "public.vue"),
        ("parts", "public.parts"),
    ],
)
def test_tables_are_found_wherever_they_are(postgres, base, name, source):
    postgres.psql('CREATE SCHEMA gestion; CREATE TABLE gestion."Notes.v2" (id INT PRIMARY KEY, texte TEXT)', base)
    postgres.psql(f"CREATE MATERIALIZED VIEW vue AS SELECT 1 AS id, '{COMMENT}' AS texte", base)
    postgres.psql("CREATE TABLE parts (id INT PRIMARY KEY, texte TEXT) PARTITION BY RANGE (id)", base)
    with open_database(postgres.url(base)) as database:
        assert database.table(TableRequest(name, id_column="id", text_columns=("texte",))).layout.source == source
