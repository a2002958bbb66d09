"""Tables of a real PostgreSQL and a real MariaDB, read through JDBC."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fakes import KEY
from pyspark.sql import SparkSession
from servers import mariadb as maria
from servers.mariadb import MariaDB
from servers.postgresql import PASSWORD, USER, Postgres

from scanner.catalogue import default_catalogue
from scanner.errors import InputError
from scanner.sources import ReadOptions
from scanner.spark.jdbc import CONNECTIONS, JdbcTable, open_table
from scanner.spark.job import SparkJob, run_job
from scanner.spark.session import spark_errors

SAMPLE = Path(__file__).parents[2] / "samples" / "ikos_export.csv"


def require_driver(spark: SparkSession, name: str) -> None:
    if name not in spark.conf.get("spark.jars", ""):
        pytest.skip("the JDBC driver is not installed: make servers")


@pytest.fixture
def table(spark: SparkSession, postgres: Postgres) -> JdbcTable:
    """The first 300 rows of the sample export, some of them without key, in a table of which every row has a number."""
    require_driver(spark, "postgresql")
    with SAMPLE.open(encoding="cp1252", newline="") as file:
        header, *rows = csv.reader(file, delimiter=";")
    database = postgres.new_database()
    columns = ", ".join(f'"{name}" {"numeric" if name == "NUM_EVT" else "text"}' for name in header)
    postgres.psql(f'CREATE TABLE "Notes" ({columns}); CREATE SEQUENCE drawn', database)
    with (
        psycopg.connect(postgres.url(database)) as connection,
        connection.cursor() as cursor,
        cursor.copy('COPY "Notes" FROM STDIN') as copy,
    ):
        for row in rows[:300]:
            copy.write_row([cell or None for cell in row])
        copy.write_row([None] * len(header))
    return JdbcTable(f"jdbc:postgresql://127.0.0.1:{postgres.port}/{database}", '"Notes"', USER, PASSWORD)


def findings(out: Path) -> set[tuple[Any, ...]]:
    found = [json.loads(line) for line in (out / "findings.jsonl").read_text(encoding="utf-8").splitlines()]
    return {tuple(line[name] for name in line if name not in ("source", "row")) for line in found}


def test_a_table_gives_the_findings_of_its_export(spark, table, policy, tmp_path):
    path = tmp_path / "notes.csv"
    with SAMPLE.open(encoding="cp1252", newline="") as file, path.open("w", encoding="cp1252", newline="") as copy:
        csv.writer(copy, delimiter=";").writerows(row for row, _ in zip(csv.reader(file, delimiter=";"), range(301), strict=False))
    run_job(spark, SparkJob(tmp_path / "export", policy, default_catalogue(), KEY, (str(path),)))
    summary = run_job(spark, SparkJob(tmp_path / "table", policy, default_catalogue(), KEY, table=table, partitions=3))
    assert findings(tmp_path / "table") == findings(tmp_path / "export") != set()
    assert (summary["rows_read"], summary["rows_scanned"]) == (301, 300)
    assert summary["not_scanned"] == [{"source": '"Notes"', "row": None, "record_id": "", "reason": "no-key", "rows": 1}]


def test_a_table_is_cut_into_ranges_that_hold_every_row_and_the_password_shows_nowhere(spark, table, capsys):
    records = open_table(spark, table, ReadOptions(), 100)
    assert (records.frame.rdd.getNumPartitions(), records.frame.count()) == (CONNECTIONS, 301)
    records.frame.explain("extended")
    assert PASSWORD not in capsys.readouterr().out + repr(table)
    by_text = JdbcTable(table.url, table.name, USER, PASSWORD, partition_column="NOM")
    assert open_table(spark, by_text, ReadOptions(), 100).frame.rdd.getNumPartitions() == 1


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"password": "faux"}, "28P01): user or password refused; check --user and VIGIE_DB_PASSWORD or --password-file"),
        ({"name": "absente"}, "42P01): no such table or column, or no right to read it"),
        (
            {"name": "(SELECT nextval('drawn') AS id, 'RAS' AS commentaire) drawn"},
            "25006): it was asked to write, and the session is read-only; read a table or a view without side effects",
        ),
        ({"url": "jdbc:postgresql://127.0.0.1:1/notes"}, "08001): it cannot be reached; check host and port"),
    ],
)
def test_what_the_database_refuses(spark, table, changed, message):
    asked = {"url": table.url, "name": table.name, "user": USER, "password": PASSWORD, **changed}
    with pytest.raises(InputError) as caught, spark_errors():
        open_table(spark, JdbcTable(**asked), ReadOptions(), 2)
    assert str(caught.value) == f"the database answers with an error (SQLSTATE {message}"


def test_a_table_without_id_and_a_missing_column_to_cut_by(spark, table):
    textual = JdbcTable(table.url, '(SELECT "COMMENTAIRE" FROM "Notes") bare', USER, PASSWORD)
    with pytest.raises(InputError) as caught:
        open_table(spark, textual, ReadOptions(), 2)
    assert str(caught.value) == (
        '(SELECT "COMMENTAIRE" FROM "Notes") bare: no column identifies the record; name it with --id-column, one of: COMMENTAIRE'
    )
    with pytest.raises(InputError) as caught:
        open_table(spark, JdbcTable(table.url, table.name, USER, PASSWORD, partition_column="ID"), ReadOptions(), 2)
    assert str(caught.value).startswith("\"Notes\": no column 'ID' to cut the table by; the columns are: NUM_EVT, NUM_CLIENT, ")


def test_a_table_of_mariadb(spark, mariadb: MariaDB, policy, tmp_path):
    require_driver(spark, "mariadb")
    database = mariadb.new_database("CHARACTER SET utf8mb4")
    mariadb.mariadb(
        "CREATE TABLE notes (id INT PRIMARY KEY, `order` TEXT, saisie DATE);"
        "INSERT INTO notes VALUES (1, 'RAS', NULL), (7, 'Mme sous chimiothérapie', '2024-03-05')",
        database,
    )
    table = JdbcTable(f"jdbc:mariadb://127.0.0.1:{mariadb.port}/{database}", "notes", maria.ADMIN, maria.PASSWORD)
    options = ReadOptions(text_columns=("order",), date_column="saisie")
    summary = run_job(spark, SparkJob(tmp_path, policy, default_catalogue(), KEY, table=table, options=options))
    (line,) = [json.loads(line) for line in (tmp_path / "findings.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (line["record_id"], line["field"], line["entity"], line["start"], line["end"]) == ("7", "order", "HEALTH", 4, 23)
    assert (summary["rows_scanned"], summary["month_read"]) == (2, [["2024-03", 1]])
    mariadb.mariadb("CREATE SEQUENCE drawn", database)
    writing = JdbcTable(table.url, "(SELECT NEXTVAL(drawn) AS id, 'RAS' AS commentaire) drawn", maria.ADMIN, maria.PASSWORD)
    with pytest.raises(InputError) as caught, spark_errors():
        open_table(spark, writing, ReadOptions(), 2)
    assert str(caught.value).startswith("the database answers with an error (SQLSTATE 25006): it was asked to write")


def test_a_missing_driver(spark):
    with pytest.raises(InputError) as caught, spark_errors():
        open_table(spark, JdbcTable("jdbc:mysql://127.0.0.1/notes", "notes"), ReadOptions(), 2)
    assert str(caught.value) == (
        "a Java library is missing, as the JDBC driver of the database; name its file with --conf spark.jars=FILE.jar"
    )


@pytest.mark.parametrize(
    "url",
    ["jdbc:postgresql://h/d?user=u&password=p", "jdbc:sqlserver://h;Password = p", "jdbc:mysql://u:p@h/d", "jdbc:oracle:thin:u/p@//h/d"],
)
def test_a_password_in_the_url_is_refused(spark, url):
    with pytest.raises(InputError) as caught:
        open_table(spark, JdbcTable(url, "notes"), ReadOptions(), 2)
    assert (
        str(caught.value)
        == "the JDBC URL holds a password, which plans and logs would show: give it by VIGIE_DB_PASSWORD or --password-file"
    )


@pytest.mark.parametrize("url", ["jdbc:", "jdbc:derby:x", "jdbc:postgresql"])
def test_an_unknown_database_is_refused(spark, url):
    with pytest.raises(InputError) as caught:
        open_table(spark, JdbcTable(url, "notes"), ReadOptions(), 2)
    assert str(caught.value) == (
        "no JDBC URL of a database that can be read; it must begin with jdbc: and one of: mariadb, mysql, oracle, postgresql, sqlserver"
    )
