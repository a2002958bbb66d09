"""The rules of an audit, as a DPO writes them, and the tables that it reads."""

from __future__ import annotations

import gzip

import pytest
from exposures import written
from openpyxl import Workbook
from running import vigie

from scanner.errors import ConfigError, InputError
from scanner.exposure.categories import RECORD, Categories
from scanner.exposure.records import fold_value
from scanner.exposure.rules import Rule, load_rules
from scanner.exposure.settings import settings
from scanner.exposure.tables import open_table
from scanner.sources import Problem

CATEGORIES = Categories()


def test_rules_of_a_role_add_up_and_categories_go_by_any_name(tmp_path):
    text = """
[[roles]]
role = "Conseil syndical"
reads = "account"
[[roles]]
role = "conseil  SYNDICAL"
reads = "building"
categories = ["PERSON", "santé", "solde"]
why = "Liste des copropriétaires"
[columns.records]
account = "COMPTE"
"""
    rules = load_rules(written(tmp_path, "r.toml", text), CATEGORIES)
    assert dict(rules.rules) == {
        "conseil syndical": (
            Rule("Conseil syndical", "account", CATEGORIES.everything),
            Rule(
                "conseil  SYNDICAL",
                "building",
                RECORD | CATEGORIES.bits(("PERSON", "HEALTH", "FINANCIAL")),
                "Liste des copropriétaires",
            ),
        )
    }
    assert rules.columns["records"] == {"account": "COMPTE"}
    assert fold_value("account", "COPROPRIETAIRE  Œuvré") == fold_value("account", "copropriétaire oeuvré")
    assert dict(load_rules(None, CATEGORIES).rules) == {}


def test_the_template_is_a_set_of_rules(tmp_path):
    path = tmp_path / "regles.toml"
    assert vigie("init", path, "--for", "exposure").code == 0
    rules = load_rules(path, CATEGORIES).rules
    assert {role: [rule.reads for rule in own] for role, own in rules.items()} == {
        "coproprietaire": ["account"],
        "gardien": ["building"],
        "charge de clientele": ["agency"],
    }


READS = "account, agency, building, everything, lot, name, nothing, site"
RIGHTS = "account, agency, building, category, from, kind, lot, role, site, until, user, value"
ROLE = '[[roles]]\nrole = "g"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ROLE + 'reads = "bulding"\n', f"line 3: 'reads' cannot be 'bulding'; did you mean 'building'? allowed: {READS}"),
        ('[[roles]]\nreads = "lot"\n', "line 1: 'role' is missing or empty"),
        (ROLE, "line 1: 'reads' is missing or empty"),
        (ROLE + 'reads = "lot"\nread = 1\n', "line 4: unknown key 'read'; did you mean 'reads'? allowed: categories, reads, role, why"),
        ('[[role]]\nrole = "g"\n', "line 1: unknown key 'role'; did you mean 'roles'? allowed: columns, roles"),
        ('[roles]\nrole = "g"\n', "line 1: 'roles' must be a list of tables, each written under [[roles]]"),
        ('[columns.rights]\nlogin = "x"\n', f"line 2: unknown key 'login'; allowed: {RIGHTS}"),
        (
            "[columns]\nrigts = 1\n",
            "line 2: unknown key 'rigts'; did you mean 'rights'? allowed: accesses, page, records, rights, should",
        ),
        ("roles = [", "line 1: not valid TOML: Invalid value"),
    ],
)
def test_mistakes_are_told_with_line_and_reason(tmp_path, text, message):
    path = written(tmp_path, "r.toml", text)
    with pytest.raises(ConfigError) as error:
        load_rules(path, CATEGORIES)
    assert str(error.value).removeprefix(f"{path}, ") == message


def test_an_unknown_category_is_a_mistake(tmp_path):
    path = written(tmp_path, "r.toml", '[[roles]]\nrole = "g"\nreads = "lot"\ncategories = ["HEALT"]\n')
    with pytest.raises(ConfigError, match="line 4: 'categories' cannot be 'HEALT'; did you mean 'HEALTH'"):
        load_rules(path, CATEGORIES)


def test_every_word_that_an_audit_needs_is_there():
    known = settings()
    assert {role for roles in known.tables.values() for role in roles} == set(known.columns)
    assert {f"missing_{name}" for name in known.dimensions} <= set(known.unjudged)
    assert {str(problem).replace("-", "_") for problem in Problem if problem != Problem.INVALID_JSON} <= set(known.unjudged)
    assert {*known.dimensions, "everything", "nothing", "all"} == set(known.report.reads)
    assert set(known.data) <= set(CATEGORIES.names)
    assert set(known.tables) == set(known.report.sources) - {"rules"}


TEXT = 'utilisateur;rôle\r\nu1;gardien\r\n\r\nu2;à l\'été;trop\r\n"u;3";"ga\nrd"\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("before", ["", "sep=;\r\n", "\r\n  \r\n"])
def test_every_row_comes_out_whatever_the_encoding(tmp_path, encoding, before):
    path = tmp_path / "t.csv"
    path.write_bytes((before + TEXT).encode(encoding))
    table = open_table(path)
    assert (table.name, table.columns) == ("t.csv", ("utilisateur", "rôle"))
    for _ in range(2):  # as often as asked
        (rows,) = table.rows()
        assert (rows.first, list(rows.problems)) == (1, ["", "field-count", ""])
        assert [list(cells) for cells in rows.cells] == [["u1", "gardien"], ["u2", "à l'été", "trop"], ["u;3", "ga\nrd"]]


def test_blocks_of_a_large_table_go_on_where_the_last_ended(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("user,page\n" + "".join(f"u{number},{'x' * 90}\n" for number in range(30_000)), encoding="utf-8")
    blocks = list(open_table(path).rows())
    assert len(blocks) > 1
    assert [rows.first for rows in blocks] == [1 + sum(len(rows.cells) for rows in blocks[:at]) for at in range(len(blocks))]
    assert [cells[0] for rows in blocks for cells in rows.cells] == [f"u{number}" for number in range(30_000)]


def test_the_first_sheet_that_holds_something_is_read(tmp_path):
    book = Workbook()
    sheet = book.create_sheet("droits")
    for row in ([], ["user", "immeuble"], ["u1", 12], [None, None], ["u2", "I1", "trop"]):
        sheet.append(row)
    book.create_sheet("autre").append(["x"])
    book.save(tmp_path / "t.xlsx")
    (rows,) = open_table(tmp_path / "t.xlsx").rows()
    assert (rows.cells, rows.problems) == ([["u1", "12"], ["u2", "I1"]], ["", "field-count"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty; export it again"),
        (b"\n\n \n", "is empty; export it again"),
        (gzip.compress(b"user;role", mtime=0), "is a compressed file; decompress it first"),
        (b"PK\x03\x04 truncated", "damaged Excel workbook (BadZipFile); open it in Excel and save it again"),
    ],
)
def test_tables_that_cannot_be_read_say_why(tmp_path, content, message):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        open_table(path)
    assert str(error.value) == f"{path}: {message}"
