"""The audit view: the log and the decisions, paged and filtered, verified, exported, and only for who may."""

from __future__ import annotations

import csv
import io
import json

import pytest
from consoles import INSIDE, OUTSIDE_WORDS, Site
from fakes import KEY
from html_pages import tables_of, words_of
from sqlalchemy import insert, select, update

from scanner.audit import EVENTS, AuditLog, read_log
from scanner.console import audit_pages
from scanner.console.audit_pages import DECISION_COLUMNS, ENTRY_HEADER
from scanner.console.wordings import wordings
from scanner.keys import pseudonym
from scanner.store.schema import audit, decisions, jobs, records

HOSTILE = "<script>alert('zq')</script>"


@pytest.fixture
def site(tmp_path):
    with Site(tmp_path) as site:
        yield site


def add_decisions(site: Site) -> None:
    """Decide something of every record, the day of its number."""
    with site.store.begin() as connection:
        for record_id in connection.execute(select(records.c.id).order_by(records.c.id)).scalars():
            values = {"decision": "release", "who": "anna", "at": f"2026-10-{record_id:02}T10:00:00+00:00", "why": f"motif {record_id}"}
            connection.execute(insert(decisions).values(record_id=record_id, **values))


def numbers(page: str) -> list[str]:
    return [row[0] for row in tables_of(page)[0][1:]]


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_log_is_shown_as_it_was_written(site):
    client = site.client("dpo.all")
    table = tables_of(client.get_page("/console/audit"))[0]
    entries = list(read_log(site.store))
    names = {pseudonym("dpo.all", KEY): "dpo.all"}
    assert [[row[0], row[2], row[3]] for row in table[1:]] == [
        [str(entry.seq), names.get(entry.actor, entry.actor), wordings()["events"][entry.event].replace("\u00a0", " ")]
        for entry in reversed(entries)
    ]
    ended = next(row for row in table if row[3] == "Analyse terminée")
    for told in ("traitement night", "fiches lues 9", "constats 12", "état terminée"):
        assert told in ended[4]


def test_every_event_has_words():
    assert set(wordings()["events"]) == set(EVENTS)


def test_log_is_paged_without_gaps(site, monkeypatch):
    monkeypatch.setattr(audit_pages, "PAGE", 3)
    client, path, seen = site.client("dpo.all"), "/console/audit", []
    while path:
        page = client.get_page(path)
        assert len(numbers(page)) <= 3
        seen += numbers(page)
        path = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in page else ""
    assert seen == [str(entry.seq) for entry in reversed(list(read_log(site.store)))]


def test_log_is_filtered_by_event_and_date(site):
    client = site.client("dpo.all")
    with site.store.begin() as connection:
        connection.execute(update(audit).where(audit.c.seq == 1).values(at="2026-01-05T23:59:59+00:00"))
        connection.execute(update(audit).where(audit.c.seq == 2).values(at="2026-01-06T00:00:00+00:00"))
    assert numbers(client.get_page("/console/audit?from=2026-01-05&to=2026-01-05")) == ["1"]
    assert numbers(client.get_page("/console/audit?to=2026-01-06")) == ["2", "1"]
    made = [str(e.seq) for e in read_log(site.store) if e.event == "account-made"]
    assert numbers(client.get_page("/console/audit?what=account-made")) == made[::-1]
    assert "Rien ne correspond à ces filtres." in words_of(client.get_page("/console/audit?what=nothing"))
    assert len(numbers(client.get_page("/console/audit?from=nonsense"))) == len(list(read_log(site.store)))


def test_verification_tells_that_all_is_well(site):
    words = words_of(site.client("auditor.all").submit("/console/audit/verify").text)
    assert f"Le journal est intact : les entrées 1 à {len(list(read_log(site.store)))} sont telles qu’elles ont été écrites." in words


def test_verification_tells_what_was_altered(site):
    with site.store.begin() as connection:
        connection.execute(update(audit).where(audit.c.seq == 2).values(event="report-downloaded"))
    words = words_of(site.client("dpo.all").submit("/console/audit/verify").text)
    assert "Le journal n’est pas tel qu’il a été écrit. L’entrée 2 a été modifiée, insérée ou déplacée" in words
    assert "intact :" not in words


def test_verification_tells_that_another_key_wrote(site):
    with site.store.begin() as connection:
        connection.execute(update(audit).where(audit.c.seq == 2).values(key_id="00000000"))
    assert "Vérification incomplète." in words_of(site.client("dpo.all").submit("/console/audit/verify").text)


def test_log_is_exported_as_it_stands(site):
    client = site.client("dpo.all")
    header, *rows = read_csv(client.get("/console/audit/log.csv").content)
    entries = list(read_log(site.store))
    assert entries[-1].event == "report-downloaded"
    assert header == list(ENTRY_HEADER)
    assert rows == [[str(e.seq), e.at, e.actor, e.event, e.details, e.mac] for e in reversed(entries)]
    only = read_csv(client.get("/console/audit/log.csv?what=scan-ended").content)[1:]
    assert [row[3] for row in only] == ["scan-ended"]
    assert json.loads(only[0][4])["rows_read"] == 9


def test_log_is_for_who_may_see_every_site(site):
    client = site.client("auditor")
    page = client.get_page("/console/audit")
    assert "Le journal porte sur tous les sites" in words_of(page)
    assert tables_of(page) == []
    assert client.get("/console/audit/log.csv").status_code == 404
    assert client.submit("/console/audit/verify").status_code == 404


@pytest.mark.parametrize("login", ["reviewer.all", "site_manager", "site_manager.all"])
def test_audit_does_not_exist_for_other_roles(site, login):
    client = site.client(login)
    paths = ("", "/log.csv", "/decisions", "/decisions.csv")
    assert [client.get(f"/console/audit{path}").status_code for path in paths] == [404] * 4
    assert client.submit("/console/audit/verify").status_code == 404


def test_decisions_are_those_of_the_perimeter(site):
    add_decisions(site)
    inside = site.record_ids(INSIDE)
    client = site.client("dpo")
    page = client.get_page("/console/audit/decisions")
    assert [[row[1], row[2], row[3], row[6], row[7]] for row in tables_of(page)[0][1:]] == [
        ["anna", "Conserver tel quel", f"{record} comments", f"motif {record_id}", "en vigueur"]
        for record, record_id in sorted(inside.items(), reverse=True)
    ]
    rows = read_csv(client.get("/console/audit/decisions.csv").content)
    assert rows[0] == list(DECISION_COLUMNS)
    assert [[row[0], row[5], row[6], row[11]] for row in rows[1:]] == [
        [f"2026-10-{record_id:02}T10:00:00+00:00", record, INSIDE, f"motif {record_id}"]
        for record, record_id in sorted(inside.items(), reverse=True)
    ]
    said = (page + str(rows)).lower()
    assert [word for word in OUTSIDE_WORDS if word in said] == []


def test_who_may_not_see_records_sees_pseudonyms_in_decisions(site):
    add_decisions(site)
    client = site.client("auditor")
    page = client.get_page("/console/audit/decisions")
    expected = [pseudonym(record, KEY) for record in sorted(site.record_ids(INSIDE), reverse=True)]
    assert [row[3].split()[0] for row in tables_of(page)[0][1:]] == expected
    assert [row[5] for row in read_csv(client.get("/console/audit/decisions.csv").content)[1:]] == expected
    assert "/console/records/" not in page


def test_decisions_are_filtered_and_paged(site, monkeypatch):
    add_decisions(site)
    with site.store.begin() as connection:
        connection.execute(update(decisions).where(decisions.c.record_id == 3).values(decision="erase"))
    client = site.client("dpo.all")
    assert [row[2] for row in tables_of(client.get_page("/console/audit/decisions?what=erase"))[0][1:]] == ["Effacer"]
    reasons = [row[6] for row in tables_of(client.get_page("/console/audit/decisions?from=2026-10-02&to=2026-10-04"))[0][1:]]
    assert reasons == ["motif 4", "motif 3", "motif 2"]
    monkeypatch.setattr(audit_pages, "PAGE", 4)
    path, seen = "/console/audit/decisions", []
    while path:
        page = client.get_page(path)
        seen += [row[6] for row in tables_of(page)[0][1:]]
        path = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in page else ""
    assert seen == [f"motif {number}" for number in range(9, 0, -1)]


def test_hostile_words_in_decisions_do_no_harm(site):
    add_decisions(site)
    with site.store.begin() as connection:
        hostile = {"why": HOSTILE, "who": HOSTILE, "field": HOSTILE, "rule": HOSTILE, "term": HOSTILE, "confirmed_by": HOSTILE}
        connection.execute(update(decisions).where(decisions.c.record_id == 1).values(**hostile))
        connection.execute(update(decisions).where(decisions.c.record_id == 2).values(why="=1+1", who="@x", field="+2", term="-3"))
        connection.execute(update(records).where(records.c.id == 1).values(record=HOSTILE))
    client = site.client("dpo")
    page = client.get_page("/console/audit/decisions")
    assert page.count("&lt;script&gt;alert(") == 7
    assert "<script>alert" not in page
    row = read_csv(client.get("/console/audit/decisions.csv?to=2026-10-02").content)[1]
    cells = dict(zip(DECISION_COLUMNS, row, strict=True))
    assert [cells[name] for name in ("motif", "identifiant", "champ", "terme")] == ["'=1+1", "'@x", "'+2", "'-3"]


def test_log_names_jobs_with_unusual_names(site):
    AuditLog(site.store, KEY, "run").add("scan-started", job="Préavis <b>nord</b>", run="0123456789abcdef")
    page = site.client("dpo.all").get_page("/console/audit")
    assert f"traitement #{pseudonym('Préavis <b>nord</b>', KEY)}" in words_of(page)  # no such job is known any more
    with site.store.begin() as connection:
        connection.execute(update(jobs).values(name="Préavis <b>nord</b>"))
    page = site.client("dpo.all").get_page("/console/audit")
    assert "traitement Préavis <b>nord</b>" in words_of(page)
    assert "<b>nord" not in page
