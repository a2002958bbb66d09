"""Texts written by hand in place of a record's, checked before they are kept, and exceptions made of its findings."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from consoles import INSIDE, Site
from fakes import KEY
from reading import text_of
from record_pages import decided, finding_ids, path, shown, state

from scanner.accounts import Perimeter
from scanner.review.allowing import NewAllowance, allowances

IN_2030 = datetime.date(2030, 1, 31)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as site:
        yield site


def test_a_text_that_still_reveals_is_told_before_it_is_kept(site: Site) -> None:
    client, where = site.client("reviewer"), path(site, "L-1")
    revealed = client.submit(f"{where}/reveal", {"why": "réécrire"}).text
    assert "suivi pour un besoin particulier signalé depuis juin</textarea>" in revealed
    form = {"shown": shown(client, where), "field": "note", "line_ends": "lf", "why": "plus neutre", "text": "suivi d’un cancer <b>"}
    answer = client.submit(f"{where}/wording", form)
    assert answer.status_code == 409
    assert "Ce texte révèle encore : Santé." in text_of(answer.text)
    assert '<mark title="Santé">suivi d’un cancer</mark> &lt;b&gt;' in answer.text
    assert decided(site) == []
    kept = client.submit(f"{where}/wording", form | {"text": "rendez-vous prévu en juin"})
    assert (kept.status_code, kept.headers["location"].partition("?")[0]) == (303, where)
    assert decided(site) == [("L-1", "redact", "note", "", "reviewer", "plus neutre", "")]
    assert "texte réécrit" in client.get_page(where)


def test_a_text_is_kept_in_spite_of_findings_when_that_is_asked_for(site: Site) -> None:
    client, where = site.client("reviewer"), path(site, "L-1")
    form = {"shown": shown(client, where), "field": "note", "why": "le mot est du médecin", "text": "cancer", "accept": "true"}
    assert client.submit(f"{where}/wording", form).status_code == 303
    assert [row[:3] for row in decided(site)] == [("L-1", "redact", "note")]


def test_a_text_without_reason_is_not_lost(site: Site) -> None:
    client, where = site.client("reviewer"), path(site, "L-1")
    form = {"shown": shown(client, where), "field": "note", "why": "", "text": "suivi\r\nadapté"}
    answer = client.submit(f"{where}/wording", form)
    assert answer.status_code == 422
    assert "suivi\nadapté</textarea>" in answer.text
    assert decided(site) == []


def test_an_exception_is_made_of_a_finding(site: Site) -> None:
    client, where = site.client("dpo.all"), path(site, "L-1")
    finding = finding_ids(site, "L-1")["HEALTH.cancer"]
    form = {"finding": finding, "where": "field", "expires": "2030-01-31", "why": "champ du médecin"}
    answer = client.submit(f"{where}/allow", form)
    assert answer.status_code == 200
    assert "L’exception est ajoutée. Constats écartés : 3, sur 3 fiches." in text_of(answer.text)
    with site.store.connect() as connection:
        (entry,) = allowances(connection, Perimeter.everything(), KEY, datetime.date.today())
    expected = NewAllowance("champ du médecin", IN_2030, rule="HEALTH.cancer", entity="HEALTH", field="note", source="comments")
    assert (entry.what, entry.author, entry.findings) == (expected, "dpo.all", 3)
    assert state(site, "L-1") == ("decided", "allowed")


def test_an_exception_of_a_limited_perimeter_holds_for_the_site_only(site: Site) -> None:
    client, where = site.client("dpo"), path(site, "L-1")
    form = {"finding": finding_ids(site, "L-1")["HEALTH.cancer"], "where": "everywhere", "expires": "2030-01-31", "why": "ici"}
    client.submit(f"{where}/allow", form)
    with site.store.connect() as connection:
        assert [entry.what.site for entry in allowances(connection, Perimeter.everything(), KEY, datetime.date.today())] == [INSIDE]


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({"expires": "2020-01-01"}, 422, "Ce dernier jour de validité est déjà passé."),
        ({"expires": "bientôt"}, 422, "Donnez le dernier jour de validité."),
        ({"term": " ;-) "}, 422, "Les mots de l’exception ne comportent ni lettre ni chiffre."),
        ({"why": " "}, 422, "Donnez le motif"),
        ({"finding": "0"}, 404, "n’existe pas"),
    ],
)
def test_an_incomplete_exception_is_not_made(site: Site, form: dict[str, str], status: int, told: str) -> None:
    client, where = site.client("dpo.all"), path(site, "L-1")
    finding = finding_ids(site, "L-1")["HEALTH.cancer"]
    given = {"finding": str(finding), "where": "record", "expires": "2030-01-31", "why": "vu", **form}
    answer = client.submit(f"{where}/allow", given)
    assert (answer.status_code, told in answer.text) == (status, True)
    with site.store.connect() as connection:
        assert allowances(connection, Perimeter.everything(), KEY, datetime.date.today(), ended=True) == []


def test_a_reviewer_makes_no_exceptions(site: Site) -> None:
    client, where = site.client("reviewer"), path(site, "L-1")
    assert "Ajouter aux exceptions" not in client.get_page(where)
    form = {"finding": finding_ids(site, "L-1")["HEALTH.cancer"], "where": "record", "expires": "2030-01-31", "why": "vu"}
    assert client.submit(f"{where}/allow", form).status_code == 404
