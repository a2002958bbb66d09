"""Who could read what: caretakers who see buildings that are not theirs, and categories that are not theirs to know."""

from __future__ import annotations

import pytest
from exposures import RECORDS, RULES, audited, extents, unjudged, user_lines

from scanner.errors import InputError
from scanner.exposure.views import Extent, PlaceCell

RIGHTS = """
utilisateur;role;type_perimetre;perimetre
g1;gardien;tous;*
g2;gardien;immeuble;I2
c1;chargé de clientèle;agence;A1
"""
SHOULD = """
utilisateur;role;immeuble;agence
g1;gardien;I1;
g2;gardien;I2;
c1;chargé de clientèle;;A1
"""


def test_caretakers_see_other_buildings_and_what_is_not_theirs_to_know(tmp_path):
    audit = audited(tmp_path, records=RECORDS, rights=RIGHTS, should=SHOULD, rules=RULES)
    assert user_lines(audit.could, audit) == [
        ("g1", "gardien", "I1", 4, 5, ("ADDICTION", "FINANCIAL", "HEALTH", "PERSON")),
        ("g2", "gardien", "I2", 1, 1, ("ADDICTION",)),
    ]
    assert extents(audit.could) == {
        "chargé de clientèle": (1, Extent(0, 0, 0), Extent(0, 0, 0), {}),
        "gardien": (
            2,
            Extent(2, 4, 5),
            Extent(1, 2, 3),  # F3, F4 and F5 lie outside as a whole; F1 and F2 hold too much
            {"ADDICTION": Extent(2, 1, 1), "FINANCIAL": Extent(1, 3, 3), "HEALTH": Extent(1, 1, 1), "PERSON": Extent(1, 2, 3)},
        ),
    }
    assert (audit.could.place_label, list(audit.could.places)) == (
        "immeuble",
        [PlaceCell("I1", "I1", 2, 2), PlaceCell("I1", "I2", 1, 2), PlaceCell("I1", "I3", 1, 1), PlaceCell("I2", "I2", 1, 1)],
    )
    assert (audit.could.judged, audit.could.persons, audit.could.records) == (3, 4, 5)
    assert unjudged(audit) == {("record", "missing_building"): 1}  # F6: g1 can read it, nobody knows where it lies


def test_without_rules_the_assignments_are_the_perimeter(tmp_path):
    audit = audited(tmp_path, records=RECORDS, rights=RIGHTS, should=SHOULD)
    assert user_lines(audit.could, audit) == [("g1", "gardien", "I1", 2, 3, ("ADDICTION", "FINANCIAL", "PERSON"))]


def test_who_reads_what_they_should_is_not_exposed(tmp_path):
    audit = audited(tmp_path, records=RECORDS, rights=SHOULD, should=SHOULD)
    assert (audit.could.judged, audit.could.users, audit.could.records, audit.exposed.any()) == (3, [], 0, False)
    assert unjudged(audit) == {}


def test_the_cells_of_a_row_narrow_each_other_and_rows_add_up(tmp_path):
    rights = "utilisateur;agence;immeuble\nu1;A1;I1\nu1;A2;I3\nu1;A1;I3\n"
    audit = audited(tmp_path, records=RECORDS, rights=rights, should="utilisateur;compte\nu1;L4\n")
    assert user_lines(audit.could, audit) == [("u1", "(rôle non indiqué)", "I3", 2, 2, ("FINANCIAL", "HEALTH", "PERSON", "PHONE_NUMBER"))]


def test_rights_of_some_categories_expose_these_only(tmp_path):
    rights = "utilisateur;perimetre;categories\nu1;*;Situation financière, nom\nu1;I2;ADDICTION\n"
    audit = audited(tmp_path, records=RECORDS, rights=rights, should="utilisateur;immeuble\nu1;I3\n")
    assert user_lines(audit.could, audit) == [("u1", "(rôle non indiqué)", "I3", 3, 4, ("ADDICTION", "FINANCIAL", "PERSON"))]


@pytest.mark.parametrize(
    ("row", "persons"),
    [
        ("u1;I1;2026-11-22;2026-11-22", 2),
        ("u1;I1;;21/11/2026", 0),
        ("u1;I1;23/11/2026;", 0),
        ("u1;I1;01/01/2026;31/12/2026", 2),
    ],
)
def test_rights_count_from_their_first_to_their_last_day(tmp_path, row, persons):
    audit = audited(tmp_path, records=RECORDS, rights=f"utilisateur;immeuble;debut;fin\n{row}\n", should="utilisateur;immeuble\nu1;I2\n")
    assert audit.could.persons == persons


@pytest.mark.parametrize(
    ("rights", "reasons"),
    [
        ("utilisateur;type;perimetre\nu1;quartier latin;I1\n", {("right", "unknown_kind"): 1}),
        ("utilisateur;type;perimetre\nu1;immeuble;\n", {("right", "no_scope"): 1}),
        ("utilisateur;type;perimetre\nu1;;\n", {("right", "no_scope"): 1}),
        ("utilisateur;perimetre\nu1;I99\n", {("right", "unknown_scope"): 1}),
        ("utilisateur;immeuble;fin\nu1;I1;31/02/2026\n", {("right", "unreadable_date"): 1}),
        ("utilisateur;immeuble\n;I1\n", {("right", "no_user"): 1}),
        ("utilisateur;immeuble;categories\nu1;I9;choses\n", {("right", "unknown_category"): 1, ("right", "unknown_scope"): 1}),
        ("utilisateur;immeuble\nu1;I1;oups\n", {("row", "field_count"): 1}),
        ("utilisateur;secteur\nu1;S1\n", {("right", "unknown_scope"): 1}),
    ],
)
def test_rights_that_say_nothing_grant_nothing_and_are_told(tmp_path, rights, reasons):
    audit = audited(tmp_path, records=RECORDS, rights=rights, should="utilisateur;immeuble\nu1;I2\n")
    assert (audit.could.persons, unjudged(audit)) == (0, reasons)


def test_a_perimeter_that_two_dimensions_know_is_ambiguous(tmp_path):
    records = "id;compte;immeuble\n1;X;Y\n2;Y;Z\n"
    audit = audited(tmp_path, records=records, rights="utilisateur;perimetre\nu1;Y\nu1;Z\n", should="utilisateur;compte\nu1;X\n")
    assert (audit.could.records, unjudged(audit)) == (1, {("right", "ambiguous_scope"): 1})


def test_users_without_perimeter_or_rule_are_named_and_not_judged(tmp_path):
    rights = RIGHTS + "x1;stagiaire;tous;*\ng9;gardien;tous;*\n"
    audit = audited(tmp_path, records=RECORDS, rights=rights, should=SHOULD, rules=RULES)
    assert audit.could.judged == 3
    assert unjudged(audit) == {("record", "missing_building"): 1, ("user", "no_rule"): 1, ("user", "no_perimeter"): 1}


def test_an_account_of_the_same_id_is_ones_own(tmp_path):
    rules = '[[roles]]\nrole = "copropriétaire"\nreads = "account"\n[[roles]]\nrole = "robot"\nreads = "nothing"\n'
    rights = "utilisateur;role;perimetre\nL1;copropriétaire;*\nrobot;robot;I2\n"
    audit = audited(tmp_path, records=RECORDS, rights=rights, rules=rules)
    assert user_lines(audit.could, audit) == [
        ("L1", "copropriétaire", "I1", 4, 5, ("ADDICTION", "FINANCIAL", "HEALTH", "PERSON")),
        ("robot", "robot", "(aucun)", 1, 2, ("ADDICTION", "PERSON")),
    ]


def test_places_too_many_for_a_matrix_give_way_to_coarser_ones(tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.exposure.records._MOST_AREAS", 2)
    should = SHOULD + "g1;gardien;I2;\ng1;gardien;I3;\n"
    coarse = audited(tmp_path, records=RECORDS, rights=RIGHTS, should=should, rules=RULES)
    assert coarse.could.place_label == "agence"
    assert [(line.user, line.place, line.area) for line in coarse.could.users] == [
        ("g1", "I1, I2, I3", "(plusieurs)"),
        ("g2", "I2", "A1"),
    ]
    assert list(coarse.could.places) == [
        PlaceCell("(plusieurs)", "A1", 3, 3),
        PlaceCell("(plusieurs)", "A2", 1, 1),
        PlaceCell("A1", "A1", 1, 1),
    ]
    without = RECORDS.replace(";agence;", ";autre;")
    none = audited(tmp_path, records=without, rights="utilisateur;perimetre\nu1;*\n", should="utilisateur;compte\nu1;L1\n")
    assert (list(none.could.places), none.could.too_many_places, none.could.records) == ([], True, 5)


def test_columns_can_be_named_on_the_command_line_and_in_the_rules(tmp_path):
    records = "REF1;REF2;REF3\nF1;L1;I1\nF2;L2;I2\n"
    rules = '[columns.records]\nrecord = "ref1"\naccount = "REF3"\n'
    columns = ["records.account=REF2", "records.building=REF3", "rights.user=QUI"]
    rights, should = "QUI;immeuble\nu1;I1\n", "utilisateur;compte\nu1;L2\n"
    audit = audited(tmp_path, records=records, rights=rights, should=should, rules=rules, columns=columns)
    assert (audit.could.persons, audit.exposed.tolist()) == (1, [1, 0])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"records": RECORDS}, "--records: name who could read them with --rights FILE, who did with --accesses FILE, or both"),
        ({"rights": RIGHTS}, "name what is to be judged: --records FILE with --rights or --accesses, or --page FILE --as USER"),
        ({"page": "<table>", "records": RECORDS}, "--page is an audit of its own: leave out --records, --rights and --accesses"),
        ({"page": "<table>"}, "--page: say who saw it with --as USER"),
        ({"records": RECORDS, "rights": RIGHTS, "should": SHOULD, "user": "u"}, "--as, --own and --role go with --page"),
        (
            {"records": "a;b\n1;2\n", "rights": RIGHTS, "should": SHOULD},
            "records.csv: no column of account found; name it with --column records.account=NAME; the columns are: a, b",
        ),
        (
            {"records": RECORDS, "rights": RIGHTS, "should": SHOULD, "columns": ["rights.user=LOGIN"]},
            "rights.csv: no column 'LOGIN'; the columns are: utilisateur, role, type_perimetre, perimetre",
        ),
        (
            {"records": RECORDS, "rights": RIGHTS, "should": SHOULD, "columns": ["droits.user=LOGIN"]},
            "--column 'droits.user=LOGIN': write TABLE.ROLE=NAME, where TABLE is one of records, rights, should, accesses, page",
        ),
        (
            {"records": RECORDS, "rights": RIGHTS, "should": SHOULD, "columns": ["accesses.role=x"], "accesses": "a;b\n"},
            "--column accesses.role: accesses have no such column; they have: user, time, page, record, account",
        ),
        (
            {"records": RECORDS, "rights": "user;profil;immeuble\n" + "".join(f"u{n};Nom{n};I1\n" for n in range(60)), "should": SHOULD},
            "rights.csv: 60 roles for 60 users; name the right column with --column rights.role=NAME",
        ),
        ({"records": "compte;immeuble\n", "rights": RIGHTS, "should": SHOULD}, "records.csv: holds no record; export it again"),
    ],
)
def test_what_makes_no_audit_is_refused_with_what_to_do(tmp_path, given, message):
    with pytest.raises(InputError) as error:
        audited(tmp_path, **given)
    assert str(error.value) == message
