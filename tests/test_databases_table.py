"""What is read of a table: its columns by role, its key, joined columns, filtered rows."""

from __future__ import annotations

import logging

import pytest
from databases import COMMENT, make_sqlite, read_pages, read_records

from scanner.columns import ColumnRoles
from scanner.databases import Join, NumberedLines, TableRequest, open_database
from scanner.errors import InputError
from scanner.records import NO_ROW, Record

TABLE = (
    "CREATE TABLE Commentaires (NUM INTEGER PRIMARY KEY, CODE_LOCATAIRE TEXT, SITE TEXT, DATE_SAISIE TEXT, NOM TEXT, SERVICE TEXT, "
    "COMMENTAIRE TEXT, NB_RELANCES INT, NOTE_INTERNE TEXT, PHOTO BLOB)"
)
ROWS = [
    (1, "L1", "S1", "03/02/2024", "Dupré", "Gardiens", COMMENT, 2, None, b"\x89PNG\x00\x01"),
    (2, "L2", "S2", "2024-02-04 10:00:00", " ", "", None, 0, "", None),
    (3, None, "S9", None, None, None, "RAS", None, "Rappeler", None),
]
OTHERS = (
    "CREATE TABLE sites (code TEXT PRIMARY KEY, libelle TEXT, agence TEXT)",
    "INSERT INTO sites VALUES ('S1', 'Les Lilas', 'Nord'), ('S2', 'Les Ormes', 'Sud')",
    "CREATE TABLE loyers (num INTEGER PRIMARY KEY, montant REAL)",
    "CREATE VIEW vue AS SELECT NUM, COMMENTAIRE FROM Commentaires",
)


@pytest.fixture
def url(tmp_path):
    return make_sqlite(tmp_path, TABLE, *OTHERS, rows=ROWS, table="Commentaires")


def refusal(url, **request):
    with open_database(url) as database, pytest.raises(InputError) as raised:
        database.table(TableRequest(**request))
    return str(raised.value).removeprefix(f"{database.name}, ")


def test_roles_are_found_as_in_exports(url):
    with open_database(url) as database:
        table = database.table(TableRequest("commentaires"))
    assert table.key_columns == ("NUM",)
    assert (table.layout.source, table.layout.format) == ("Commentaires", "sqlite")
    assert table.layout.roles == ColumnRoles(
        texts=("COMMENTAIRE", "NOTE_INTERNE"),
        tenant="CODE_LOCATAIRE",
        site="SITE",
        author_group="SERVICE",
        date="DATE_SAISIE",
        names=("NOM",),
    )


def test_records_hold_what_their_columns_hold(url):
    request = {"name": "COMMENTAIRES", "text_columns": ("commentaire", "note interne"), "purposes": {"note_interne": "caretaker"}}
    source = "Commentaires"
    assert read_records(url, **request) == [
        Record("1", NO_ROW, source, {"COMMENTAIRE": COMMENT, "NOTE_INTERNE": ""}, "L1", "S1", "Gardiens", "2024-02-03", ("Dupré",)),
        Record("2", NO_ROW, source, {"COMMENTAIRE": "", "NOTE_INTERNE": ""}, "L2", "S2", "", "2024-02-04"),
        Record("3", NO_ROW, source, {"COMMENTAIRE": "RAS", "NOTE_INTERNE": "Rappeler"}, "", "S9", "", ""),
    ]
    with open_database(url) as database:
        assert database.table(TableRequest(**request)).layout.purposes == {"NOTE_INTERNE": "caretaker"}


def test_named_columns_win(url):
    request = TableRequest(
        "Commentaires",
        id_column="code_locataire",
        text_columns=("NOTE_INTERNE",),
        tenant_column="NUM",
        site_column="service",
        author_group_column="site",
        date_column="nom",
        name_columns=("DATE_SAISIE",),
    )
    with open_database(url) as database:
        table = database.table(request)
        assert table.layout.roles == ColumnRoles(("NOTE_INTERNE",), "CODE_LOCATAIRE", "NUM", "SERVICE", "SITE", "NOM", ("DATE_SAISIE",))
        assert table.key_columns == ("NUM",)
        # The id is the cell of the column that was named, the key where that is empty.
        assert [record.id for page in table.pages() for record in page.records] == ["L1", "L2", "3"]


def test_joined_columns_belong_to_the_record(url):
    join = Join("Sites", {"site": "CODE"}, {"site": "libelle", "author_group": "agence"})
    records = read_records(url, name="commentaires", text_columns=("commentaire",), joins=(join,))
    assert [(record.id, record.site, record.author_group) for record in records] == [
        ("1", "Les Lilas", "Nord"),
        ("2", "Les Ormes", "Sud"),
        ("3", "", ""),
    ]


def test_a_table_can_be_joined_to_itself(url):
    joins = (
        Join("commentaires", {"NB_RELANCES": "NUM"}, {"tenant": "CODE_LOCATAIRE"}),
        Join("sites", {"SITE": "code"}, {"site": "libelle"}),
    )
    records = read_records(url, name="commentaires", text_columns=("commentaire",), joins=joins, where="Commentaires_2.NUM > 0")
    assert [(record.id, record.tenant, record.site) for record in records] == [("1", "L2", "Les Lilas")]


def test_a_join_that_could_multiply_rows_is_refused(tmp_path):
    doubled = (
        "CREATE TABLE sites (code TEXT, libelle TEXT)",
        "INSERT INTO sites VALUES ('S1', 'a'), ('S1', 'b'), (NULL, 'c'), (NULL, 'd')",
    )
    url = make_sqlite(tmp_path, TABLE, *doubled, rows=ROWS, table="Commentaires")
    join = Join("sites", {"SITE": "code"}, {"site": "libelle"})
    assert refusal(url, name="commentaires", joins=(join,)) == (
        "table commentaires: the join to sites is ambiguous: several of its rows have the same code"
    )


def test_a_filter_leaves_rows_out(url):
    records = read_records(url, name="commentaires", text_columns=("commentaire",), where="SITE <> 'S2' AND SITE LIKE 'S%' -- sans S2")
    assert [record.id for record in records] == ["1", "3"]


@pytest.mark.parametrize("where", ["nulle_part = 1", "SITE = 'S1') OR (", "SELECT"])
def test_a_filter_that_is_no_condition_is_named_without_its_values(url, where):
    with pytest.raises(InputError) as raised:
        read_records(url, name="commentaires", text_columns=("commentaire",), where=where)
    assert str(raised.value) == (f"{url}, table Commentaires: a column or table does not exist, or the filter is no valid SQL condition")


def test_a_view_is_read_by_the_column_that_identifies_it(url):
    pages = read_pages(url, name="vue", id_column="num")
    assert [(record.id, record.texts) for page in pages for record in page.records] == [
        ("1", {"COMMENTAIRE": COMMENT}),
        ("2", {"COMMENTAIRE": ""}),
        ("3", {"COMMENTAIRE": "RAS"}),
    ]


def test_a_key_of_several_columns_names_the_record(tmp_path):
    url = make_sqlite(
        tmp_path, "CREATE TABLE c (texte TEXT, n INT NOT NULL, d TEXT NOT NULL, UNIQUE (d, n))", rows=[(COMMENT, 7, "D1")], table="c"
    )
    ((page),) = read_pages(url, name="c")
    assert (page.keys, page.last, [record.id for record in page.records]) == ([("D1", 7)], ("D1", 7), ["D1/7"])


def test_a_key_of_bytes_names_the_record_in_hexadecimal(tmp_path):
    url = make_sqlite(tmp_path, "CREATE TABLE c (k BLOB NOT NULL PRIMARY KEY, texte TEXT)", rows=[(b"\xe9\x00", COMMENT)], table="c")
    assert [record.id for record in read_records(url, name="c", text_columns=("texte",))] == ["e900"]


def test_numbered_lines_are_read_in_their_order(tmp_path):
    rows = [(1, "D2", 2, "b"), (2, "D1", 2, "d"), (3, "D2", 1, "a"), (4, "D1", 1, "c")]
    url = make_sqlite(tmp_path, "CREATE TABLE l (id INTEGER PRIMARY KEY, dossier TEXT, n INT, texte TEXT)", rows=rows, table="l")
    pages = read_pages(url, name="l", lines=NumberedLines(("DOSSIER",), "N", "TEXTE"))
    assert [(record.id, record.texts["texte"]) for page in pages for record in page.records] == [
        ("D1", "c"),
        ("D1", "d"),
        ("D2", "a"),
        ("D2", "b"),
    ]


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"name": "comentaires"}, "table comentaires: no such table; did you mean Commentaires?"),
        ({"name": "ailleurs.xyz"}, "table ailleurs.xyz: no such table; `vigie discover` lists those there are"),
        ({"name": "sites", "text_columns": ("texte",)}, "table sites: no column 'texte'; the columns are: code, libelle, agence"),
        (
            {"name": "loyers"},
            "table loyers: no free-text column found; name it with --text-column, one of: num, montant",
        ),
        (
            {"name": "vue", "text_columns": ("commentaire",)},
            "table vue: it has no primary key: name a column that identifies the rows with --id-column",
        ),
        (
            {"name": "commentaires", "joins": (Join("site", {"SITE": "code"}, {"site": "libelle"}),)},
            "table commentaires: no such table; did you mean sites?",
        ),
        (
            {"name": "commentaires", "joins": (Join("sites", {"SITE": "id"}, {"site": "libelle"}),)},
            "table commentaires: no column 'id'; the columns are: code, libelle, agence",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(url, request_, reason):
    assert refusal(url, **request_) == reason


def test_a_column_that_does_not_identify_the_rows_is_refused(tmp_path):
    url = make_sqlite(tmp_path, "CREATE TABLE c (id TEXT, texte TEXT)", rows=[("a", COMMENT), ("b", ""), ("a", "")], table="c")
    assert refusal(url, name="c", id_column="id") == (
        "table c: column id does not identify the rows: some have the same value; name another with --id-column"
    )


def test_a_key_that_is_not_exact_is_refused_while_it_is_read(tmp_path):
    url = make_sqlite(tmp_path, "CREATE TABLE c (id REAL NOT NULL UNIQUE, texte TEXT)", rows=[(1.5, COMMENT)], table="c")
    assert refusal(url, name="c") == (
        "table c: the type of its key (id) cannot be read in pages: name a column that identifies the rows with --id-column"
    )
    (tmp_path / "ikos.db").unlink()
    url = make_sqlite(tmp_path, "CREATE TABLE c (id NOT NULL UNIQUE, texte TEXT)", rows=[(1.5, COMMENT)], table="c")
    with pytest.raises(InputError) as raised:
        read_records(url, name="c")
    assert str(raised.value).endswith(
        "table c: column id holds a key that is neither number, text, date nor bytes: name another column with --id-column"
    )


def test_a_unique_column_that_may_be_empty_is_no_key(tmp_path):
    statements = ("CREATE TABLE c (id INT UNIQUE, texte TEXT)",)
    assert refusal(make_sqlite(tmp_path, *statements), name="c", text_columns=("texte",)) == (
        "table c: it has no primary key: name a column that identifies the rows with --id-column"
    )


def test_a_key_that_is_unique_in_part_of_the_table_is_none(tmp_path):
    statements = ("CREATE TABLE c (id INT NOT NULL, actif INT, texte TEXT)", "CREATE UNIQUE INDEX partiel ON c (id) WHERE actif")
    assert refusal(make_sqlite(tmp_path, *statements), name="c", text_columns=("texte",)) == (
        "table c: it has no primary key: name a column that identifies the rows with --id-column"
    )


def test_a_key_without_index_is_warned_of(tmp_path, caplog):
    statements = ("CREATE TABLE c (id INT, date TEXT, texte TEXT)", "CREATE INDEX par_date ON c (date)")
    with caplog.at_level(logging.WARNING):
        read_records(make_sqlite(tmp_path, *statements, rows=[(1, "", COMMENT)], table="c"), name="c", id_column="id")
    assert caplog.messages == ["table c: no index on id: each page reads the whole table"]
