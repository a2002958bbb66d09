"""Searching by tenant and by record: within the perimeter, written down without whom, and never in a URL or a log."""

from __future__ import annotations

import logging

import pytest
from consoles import OUTSIDE_WORDS, Site
from fakes import KEY
from html_pages import tables_of, words_of
from sqlalchemy import update
from vaults import audited

from scanner.console import search
from scanner.keys import pseudonym
from scanner.store.schema import records

HOSTILE = "\"><script>alert('zq')</script>"
NONE = "Aucune fiche avec constat ne porte cet identifiant dans votre périmètre."


@pytest.fixture
def site(tmp_path):
    with Site(tmp_path) as site:
        yield site


def found(site: Site, by: str, wanted: str, login: str = "dpo") -> str:
    answer = site.client(login).submit("/console/search", {"by": by, "wanted": wanted})
    assert answer.status_code == 200
    return answer.text


def records_in(page: str) -> list[str]:
    return [row[0].split()[0] for table in tables_of(page) for row in table[1:]]


@pytest.mark.parametrize(("by", "wanted"), [("tenant", "T-102"), ("record", "L-2"), ("record", "  L-2 ")])
def test_finds_records_of_the_perimeter(site, by, wanted):
    page = found(site, by, wanted)
    assert records_in(page) == ["L-2"]
    assert "1 fiche trouvée" in words_of(page)
    assert f'href="/console/records/{site.record_ids("Les Lilas")["L-2"]}"' in page


@pytest.mark.parametrize(
    ("by", "wanted"),
    [("tenant", "ZQT-71"), ("record", "ZQO-91"), ("tenant", "T-999"), ("record", "x"), ("record", "T-102"), ("tenant", "L-2")],
)
def test_what_lies_outside_is_as_what_does_not_exist(site, by, wanted):
    page = found(site, by, wanted)
    assert records_in(page) == []
    assert NONE in words_of(page)
    assert [word for word in OUTSIDE_WORDS if word in page.replace(wanted, "").lower()] == []


def test_everywhere_finds_everything(site):
    assert records_in(found(site, "tenant", "ZQT-71", "dpo.all")) == ["ZQO-91"]
    assert records_in(found(site, "record", "ZQN-94", "dpo.all")) == ["ZQN-94"]


def test_search_by_tenant_is_written_down_without_whom(site, caplog):
    with caplog.at_level(logging.DEBUG):
        found(site, "tenant", "T-102")
    assert [details for event, details in audited(site.store) if event == "tenant-searched"] == [{"records": 1}]
    assert "T-102" not in caplog.text


def test_pages_of_many_records_hold_each_once(site, monkeypatch):
    with site.store.begin() as connection:
        connection.execute(update(records).values(tenant=pseudonym("T-1", KEY)))
    client = site.client("dpo.all")
    whole = client.submit("/console/search", {"by": "tenant", "wanted": "T-1"}).text
    monkeypatch.setattr(search, "ROWS", 3)
    after, seen = "", []
    while True:
        page = client.submit("/console/search", {"by": "tenant", "wanted": "T-1", "after": after}).text
        seen += records_in(page)
        if "Fiches suivantes" not in page:
            break
        after = page.split('name="after" value="')[-1].split('"')[0]
    assert len(records_in(whole)) == 8
    assert seen == records_in(whole)


def test_what_was_typed_is_shown_as_text(site):
    page = found(site, "record", HOSTILE)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_hostile_names_of_records_and_sites_are_text(site):
    with site.store.begin() as connection:
        connection.execute(update(records).where(records.c.record == "L-1").values(record=HOSTILE, site=HOSTILE))
    page = found(site, "record", HOSTILE, "dpo.all")
    assert page.count("&lt;script&gt;alert") >= 3
    assert "<script>alert" not in page


def test_nothing_typed_shows_the_form_again(site):
    page = found(site, "tenant", "   ")
    assert NONE not in words_of(page)
    assert tables_of(page) == []


def test_bad_values_are_refused_in_words(site):
    client = site.client("dpo")
    for data in ({"by": "name", "wanted": "x"}, {"by": "record", "wanted": "x" * 501}):
        answer = client.submit("/console/search", data)
        assert (answer.status_code, "Cette demande n’a pas été comprise" in answer.text) == (422, True)
    answer = client.submit("/console/search", {"by": "record", "wanted": "L-2", "after": "no cursor"})
    assert (answer.status_code, "no cursor" in answer.text) == (400, False)


@pytest.mark.parametrize("login", ["site_manager", "site_manager.all", "auditor.all"])
def test_does_not_exist_without_the_permission(site, login):
    client = site.client(login)
    assert client.get("/console/search").status_code == 404
    assert client.submit("/console/search", {"by": "record", "wanted": "L-2"}).status_code == 404
    assert [event for event, _ in audited(site.store) if event == "tenant-searched"] == []
