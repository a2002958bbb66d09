"""The corrective plan and the updates of registre and AIPD: what calls for which, always with its ground."""

from __future__ import annotations

import datetime

import pytest
from reports import CATALOGUE, SUMMARY, document, dossier, part, words

from recognizers.legal import legal_grounds
from scanner.organisation import Measure, Organisation, Readers
from scanner.report.dossier import Corrections, Decisions, StoreFacts
from scanner.report.figures import entity_rows
from scanner.report.measures import measures, updates
from scanner.report.wording import measure_texts, update_texts

CLEAN = {
    "findings": 0, "records_with_findings": 0, "rows_not_scanned": 0, "rows_unsettled": 0, "entity_records": [], "entity_findings": [],
    "field_records": [], "month_records": [], "levels": dict.fromkeys(SUMMARY["levels"], 0) | {"none": 12_345},
}  # fmt: skip
WITH_FINDINGS = {"before-erasing", "entry-filter", "training", "access-requests"}


def keys(made):
    return [text.key for text in measures(made, entity_rows(made.summary, CATALOGUE))]


def found(entity):
    return {"entity_records": [[entity, 3]], "entity_findings": [[entity, 3]], "field_records": [["NOTE", 3]], "month_records": []}


def test_a_clean_scan_calls_for_the_next_one_only():
    assert keys(dossier(**CLEAN)) == ["next-scan"]


@pytest.mark.parametrize(
    ("changes", "called"),
    [
        ({"rows_not_scanned": 1}, {"not-scanned"}),
        ({"status": "failed"}, {"not-scanned"}),
        (found("ACCESS_CODE"), {"secrets", "readers-unknown"}),
        (found("NIR"), {"nir", "readers-unknown"}),
        (found("DOMESTIC_VIOLENCE"), {"violence", "readers-unknown"}),
        (found("OFFENCE"), {"offences", "readers-unknown"}),
        (found("HEALTH"), {"special-categories", "list-values", "readers-unknown"}),
        (found("FINANCIAL"), {"list-values", "readers-unknown"}),
        ({"month_records": [["2021-10", 1]]}, {"retention"}),
        ({"month_records": [["2021-11", 1], ["…", 5]]}, set()),
        ({"levels": {**CLEAN["levels"], "critical": 1}}, {"treat-first", *WITH_FINDINGS}),
        ({"levels": {**CLEAN["levels"], "low": 1}}, WITH_FINDINGS),
        ({"levels": {**CLEAN["levels"], "medium": 1}, "field_records": [["NOTE", 1]]},
         {"close-access", "readers-unknown", *WITH_FINDINGS}),
        ({"levels": {**CLEAN["levels"], "medium": 1}, "field_records": [["SUIVI", 1]]},
         {"readers-unknown", *WITH_FINDINGS}),
    ],
)  # fmt: skip
def test_what_calls_for_a_measure(changes, called):
    assert set(keys(dossier(**{**CLEAN, **changes}))) == called | {"next-scan"}


def test_readers_outside_the_organisation_call_for_a_look_at_contracts_and_breaches():
    readers = Readers("NOTE", "Prestataire", outside=True)
    with_findings = {**CLEAN, "field_records": [["NOTE", 3]]}
    made = dossier({"organisation": Organisation(readers=(readers,))}, **with_findings)
    assert keys(made) == ["outside-readers", "qualify-breach", "next-scan"]
    elsewhere = dossier({"organisation": Organisation(readers=(readers,))}, **{**CLEAN, "field_records": [["SUIVI", 3]]})
    assert keys(elsewhere) == ["readers-unknown", "next-scan"]


@pytest.mark.parametrize(
    ("decisions", "changes", "called"),
    [
        ({"open": 2}, {}, ["pending", "next-scan"]),
        ({"decided": 2}, {("redact", "planned"): 1}, ["corrections", "next-scan"]),
        ({"decided": 2}, {("redact", "applied"): 1}, ["next-scan"]),
    ],
)
def test_what_waits_in_the_store_is_asked_for(decisions, changes, called):
    facts = Decisions({}, {}, {}, 0, 0, 0, decisions, 0, 0)
    store = StoreFacts("night", None, facts, Corrections(1, changes, {}, 0), {}, (0, ""))
    assert keys(dossier({"store": store}, **CLEAN)) == called


def test_the_most_urgent_come_first():
    made = dossier(**{**CLEAN, **found("HEALTH")})
    urgencies = [text.urgency for text in measures(made, entity_rows(made.summary, CATALOGUE))]
    assert urgencies == sorted(urgencies)


def test_every_ground_that_is_named_is_known_and_dated():
    named = {key for text in (*measure_texts(), *update_texts()) for key in text.legal}
    assert {ground.key for ground in legal_grounds(sorted(named))} == named
    assert all(ground.as_of <= datetime.date(2026, 11, 22) for ground in legal_grounds(sorted(named)))


def test_every_condition_is_one_that_can_be_met():
    asked = {(name, value) for text in (*measure_texts(), *update_texts()) for name, values in text.when.items() for value in values}
    facts = {"always", "not_scanned", "outside_readers", "readers_unknown", "old_comments", "pending", "corrections_waiting"}
    assert {value for name, value in asked if name == "facts"} == facts
    assert {name for name, _ in asked} == {"facts", "entities", "levels", "purposes"}


def test_the_plan_ends_with_the_measures_of_the_organisation():
    own = (Measure("Écrire une charte", "Juridique", datetime.date(2027, 3, 31)), Measure("Réunir les gardiens"))
    *_, table = part(document({"organisation": Organisation(plan=own)}, **CLEAN), "Plan correctif")
    assert [[words([cell]) for cell in row] for row in table.rows] == [
        ["1", "Refaire ce contrôle à intervalle fixe et comparer.", table.rows[0][2], "dans l'année",
         "[à compléter : qui] unknown", "[à compléter : date] unknown"],
        ["2", "Écrire une charte", "Mesure de l'organisme", "", "Juridique", "31/03/2027"],
        ["3", "Réunir les gardiens", "Mesure de l'organisme", "", "[à compléter : qui] unknown", "[à compléter : date] unknown"],
    ]  # fmt: skip
    assert "CNIL, délibération n° 2006-173" in table.rows[0][2]


def test_updates_name_the_categories_found():
    made = dossier(**{**CLEAN, **found("HEALTH"), "levels": {**CLEAN["levels"], "high": 3}})
    told = [(item.where, item.what) for item in updates(made, entity_rows(made.summary, CATALOGUE))]
    assert ("registre", "Décrire les catégories de données réellement relevées : santé.") in told
    assert [where for where, _ in told] == ["registre"] * 5 + ["aipd"] * 2
    clean = updates(dossier(**CLEAN), [])
    assert [item.where for item in clean] == ["registre"] * 3
