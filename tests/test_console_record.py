"""The page of a record: masked until somebody gives a reason, decisions on it and its parts, its history."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from consoles import INSIDE, OUTSIDE, Site
from reading import text_of, values_of
from record_pages import decide, decided, finding_ids, path, shown, state
from sqlalchemy import select
from vaults import audited, history

from scanner.store.schema import findings, records
from scanner.vault import EntryFilter, find_entries

MASKED = "••••• •••• •• [SANTÉ] •••••• ••••"
CLEAR = "suivi pour un cancer depuis juin"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as site:
        yield site


def test_the_text_is_masked_with_labels_in_place(site: Site) -> None:
    page = site.client("reviewer").get_page(path(site, "L-1"))
    assert MASKED in text_of(page)
    assert [word for word in ("cancer depuis", "juin", "rien à signaler") if word in page] == []


def test_the_page_says_what_was_found_why_it_matters_and_what_to_write(site: Site) -> None:
    told = text_of(site.client("reviewer").get_page(path(site, "L-1")))
    for words in (
        "Fiche L-1",
        "élevé risque 63 sur 100",
        "note Note ou consigne de gardien",
        "gravité 4 sur 4 · certitude 90,0 % · affirmé · non précisé · à masquer",
        "Écrire plutôt : besoin particulier signalé",
        "Règle HEALTH.cancer Terme du lexique cancer Place caractères 15 à 20",
        "RGPD, article 9, paragraphe 1",
        "Site Les Lilas Service gardiens Date 01/10/2026",
        "Aucune décision n’a été prise.",
        "Original mis sous scellé",
    ):
        assert words in told


def test_a_reveal_needs_a_reason_and_is_written_down(site: Site) -> None:
    client, where = site.client("reviewer"), path(site, "L-1")
    entry = site.vault_ids(INSIDE)["L-1"]
    before = history(site.store, entry)
    refused = client.submit(f"{where}/reveal", {"why": "  "})
    assert refused.status_code == 422
    assert "Donnez le motif de la lecture" in refused.text
    assert CLEAR not in refused.text
    assert history(site.store, entry) == before
    answer = client.submit(f"{where}/reveal", {"why": "demande d’accès"})
    assert answer.headers["cache-control"] == "no-store"
    assert CLEAR in text_of(answer.text)
    assert re.findall(r"<mark[^>]*>([^<]*)</mark>", answer.text) == ["cancer"]
    assert history(site.store, entry) == [*before, ("shown", "reviewer", "demande d’accès")]
    assert [details for event, details in audited(site.store) if event == "original-shown"] == [{"entries": [entry]}]
    assert MASKED in text_of(client.get_page(where))


def test_a_record_that_is_only_reported_has_no_text_here(site: Site) -> None:
    client, where = site.client("reviewer"), path(site, "L-3")
    page = client.get_page(where)
    assert (
        "la politique ne fait que signaler cette fiche. Elle se lit et se corrige dans le logiciel métier, table comments, fiche L-3"
        in text_of(page)
    )
    assert "/reveal" not in page
    assert client.submit(f"{where}/reveal", {"why": "voir"}).status_code == 404


@pytest.mark.parametrize("rest", ["", "/reveal", "/wording", "/allow"])
def test_a_record_outside_the_perimeter_is_like_one_that_does_not_exist(site: Site, rest: str) -> None:
    client = site.client("dpo")
    form = {"shown": "1.x", "action": "release", "why": "voir", "field": "note", "text": "rien", "expires": "2030-01-31"}
    answers = [client.submit(f"/console/records/{number}{rest}", form) for number in (*site.record_ids(OUTSIDE).values(), 999_999)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[-1].text)}
    assert decided(site) == []


def test_after_a_decision_comes_the_record_that_follows_in_the_queue(site: Site) -> None:
    client, ids = site.client("reviewer"), site.record_ids(INSIDE)
    links = re.compile(r'rel="(prev|next)"[^>]*href="([^"]+)"')
    page = client.get_page(f"/console/records/{ids['L-5']}?entity=OFFENCE")
    assert links.findall(page) == [("prev", f"/console/records/{ids['L-2']}?entity=OFFENCE")]
    where = f"/console/records/{ids['L-2']}?entity=OFFENCE"
    page = client.get_page(where)
    assert links.findall(page) == [("next", f"/console/records/{ids['L-5']}?entity=OFFENCE")]
    answer = decide(client, where, "release", following=values_of(page, "following")[0])
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/console/records/{ids['L-5']}?entity=OFFENCE&told=done&of={ids['L-2']}",
    )
    told = client.get_page(answer.headers["location"])
    assert "La décision sur la fiche L-2 est enregistrée." in text_of(told)
    assert state(site, "L-2") == ("decided", "release")


def test_what_came_of_a_record_outside_is_not_told(site: Site) -> None:
    outside = site.record_ids(OUTSIDE)["ZQO-91"]
    page = site.client("reviewer").get_page(f"{path(site, 'L-1')}?told=done&of={outside}")
    assert "La décision sur la fiche" not in page


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("field:suivi", ("false_alarm", "suivi", "", {"HEALTH.cancer", "FINANCIAL.debt"})),
        ("entity:OFFENCE", ("false_alarm", "", "OFFENCE", {"OFFENCE.prison"})),
        ("finding", ("false_alarm", "note", "ADDICTION", {"ADDICTION.alcoholic"})),
    ],
)
def test_a_part_of_a_record_is_decided_by_itself(site: Site, part: str, expected: tuple[Any, ...]) -> None:
    decision, field, entity, aside = expected
    part = f"finding:{finding_ids(site, 'L-2')['ADDICTION.alcoholic']}" if part == "finding" else part
    client, where = site.client("reviewer"), path(site, "L-2")
    answer = decide(client, where, "false_alarm", "nom de rue", part=part, following="1")
    assert answer.headers["location"].startswith(f"{where}?told=done")
    assert decided(site) == [("L-2", decision, field, entity, "reviewer", "nom de rue", "")]
    assert state(site, "L-2")[0] == "open"
    with site.store.connect() as connection:
        query = select(findings.c.rule).join(records).where(records.c.record == "L-2", findings.c.dismissed.is_not(None))
        assert set(connection.execute(query).scalars()) == aside


def test_what_is_for_whole_records_is_refused_for_a_part(site: Site) -> None:
    client, where = site.client("reviewer"), path(site, "L-2")
    for action in ("erase", "release", "neutral"):
        answer = decide(client, where, action, part="field:note")
        assert (answer.status_code, "Cette décision porte sur la fiche entière." in answer.text) == (422, True)
    assert decided(site) == []


def test_a_record_that_changed_since_it_was_shown_is_not_decided(site: Site) -> None:
    first, second, where = site.client("reviewer"), site.client("dpo"), path(site, "L-1")
    old = shown(first, where)
    decide(second, where, "false_alarm", "nom d’un médecin")
    answer = first.submit(where, {"shown": old, "action": "release", "why": "utile"})
    assert answer.status_code == 409
    assert "La fiche a changé depuis son affichage" in text_of(answer.text)
    assert decided(site) == [("L-1", "false_alarm", "", "", "dpo", "nom d’un médecin", "")]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"action": "burn"}, "Choisissez une décision."),
        ({"part": "page:3"}, "Choisissez une décision."),
        ({"shown": "7777.x"}, "Choisissez une décision."),
        ({"why": " "}, "Donnez le motif"),
    ],
)
def test_an_incomplete_decision_changes_nothing(site: Site, form: dict[str, str], told: str) -> None:
    client, where = site.client("reviewer"), path(site, "L-1")
    answer = client.submit(where, {"shown": shown(client, where), "action": "release", "part": "", "why": "vu", **form})
    assert (answer.status_code, told in answer.text) == (422, True)
    assert decided(site) == []


def test_a_decision_is_undone_and_both_stay_in_the_history(site: Site) -> None:
    client, where = site.client("reviewer"), path(site, "L-1")
    decide(client, where, "release", "utile au logement")
    assert values_of(client.get_page(where), "action") == ["undo", "hold"]
    decide(client, where, "undo", "mal lu")
    assert state(site, "L-1") == ("open", "")
    assert decided(site) == [("L-1", "release", "", "", "reviewer", "utile au logement", "undone")]
    told = text_of(client.get_page(where))
    assert re.search(r"Conserver tel quel reviewer, le \S+ \S+ « utile au logement » Annulée par reviewer, le \S+ \S+ : « mal lu »", told)


def test_an_original_is_held_and_freed(site: Site) -> None:
    client, where = site.client("reviewer"), path(site, "L-1")
    decide(client, where, "hold", "assignation du 3 mai")
    page = client.get_page(where)
    assert "Original conservé pour un litige : assignation du 3 mai" in text_of(page)
    assert "free" in values_of(page, "action")
    decide(client, where, "free", "affaire close")
    assert "free" not in values_of(client.get_page(where), "action")
    with site.store.connect() as connection:
        assert find_entries(connection, EntryFilter(held=True)) == []


@pytest.mark.parametrize("role", ["site_manager", "auditor"])
def test_who_may_not_see_records_gets_none(site: Site, role: str) -> None:
    client = site.client(role)
    assert client.get(path(site, "L-1")).status_code == 404
    assert client.submit(path(site, "L-1", "/reveal"), {"why": "voir"}).status_code == 404
