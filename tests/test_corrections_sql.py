"""The statements of ``changes.sql`` and of ``vigie apply``, for every dialect."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import column, make_url, table
from sqlalchemy import types as sql
from sqlalchemy.dialects import mssql, oracle

from scanner.corrections.sql_script import SqlScript, digest_of, statement_text
from scanner.corrections.statements import probe_statement, read_statement, update_statement
from scanner.databases.catalog import TableInfo
from scanner.databases.dialects import dialect_named

DIALECTS = ("postgresql", "mysql", "mariadb", "oracle", "mssql")
SCRIPT = {
    "postgresql": 'UPDATE ikos."Notes" SET "TEXTE"=:new_text WHERE ikos."Notes".id = :key_1 AND ikos."Notes"."no ligne" = :key_2 '
    """AND encode(sha256(convert_to(ikos."Notes"."TEXTE", 'UTF8')), 'hex') = :old_sha256""",
    "mysql": "UPDATE ikos.`Notes` SET `TEXTE`=:new_text WHERE ikos.`Notes`.id = :key_1 AND ikos.`Notes`.`no ligne` = :key_2 "
    "AND sha2(convert(ikos.`Notes`.`TEXTE` USING utf8mb4), 256) = :old_sha256",
    "mariadb": "UPDATE ikos.`Notes` SET `TEXTE`=:new_text WHERE ikos.`Notes`.id = :key_1 AND ikos.`Notes`.`no ligne` = :key_2 "
    "AND sha2(convert(ikos.`Notes`.`TEXTE` USING utf8mb4), 256) = :old_sha256",
    "oracle": 'UPDATE ikos."Notes" SET "TEXTE"=:new_text WHERE ikos."Notes".id = :key_1 AND ikos."Notes"."no ligne" = :key_2 '
    """AND rawtohex(standard_hash(convert(to_char(ikos."Notes"."TEXTE"), 'AL32UTF8'), 'SHA256')) = :old_sha256""",
    "mssql": "UPDATE ikos.[Notes] SET [TEXTE]=:new_text WHERE ikos.[Notes].id = :key_1 AND ikos.[Notes].[no ligne] = :key_2 "
    "AND convert(varchar(64), hashbytes('SHA2_256', CAST(ikos.[Notes].[TEXTE] AS NVARCHAR(max))), 2) = :old_sha256",
}


@pytest.mark.parametrize("name", DIALECTS)
def test_statements_of_the_script(name: str) -> None:
    assert statement_text(name, "ikos.Notes", ("id", "no ligne"), "TEXTE") == SCRIPT[name]


@pytest.mark.parametrize("name", DIALECTS)
def test_digests_as_the_databases_write_them(name: str) -> None:
    text = "été 🏠"
    expected = {
        "mssql": hashlib.sha256(text.encode("utf-16-le")).hexdigest().upper(),
        "oracle": hashlib.sha256(text.encode()).hexdigest().upper(),
    }
    assert digest_of(name, text) == expected.get(name, hashlib.sha256(text.encode()).hexdigest())


def test_the_script_of_a_plan() -> None:
    script = SqlScript("postgresql://replica/ikos")
    key = '{"id": {"uuid": "12345678-1234-5678-1234-567812345678"}}'
    lines = [
        script.lines("notes", '{"id": 7}', "NOTE", "c1", "vieux", "n;ouveau\n'; DROP TABLE x; --"),
        script.lines("notes", '{"id": 8}', "NOTE", "c2", "vieux", "é"),
        script.lines("autre", key, "NOTE", "c3", "vieux", ""),
    ]
    digest = hashlib.sha256(b"vieux").hexdigest()
    values = [
        {"change": "c1", "new_text": "n;ouveau\n'; DROP TABLE x; --", "key_1": 7, "old_sha256": digest},
        {"change": "c2", "new_text": "é", "key_1": 8, "old_sha256": digest},
        {"change": "c3", "new_text": "", "key_1": "12345678-1234-5678-1234-567812345678", "old_sha256": digest},
    ]
    assert lines == [
        f"\n-- statement 1\n{statement_text('postgresql', 'notes', ('id',), 'NOTE')};\n-- 1 {json.dumps(values[0])}\n",
        f"-- 1 {json.dumps(values[1])}\n",
        f"\n-- statement 2\n{statement_text('postgresql', 'autre', ('id',), 'NOTE')};\n-- 2 {json.dumps(values[2])}\n",
    ]
    assert all(line.isascii() for line in lines)


def test_sqlite_has_no_script() -> None:
    script = SqlScript("sqlite:////data/ikos.db")
    assert script.header("00112233aabbccdd").splitlines()[-1] == (
        "-- SQLite computes no digest, so no statement could tell whether a text is still the scanned one: "
        "apply this plan with `vigie apply`."
    )
    assert script.lines("notes", '{"id": 7}', "NOTE", "c1", "vieux", "nouveau") == ""


def info(text_type: Any) -> TableInfo:
    types = {"id": sql.INTEGER(), "TEXTE": text_type}
    clause = table("Notes", *(column(name, kind) for name, kind in types.items()), schema="ikos")
    return TableInfo("ikos.Notes", clause, types, frozenset(), (("id",),), (frozenset({"id"}),), frozenset({"id"}))


def compiled(name: str, statement: Any) -> str:
    dialect: Any = make_url(f"{name}://").get_dialect()
    return str(statement.compile(dialect=dialect(paramstyle="named"))).replace("\n", "")


@pytest.mark.parametrize(
    ("name", "text_type", "read", "written"),
    [
        (
            "oracle",
            sql.VARCHAR(4000),
            'SELECT ikos."Notes"."TEXTE" AS "TEXTE" FROM ikos."Notes" WHERE ikos."Notes".id = :param_1 FOR UPDATE NOWAIT',
            'UPDATE ikos."Notes" SET "TEXTE"=:TEXTE WHERE ikos."Notes".id = :param_1 AND ikos."Notes"."TEXTE" = :param_2',
        ),
        (
            "oracle",
            oracle.CLOB(),
            'SELECT ikos."Notes"."TEXTE" AS "TEXTE" FROM ikos."Notes" WHERE ikos."Notes".id = :param_1 FOR UPDATE NOWAIT',
            'UPDATE ikos."Notes" SET "TEXTE"=:TEXTE WHERE ikos."Notes".id = :param_1',
        ),
        (
            "mssql",
            mssql.NVARCHAR(200),
            "SELECT ikos.[Notes].[TEXTE] AS [TEXTE] FROM ikos.[Notes] WITH (UPDLOCK, ROWLOCK, NOWAIT) "
            "WHERE ikos.[Notes].id = CAST(:param_1 AS INTEGER)",
            "UPDATE ikos.[Notes] SET [TEXTE]=:TEXTE WHERE ikos.[Notes].id = CAST(:param_1 AS INTEGER) "
            "AND ikos.[Notes].[TEXTE] = CAST(:param_2 AS NVARCHAR(200))",
        ),
        (
            "mssql",
            mssql.NTEXT(),
            "SELECT ikos.[Notes].[TEXTE] AS [TEXTE] FROM ikos.[Notes] WITH (UPDLOCK, ROWLOCK, NOWAIT) "
            "WHERE ikos.[Notes].id = CAST(:param_1 AS INTEGER)",
            "UPDATE ikos.[Notes] SET [TEXTE]=:TEXTE WHERE ikos.[Notes].id = CAST(:param_1 AS INTEGER)",
        ),
    ],
    ids=["oracle", "oracle-clob", "mssql", "mssql-ntext"],
)
def test_statements_of_apply(name: str, text_type: Any, read: str, written: str) -> None:
    here, dialect = info(text_type), dialect_named(name)
    assert compiled(name, read_statement(here, "TEXTE", {"id": 7}, dialect, lock=True)) == read
    without_lock = read.removesuffix(" FOR UPDATE NOWAIT").replace(" WITH (UPDLOCK, ROWLOCK, NOWAIT)", "")
    assert compiled(name, read_statement(here, "TEXTE", {"id": 7}, dialect, lock=False)) == without_lock
    assert compiled(name, update_statement(here, "TEXTE", {"id": 7}, dialect, "vieux", "nouveau")) == written


def test_the_probe_changes_no_row() -> None:
    statement = probe_statement(info(sql.TEXT()), "TEXTE")
    assert compiled("oracle", statement) == 'UPDATE ikos."Notes" SET "TEXTE"=ikos."Notes"."TEXTE" WHERE 1 = 0'
    assert compiled("mssql", statement) == "UPDATE ikos.[Notes] SET [TEXTE]=ikos.[Notes].[TEXTE] WHERE 1 = 0"
