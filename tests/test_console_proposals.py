"""Proposals: what one person decides and a second one confirms, refuses, or the first takes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from consoles import Client, Site
from reading import names_of, text_of, values_of
from sqlalchemy import select

from scanner.store.review_tables import proposals
from scanner.store.schema import decisions, records

PROPOSALS = "/console/proposals"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A console in which the reviewer has proposed to erase L-1 and L-5, and another one ZQO-91, out of sight of most."""
    with Site(tmp_path) as site:
        propose(site.client("reviewer"), "L-1", "L-5")
        propose(site.client("reviewer.all"), "ZQO-91")
        yield site


def propose(client: Client, *names: str) -> None:
    page = client.get_page("/console/queue")
    sent = dict(zip(names_of(page), values_of(page, "records"), strict=True))
    client.submit("/console/queue", {"records": [sent[name] for name in names], "action": "erase", "why": "récit intime"})


def waiting(client: Client) -> dict[str, str]:
    """Return the ids of the proposals that ``client`` sees, by record."""
    page = client.get_page(PROPOSALS)
    return dict(zip(names_of(page), values_of(page, "proposals"), strict=True))


def answer(client: Client, ids: list[str], how: str, why: str = "relu") -> str:
    return text_of(client.submit(PROPOSALS, {"proposals": ids, "answer": how, "why": why}).text)


def settled(site: Site) -> dict[str, tuple[str, str, str]]:
    with site.store.connect() as connection:
        columns = [proposals.c[name] for name in ("state", "settled_by", "settled_why")]
        query = select(records.c.record, *columns).join_from(proposals, records).order_by(records.c.record)
        return {name: tuple(rest) for name, *rest in connection.execute(query)}  # type: ignore[misc]


def decided(site: Site) -> list[tuple[Any, ...]]:
    with site.store.connect() as connection:
        columns = [decisions.c[name] for name in ("decision", "who", "why", "confirmed_by")]
        query = select(records.c.record, *columns).join_from(decisions, records).order_by(records.c.record)
        return [tuple(row) for row in connection.execute(query)]


WAITS = ("waiting", "", "")


def test_who_sees_which_proposals(site: Site) -> None:
    assert sorted(waiting(site.client("reviewer"))) == ["L-1", "L-5"]
    assert sorted(waiting(site.client("dpo.all"))) == ["L-1", "L-5", "ZQO-91"]
    page = text_of(site.client("reviewer").get_page(PROPOSALS))
    assert "Effacer vous" in page
    assert "récit intime" in page


def test_nobody_confirms_what_he_proposed(site: Site) -> None:
    client = site.client("reviewer")
    told = answer(client, list(waiting(client).values()), "confirm")
    assert told.count("Une autre personne doit confirmer votre proposition.") == 2
    assert settled(site) == {"L-1": WAITS, "L-5": WAITS, "ZQO-91": WAITS}
    assert decided(site) == []


def test_a_second_person_confirms_several_and_refuses_one(site: Site) -> None:
    client = site.client("dpo.all")
    ids = waiting(client)
    assert "Confirmer : 2 fiches traitées." in answer(client, [ids["L-1"], ids["L-5"]], "confirm", "d’accord")
    assert "Refuser : 1 fiche traitée." in answer(client, [ids["ZQO-91"]], "refuse", "utile encore")
    confirmed = ("confirmed", "dpo.all", "d’accord")
    assert settled(site) == {"L-1": confirmed, "L-5": confirmed, "ZQO-91": ("refused", "dpo.all", "utile encore")}
    assert decided(site) == [(name, "erase", "reviewer", "récit intime", "dpo.all") for name in ("L-1", "L-5")]
    assert waiting(client) == {}
    assert names_of(client.get_page(f"{PROPOSALS}?state=refused")) == ["ZQO-91"]
    assert "« utile encore »" in text_of(client.get_page(f"{PROPOSALS}?state=refused"))


def test_the_author_takes_back_what_he_proposed_and_nobody_else_does(site: Site) -> None:
    author, other = site.client("reviewer"), site.client("dpo")
    ids = waiting(author)
    assert "Seul son auteur peut retirer une proposition." in answer(other, [ids["L-1"]], "withdraw")
    assert "Retirer : 1 fiche traitée." in answer(author, [ids["L-1"]], "withdraw", "trop vite")
    assert settled(site) == {"L-1": ("withdrawn", "reviewer", "trop vite"), "L-5": WAITS, "ZQO-91": WAITS}


def test_a_proposal_outside_the_perimeter_is_like_one_that_does_not_exist(site: Site) -> None:
    everything, limited = site.client("dpo.all"), site.client("dpo")
    outside = answer(limited, [waiting(everything)["ZQO-91"]], "confirm")
    assert outside == answer(limited, ["0123456789abcdef"], "confirm")
    assert "ZQO" not in outside
    assert settled(site)["ZQO-91"] == WAITS


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"proposals": []}, "Sélectionnez au moins une proposition."),
        ({"answer": "perhaps"}, "Choisissez une réponse."),
        ({"why": " "}, "Donnez le motif de la réponse"),
    ],
)
def test_an_incomplete_answer_changes_nothing(site: Site, form: dict[str, Any], told: str) -> None:
    client = site.client("dpo")
    given = {"proposals": list(waiting(client).values()), "answer": "confirm", "why": "vu", **form}
    page = client.submit(PROPOSALS, given)
    assert (page.status_code, told in text_of(page.text)) == (422, True)
    assert settled(site) == {"L-1": WAITS, "L-5": WAITS, "ZQO-91": WAITS}


def test_an_unknown_state_or_page_shows_what_waits(site: Site) -> None:
    page = site.client("dpo").get_page(f"{PROPOSALS}?state=lost&after=nonsense")
    assert sorted(names_of(page)) == ["L-1", "L-5"]


def test_an_empty_list_says_so(site: Site) -> None:
    assert "Aucune proposition dans cet état" in site.client("dpo").get_page(f"{PROPOSALS}?state=overtaken")


@pytest.mark.parametrize("role", ["site_manager", "auditor"])
def test_who_may_not_see_records_gets_no_proposals(site: Site, role: str) -> None:
    client = site.client(role)
    assert client.get(PROPOSALS).status_code == 404
    assert client.submit(PROPOSALS, {"proposals": ["1"], "answer": "confirm", "why": "vu"}).status_code == 404
