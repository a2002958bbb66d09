import datetime
from dataclasses import replace

import pytest

from recognizers.finding import Finding
from scanner.allowlist import Allowed, AllowEntry, AllowList, parse_allow_entries
from scanner.config_file import parse_toml
from scanner.errors import ConfigError
from scanner.records import Record

TODAY = datetime.date(2026, 11, 21)
TEXT = "Résidence  LES ALCOOLIERS, M. alcoolique, l'hôpital"
RECORD = Record("r-1", 0, "export.csv", {"NOTE": TEXT, "SUIVI": TEXT}, site="0123")
NAME = Finding("ADDICTION", TEXT.index("ALCOOLIERS"), TEXT.index(", M."), 0.9, "ADDICTION.alcohol")
MAN = Finding("ADDICTION", TEXT.index("alcoolique"), TEXT.index(", l'"), 0.95, "ADDICTION.alcoholic")
HOSPITAL = Finding("HEALTH", TEXT.index("hôpital"), len(TEXT), 0.6, "HEALTH.stay")
FINDINGS = [NAME, MAN, HOSPITAL]


def entry(expires=TODAY, **criteria):
    return AllowEntry("nom de la résidence", "DPO", expires, **criteria)


def allowed(*entries, record=RECORD, field="NOTE"):
    standing, aside = AllowList(entries, TODAY).split(FINDINGS, record, field)
    assert sorted([*standing, *(a.finding for a in aside)], key=FINDINGS.index) == FINDINGS
    return [a.finding for a in aside]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({"term": "résidence les alcooliers"}, [NAME]),
        ({"term": "ALCOOLIERS"}, [NAME]),
        ({"term": "alcool"}, []),
        ({"term": "les"}, []),
        ({"term": "L’Hopital"}, [HOSPITAL]),
        ({"term": "les alcooliers", "entity": "HEALTH"}, []),
        ({"rule": "ADDICTION.alcoholic"}, [MAN]),
        ({"rule": "ADDICTION.alcoholic", "term": "alcooliers"}, []),
        ({"record_id": "r-1"}, FINDINGS),
        ({"record_id": "r-1", "entity": "ADDICTION"}, [NAME, MAN]),
        ({"record_id": "r-2"}, []),
        ({"record_id": "r-1", "site": "0123", "source": "export.csv", "field": "NOTE"}, FINDINGS),
        ({"record_id": "r-1", "site": "0124"}, []),
        ({"record_id": "r-1", "source": "other.csv"}, []),
        ({"record_id": "r-1", "field": "SUIVI"}, []),
    ],
)
def test_what_an_entry_allows(criteria, expected):
    assert allowed(entry(**criteria)) == expected


def test_a_term_allows_by_the_words_that_betray_a_remark_however_far_it_reaches():
    reaching = replace(NAME, start=0, core=(NAME.start, NAME.end))
    allow = AllowList([entry(term="les alcooliers")], TODAY)
    assert allow.split([reaching], RECORD, "NOTE") == ([], [Allowed(reaching, allow.active[0])])
    beyond = replace(NAME, core=(0, NAME.end))
    assert allow.split([beyond], RECORD, "NOTE") == ([beyond], [])


def test_an_entry_holds_until_the_end_of_its_last_day():
    yesterday = TODAY - datetime.timedelta(days=1)
    in_force, expired = entry(rule="ADDICTION.alcohol"), entry(yesterday, rule="HEALTH.stay")
    allow = AllowList([in_force, expired], TODAY)
    assert (allow.active, allow.expired) == ((in_force,), (expired,))
    assert allow.split(FINDINGS, RECORD, "NOTE") == ([MAN, HOSPITAL], [Allowed(NAME, in_force)])


def test_the_first_entry_that_fits_is_named():
    first, second = entry(rule="HEALTH.stay"), entry(term="hôpital")
    _, aside = AllowList([first, second], TODAY).split(FINDINGS, RECORD, "NOTE")
    assert aside == [Allowed(HOSPITAL, first)]


def test_entries_read_from_a_policy():
    source = """
        [[allow]]
        term = "Les Alcooliers"
        entity = "ADDICTION"
        scope = { site = "0123", field = "NOTE" }
        reason = "nom de la résidence"
        author = "DPO"
        expires = 2027-01-31
        [[allow]]
        record_id = "r-1"
        reason = "accord écrit"
        author = "DPO"
        expires = 2027-02-28
    """
    assert parse_allow_entries(parse_toml(source, "p.toml").tables("allow"), ["ADDICTION"]) == [
        entry(datetime.date(2027, 1, 31), term="Les Alcooliers", entity="ADDICTION", site="0123", field="NOTE"),
        AllowEntry("accord écrit", "DPO", datetime.date(2027, 2, 28), record_id="r-1"),
    ]


GOOD = 'term = "x"\nreason = "r"\nauthor = "a"\nexpires = 2027-01-31\n'


@pytest.mark.parametrize(
    ("entry_source", "reason"),
    [
        (GOOD.replace('reason = "r"\n', ""), "line 1: 'reason' is missing or empty"),
        (GOOD.replace('"a"', '" "'), "line 4: 'author' is missing or empty"),
        (GOOD.replace("2027-01-31", '"2027"'), "line 5: 'expires' must be a date without quotes, such as 2027-01-31"),
        (GOOD.replace('term = "x"\n', ""), "line 1: an allow-list entry needs one of: term, rule, record_id"),
        (GOOD.replace('"x"', '"…"'), "line 2: 'term' holds no word"),
        (GOOD + 'entity = "HELTH"', "line 6: 'entity' cannot be 'HELTH'; did you mean 'HEALTH'? allowed: HEALTH"),
        (
            GOOD + 'scope = { town = "Lyon" }',
            "line 6: unknown key 'town'; allowed: field, site, source",
        ),
        (
            GOOD + 'terms = ["x"]',
            "line 6: unknown key 'terms'; did you mean 'term'? allowed: author, entity, expires, reason, record_id, rule, scope, term",
        ),
    ],
)
def test_malformed_entries(entry_source, reason):
    with pytest.raises(ConfigError) as caught:
        parse_allow_entries(parse_toml("[[allow]]\n" + entry_source, "p.toml").tables("allow"), ["HEALTH"])
    assert str(caught.value) == f"p.toml, {reason}"
