"""The dashboard: its figures are those of the store, counted again here, and no more than the viewer may know."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from consoles import COMMENTS, INSIDE, OUTSIDE, OUTSIDE_WORDS, TABLE, Site
from fakes import POLICY, WORDS
from html_pages import tables_of, words_of
from sqlalchemy import insert, select, update

from scanner.catalogue import default_catalogue
from scanner.console import charts, dashboard
from scanner.policy import PURPOSES
from scanner.review.counts import Bar, Figure, TrendPoint
from scanner.store.schema import coverage, records, runs

EXACT = POLICY + "\n[review]\nsmall_numbers = 0\n"
LABELS = {entity: info.label for entity, info in default_catalogue().entities.items()}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("dashboard")) as site:
        yield site


@pytest.fixture
def own_site(tmp_path):
    with Site(tmp_path, policy=EXACT) as site:
        yield site


def counted(sites: set[str] | None) -> dict[str, Counter]:
    """Count the comments of ``sites`` (``None``: all) from their words: records by entity, field and purpose, findings by site."""
    found: dict[str, Counter] = {name: Counter() for name in ("entity", "field", "purpose", "site", "all")}
    for _, site, _, _, _, *texts in COMMENTS:
        if sites is not None and site not in sites:
            continue
        by_field = {field: [WORDS[w][0] for w in WORDS if w in text] for field, text in zip(TABLE.text_columns, texts, strict=True)}
        held = {field: entities for field, entities in by_field.items() if entities}
        found["all"] += Counter(read=1, records=bool(held), findings=sum(map(len, held.values())))
        found["entity"] += Counter({entity for entities in held.values() for entity in entities})
        found["field"] += Counter(held.keys())
        found["purpose"] += Counter({TABLE.purposes[field] for field in held})
        found["site"][site] += sum(map(len, held.values()))
    return found


def bars(counts: Counter, labels: dict[str, str]) -> list[list[str]]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [[labels.get(name, name), "", str(count)] for name, count in ranked]


def cards(page: str) -> list[str]:
    """Return the figures on top of the page."""
    return [part.split("</b>")[0].split("<b>")[1] for part in page.split('<li class="card')[1:]]


@pytest.mark.parametrize(("login", "sites"), [("dpo.all", None), ("dpo", {INSIDE})])
def test_figures_are_those_of_the_comments(site, login, sites):
    page = site.client(login).get_page("/console/")
    expected = counted(sites)
    trend, entities, by_site, fields, purposes, read = tables_of(page)
    totals = expected["all"]
    assert cards(page) == [str(totals[name]) for name in ("read", "records", "findings", "records")] + ["0"]
    assert entities[1:] == bars(expected["entity"], LABELS)
    assert fields[1:] == bars(Counter({f"{field} comments": count for field, count in expected["field"].items()}), {})
    assert purposes[1:] == bars(expected["purpose"], dict(PURPOSES))
    assert sorted(by_site[1:]) == sorted(bars(expected["site"], {"": "(sans site)"}))
    assert [row[-2:] for row in trend[1:]] == [[str(totals["records"]), str(totals["findings"])]]
    of_run = [str(totals["read"]), str(totals["read"]), *(["0"] if sites is None else []), "0", "–"]
    assert [[row[0], *row[2:]] for row in read[1:]] == [["night comments", *of_run]]


def test_levels_and_review_are_those_of_the_store(site):
    page = site.client("dpo.all").get_page("/console/")
    with site.store.connect() as connection:
        levels = Counter(connection.execute(select(records.c.level).where(records.c.level != "none")).scalars())
    told = {"critical": "critique", "high": "élevé", "medium": "moyen", "low": "faible"}
    listed = ", ".join(f"{label} {levels[level]}" for level, label in told.items())
    assert f'aria-label="Fiches par niveau de risque\u00a0: {listed}"' in page
    assert "À examiner 8, En attente d’une seconde personne 0, Décidée 0, Corrigée à la source 0" in page


def test_site_manager_sees_rounded_counts_of_own_sites_and_nothing_else(site):
    page = site.client("site_manager").get_page("/console/")
    _, entities, by_site, *_ = tables_of(page)
    assert cards(page) == ["5 à 9", "moins de 5", "5 à 9", "moins de 5", "0"]
    assert {row[2] for row in entities[1:]} == {"moins de 5"}
    assert by_site[1:] == [[INSIDE, "", "5 à 9"]]
    assert "Les nombres sont arrondis, et ceux de 1 à 4 ne sont pas donnés" in words_of(page)
    unseen = (*OUTSIDE_WORDS, "l-1", "l-2", "l-3", "l-5", "t-10", "/console/records", "/console/queue")
    assert [word for word in unseen if word in page.lower()] == []


def test_one_site_is_shown_alone(site):
    page = site.client("dpo.all").get_page(f"/console/?site={OUTSIDE.replace(' ', '+')}")
    expected = counted({OUTSIDE})
    assert cards(page)[:3] == [str(expected["all"][name]) for name in ("read", "records", "findings")]
    assert tables_of(page)[1][1:] == bars(expected["entity"], LABELS)
    assert "Constats par site" not in words_of(page)


@pytest.mark.parametrize("query", [f"?site={OUTSIDE.replace(' ', '+')}", "?site=nowhere", "?job=nothing"])
def test_outside_of_the_perimeter_is_as_what_does_not_exist(site, query):
    page = site.client("dpo").get_page(f"/console/{query}")
    assert "Rien ne correspond à ce filtre" in words_of(page)
    assert tables_of(page) == []


def test_one_job_is_shown_alone(site):
    assert cards(site.client("dpo.all").get_page("/console/?job=night"))[0] == "9"


def test_links_lead_to_the_queue_of_who_may_see_records(site):
    page = site.client("reviewer").get_page("/console/")
    assert "/console/queue?entity=HEALTH&amp;job=&amp;site=" in page
    assert "/console/queue" not in site.client("auditor").get_page("/console/")


def test_sites_are_paged(site, monkeypatch):
    monkeypatch.setattr(dashboard, "SITES_A_PAGE", 1)
    client, path, seen = site.client("dpo.all"), "/console/", []
    while path:
        page = client.get_page(path)
        seen += [row[0] for row in tables_of(page)[2][1:]]
        parts = page.split('#by-site">Sites suivants')[0].rsplit('href="', 1)
        path = f"/console/{parts[1].replace('&amp;', '&')}" if "Sites suivants" in page else ""
    assert seen == [name or "(sans site)" for name, _ in counted(None)["site"].most_common()]


def test_what_was_not_scanned_is_named(own_site):
    with own_site.store.begin() as connection:
        summary = json.loads(connection.execute(select(runs.c.summary)).scalar_one())
        summary["reason_records"] = [["undecodable", 2]]
        connection.execute(update(runs).values(summary=json.dumps(summary), status="failed"))
        connection.execute(update(coverage).values(rows_not_scanned=2, rows_scanned=7))
    page = own_site.client("dpo.all").get_page("/console/")
    assert "Des fiches n’ont pas pu être analysées en entier : l’absence de constat n’y prouve rien." in words_of(page)
    assert "night : la dernière analyse s’est arrêtée sur une erreur, elle est à relancer." in words_of(page)
    assert "Toutes les fiches des tables lues ont été analysées en entier." not in words_of(page)


def test_all_scanned_says_so(site):
    words = words_of(site.client("dpo.all").get_page("/console/"))
    assert "Toutes les fiches des tables lues ont été analysées en entier." in words
    assert "l’absence de constat n’y prouve rien" not in words


def test_a_run_that_failed_before_it_read_anything_is_told(own_site):
    with own_site.store.begin() as connection:
        job_id = connection.execute(select(runs.c.job_id)).scalar_one()
        failed = {"id": "f" * 16, "number": 2, "job_id": job_id, "started": "2026-11-22T01:00:00+00:00", "status": "failed"}
        connection.execute(insert(runs).values(**failed, rules="", version="", key_id=""))
    page = words_of(own_site.client("dpo.all").get_page("/console/"))
    assert "night échouée n° 2" in page
    assert ("aucune table lue" in page, "Une analyse n’est pas allée à son terme" in page) == (True, True)
    limited = words_of(own_site.client("dpo").get_page("/console/"))
    assert ("échouée n° 2" in limited, "Toutes les fiches des tables lues" in page + limited) == (True, False)


def test_empty_store_says_so(own_site):
    with own_site.store.begin() as connection:
        connection.exec_driver_sql("DELETE FROM tallies")
        connection.exec_driver_sql("DELETE FROM coverage")
        connection.exec_driver_sql("DELETE FROM runs")
    page = own_site.client("dpo.all").get_page("/console/")
    assert "Aucune analyse pour l’instant" in words_of(page)


def test_bars_are_in_percent_of_the_longest():
    rows = charts.record_rows([Bar("a", Figure(9), Figure(2)), Bar("b", Figure(1), Figure(8)), Bar("c", Figure(0), Figure(0, 5, few=True))])
    assert [(row.bar.name, row.figure.value, row.length) for row in rows] == [("b", 8, 100.0), ("a", 2, 25.0), ("c", 0, 0.0)]
    assert [row.length for row in charts.finding_rows([Bar("a", Figure(0), Figure(0))])] == [0.0]


def test_parts_of_a_bar_follow_each_other():
    parts = charts.levels_bar({"low": Figure(2), "critical": Figure(1), "high": Figure(0), "medium": Figure(5)})
    assert [(part.key, part.start, part.length) for part in parts] == [
        ("critical", 0.0, 12.5),
        ("high", 12.5, 0.0),
        ("medium", 12.5, 62.5),
        ("low", 75.0, 25.0),
    ]


@pytest.mark.parametrize(("highest", "top"), [(0, 4), (3, 4), (4, 4), (6, 8), (9, 10), (41, 50), (999, 1000), (100_001, 200_000)])
def test_scale_of_a_trend_reads_well(highest, top):
    point = TrendPoint("night", "r", "2026-11-22T02:00:00+00:00", Figure(highest), Figure(highest), {"high": Figure(highest)})
    assert [chart.top for chart in charts.trends([point])] == [top]


def test_trends_are_by_job_and_oldest_first():
    def point(job: str, ended: str, **levels: int) -> TrendPoint:
        return TrendPoint(job, "r", ended, Figure(0), Figure(0), {level: Figure(count) for level, count in levels.items()})

    made = charts.trends([point("b", "2"), point("a", "3", critical=1, low=3), point("a", "1", critical=2)])
    assert [(chart.job, [column.point.ended for column in chart.columns]) for chart in made] == [("a", ["1", "3"]), ("b", ["2"])]
    assert [(part.key, part.start, part.length) for part in made[0].columns[1].parts] == [("critical", 75.0, 25.0), ("low", 0.0, 75.0)]
