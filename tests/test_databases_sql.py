"""The SQL that the reader issues to databases that no test can start: every statement, compiled by the dialect."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, oracle

from scanner.databases import Join, ReadSettings, TableRequest, resolve
from scanner.databases.catalog import TableInfo
from scanner.databases.dialects import Dialect, dialect_named
from scanner.databases.pace import Pace, Timer
from scanner.databases.table import DatabaseTable

SETTINGS = ReadSettings(page_rows=500)
REQUEST = TableRequest("commentaires", where="etat <> 'X'", joins=(Join("sites", {"site": "code"}, {"site": "libelle"}),))


class Recorder:
    """Stands for a connection to an empty database: keeps the SQL that it is given."""

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect
        self.statements: list[str] = []

    def execute(self, statement: Any, execution_options: Any = None) -> Any:
        compiled = statement.compile(dialect=self.dialect, compile_kwargs={"literal_binds": True})
        self.statements.append(" ".join(str(compiled).split()))
        return EmptyResult()

    def scalar(self, statement: Any) -> int:
        self.execute(statement)
        return 0


class EmptyResult(list[Any]):
    def first(self) -> None:
        return None

    def fetchmany(self, size: int) -> list[Any]:
        return []

    def close(self) -> None:
        pass


def table_info(name: str, types: dict[str, Any], key: tuple[str, ...] = (), nullable: tuple[str, ...] = ()) -> TableInfo:
    clause = sa.table(name, *(sa.column(label, kind) for label, kind in types.items()), schema="ikos")
    return TableInfo(f"ikos.{name}", clause, types, frozenset(nullable), (key,) * bool(key), (frozenset(key),) * bool(key), frozenset(key))


def statements(monkeypatch: pytest.MonkeyPatch, dialect: Dialect, sql: Any, key_type: Any, text_type: Any) -> list[str]:
    """Return what is issued for a table with a key of two columns, a filter and a join, then for one that only a column identifies."""
    types = {"dossier": key_type, "num": sa.Integer(), "site": sa.String(10), "texte": text_type}
    tables = {
        "commentaires": table_info("commentaires", types, key=("dossier", "num")),
        "sites": table_info("sites", {"code": sa.String(10), "libelle": sa.String(50)}),
        "vue": table_info("vue", {"num": sa.Integer(), "texte": text_type}, nullable=("num",)),
    }
    for module in ("scanner.databases.resolve", "scanner.databases.joins"):
        monkeypatch.setattr(f"{module}.find_table", lambda connection, name: tables[name])
    issued: list[str] = []
    for request, after in ((REQUEST, ("D1", 7)), (TableRequest("vue", id_column="num", text_columns=("texte",)), (7,))):
        recorder = Recorder(sql)
        connector: Any = SimpleNamespace(
            dialect=dialect, settings=SETTINGS, name="base", run=lambda work, *_, recorder=recorder: work(recorder)
        )
        plan = resolve.resolve_table(recorder, dialect, request)  # type: ignore[arg-type]
        table = DatabaseTable(connector, plan, Pace(SETTINGS, Timer()))
        assert list(table.pages()) == []
        assert list(table.pages(after)) == []
        assert table.rows_without_key() == 0
        issued += recorder.statements
    return issued


def test_oracle(monkeypatch):
    sql = oracle.dialect()
    sql.server_version_info = (19,)
    sample = (
        "SELECT substr(ikos.commentaires.dossier, 1, 400) AS substr_1, substr(ikos.commentaires.num, 1, 400) AS substr_2, "
        "substr(ikos.commentaires.site, 1, 400) AS substr_3, "
        "utl_raw.cast_to_varchar2(dbms_lob.substr(ikos.commentaires.texte, 400, 1)) AS cast_to_varchar2_1 FROM ikos.commentaires "
    )
    page = (
        "SELECT ikos.commentaires.dossier, ikos.commentaires.num, ikos.commentaires.texte AS texte, sites.libelle AS libelle "
        "FROM ikos.commentaires LEFT OUTER JOIN ikos.sites sites ON ikos.commentaires.site = sites.code WHERE (etat <> 'X' ) "
    )
    order = "ORDER BY ikos.commentaires.dossier, ikos.commentaires.num FETCH FIRST 500 ROWS ONLY"
    view = "SELECT ikos.vue.num, ikos.vue.num AS num__1, ikos.vue.texte AS texte FROM ikos.vue WHERE ikos.vue.num IS NOT NULL "
    assert statements(monkeypatch, dialect_named("oracle"), sql, sa.String(8), sa.LargeBinary()) == [
        sample + "ORDER BY ikos.commentaires.dossier, ikos.commentaires.num FETCH FIRST 100 ROWS ONLY",
        sample + "ORDER BY ikos.commentaires.dossier DESC, ikos.commentaires.num DESC FETCH FIRST 100 ROWS ONLY",
        "SELECT count(*) AS count_1 FROM ikos.sites WHERE ikos.sites.code IS NOT NULL "
        "GROUP BY ikos.sites.code HAVING count(*) > 1 FETCH FIRST 1 ROWS ONLY",
        page + order,
        page + "AND ikos.commentaires.dossier >= 'D1' AND (ikos.commentaires.dossier > 'D1' "
        "OR ikos.commentaires.dossier = 'D1' AND ikos.commentaires.num > 7) " + order,
        "SELECT count(*) AS count_1 FROM ikos.vue WHERE ikos.vue.num IS NOT NULL "
        "GROUP BY ikos.vue.num HAVING count(*) > 1 FETCH FIRST 1 ROWS ONLY",
        view + "ORDER BY ikos.vue.num FETCH FIRST 500 ROWS ONLY",
        view + "AND ikos.vue.num > 7 ORDER BY ikos.vue.num FETCH FIRST 500 ROWS ONLY",
        "SELECT count(*) AS count_1 FROM ikos.vue WHERE ikos.vue.num IS NULL",
    ]


def test_sql_server(monkeypatch):
    sample = (
        "SELECT TOP 100 substring(CAST(ikos.commentaires.dossier AS NVARCHAR(max)), 1, 400) AS substring_1, "
        "substring(CAST(ikos.commentaires.num AS NVARCHAR(max)), 1, 400) AS substring_2, "
        "substring(CAST(ikos.commentaires.site AS NVARCHAR(max)), 1, 400) AS substring_3, "
        "substring(CAST(ikos.commentaires.texte AS VARBINARY(max)), 1, 400) AS substring_4 FROM ikos.commentaires "
    )
    page = (
        "SELECT TOP 500 ikos.commentaires.dossier, ikos.commentaires.num, ikos.commentaires.texte AS texte, sites.libelle AS libelle "
        "FROM ikos.commentaires LEFT OUTER JOIN ikos.sites AS sites ON ikos.commentaires.site = sites.code WHERE (etat <> 'X' ) "
    )
    order = "ORDER BY ikos.commentaires.dossier, ikos.commentaires.num"
    view = "SELECT TOP 500 ikos.vue.num, ikos.vue.num AS num__1, ikos.vue.texte AS texte FROM ikos.vue WHERE ikos.vue.num IS NOT NULL "
    assert statements(monkeypatch, dialect_named("mssql"), mssql.dialect(), mssql.VARCHAR(8), mssql.VARBINARY()) == [
        sample + order,
        sample + "ORDER BY ikos.commentaires.dossier DESC, ikos.commentaires.num DESC",
        "SELECT TOP 1 count(*) AS count_1 FROM ikos.sites WHERE ikos.sites.code IS NOT NULL GROUP BY ikos.sites.code HAVING count(*) > 1",
        page + order,
        page + "AND ikos.commentaires.dossier >= CAST('D1' AS VARCHAR(8)) AND (ikos.commentaires.dossier > CAST('D1' AS VARCHAR(8)) "
        "OR ikos.commentaires.dossier = CAST('D1' AS VARCHAR(8)) AND ikos.commentaires.num > CAST(7 AS INTEGER)) " + order,
        "SELECT TOP 1 count(*) AS count_1 FROM ikos.vue WHERE ikos.vue.num IS NOT NULL GROUP BY ikos.vue.num HAVING count(*) > 1",
        view + "ORDER BY ikos.vue.num",
        view + "AND ikos.vue.num > CAST(7 AS INTEGER) ORDER BY ikos.vue.num",
        "SELECT count(*) AS count_1 FROM ikos.vue WHERE ikos.vue.num IS NULL",
    ]
