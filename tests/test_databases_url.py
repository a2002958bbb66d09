"""Connection URLs: drivers, passwords, and what may be shown."""

from __future__ import annotations

import builtins
import logging

import pytest
import sqlalchemy as sa

from scanner.databases import open_database
from scanner.databases.url import parse_url, read_password, shown, with_password
from scanner.errors import InputError

SECRET = "s3cret-ZWXQUA"


@pytest.mark.parametrize(
    ("url", "driver", "name"),
    [
        ("postgresql://h/base", "postgresql+psycopg", "postgresql"),
        ("postgres://h/base", "postgresql+psycopg", "postgresql"),
        (" postgresql+psycopg2://h/base ", "postgresql+psycopg2", "postgresql"),
        ("mysql://h/base", "mysql+pymysql", "mysql"),
        ("mariadb://h/base", "mariadb+pymysql", "mariadb"),
        ("sqlite:///f.db", "sqlite+pysqlite", "sqlite"),
        ("oracle://h/?service_name=s", "oracle+oracledb", "oracle"),
        ("mssql://h/base", "mssql+pymssql", "mssql"),
        ("mssql+pyodbc://h/base", "mssql+pyodbc", "mssql"),
    ],
)
def test_a_url_without_driver_takes_ours(url, driver, name):
    parsed, dialect = parse_url(url)
    assert (parsed.drivername, dialect.name) == (driver, name)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (
            f"postgresql:/u:{SECRET}@h/base",
            "the database URL cannot be read; write it as postgresql://USER@HOST:PORT/DATABASE or sqlite:///FILE",
        ),
        (
            f"postgresql://u:{SECRET}@h:port/base",
            "the database URL cannot be read; write it as postgresql://USER@HOST:PORT/DATABASE or sqlite:///FILE",
        ),
        *(
            (
                f"postgresql://u{between}{SECRET}{rest}@h/base",
                "the password in the database URL holds an @: write it as %40, or use VIGIE_DB_PASSWORD or a password file",
            )
            for between, rest in ((":a@", ""), (":a@", "/b"), (":a@b?c=", ""))
        ),
        (
            f"db2://u:{SECRET}@h/base",
            "databases of the kind 'db2' cannot be read; a URL begins with "
            "postgresql://, mysql://, mariadb://, sqlite://, oracle://, mssql://",
        ),
        (
            f"postgresql+nothing://u:{SECRET}@h/base",
            "postgresql://h/base: unknown driver in the URL: leave it out, as in postgresql://",
        ),
    ],
)
def test_a_url_that_cannot_work_is_refused_without_its_password(url, reason):
    with pytest.raises(InputError) as raised:
        open_database(url)
    assert str(raised.value) == reason
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize(
    ("url", "extra"), [("mysql://h/b", "mysql"), ("postgresql://h/b", "postgresql"), ("oracle://h/b", "oracle"), ("mssql://h/b", "mssql")]
)
def test_a_missing_driver_names_its_extra(monkeypatch, url, extra):
    real = builtins.__import__

    def without_drivers(name, globals=None, locals=None, fromlist=(), level=0):
        if level == 0 and name.partition(".")[0] in ("psycopg", "pymysql", "oracledb", "pymssql"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, globals, locals, fromlist, level)

    monkeypatch.setattr(builtins, "__import__", without_drivers)
    with pytest.raises(InputError) as raised:
        open_database(url)
    assert str(raised.value) == f"{url}: its driver is not installed: pip install 'vigie[{extra}]'"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (f"postgresql+psycopg://vigie:{SECRET}@db.example:5433/ikos?sslmode=require", "postgresql://db.example:5433/ikos"),
        (f"mariadb+pymysql://vigie:{SECRET}@db.example/ikos", "mariadb://db.example/ikos"),
        ("postgresql+psycopg:///ikos?host=/run/postgresql", "postgresql:///ikos"),
        ("mssql+pymssql://db.example", "mssql://db.example/"),
        ("sqlite+pysqlite:////srv/ikos.db?timeout=3", "sqlite:////srv/ikos.db"),
    ],
)
def test_neither_user_nor_password_nor_options_are_shown(url, name):
    assert shown(sa.make_url(url)) == name


def test_a_password_given_apart_wins(caplog):
    with caplog.at_level(logging.WARNING):
        assert with_password(sa.make_url("postgresql://u@h/b"), SECRET).password == SECRET
        assert with_password(sa.make_url("postgresql://u@h/b"), None).password is None
        assert caplog.messages == []
        assert with_password(sa.make_url("postgresql://u:other@h/b"), SECRET).password == SECRET
        assert with_password(sa.make_url("postgresql://u:other@h/b"), None).password == "other"
    assert (
        caplog.messages == ["the password in the database URL shows in the list of processes: use VIGIE_DB_PASSWORD or a password file"] * 2
    )


def test_passwords_come_from_a_file_else_from_the_environment(tmp_path):
    file = tmp_path / "password"
    file.write_text(f"{SECRET} é\nrest\n", encoding="utf-8")
    assert read_password(file, {"VIGIE_DB_PASSWORD": "other"}) == f"{SECRET} é"
    assert read_password(None, {"VIGIE_DB_PASSWORD": "other"}) == "other"
    assert read_password(None, {"VIGIE_DB_PASSWORD": ""}) is None
    assert read_password(None, {}) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"", "is empty: it must hold the password on its first line"),
        (b"\nsecond", "is empty: it must hold the password on its first line"),
        (b"\xff\xfe", "is not UTF-8: it must hold the password on its first line"),
    ],
)
def test_a_password_file_that_cannot_serve_is_refused(tmp_path, content, reason):
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError) as raised:
        read_password(file, {})
    assert str(raised.value) == f"password file {file} {reason}"
