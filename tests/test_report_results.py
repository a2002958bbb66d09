"""What the report says of the results: every criterion, the method and its quality, readers, records, decisions of the policy."""

from __future__ import annotations

from reports import CATALOGUE, ORGANISATION, SUMMARY, document, headings, part, tables, words

from scanner.documents.blocks import Bars, Facts, Matrix, Periods, Rates
from scanner.french import number, percent
from scanner.quality import measured_quality
from scanner.report.document import report_document
from scanner.report.dossier import Dossier


def test_a_summary_of_before_has_neither_persons_nor_purposes():
    old = {name: value for name, value in SUMMARY.items() if name not in ("persons", "entity_persons", "entity_purpose", "entity_month")}
    made = report_document(Dossier(old), CATALOGUE)
    assert [card.label for card in part(made, "Synthèse")[0].cards if "personne" in card.label] == []
    assert "Le nombre de personnes n'est pas connu" in words(made)


def test_results_by_every_criterion():
    blocks = part(document(), "Résultats")
    assert [(block.caption, block.columns, block.rows) for block in blocks if isinstance(block, Matrix)] == [
        (
            "Catégorie et finalité du champ",
            ("Note ou consigne de gardien", "Suivi social"),
            (("Santé", (1_000, 240)), ("Infractions", (0, 0)), ("Nom de personne", (0, 0))),
        ),
        (
            "Catégorie et année du commentaire",
            ("2012", "2024"),
            (("Santé", (40, 700)), ("Infractions", (0, 500)), ("Nom de personne", (0, 0))),
        ),
    ]
    entities, fields, terms = tables(blocks)
    assert entities.rows == [
        ["Santé", "4/4", 702, 805, 690],
        ["Infractions", "3/4", 288, 301, 250],
        ["Nom de personne", "1/4", 130, 134, 120],
    ]
    assert fields.rows == [["NOTE", "Note ou consigne de gardien", 951], ["SUIVI", "Suivi social", 69], ["col9", "non déclarée", 5]]
    assert terms.rows[0] == ["Santé", "cancer\u00a0(423), chimio…\u00a0(77)"]
    assert terms.rows[1][1].endswith("mot11\u00a0(89), et 2\u00a0autres")
    assert {block.caption: block.bars for block in blocks if isinstance(block, Bars)} == {
        "Fiches où la catégorie est relevée au moins une fois": [("Santé", 702), ("Infractions", 288), ("Nom de personne", 130)],
        "Fiches avec constat, par site": [("Nord", 814), ("Sud", 193), ("(sans site)", 13)],
        "Fiches avec constat, par groupe d'auteurs": [("Gardien", 877), ("Accueil", 143)],
        "Ce que disent les constats": [("affirmé", 700), ("supposé", 0), ("rapporté", 435), ("passé", 0), ("nié", 105)],
        "De qui ils parlent": [("locataire ou demandeur", 41), ("proche", 1_199), ("tiers", 0), ("personnel", 0), ("non précisé", 0)],
    }
    (periods,) = (block for block in blocks if isinstance(block, Periods))
    assert [(period.name, period.label, period.count) for period in periods.periods] == [
        ("01/2024", "2024", 512),
        ("02/2024", "", 0),
        ("03/2024", "", 487),
    ]
    assert "Sans date lisible : 21\u00a0fiches avec constat." in words(blocks)


def test_first_records_carry_pseudonyms():
    (table,) = tables(part(document(), "Fiches à traiter d'abord"))
    assert [words([cell]) for cell in table.rows[0]] == [
        "1122334455667788 code", number(4_321), "Nord", "05/03/2024", "97", "critique", "Santé, Infractions"
    ]  # fmt: skip
    two = document(sources=[SUMMARY["sources"][0], {**SUMMARY["sources"][0], "source": "b.csv"}])
    assert words(tables(part(two, "Fiches à traiter d'abord"))[0].rows[0]).startswith(f"1122334455667788 code  export.csv {number(4_321)}")


def test_readers_of_the_fields_with_findings():
    (table,) = tables(part(document({"organisation": ORGANISATION}), "Qui peut lire les champs touchés"))
    everybody = "Éditeur, hors de l'organisme"
    assert table.rows == [
        ["NOTE", "Note ou consigne de gardien", 951, f"Gardiens (240\u00a0personnes)\u00a0; {everybody}"],
        ["SUIVI", "Suivi social", 69, everybody],
        ["col9", "non déclarée", 5, everybody],
    ]
    (unknown,) = tables(part(document(), "Qui peut lire les champs touchés"))
    assert [words(row[3]) for row in unknown.rows] == ["[à compléter : qui lit ce champ] unknown"] * 3


def test_what_the_policy_did_of_an_export():
    (table,) = tables(part(document(), "Décisions et corrections"))
    assert table.rows == [
        ("Fiches mises en quarantaine", 61),
        ("Fiches dont des mots sont masqués", 739),
        ("Fiches signalées sans changement", 100),
        ("Fiches dont les constats sont admis par la politique", 120),
        ("Constats écartés par la liste d'exceptions", 17),
        ("Exceptions périmées, qui ne s'appliquent plus", 1),
    ]


def test_legal_reading_of_each_category():
    (table,) = tables(part(document(), "Lecture juridique et écriture conseillée"))
    assert [row[:4] for row in table.rows] == [
        ["Santé", "4/4", "Pourquoi la santé.", "noter le besoin"],
        ["Infractions", "3/4", "Pourquoi l'infraction.", "ne rien écrire"],
        ["Nom de personne", "1/4", "Pourquoi le nom.", "ne rien écrire"],
    ]


def test_nothing_found_has_a_short_report():
    none = {name: [] for name, value in SUMMARY.items() if isinstance(value, list) and name.startswith(("entity_", "field_", "first_"))}
    made = document(findings=0, records_with_findings=0, levels=dict.fromkeys(SUMMARY["levels"], 0), persons={}, **none)
    assert words(part(made, "Résultats")) == "Aucun constat. body"
    assert "Lecture juridique et écriture conseillée" not in headings(made)


def test_an_entity_of_another_version_is_named_as_it_is():
    made = document(entity_records=[["NEWCOMER", 9]], entity_findings=[["NEWCOMER", 10]], entity_persons=[["NEWCOMER", 8]])
    assert tables(part(made, "Par catégorie"))[0].rows == [["NEWCOMER", "3/4", 9, 10, 8]]


def test_facts_of_the_method():
    facts = next(block for block in part(document(), "Méthode") if isinstance(block, Facts))
    assert [(label, words(value)) for label, value in facts.rows] == [
        ("Règles de détection", "fedcba9876543210 code"),
        ("Analyse", "0123456789abcdef code"),
        ("Clé des pseudonymes", "c0ffee00 code"),
        ("Niveau d'alerte de la politique", "faible"),
        ("Remplacement des mots masqués", "le nom de la catégorie"),
    ]


def test_a_sample_tells_rates_for_all_records():
    sample = {"size": 300, "population": 2_040, "seed": "7", "method": "bottom-k"}
    made = document(sample=sample, rows_read=300, records_with_findings=17, rows_not_scanned=0, rows_unsettled=0,
                    levels={"none": 283, "low": 1, "medium": 3, "high": 13, "critical": 0},
                    entity_records=[["HEALTH", 6]], entity_findings=[["HEALTH", 9]])  # fmt: skip
    (rates,) = (block for block in part(made, "Estimation sur échantillon") if isinstance(block, Rates))
    assert [(label, round(rate, 4)) for label, _, rate, _ in rates.rates] == [
        ("Avec constat", 0.0567),
        ("Niveau faible", 0.0033),
        ("Niveau moyen", 0.01),
        ("Niveau élevé", 0.0433),
        ("Niveau critique", 0.0),
        ("Santé", 0.02),
        ("Non analysées en entier", 0.0),
    ]
    assert all(low <= rate <= high for _, low, rate, high in rates.rates)
    _, low, _, high = rates.rates[0]
    bounds = f"estimée à 5,7\u202f%, entre {percent(low)} et {percent(high)}"
    assert bounds in words(part(made, "Synthèse"))
    assert "Estimation sur un échantillon de 300\u00a0fiches tirées au sort parmi 2\u202f040." in words(part(made, "Synthèse"))
    assert "rien n'a été masqué ni retiré" in words(part(made, "Décisions et corrections"))
    assert [block for block in document().blocks if isinstance(block, Rates)] == []


def test_quality_is_told_with_intervals_and_says_when_rules_differ():
    blocks = part(document(), "Précision et rappel mesurés")
    (table,) = tables(blocks)
    quality = measured_quality()
    core = quality.core
    assert [row[0] for row in table.rows][:3] == ["Quatre catégories principales", "Quatorze catégories sensibles", "Identifiants"]
    assert table.rows[0][1] == f"{percent(core.precision.value)} ({percent(core.precision.low)} à {percent(core.precision.high)})"
    assert table.rows[0][2] == f"{percent(core.recall.value)} ({percent(core.recall.low)} à {percent(core.recall.high)})"
    assert f"d'une autre version des règles ({quality.rules})" in words(blocks)
    assert "autre version" not in words(part(document(rules=quality.rules), "Précision et rappel mesurés"))


def test_proofs_name_rules_and_policy():
    facts = next(block for block in part(document(policy="cd" * 32), "Preuves") if isinstance(block, Facts))
    assert [(label, words(value)) for label, value in facts.rows] == [
        ("Règles de détection", "fedcba9876543210 code"),
        ("Politique (SHA-256)", f"{'cd' * 32} code"),
    ]
    assert [label for label, _ in part(document(), "Preuves")[1].rows] == ["Règles de détection"]
