"""Who did read what: logs in any order, with times of any kind, and names that nobody knows."""

from __future__ import annotations

import datetime

import pytest
from exposures import RECORDS, RULES, audited, unjudged, user_lines

from scanner.errors import InputError
from scanner.exposure.moments import Clock, zone_named

SHOULD = "utilisateur;role;immeuble;agence\ng1;gardien;I1;\ng2;gardien;I2;\nc1;chargé de clientèle;;A1\n"


def lines(view):
    return [(line.user, line.accesses, line.records, line.persons, line.first, line.last) for line in view.users]


def test_accesses_beyond_the_perimeter_by_user_and_day(tmp_path):
    log = """
date_heure;utilisateur;id_fiche
22/11/2026 10:00;g1;F5
22/11/2026 09:00:01;G1 ;f5
21/11/2026 23:30;g2;F1
2026-11-21T23:30:00Z;g2;F4
22/11/2026 11:00;c1;F1
22/11/2026 11:00;g2;F3
21/11/2026 23:30;zz;F4
21/11/2026 23:30;g1;F99
bof;g1;F1
22/11/2026 12:00;g1;F6
"""
    audit = audited(tmp_path, records=RECORDS, should=SHOULD, accesses=log)
    assert (audit.could, audit.did.judged, audit.did.beyond) == (None, 7, 3)
    assert lines(audit.did.view) == [
        ("g1", 2, 1, 1, "2026-11-22T09:00:01+01:00", "2026-11-22T10:00:00+01:00"),
        ("g2", 1, 1, 1, "2026-11-21T23:30:00+01:00", "2026-11-21T23:30:00+01:00"),
    ]
    assert dict(audit.did.days) == {"2026-11-21": 1, "2026-11-22": 2}
    assert unjudged(audit) == {
        ("access", "unknown_user"): 1,
        ("access", "unknown_record"): 1,
        ("access", "unreadable_time"): 1,
        ("record", "missing_building"): 1,
    }


def test_rules_tell_which_categories_a_reader_should_not_have_met(tmp_path):
    log = "date;utilisateur;id_fiche\n22/11/2026;g2;F4\n22/11/2026;g2;F3\n22/11/2026;c1;F4\n"
    audit = audited(tmp_path, records=RECORDS, should=SHOULD, rules=RULES, accesses=log)
    assert user_lines(audit.did.view, audit) == [("g2", "gardien", "I2", 1, 1, ("ADDICTION",))]


def test_what_rights_hide_was_not_read_but_against_rights_all_was(tmp_path):
    rights = "utilisateur;immeuble;categories\ng2;I2;PERSON\n"
    log = "date;utilisateur;id_fiche\n22/11/2026;g2;F4\n22/11/2026;g2;F2\n"
    audit = audited(tmp_path, records=RECORDS, rights=rights, should=SHOULD, rules=RULES, accesses=log)
    assert user_lines(audit.could, audit) == []
    assert user_lines(audit.did.view, audit) == [("g2", "gardien", "I2", 1, 1, ("FINANCIAL", "HEALTH", "PERSON"))]
    assert audit.exposed.tolist() == [0, 1 | audit.categories.bits(("FINANCIAL", "HEALTH", "PERSON")), 0, 0, 0, 0]


def test_an_access_is_judged_by_the_assignments_of_its_day(tmp_path):
    should = "utilisateur;immeuble;du;au\ng1;I1;01/01/2026;30/06/2026\ng1;I2;01/07/2026;\n"
    log = "le;utilisateur;id_fiche\n01/07/2026 00:00;g1;F1\n30/06/2026 23:59;g1;F1\n31/12/2025;g1;F1\n30/06/2026;g1;F3\n01/07/2026;g1;F3\n"
    audit = audited(tmp_path, records=RECORDS, should=should, accesses=log)
    assert (audit.did.beyond, dict(audit.did.days)) == (3, {"2025-12-31": 1, "2026-06-30": 1, "2026-07-01": 1})


def test_days_and_order_are_those_of_the_local_clock_in_summer_and_winter(tmp_path):
    log = """
time;user;id
2026-10-25T01:30:00Z;g2;F1
2026-10-25T00:30:00Z;g2;F1
2026-10-24T22:10:00Z;g2;F1
2026-10-24T21:50:00Z;g2;F1
2026-03-28T23:30:00+00:00;g2;F1
"""
    audit = audited(tmp_path, records=RECORDS, should=SHOULD, accesses=log, columns=["accesses.record=id"])
    assert dict(audit.did.days) == {"2026-03-29": 1, "2026-10-24": 1, "2026-10-25": 3}
    assert lines(audit.did.view) == [("g2", 5, 1, 1, "2026-03-29T00:30:00+01:00", "2026-10-25T02:30:00+01:00")]
    there = audited(tmp_path, records=RECORDS, should=SHOULD, accesses=log, columns=["accesses.record=id"], zone="America/Guadeloupe")
    assert dict(there.did.days) == {"2026-03-28": 1, "2026-10-24": 4}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22 10:02:03.5", "2026-11-22T10:02:03+01:00"),
        ("22/11/2026 à 10h02", "2026-11-22T10:02:00+01:00"),
        ("22/Nov/2026:10:02:03 +0000", "2026-11-22T11:02:03+01:00"),
        ("1795338123", "2026-11-22T10:02:03+01:00"),
        ("1795338123000", "2026-11-22T10:02:03+01:00"),
        ("20261122100203", "2026-11-22T10:02:03+01:00"),
        ("22/11/2026", "2026-11-22T00:00:00+01:00"),
        ("2026-10-25 02:30", "2026-10-25T02:30:00+02:00"),  # twice: the first is meant
        ("2026-03-29 02:30", "2026-03-29T03:30:00+02:00"),  # never: the clock went forward
    ],
)
def test_times_as_logs_write_them(text, moment):
    clock = Clock(zone_named("Europe/Paris"))
    seconds, day = clock.read(text)
    assert (clock.iso(seconds), day) == (moment, datetime.date.fromisoformat(moment[:10]).toordinal())


@pytest.mark.parametrize(
    "text", ["", "hier", "31/02/2026 10:00", "2026-11-22T25:00", "22/11/2026 10:61", "0001-01-01T00:00+14:00", "1" * 400]
)
def test_times_that_are_none(text):
    assert Clock(zone_named("Europe/Paris")).read(text) is None


def test_logs_of_accounts_and_of_pages(tmp_path):
    by_account = "date;user;num_locataire\n22/11/2026;g1;L3\n"
    audit = audited(tmp_path, records=RECORDS, should=SHOULD, accesses=by_account)
    assert (audit.did.view.records, audit.did.view.persons, audit.did.beyond) == (2, 1, 1)
    pages = "date;user;url\n22/11/2026;g1;/comptes/L3?onglet=2\n22/11/2026;g1;/fiche/F5\n22/11/2026;g1;/accueil\n22/11/2026;g1;F5\n"
    pattern = "/comptes/(?P<account>[^/?]+)|/fiche/(?P<record>[^/?]+)"
    audit = audited(tmp_path, records=RECORDS, should=SHOULD, accesses=pages, page_pattern=pattern)
    assert (audit.did.view.records, audit.did.beyond, unjudged(audit)) == (3, 3, {("access", "unknown_record"): 1})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"page_pattern": "("}, "--page-pattern: not a regular expression (missing ), unterminated subpattern at position 0)"),
        (
            {"page_pattern": "/(?P<fiche>.*)"},
            "--page-pattern: name what it finds, as in '/accounts/(?P<account>[^/?]+)'; the names are record and account",
        ),
        (
            {"zone": "Europe/Pariss"},
            "--timezone 'Europe/Pariss': no such time zone; give a name such as Europe/Paris or America/Guadeloupe",
        ),
        (
            {"zone": "../etc/passwd"},
            "--timezone '../etc/passwd': no such time zone; give a name such as Europe/Paris or America/Guadeloupe",
        ),
        (
            {"accesses": "user;url\nu;x\n"},
            "accesses.csv: no column of time found; name it with --column accesses.time=NAME; the columns are: user, url",
        ),
    ],
)
def test_logs_that_cannot_be_read_say_what_to_do(tmp_path, given, message):
    with pytest.raises(InputError) as error:
        audited(tmp_path, **{"records": RECORDS, "should": SHOULD, "accesses": "date;user;url\n22/11/2026;g1;/x\n", **given})
    assert str(error.value) == message


def test_users_without_perimeter_are_told_by_their_accesses_too(tmp_path):
    log = "date;user;id_fiche\n22/11/2026;g1;F1\n22/11/2026;x9;F1\n22/11/2026;x9;F2\n"
    rules = '[[roles]]\nrole = "gardien"\nreads = "building"\n'
    audit = audited(tmp_path, records=RECORDS, should=SHOULD + "x9;gardien;;A1\n", rules=rules, accesses=log)
    assert unjudged(audit) == {("user", "no_perimeter"): 1, ("user", "no_rule"): 1, ("access", "no_perimeter"): 2}
