"""The page of exceptions: those of the store, to add and to end, those of the policy file, to read."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from consoles import INSIDE, OUTSIDE, Site
from fakes import KEY, POLICY
from reading import rows_of, text_of

from scanner.accounts import Perimeter
from scanner.review.allowing import Allowance, allowances

ALLOW_LIST = "/console/allow-list"
TODAY = datetime.date.today()
NEXT_YEAR = f"{TODAY.year + 1}-01-31"
OF_FILE = """
[[allow]]
term = "Résidence des Alcooliers"
scope = { site = "Les Lilas" }
reason = "nom de la résidence"
author = "DPO"
expires = 2020-01-31
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path, policy=POLICY + OF_FILE) as site:
        yield site


def kept(site: Site) -> list[Allowance]:
    with site.store.connect() as connection:
        return allowances(connection, Perimeter.everything(), KEY, TODAY, ended=True)


def french(iso: str) -> str:
    return "/".join(reversed(iso.split("-")))


def test_an_exception_is_added_applied_at_once_and_listed(site: Site) -> None:
    client = site.client("dpo.all")
    form = {"rule": "HEALTH.cancer", "field": "note", "expires": NEXT_YEAR, "why": "champ du médecin"}
    answer = client.submit(ALLOW_LIST, form)
    assert answer.status_code == 200
    assert "L’exception est ajoutée. Constats écartés : 3, sur 3 fiches." in text_of(answer.text)
    listed = rows_of(client.get_page(ALLOW_LIST))[0]
    assert listed[:4] == ["règle HEALTH.cancer", "champ note", "champ du médecin", "dpo.all"]
    assert listed[5:7] == [french(NEXT_YEAR), "3"]
    assert "L-1" not in client.get_page("/console/queue")


def test_words_are_applied_by_the_next_scan_and_the_page_says_so(site: Site) -> None:
    form = {"term": "cancer du sein", "entity": "HEALTH", "expires": NEXT_YEAR, "why": "campagne de dépistage"}
    told = text_of(site.client("dpo.all").submit(ALLOW_LIST, form).text)
    assert "Constats écartés : 0, sur 0 fiche. La prochaine analyse relira 4 fiches" in told
    assert "mots « cancer du sein » Santé" in told


def test_an_exception_is_ended_with_a_reason_and_what_it_set_aside_stands_again(site: Site) -> None:
    client = site.client("dpo.all")
    client.submit(ALLOW_LIST, {"rule": "HEALTH.cancer", "expires": NEXT_YEAR, "why": "à l’essai"})
    (entry,) = kept(site)
    without = client.submit(f"{ALLOW_LIST}/{entry.id}/end", {"why": " "})
    assert (without.status_code, kept(site)) == (422, [entry])
    told = text_of(client.submit(f"{ALLOW_LIST}/{entry.id}/end", {"why": "trop large"}).text)
    assert "L’exception a pris fin. Constats de nouveau à examiner : 4, sur 4 fiches." in told
    (ended,) = kept(site)
    assert (ended.in_force, ended.ended_by, ended.ended_why, ended.findings) == (False, "dpo.all", "trop large", 0)
    assert "Aucune exception" in client.get_page(ALLOW_LIST)
    assert "dpo.all : « trop large »" in text_of(client.get_page(f"{ALLOW_LIST}?ended=1"))
    assert client.submit(f"{ALLOW_LIST}/{entry.id}/end", {"why": "encore"}).status_code == 404


def test_exceptions_of_the_policy_file_are_shown_and_cannot_be_changed(site: Site) -> None:
    page = site.client("dpo.all").get_page(ALLOW_LIST)
    assert rows_of(page) == [["mots « Résidence des Alcooliers »", f"site {INSIDE}", "nom de la résidence", "DPO", "31/01/2020 expirée"]]
    assert "/end" not in page


def test_what_expires_soon_is_told(site: Site) -> None:
    client = site.client("dpo.all")
    for days, rule in ((29, "HEALTH.cancer"), (31, "OFFENCE.prison")):
        expires = (TODAY + datetime.timedelta(days)).isoformat()
        client.submit(ALLOW_LIST, {"rule": rule, "expires": expires, "why": "à revoir"})
    rows = rows_of(client.get_page(ALLOW_LIST))
    assert [(row[0], "expire bientôt" in row[5]) for row in rows[:2]] == [("règle HEALTH.cancer", True), ("règle OFFENCE.prison", False)]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"rule": ""}, "Indiquez des mots, une règle ou une fiche."),
        ({"rule": "", "term": "  "}, "Indiquez des mots, une règle ou une fiche."),
        ({"term": "…"}, "Les mots de l’exception ne comportent ni lettre ni chiffre."),
        ({"expires": ""}, "Donnez le dernier jour de validité."),
        ({"expires": "2020-02-30"}, "Donnez le dernier jour de validité."),
        ({"expires": "2020-01-31"}, "Ce dernier jour de validité est déjà passé."),
        ({"why": ""}, "Donnez le motif"),
    ],
)
def test_an_incomplete_exception_is_not_added_and_not_lost(site: Site, form: dict[str, Any], told: str) -> None:
    given = {"rule": "HEALTH.cancer", "site": "Les Ormes", "expires": NEXT_YEAR, "why": "vu", **form}
    answer = site.client("dpo.all").submit(ALLOW_LIST, given)
    assert (answer.status_code, told in text_of(answer.text)) == (422, True)
    assert 'value="Les Ormes"' in answer.text
    assert kept(site) == []


def test_who_does_not_see_every_site_makes_exceptions_for_his_own_only(site: Site) -> None:
    client = site.client("dpo")
    given = {"rule": "HEALTH.cancer", "expires": NEXT_YEAR, "why": "vu"}
    for where in ("", OUTSIDE):
        answer = client.submit(ALLOW_LIST, given | {"site": where})
        assert (answer.status_code, "Choisissez l’un de vos sites" in answer.text) == (422, True)
    assert kept(site) == []
    assert client.submit(ALLOW_LIST, given | {"site": INSIDE}).status_code == 200
    assert [entry.what.site for entry in kept(site)] == [INSIDE]


def test_exceptions_for_sites_out_of_sight_are_not_listed(site: Site) -> None:
    site.client("dpo.all").submit(ALLOW_LIST, {"term": "zkolibri", "site": OUTSIDE, "expires": NEXT_YEAR, "why": "zmarabou"})
    (entry,) = kept(site)
    client = site.client("dpo")
    page = client.get_page(f"{ALLOW_LIST}?ended=1").lower()
    assert [word for word in ("zkolibri", "zmarabou", "zwxquala", entry.id) if word in page] == []
    assert client.submit(f"{ALLOW_LIST}/{entry.id}/end", {"why": "vu"}).status_code == 404
    assert kept(site) == [entry]


def test_what_people_write_is_text_and_no_markup(site: Site) -> None:
    form = {"term": "<b>a</b>", "rule": "<i>r</i>", "expires": NEXT_YEAR, "why": "<img src=x onerror=alert(1)>"}
    page = site.client("dpo.all").submit(ALLOW_LIST, form).text
    assert [tag for tag in ("<b>a", "<i>r", "<img") if tag in page] == []
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


@pytest.mark.parametrize("role", ["reviewer.all", "site_manager.all", "auditor.all"])
def test_who_may_not_allow_has_no_such_page(site: Site, role: str) -> None:
    client = site.client(role)
    assert client.get(ALLOW_LIST).status_code == 404
    assert client.submit(ALLOW_LIST, {"rule": "HEALTH.cancer", "expires": NEXT_YEAR, "why": "vu"}).status_code == 404
    assert kept(site) == []
