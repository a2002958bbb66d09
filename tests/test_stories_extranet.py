"""The second story: ten co-owners whose balances everybody could read, from the table of rights to the letters."""

import json

import pytest
from stories import leaks, names_of, pages, rows, tell, texts

from scanner.evidence import verify_pack
from scanner.exposed import read_exposed

STORY = "2-extranet"
CATEGORIES = ("FINANCIAL", "PERSON", "PHONE_NUMBER")
DEADLINE = "vendredi 6 novembre 2026 à 9 h 00"


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tell(STORY, [1, 1, 0, 0, 0], tmp_path_factory)


@pytest.fixture(scope="module")
def exposure(out):
    return json.loads((out / "exposition/exposure.json").read_text(encoding="utf-8"))


def test_everybody_could_read_the_nine_others(exposure):
    could = exposure["could"]
    assert (exposure["records"], exposure["persons"], could["judged"]) == (10, 10, 11)
    assert [(role["role"], role["judged"], role["outside"]["users"], role["outside"]["persons"]) for role in could["roles"]] == [
        ("COPROPRIETAIRE", 10, 10, 10),
        ("GESTIONNAIRE", 1, 0, 0),
    ]
    assert [(user["role"], user["persons"], user["records"]) for user in could["users"]] == [("COPROPRIETAIRE", 9, 9)] * 10
    assert {(place["reader"], place["data"], place["persons"]) for place in could["places"]} == {
        (reader, data, 5) for reader in "AB" for data in "AB"
    }


def test_three_of_them_did_read_two_accounts(exposure):
    did = exposure["did"]
    assert (did["accesses"], did["beyond"], did["persons"], did["records"]) == (8, 4, 2, 2)
    assert did["days"] == {"2026-11-02": 2, "2026-11-03": 2}
    assert sorted((user["persons"], user["accesses"]) for user in did["users"]) == [(1, 1), (1, 1), (2, 2)]
    assert exposure["unjudged"]["total"] == 0


def test_the_page_as_one_of_them_saw_it(out):
    seen = read_exposed(out / "page/exposed.json")
    assert (seen.persons, seen.records, dict(seen.by_categories)) == (9, 9, {CATEGORIES[:2]: 9})


def test_what_the_breach_kit_is_told(out):
    exposed = read_exposed(out / "exposition/exposed.json")
    assert (exposed.persons, exposed.records, dict(exposed.by_categories)) == (10, 10, {CATEGORIES: 10})


def test_the_breach(out):
    breach = json.loads((out / "violation/synthese.json").read_text(encoding="utf-8"))
    persons = {"low": 10, "high": 10}
    assert (breach["persons"], breach["records"]) == (persons, 10)
    assert breach["categories"] == {name: {"records": 10, "persons": persons} for name in CATEGORIES}
    assert (breach["deadline"], breach["overdue"]) == ("2026-11-06T08:00:00+00:00", False)
    assert [(letter["group"], letter["persons"]) for letter in breach["letters"]] == [("argent", persons)]


def test_the_sheet_for_the_authority(out):
    book = pages(out / "violation/notification-article-33.pdf")
    text = " ".join(book)
    wanted = (
        "Cabinet Lerouvray Immobilier, syndic",
        "VIOL-2026-07",
        DEADLINE,
        "la page « Solde des Copropriétaires »",
        "Éditeur de l'extranet",
        "Aurore Tremblecourt",
        "[à compléter : numéro SIREN]",
    )
    assert [words for words in wanted if words not in text] == []
    assert [f"page {number} / {len(book)}" in page for number, page in enumerate(book, start=1)] == [True] * len(book)


def test_the_letter(out):
    text = " ".join(pages(out / "violation/lettre-argent.pdf"))
    wanted = ("Une erreur sur l'extranet de la copropriété", "donnees@lerouvray.example", "CNIL", "[à compléter : nom de la personne]")
    assert [words for words in wanted if words not in text] == []


def test_nobody_is_in_what_circulates(out):
    people = names_of(STORY, "comptes.csv", "NOM_COPROPRIETAIRE", "NUM_COMPTE", "TELEPHONE", "SOLDE")
    people |= {word for name in names_of(STORY, "comptes.csv", "NOM_COPROPRIETAIRE") for word in name.split()}
    people |= {row["UTILISATEUR"] for row in rows(STORY, "droits.csv", "utf-8")}
    documents = texts(out)
    assert leaks(documents, people) == []
    assert len(documents) == 23


def test_the_evidence_holds(out):
    found = verify_pack(out / "preuves.zip")
    assert (found.faults, len(found.unchecked)) == ([], 1)
