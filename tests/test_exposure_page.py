"""A page as one user saw it: the extranet that showed every owner the balances of all others."""

from __future__ import annotations

import pytest
from exposures import DAY, audited, extents, unjudged, user_lines, written
from openpyxl import Workbook

from recognizers.detector import default_detector
from scanner.errors import InputError
from scanner.exposure.audit import Request, run_audit
from scanner.exposure.tables import open_table
from scanner.exposure.views import Extent

BALANCES = {
    "ARBELOT Jeanne": "1 908,95", "BRICARD et fils": "2 700,91", "CHALUMEAU Yves": "40 458,96", "DOUILLET Anne": "1 207,60",
    "M. et Mme ESTIENNE": "824,78", "FAUCHEUX Luc": "1 267,56", "Prunier Odile": "842,61", "GRELIER Marc": "3 342,72",
    "HOUZE Rémi": "1 891,70",
}  # fmt: skip
ROWS = "".join(f"<tr><td>{name}<td>{balance}" for name, balance in BALANCES.items())
PAGE = f"""<html><body><table><tr><td><h1>BONJOUR Mme Prunier</h1>
<table><tr><td>Solde des Copropriétaires<td>1 794,71{ROWS}<tr><td>Total<td>54 445,79</table></table></body></html>"""


def test_an_owner_saw_the_balances_of_eight_others(tmp_path):
    audit = audited(tmp_path, page=PAGE, user="u7", own=["Mme Odile PRUNIER"], role="copropriétaire")
    assert user_lines(audit.could, audit) == [("u7", "copropriétaire", "(aucun)", 8, 8, ("FINANCIAL", "PERSON"))]
    assert extents(audit.could) == {
        "copropriétaire": (1, Extent(1, 8, 8), Extent(1, 8, 8), {"FINANCIAL": Extent(1, 8, 8), "PERSON": Extent(1, 8, 8)})
    }
    assert unjudged(audit) == {("record", "missing_person"): 1}  # the first balance, whose owner the page does not name


def test_blurred_names_cannot_be_judged_and_are_not_clean(tmp_path):
    rows = "".join(f"<tr><td><td>{balance}" for balance in BALANCES.values())
    audit = audited(tmp_path, page=f"<table><tr><th>Copropriétaire<th>Solde</tr>{rows}<tr><td>Prunier<td>1,00</table>", user="Prunier")
    assert (audit.could.records, unjudged(audit)) == (0, {("record", "missing_person"): 9})


def test_what_a_page_hides_was_sent_and_every_cell_is_read(tmp_path):
    page = """<table><thead><tr><th>N° lot<th>Nom<th>Suivi<th></tr></thead>
    <tr><td>12<td>Arbelot<td>sous chimiothérapie<td>06 01 02 03 04
    <tr style="display:none"><td>14<td>Bricard<td><!-- rien -->RAS<td>FR76 3000 6000 0112 3456 7890 189
    <tr><td>15<td>Prunier<td>alcoolique<td></table>"""
    audit = audited(tmp_path, page=page, user="u7", own=["lot=15"])
    found = ("HEALTH", "IBAN_CODE", "PERSON", "PHONE_NUMBER")
    assert user_lines(audit.could, audit) == [("u7", "(rôle non indiqué)", "(aucun)", 2, 2, found)]
    assert audit.could.exposed.tolist() == [
        1 | audit.categories.bits(("HEALTH", "PERSON", "PHONE_NUMBER")),
        1 | audit.categories.bits(("PERSON", "IBAN_CODE")),
        0,
    ]


def test_a_caretaker_is_judged_by_the_building(tmp_path):
    page = "compte;immeuble;loyer\nL1;I1;500\nL2;I2;600\nL3;;700\n"
    path = written(tmp_path, "vue.csv", page)
    should = written(tmp_path, "should.csv", "utilisateur;role;immeuble\ng1;gardien;I1\ng2;gardien;I2\n")
    audit = run_audit(Request(DAY, page=path, user="G1", should=should), default_detector())
    assert user_lines(audit.could, audit) == [("G1", "gardien", "I1", 1, 1, ("FINANCIAL",))]
    assert unjudged(audit) == {("record", "missing_building"): 1}


def test_a_workbook_and_tables_made_of_roles_are_pages_too(tmp_path):
    book = Workbook()
    book.create_sheet("vue")
    for row in (["Compte", "Solde"], ["C1", 10.5], ["C2", "12,00 €"], [None, None], ["C3", None]):
        book["vue"].append(row)
    book.save(tmp_path / "vue.xlsx")
    audit = run_audit(Request(DAY, page=tmp_path / "vue.xlsx", user="C1"), default_detector())
    assert audit.could.exposed.tolist() == [0, 1 | audit.categories.bit("FINANCIAL"), 1]
    page = "<div role='table'><div role='row'><span role='columnheader'>Compte</span><span role='columnheader'>Solde</span></div>"
    page += "<div role='row'><span role='cell'>C1</span><span role='cell'>1</span></div>"
    page += "<div role='row'><span role='cell'>C2</span><span role='cell'></span></div></div>"
    assert audited(tmp_path, page=page, user="c1").could.exposed.tolist() == [0, 1]


def test_tables_of_one_page_are_read_as_one(tmp_path):
    page = """<table><tr><th>Nom<th>Solde<tr><td colspan=2>Arbelot<tr><td>Bricard<td>2</table>
    <table><tr><th>Solde<th>Nom<tr><td>3<td>Chalumeau<td>en trop</table><table></table>"""
    table = open_table(written(tmp_path, "p.html", page))
    assert table.columns == ("Nom", "Solde", "col3")
    (rows,) = table.rows()
    assert (rows.cells, rows.first, rows.problems) == (
        [["Arbelot", "", ""], ["Bricard", "2", ""], ["Chalumeau", "3", "en trop"]],
        1,
        ["", "", ""],
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"user": "inconnu"}, "page.html: no row is known by the value of --as; name the user's own rows with --own VALUE"),
        ({"user": "u", "own": ["compte=3"]}, "--own compte=…: the page has no such column; it has: name"),
        (
            {"user": "u", "page": "<p>Bonjour</p>"},
            "page.html: the page holds no table with rows; save the page whole, or export what it shows as CSV",
        ),
        (
            {"user": "u", "page": "<table><tr><th>a<th>b<tr><td>1,00<td>2,00</table>"},
            "page.html: no column of account or name or lot found; name it with --column page.account=NAME or "
            "--column page.name=NAME or --column page.lot=NAME; the columns are: a, b",
        ),
    ],
)
def test_pages_that_cannot_be_judged_say_what_to_do(tmp_path, given, message):
    with pytest.raises(InputError) as error:
        audited(tmp_path, **{"page": PAGE, **given})
    assert str(error.value).replace(f"{tmp_path}/", "") == message
