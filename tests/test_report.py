"""What the report says: every figure of the summary, in words, and nothing else."""

from __future__ import annotations

import re

import pytest
from fakes import EXPLODES, make_plan
from html_pages import words_of
from reports import CATALOGUE, DATABASE, ORGANISATION, SUMMARY, document, headings, part, tables, words

from scanner.documents.blocks import Cards, Levels, Notice
from scanner.documents.html import html
from scanner.errors import OutputError
from scanner.french import day, duration, number, percent, typeset, unbroken
from scanner.report import labels, write_report
from scanner.report.document import report_document
from scanner.report.dossier import Dossier
from scanner.scan import scan
from scanner.scoring import LEVELS
from scanner.sources import Problem


def test_parts_come_in_their_order():
    assert headings(document()) == [
        "Synthèse",
        "Mandat et périmètre",
        "Sources",
        "Méthode",
        "Résultats",
        "Lecture juridique et écriture conseillée",
        "Fiches à traiter d'abord",
        "Qui peut lire les champs touchés",
        "Décisions et corrections",
        "Plan correctif",
        "Comparaison avec les analyses antérieures",
        "Registre des traitements et analyse d'impact",
        "Fondements cités",
        "Preuves",
        "Signatures",
    ]


def test_the_summary_for_the_board():
    blocks = part(document(), "Synthèse")
    cards, levels = (next(block for block in blocks if isinstance(block, kind)) for kind in (Cards, Levels))
    assert [(card.value, card.label, card.note) for card in cards.cards] == [
        (number(12_345), "fiches lues", ""),
        (number(1_020), "fiches avec constat", percent(1_020 / 12_345)),
        (number(1_240), "constats", ""),
        ("980", "personnes concernées", ""),
        ("3", "fiches non analysées en entier", ""),
    ]
    assert levels.parts == [
        ("critical", "critique", 60),
        ("high", "élevé", 640),
        ("medium", "moyen", 309),
        ("low", "faible", 11),
        ("none", "aucun constat", 11_323),
        ("unsettled", "sans constat, mais non analysées en entier", 2),
    ]
    said = words(blocks)
    assert "soit 1\u202f240\u00a0constats ; 60\u00a0fiches sont de niveau critique et 640 de niveau élevé." in said
    assert "La catégorie la plus fréquente est « Santé » (702\u00a0fiches) ; le champ le plus touché est NOTE (951\u00a0fiches)." in said
    assert "3\u00a0fiches n'ont pas pu être analysées en entier : l'absence de constat n'y prouve rien." in said


def test_persons_that_may_be_more_are_at_least():
    cards = part(document(persons={"read": 9, "with_findings": 7, "at_least": True, "records_without": 2}), "Synthèse")[0].cards
    assert ("au moins 7", "personnes concernées") in [(card.value, card.label) for card in cards]


def test_one_of_each_is_in_the_singular():
    made = document(rows_read=1, records_with_findings=1, findings=1, rows_not_scanned=1, texts=1, characters=1,
                    levels={**SUMMARY["levels"], "critical": 1})  # fmt: skip
    assert [card.label for card in part(made, "Synthèse")[0].cards] == [
        "fiche lue", "fiche avec constat", "constat", "personnes concernées", "fiche non analysée en entier"
    ]  # fmt: skip
    for said in (
        "1\u00a0fiche est de niveau critique",
        "1\u00a0fiche n'a pas pu être analysée",
        "1\u00a0texte non vide, 1\u00a0caractère,",
    ):
        assert said in words(made)


def test_mandate_and_perimeter_as_the_organisation_tells_them():
    facts, *_ = part(document({"organisation": ORGANISATION}), "Mandat et périmètre")
    assert list(facts.rows) == [
        ("Responsable du traitement", "Office des Tilleuls"),
        ("Adresse", "1 rue du Port, 75000 Paris"),
        ("Numéro SIREN", "000 000 000"),
        ("Représentant", "Mme Roc"),
        ("Délégué à la protection des données", "M. Sable"),
        ("Joindre le délégué", "dpo@tilleuls.example"),
        ("Contrôle demandé par", "Direction générale"),
        ("Objet", "Contrôle annuel"),
        ("Périmètre", "Toutes les agences"),
        ("Analyse", "21/11/2026, n° 0123456789abcdef"),
    ]
    assert part(document({"organisation": ORGANISATION}), "Ce qui n'est pas couvert")[-1].items == ("Messagerie",)


def test_what_nobody_told_is_marked_and_never_guessed():
    facts, *_ = part(document(), "Mandat et périmètre")
    assert [words(value) for _, value in facts.rows[:-1]] == [
        f"[à compléter : {what}] unknown"
        for what in ("nom du responsable du traitement", "adresse", "numéro SIREN", "nom et qualité du représentant", "nom du délégué",
                     "courriel ou téléphone du délégué", "qui a demandé le contrôle, et quand", "objet du contrôle",
                     "périmètre du contrôle")
    ]  # fmt: skip


def test_sources_with_their_digests_and_what_was_not_read():
    read, by_reason, named = tables(part(document(), "Sources"))
    assert read.rows == [
        ["export.csv", "csv, cp1252, 999\u00a0o", "NOTE (Note ou consigne de gardien), SUIVI (Suivi social)", 12_345],
    ]
    assert by_reason.rows == [("nombre de cellules différent du nombre de colonnes", 2), ("erreur de l'analyse (ValueError)", 1)]
    assert named.rows == [
        ["export.csv", number(1_501), "nombre de cellules différent du nombre de colonnes"],
        ["export.csv", number(1_777), "nombre de cellules différent du nombre de colonnes"],
        ["export.csv", number(2_999), "erreur de l'analyse (ValueError)"],
    ]
    assert named.more == ""
    assert words(part(document(), "Empreintes des fichiers lus")[0]) == f"export.csv SHA-256 {'ab' * 32} code"


def test_rows_that_are_not_named_are_counted():
    rows = [{"source": "export.csv", "row": n, "record_id": "L-SECRET", "reason": "field-count"} for n in range(1, 1_001)]
    *_, named = tables(part(document(not_scanned=rows, rows_not_scanned=3_000), "Sources"))
    assert (len(named.rows), named.more) == (20, "Et 2\u202f980\u00a0autres : tous sont comptés ci-dessus.")


@pytest.mark.parametrize(("size", "said"), [(0, "0 o"), (999, "999 o"), (1_000, "1 ko"), (1_001, "2 ko"), (2_500_000, "3 Mo")])
def test_sizes_are_rounded_up(size, said):
    source = {**SUMMARY["sources"][0], "bytes": size}
    (row,) = tables(part(document(sources=[source]), "Sources"))[0].rows
    assert row[1].split(", ")[-1].split() == said.split()


def test_a_source_that_was_not_read_to_its_end_says_so():
    unread = {key: value for key, value in SUMMARY["sources"][0].items() if key not in ("sha256", "bytes", "seconds")} | {"complete": False}
    sources = [{**unread, "rows": 12}, {**unread, "source": "b.csv", "rows": 0}]
    read, *_ = tables(part(document(status="interrupted", sources=sources), "Sources"))
    assert [row[0] for row in read.rows] == ["export.csv (lecture inachevée)", "b.csv (non lue)"]


def test_a_scan_of_a_database_names_no_file():
    said = words(report_document(Dossier(DATABASE), CATALOGUE))
    assert [word for word in ("redacted", "quarantine.jsonl", "SHA-256 ab", "en-tête", "L-SECRET", "None") if word in said] == []
    for phrase in ("La base n'a été que lue", "9\u202f876\u00a0fiches sont inchangées", "ligne sans identifiant"):
        assert phrase in said


@pytest.mark.parametrize(
    ("status", "shown"),
    [("interrupted", ["Analyse interrompue."]), ("failed", ["Analyse arrêtée par une erreur."]), ("complete", [])],
)
def test_a_partial_report_says_so(status, shown):
    blocks = part(document(status=status, rows_not_scanned=0, rows_unsettled=0, not_scanned=[], reason_records=[]), "Synthèse")
    assert [block.text.split(" Ce rapport")[0] for block in blocks if isinstance(block, Notice)] == shown
    assert ("Toutes les fiches des fichiers reçus ont été analysées en entier." in words(blocks)) == (status == "complete")


def test_hostile_names_are_shown_as_text():
    hostile = '<script>alert(1)</script>"><img src=x>'
    made = document(
        sources=[{**SUMMARY["sources"][0], "source": hostile, "text_columns": [hostile]}],
        site_findings=[[hostile, 3], ["Sud", 1]],
        field_records=[[hostile, 3]],
        entity_term=[["HEALTH", hostile, 1]],
        reason_records=[[hostile, 1]],
    )
    page = html(made)
    assert re.findall(r"<script|<img", page) == []
    assert words_of(page).count("alert(1)") >= 5


def test_the_page_loads_nothing_and_names_no_record():
    page = html(document())
    assert re.findall(r'<(?:script|link|img|iframe|object|embed)|\b(?:src|srcset|action)=|href="[^#]|url\(|@import|https?:', page) == []
    assert "L-SECRET" not in page


def test_no_line_ends_before_french_punctuation():
    assert unbroken("« oui » : non ; quoi ? l'an 2024: rien") == "«\u00a0oui\u00a0»\u00a0: non\u00a0; quoi\u00a0? l'an 2024: rien"
    assert re.findall(r"(?:« | [:;?!»]).{20}", re.sub(r"<style>.*?</style>", "", html(document()), flags=re.DOTALL)) == []


def test_numbers_are_written_as_french_typography_does():
    assert (number(1_234_567), number(999)) == ("1\u202f234\u202f567", "999")
    assert (percent(0.0826), duration(0.04), day("2024-03-05")) == ("8,3\u202f%", "0,0\u00a0s", "05/03/2024")
    assert typeset("l'état d'une personne : 'x' «c'est»") == "l’état d’une personne\u00a0: 'x' «c’est»"


def test_everything_has_a_french_name():
    assert set(labels.LEVELS) == set(LEVELS)
    assert set(Problem) <= set(labels.REASONS)
    assert labels.reason("analysis-error: KeyError") == "erreur de l'analyse (KeyError)"


@pytest.mark.parametrize("rows", ["", "1;Fuite réparée\n"])
def test_a_scan_without_findings_has_a_report(tmp_path, rows):
    path = tmp_path / "export.csv"
    path.write_text("ID;COMMENTAIRE\n" + rows, encoding="utf-8")
    plan = make_plan([path], tmp_path / "out")
    said = words(report_document(Dossier(scan(plan)), plan.catalogue))
    assert ("Aucun constat." in said, "Mots relevés" in said) == (True, False)


def test_the_report_of_two_scans_is_the_same_but_for_run_and_times(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(f"ID;COMMENTAIRE\n1;un cancer, en prison\n2;{EXPLODES}\n3;cancer\n", encoding="utf-8")
    made = []
    for name in ("a", "b"):
        plan = make_plan([path], tmp_path / name)
        summary = scan(plan)
        made.append(report_document(Dossier({**summary, "run": "", "started": "2026-11-21", "seconds": 0}), plan.catalogue))
    assert made[0] == made[1]


def test_the_report_is_written_whole_or_not_at_all(tmp_path):
    assert write_report(SUMMARY, CATALOGUE, tmp_path).read_text(encoding="utf-8") == html(document())
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "report.html").mkdir()
    with pytest.raises(OutputError, match=r"report\.html cannot be written"):
        write_report(SUMMARY, CATALOGUE, tmp_path / "taken")
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["report.html"]
