"""The figures of the report are those of the store, recomputed from the comments in Python and from the tables in plain SQL."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter, defaultdict

import pytest
from database_job import run_job
from fakes import KEY
from reports import part
from reviews import TABLE

from scanner.catalogue import default_catalogue
from scanner.databases import ReadSettings
from scanner.documents.blocks import Bars, Matrix, Periods
from scanner.organisation import Organisation
from scanner.report.document import report_document
from scanner.report.dossier import Standing
from scanner.report.finding_table import table_of_store
from scanner.report.from_store import Wanted, dossier_of_store
from scanner.store.engine import open_store

WORDS = {"cancer": ("HEALTH", "Santé"), "alcoolique": ("ADDICTION", "Addictions"), "prison": ("OFFENCE", "Infractions et condamnations"),
         "dette": ("FINANCIAL", "Situation financière")}  # fmt: skip
SITES = ("Lilas", "Tour", "Mail", "")


def many_comments(count):
    """Return invented comments, and in plain Python what is in them."""
    rng = random.Random(7)
    comments, truth = {}, defaultdict(Counter)
    for at in range(count):
        site, month = rng.choice(SITES), f"{rng.randrange(2015, 2026)}-{rng.randrange(1, 13):02}"
        fields = {"note": rng.choices(list(WORDS), k=rng.randrange(4)), "suivi": rng.choices(list(WORDS), k=rng.randrange(3))}
        comments[f"R-{at}"] = (site, f"T-{rng.randrange(count // 2)}", f"{month}-05", *(" et ".join(words) for words in fields.values()))
        found = [(WORDS[word][0], field) for field, words in fields.items() for word in words]
        truth["persons"].update({comments[f"R-{at}"][1]} if found else ())
        truth["entity_records"].update({entity for entity, _ in found})
        truth["field_records"].update({field for _, field in found})
        truth["month_records"].update([month] if found else ())
        truth["site_findings"].update([site] if found else ())
        for entity, field in found:
            truth["entity_findings"][entity] += 1
            truth["entity_field"][entity, field] += 1
            truth["entity_site"][entity, site] += 1
            truth["entity_month"][entity, month] += 1
    return comments, truth


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A store of a few thousand findings, and what is in it."""
    folder = tmp_path_factory.mktemp("large")
    comments, truth = many_comments(1_500)
    source = folder / "source.sqlite"
    with sqlite3.connect(source) as connection:
        connection.execute("CREATE TABLE comments (ref TEXT PRIMARY KEY, site TEXT, tenant TEXT, entered TEXT, note TEXT, suivi TEXT)")
        connection.executemany("INSERT INTO comments VALUES (?, ?, ?, ?, ?, ?)", [(ref, *cells) for ref, cells in comments.items()])
    with open_store(folder / "state.sqlite") as store:
        run_job(f"sqlite:///{source}", store, folder / "out", tables=[TABLE], settings=ReadSettings(page_rows=500))
        yield folder / "state.sqlite", store, truth


def counters(summary, *names):
    return {name: {tuple(key) if len(key) > 1 else key[0]: count for *key, count in summary[name]} for name in names}


def test_figures_are_those_of_the_comments(large):
    _, store, truth = large
    summary = dossier_of_store(store, Wanted(), Organisation()).summary
    names = [name for name in truth if name != "persons"]
    assert counters(summary, *names) == {name: dict(truth[name]) for name in names}
    assert summary["persons"]["with_findings"] == len(truth["persons"])
    assert summary["findings"] == sum(truth["entity_findings"].values()) > 3_000


def test_figures_are_those_of_the_tables_in_plain_sql(large):
    path, store, _ = large
    made = dossier_of_store(store, Wanted(), Organisation())
    queries = {
        "entity_findings": "SELECT entity, count(*) FROM findings GROUP BY 1",
        "entity_records": "SELECT entity, count(DISTINCT record_id) FROM findings GROUP BY 1",
        "field_records": "SELECT field, count(DISTINCT record_id) FROM findings GROUP BY 1",
        "month_records": "SELECT substr(date, 1, 7), count(*) FROM records WHERE level <> 'none' GROUP BY 1",
        "month_read": "SELECT substr(date, 1, 7), count(*) FROM records GROUP BY 1",
        "site_findings": "SELECT site, count(*) FROM records WHERE level <> 'none' GROUP BY 1",
        "entity_severity": "SELECT entity, CAST(severity AS TEXT), count(*) FROM findings GROUP BY 1, 2",
        "entity_term": "SELECT entity, term, count(*) FROM findings GROUP BY 1, 2",
        "entity_assertion": "SELECT entity, assertion, count(*) FROM findings GROUP BY 1, 2",
    }
    with sqlite3.connect(path) as plain:
        for name, query in queries.items():
            counted = {tuple(key) if len(key) > 1 else key[0]: count for *key, count in plain.execute(query)}
            assert (name, counters(made.summary, name)[name]) == (name, counted)
        levels = dict(plain.execute("SELECT level, count(*) FROM records GROUP BY 1"))
        total = plain.execute("SELECT count(DISTINCT record_id), count(*) FROM findings").fetchone()
    assert {level: count for level, count in made.summary["levels"].items() if count} == levels
    assert made.store.standing == Standing(*total, 0, 0)


def test_the_document_prints_them(large):
    _, store, truth = large
    made = report_document(dossier_of_store(store, Wanted(), Organisation()), default_catalogue())
    results = part(made, "Résultats")
    labels = dict(WORDS.values())
    records = {labels[entity]: count for entity, count in truth["entity_records"].items()}
    assert dict(next(block for block in results if isinstance(block, Bars)).bars) == records
    by_field = next(block for block in results if isinstance(block, Matrix) and block.caption == "Catégorie et champ")
    printed = {(label, column): count for label, counts in by_field.rows for column, count in zip(by_field.columns, counts, strict=True)}
    assert printed == {(labels[entity], field): count for (entity, field), count in truth["entity_field"].items()}
    years = Counter()
    for month, count in truth["month_records"].items():
        years[month[:4]] += count
    (series,) = (block for block in results if isinstance(block, Periods))
    assert {period.name: period.count for period in series.periods} == dict(years)


def test_one_row_a_finding_by_pseudonym(large):
    _, store, truth = large
    made = dossier_of_store(store, Wanted(), Organisation())
    table = table_of_store(store, made, KEY)
    rows = list(table.rows)
    assert (len(rows), table.total) == (sum(truth["entity_findings"].values()),) * 2
    at = {name: place for place, name in enumerate(table.header)}
    assert Counter(row[at["site"]] for row in rows) == Counter(
        {site: sum(count for (_, s), count in truth["entity_site"].items() if s == site) for site in SITES}
    )
    assert {len(row[at["fiche"]]) for row in rows} == {16}
    assert {row[at["fiche"]] for row in table_of_store(store, made, None).rows} == {"sans la clé"}
