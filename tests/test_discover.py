"""``vigie discover``: the columns of a database that hold free text, and no value of any of them."""

from __future__ import annotations

import json
import secrets

import pytest
from databases import COMMENT, make_sqlite
from running import ENVIRONMENT, vigie

from scanner.databases import TableRequest, open_database
from scanner.databases.discover import ColumnReport, discover
from scanner.databases.job_file import load_job

SECRET = "ZWXQUA"
TABLES = (
    "CREATE TABLE notes (num INTEGER PRIMARY KEY, commentaire TEXT, code TEXT, remarques_2 TEXT, zone_3 TEXT, montant REAL, photo BLOB)",
    "CREATE TABLE journal (libre TEXT, etat TEXT)",
    "CREATE TABLE loyers (num INTEGER PRIMARY KEY, montant REAL)",
    "CREATE VIEW vue AS SELECT num, commentaire FROM notes",
)
ROWS = [(n, f"{COMMENT} {SECRET} {n % 2}", f"C{n % 3}", None, "", n / 2, b"\x89PNG\x00") for n in range(10)]


@pytest.fixture
def url(tmp_path):
    rows = "INSERT INTO journal VALUES ('La voisine se plaint du bruit dans la cour', 'clos'), (NULL, 'clos')"
    return make_sqlite(tmp_path, *TABLES, rows, rows=ROWS, table="notes")


def test_columns_are_judged_by_name_type_and_cells(url):
    length = len(COMMENT) + len(SECRET) + 3
    with open_database(url) as database:
        found = discover(database.connector)
    assert list(found.columns) == [
        ColumnReport("journal", "libre", "TEXT", 2, 0.5, 42.0, 1.0, True, "by its cells"),
        ColumnReport("journal", "etat", "TEXT", 2, 1.0, 4.0, 0.5, False, "neither its name nor its cells say so"),
        ColumnReport("loyers", "num", "INTEGER", 0, 0.0, 0.0, 0.0, False, "neither its name nor its cells say so"),
        ColumnReport("loyers", "montant", "REAL", 0, 0.0, 0.0, 0.0, False, "neither its name nor its cells say so"),
        ColumnReport("notes", "num", "INTEGER", 10, 1.0, 1.0, 1.0, False, "neither its name nor its cells say so"),
        ColumnReport("notes", "commentaire", "TEXT", 10, 1.0, length, 0.2, True, "by its name and its cells"),
        ColumnReport("notes", "code", "TEXT", 10, 1.0, 2.0, 0.3, False, "neither its name nor its cells say so"),
        ColumnReport("notes", "remarques_2", "TEXT", 10, 0.0, 0.0, 0.0, True, "by its name; empty so far"),
        ColumnReport("notes", "zone_3", "TEXT", 10, 0.0, 0.0, 0.0, True, "empty so far: remarks may stand further down"),
        ColumnReport("notes", "montant", "REAL", 10, 1.0, 3.0, 1.0, False, "neither its name nor its cells say so"),
        ColumnReport("notes", "photo", "BLOB", 10, 1.0, 5.0, 0.1, False, "neither its name nor its cells say so"),
        ColumnReport("vue", "num", "INTEGER", 10, 1.0, 1.0, 1.0, False, "neither its name nor its cells say so"),
        ColumnReport("vue", "commentaire", "TEXT", 10, 1.0, length, 0.2, True, "by its name and its cells"),
    ]
    assert (found.without_key, found.unreadable) == ({"journal", "vue"}, {})


def test_the_sample_holds_the_oldest_and_the_newest_rows(tmp_path):
    rows = [(n, COMMENT if n > 9_990 else "") for n in range(10_000)]
    url = make_sqlite(tmp_path, "CREATE TABLE c (id INTEGER PRIMARY KEY, zone TEXT)", rows=rows, table="c")
    with open_database(url) as database:
        (_, zone) = discover(database.connector).columns
    assert (zone.sampled, zone.filled, zone.free_text) == (200, 0.045, True)


def test_the_command_prints_counts_and_a_job_file(url):
    result = vigie("discover", url)
    length = len(COMMENT) + len(SECRET) + 3
    assert (result.code, result.err) == (0, "")
    assert [" ".join(line.split()) for line in result.out.splitlines()[:8]] == [
        "journal",
        "libre TEXT 2 rows sampled, 50% filled, 42 characters on average, 100% distinct: by its cells",
        "notes",
        f"commentaire TEXT 10 rows sampled, 100% filled, {length} characters on average, 20% distinct: by its name and its cells",
        "remarques_2 TEXT 10 rows sampled, 0% filled, 0 characters on average, 0% distinct: by its name; empty so far",
        "zone_3 TEXT 10 rows sampled, 0% filled, 0 characters on average, 0% distinct: empty so far: remarks may stand further down",
        "vue",
        f"commentaire TEXT 10 rows sampled, 100% filled, {length} characters on average, 20% distinct: by its name and its cells",
    ]
    assert result.out.splitlines()[8:] == [
        "5 free-text columns of 13, in 4 tables and views; --json shows them all",
        "",
        "# A job to start from: read it, complete it, then give it to `vigie scan`.",
        "[job]",
        'name = "ikos"',
        f'url = "{url}"',
        '# password_file = "…"  or  password_env = "VARIABLE"; else VIGIE_DB_PASSWORD',
        'state = "state.sqlite"',
        'out = "out"',
        "",
        "[[tables]]",
        'name = "journal"',
        '# id = "…"  needed: no key is known; name a column that identifies the rows',
        'texts = ["libre"]',
        "",
        "[[tables]]",
        'name = "notes"',
        'texts = ["commentaire", "remarques_2", "zone_3"]',
        "",
        "[[tables]]",
        'name = "vue"',
        '# id = "…"  needed: no key is known; name a column that identifies the rows',
        'texts = ["commentaire"]',
    ]


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_no_value_is_shown(url, option):
    result = vigie("discover", url, *option)
    assert SECRET not in result.out + result.err
    assert "voisine" not in result.out + result.err


def test_json_holds_every_column(url):
    result = vigie("discover", url, "--json")
    found = json.loads(result.out)
    assert (result.code, found["unreadable"], len(found["columns"])) == (0, {}, 13)
    assert found["columns"][0] == {
        "table": "journal",
        "column": "libre",
        "type": "TEXT",
        "sampled": 2,
        "filled": 0.5,
        "mean_length": 42.0,
        "distinct": 1.0,
        "free_text": True,
        "why": "by its cells",
    }


def test_the_job_file_is_written_once_and_can_be_read(url, tmp_path):
    path = tmp_path / "job.toml"
    result = vigie("discover", url, "--write", path)
    assert (result.code, result.out.splitlines()[-1]) == (0, f"{path} written: read it first")
    assert load_job(path, {}).tables == (
        TableRequest("journal", text_columns=("libre",)),
        TableRequest("notes", text_columns=("commentaire", "remarques_2", "zone_3")),
        TableRequest("vue", text_columns=("commentaire",)),
    )
    before = path.read_bytes()
    result = vigie("discover", url, "--write", path)
    assert (result.code, result.err) == (2, f"vigie: {path} exists: choose another name, or remove it first\n")
    assert path.read_bytes() == before


def test_an_unknown_schema_is_refused(url):
    result = vigie("discover", url, "--schema", "gestion")
    assert (result.code, result.err) == (2, f"vigie: {url}: no schema 'gestion'; the schemas are: main\n")


def test_a_server_is_looked_at_schema_by_schema(postgres, postgres_base):
    base = postgres_base
    postgres.psql("CREATE SCHEMA gestion; CREATE TABLE interdite (id INT PRIMARY KEY, commentaire TEXT)", base)
    postgres.psql("CREATE VIEW fausse AS SELECT 1 / (random() * 0)::int AS a, 'x' AS b", base)
    postgres.psql("CREATE TABLE gestion.notes (id INT PRIMARY KEY, texte JSONB, lieu POINT, photo BYTEA, nom_agent INT)", base)
    note = json.dumps({"note": f"{COMMENT} {SECRET}"})
    postgres.psql(f"INSERT INTO gestion.notes VALUES (1, '{note}', '(1, 2)', '\\xff00', 3)", base)
    role = f"lecteur_{secrets.token_hex(4)}"
    postgres.psql(
        f"CREATE ROLE {role} LOGIN PASSWORD 'mdp-lecteur'; GRANT USAGE ON SCHEMA gestion TO {role}; "
        f"GRANT SELECT ON gestion.notes, fausse TO {role}",
        base,
    )
    result = vigie("discover", postgres.url(base, role, ""), "--json", env={**ENVIRONMENT, "VIGIE_DB_PASSWORD": "mdp-lecteur"})
    name = f"postgresql://127.0.0.1:{postgres.port}/{base}"
    refused = {
        "public.fausse": f"{name}, table public.fausse: the database refused a statement (DivisionByZero, 22012)",
        "public.interdite": f"{name}, table public.interdite: this user may not read it: grant it SELECT",
    }
    found = json.loads(result.out)
    assert (result.code, found["unreadable"]) == (3, refused)
    assert result.err.splitlines() == [f"vigie: not looked at: {table}: {reason}" for table, reason in refused.items()]
    assert [(column["table"], column["column"], column["type"], column["free_text"]) for column in found["columns"]] == [
        ("gestion.notes", "id", "INTEGER", False),
        ("gestion.notes", "texte", "JSONB", True),
        ("gestion.notes", "lieu", "unknown", False),
        ("gestion.notes", "photo", "BYTEA", False),
        ("gestion.notes", "nom_agent", "INTEGER", False),
    ]
    assert "mdp-lecteur" not in result.out + result.err
    only = json.loads(vigie("discover", postgres.url(base), "--schema", "public", "--json").out)
    assert {column["table"] for column in only["columns"]} == {"public.interdite"}


def test_a_mariadb_database_is_looked_at(mariadb):
    base = mariadb.new_database()
    mariadb.mariadb(f"CREATE TABLE notes (id INT PRIMARY KEY, texte TEXT, n INT); INSERT INTO notes VALUES (1, '{COMMENT}', 2)", base)
    result = vigie("discover", mariadb.url(base), "--json")
    found = [(column["table"], column["column"], column["free_text"]) for column in json.loads(result.out)["columns"]]
    assert (result.code, found) == (0, [(f"{base}.notes", "id", False), (f"{base}.notes", "texte", True), (f"{base}.notes", "n", False)])
