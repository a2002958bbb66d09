"""The queue of the console: what it lists to whom, its filters and pages, decisions on several records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from consoles import INSIDE, OUTSIDE, Client, Site
from hypothesis import given
from hypothesis import strategies as st
from reading import names_of, rows_of, text_of, values_of
from sqlalchemy import select
from starlette.datastructures import QueryParams

import scanner.console.queue
from scanner.console.queue_filters import Asked, read_filters
from scanner.review.queue import QueueFilter, queue_page
from scanner.store.review_tables import proposals
from scanner.store.schema import decisions, records

QUEUE = "/console/queue"
ADDICTION, FINANCIAL, HEALTH, OFFENCE = "Addictions", "Situation financière", "Santé", "Infractions et condamnations"


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A console that no test of this module changes."""
    with Site(tmp_path_factory.mktemp("still")) as site:
        yield site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as site:
        yield site


def listed(client: Client, query: str = "") -> list[str]:
    return names_of(client.get_page(f"{QUEUE}{query}"))


def ticked(client: Client, *names: str) -> list[str]:
    """Return what the form sends for the records of these names."""
    page = client.get_page(QUEUE)
    sent = dict(zip(names_of(page), values_of(page, "records"), strict=True))
    return [sent[name] for name in names]


def decided(site: Site) -> list[tuple[Any, ...]]:
    with site.store.connect() as connection:
        columns = [decisions.c[name] for name in ("decision", "field", "entity", "who", "why")]
        query = select(records.c.record, *columns).join_from(decisions, records).order_by(decisions.c.id)
        return [tuple(row) for row in connection.execute(query)]


def test_the_riskiest_records_come_first_and_only_those_of_the_perimeter(still: Site) -> None:
    page = still.client("reviewer").get_page(QUEUE)
    assert [row[:1] + row[2:] for row in rows_of(page)] == [
        [record, *shown, INSIDE, day, "À examiner"]
        for record, day, *shown in (
            ("L-2", "02/10/2026", "critique 98", " ".join((ADDICTION, FINANCIAL, HEALTH, OFFENCE)), "note, suivi"),
            ("L-5", "05/10/2026", "élevé 63", OFFENCE, "note"),
            ("L-1", "01/10/2026", "élevé 63", HEALTH, "note"),
            ("L-3", "03/10/2026", "moyen 45", FINANCIAL, "note"),
        )
    ]
    assert "4 fiches, les plus graves d’abord" in text_of(page)


def test_who_sees_every_site_sees_records_without_site_too(still: Site) -> None:
    assert sorted(listed(still.client("reviewer.all"))) == ["L-1", "L-2", "L-3", "L-5", "ZQN-94", "ZQO-91", "ZQO-92", "ZQO-93"]


def test_no_word_of_a_comment_is_in_the_list(still: Site) -> None:
    page = still.client("dpo.all").get_page(QUEUE).lower()
    assert [word for word in ("cancer", "alcoolique", "prison", "dette", "frère", "notoire", "zkolibri", "zmarabou") if word in page] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?entity=OFFENCE", ["L-2", "L-5", "ZQO-92"]),
        (f"?site={OUTSIDE.replace(' ', '+')}", ["ZQO-91", "ZQO-92", "ZQO-93"]),
        ("?field=suivi", ["L-2", "ZQO-92"]),
        ("?purpose=social_follow_up", ["L-2", "ZQO-92"]),
        ("?level=critical", ["L-2", "ZQO-92"]),
        ("?from=2026-10-03&to=2026-10-06", ["L-3", "L-5", "ZQO-91"]),
        ("?job=night&new=1", []),  # the first run of a job has no news
        ("?job=day", []),
        ("?source=comments&entity=FINANCIAL", ["L-2", "L-3", "ZQO-93"]),
        ("?state=decided", []),
        ("?state=all&entity=FINANCIAL", ["L-2", "L-3", "ZQO-93"]),
        ("?entity=%3Cscript%3E", []),
    ],
)
def test_filters_narrow_the_list(still: Site, query: str, expected: list[str]) -> None:
    assert sorted(listed(still.client("reviewer.all"), query)) == expected


def test_a_filter_that_is_none_is_told_and_not_applied(still: Site) -> None:
    page = still.client("reviewer").get_page(f"{QUEUE}?from=demain&level=huge&state=lost&after=nonsense")
    assert "n’est pas appliqué : état, niveau, du, page." in text_of(page)
    assert len(names_of(page)) == 4


def test_an_empty_list_says_why(still: Site) -> None:
    client = still.client("reviewer")
    assert "Aucune fiche ne correspond à ces filtres" in client.get_page(f"{QUEUE}?entity=UNION")
    assert "Aucune fiche dans cet état" in client.get_page(f"{QUEUE}?state=corrected")


def test_pages_show_every_record_once_and_keep_the_filters(still: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner.console.queue, "queue_page", partial(queue_page, limit=2))
    client = still.client("reviewer.all")
    seen: list[str] = []
    following: str | None = "/console/queue?state=all"
    while following:
        page = client.get_page(following)
        seen += names_of(page)
        links = re.findall(r'rel="next" href="([^"]+)"', page)
        following = links[0].replace("&amp;", "&") if links else None
        assert following is None or following.startswith("/console/queue?state=all&after=")
    assert seen[0] == "L-2"
    assert sorted(seen) == ["L-1", "L-2", "L-3", "L-5", "ZQN-94", "ZQO-91", "ZQO-92", "ZQO-93"]


def test_several_records_are_decided_at_once(site: Site) -> None:
    client = site.client("reviewer")
    answer = client.submit(QUEUE, {"records": ticked(client, "L-1", "L-5"), "action": "false_alarm", "why": "noms de rues"})
    assert answer.status_code == 200
    assert "Fausse alerte : 2 fiches traitées." in text_of(answer.text)
    assert decided(site) == [(record, "false_alarm", "", "", "reviewer", "noms de rues") for record in ("L-1", "L-5")]
    assert listed(client) == ["L-2", "L-3"]
    assert sorted(listed(client, "?state=decided")) == ["L-1", "L-5"]


def test_what_the_policy_wants_confirmed_is_told_as_waiting(site: Site) -> None:
    client = site.client("reviewer")
    answer = client.submit(QUEUE, {"records": ticked(client, "L-1", "L-2"), "action": "erase", "why": "récit intime"})
    assert "Effacer : 2 fiches attendent la confirmation d’une seconde personne." in text_of(answer.text)
    assert decided(site) == []
    with site.store.connect() as connection:
        waiting = connection.execute(select(proposals.c.decision, proposals.c.who, proposals.c.why, proposals.c.state)).all()
    assert [tuple(row) for row in waiting] == [("erase", "reviewer", "récit intime", "waiting")] * 2


def test_each_refusal_is_told_with_its_reason_and_the_others_are_done(site: Site) -> None:
    client = site.client("reviewer")
    changed = f"{site.record_ids(INSIDE)['L-1']}.0123456789abcdef"
    outside = f"{site.record_ids(OUTSIDE)['ZQO-91']}.0123456789abcdef"
    sent = [*ticked(client, "L-3"), changed, outside, "word.x", "99999999999999999999.x"]
    told = text_of(client.submit(QUEUE, {"records": sent, "action": "release", "why": "utile"}).text)
    assert "1 fiche traitée." in told
    assert "2 fiches n’ont pas été traitées." in told
    assert "L-1 : La fiche a changé depuis son affichage : relisez-la, puis décidez." in told
    assert "Cette fiche n’existe pas, ou ne fait pas partie de votre périmètre." in told
    assert "ZQO" not in told
    assert decided(site) == [("L-3", "release", "", "", "reviewer", "utile")]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"records": []}, "Sélectionnez au moins une fiche."),
        ({"action": "burn"}, "Choisissez une décision."),
        ({"why": " "}, "Donnez le motif de la décision"),
    ],
)
def test_an_incomplete_decision_changes_nothing_and_keeps_what_was_typed(still: Site, change: dict[str, Any], told: str) -> None:
    client = still.client("reviewer")
    form = {"records": ticked(client, "L-3"), "action": "release", "why": "parce que"} | change
    answer = client.submit(QUEUE, form)
    assert answer.status_code == 422
    assert told in text_of(answer.text)
    assert len(re.findall(r'name="records"[^>]* checked', answer.text)) == len(form["records"])
    assert len(re.findall(r'name="action"[^>]* checked', answer.text)) == (form["action"] == "release")
    assert f'value="{form["why"]}"' in answer.text
    assert decided(still) == []


def test_decided_records_are_undone_several_at_once(site: Site) -> None:
    client = site.client("reviewer")
    client.submit(QUEUE, {"records": ticked(client, "L-1", "L-5"), "action": "release", "why": "utile"})
    page = client.get_page(f"{QUEUE}?state=decided")
    assert values_of(page, "action") == ["undo"]
    client.submit(f"{QUEUE}?state=decided", {"records": values_of(page, "records"), "action": "undo", "why": "relu"})
    assert sorted(listed(client)) == ["L-1", "L-2", "L-3", "L-5"]


def test_what_is_written_by_others_is_text_and_no_markup(site: Site) -> None:
    with site.store.begin() as connection:
        connection.execute(records.update().values(site="<b>zx</b>", record=records.c.record + "<img src=x>"))
    page = site.client("reviewer.all").get_page(QUEUE)
    assert "<b>zx</b>" not in page
    assert "<img" not in page
    assert page.count("&lt;b&gt;zx&lt;/b&gt;") >= 8


def test_choices_do_not_name_what_lies_outside(still: Site) -> None:
    page = still.client("reviewer").get_page(QUEUE)
    assert re.findall(r'<datalist id="sites">(.*?)</datalist>', page) == [f'<option value="{INSIDE}"></option>']


@given(
    st.builds(
        QueueFilter,
        state=st.sampled_from(["", "open", "proposed", "decided", "corrected"]),
        entity=st.sampled_from(["", "HEALTH", "é&=#"]),
        site=st.text(alphabet="aé &=+#%?/<>\"'", max_size=8).map(str.strip),
        level=st.sampled_from(["", "low", "critical"]),
        date_from=st.sampled_from(["", "2026-01-31"]),
        new=st.booleans(),
    ),
    st.sampled_from(["", "c=+/&"]),
)
def test_filters_survive_their_address(wanted: QueueFilter, after: str) -> None:
    asked = Asked(wanted, after)
    assert read_filters(QueryParams(asked.query().removeprefix("?"))) == asked
