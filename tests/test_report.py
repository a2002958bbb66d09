from __future__ import annotations

import copy
import re
from html.parser import HTMLParser

import pytest
from fakes import EXPLODES, make_plan

from recognizers.legal import load_legal_grounds
from scanner.catalogue import Catalogue, EntityInfo
from scanner.errors import OutputError
from scanner.french import day, duration, number, percent, typeset, unbroken
from scanner.report import figures, labels, write_report
from scanner.report.page import render
from scanner.scan import scan
from scanner.scoring import LEVELS
from scanner.sources import Problem

GROUND = next(iter(load_legal_grounds()))
CATALOGUE = Catalogue(
    entities={
        "HEALTH": EntityInfo("HEALTH", "Santé", "SANTÉ", (GROUND,), "Pourquoi la santé.", "noter le besoin"),
        "OFFENCE": EntityInfo("OFFENCE", "Infractions", "INFRACTION", (GROUND,), "Pourquoi l'infraction.", ""),
        "PERSON": EntityInfo("PERSON", "Nom de personne", "NOM", (), "Pourquoi le nom.", ""),
    },
    severities={"HEALTH": 4, "OFFENCE": 3, "PERSON": 1},
    revealing=frozenset(),
    wordings={},
)
SUMMARY = {
    "format": "vigie-summary", "version": 1, "status": "complete", "run": "0123456789abcdef", "started": "2026-11-21T23:10:29+00:00",
    "seconds": 12.345, "rules": "fedcba9876543210", "key_id": "c0ffee00", "redaction": "label", "alert_level": "low",
    "allow_list_expired": 1,
    "sources": [
        {"source": "export.csv", "format": "csv", "encoding": "cp1252", "delimiter": ";", "text_columns": ["NOTE", "SUIVI"],
         "id_column": "ID", "purposes": {"NOTE": "caretaker", "SUIVI": "social_follow_up"}, "redacted": "redacted/export.csv",
         "rows": 12_345, "complete": True, "sha256": "ab" * 32, "bytes": 999, "seconds": 12.0},
    ],
    "rows_read": 12_345, "rows_scanned": 12_342, "rows_not_scanned": 3, "rows_unsettled": 2, "texts": 11_111, "characters": 2_222_222,
    "findings": 1_240, "findings_allowed": 17, "records_with_findings": 1_020, "alerts": 900,
    "levels": {"none": 11_323, "low": 11, "medium": 309, "high": 640, "critical": 60},
    "actions": {"keep": 120, "quarantine": 61, "redact": 739, "warn": 100},
    "entity_findings": [["HEALTH", 805], ["OFFENCE", 301], ["PERSON", 134]],
    "entity_records": [["HEALTH", 702], ["OFFENCE", 288], ["PERSON", 130]],
    "entity_assertion": [["HEALTH", "affirmed", 700], ["HEALTH", "negated", 105], ["OFFENCE", "reported", 435]],
    "entity_subject": [["HEALTH", "relative", 1_199], ["HEALTH", "tenant", 41]],
    "entity_field": [["HEALTH", "NOTE", 1_240]], "entity_site": [["HEALTH", "Nord", 1_240]],
    "entity_term": [["HEALTH", "cancer", 423], ["HEALTH", "chimio*", 77], *[["OFFENCE", f"mot{n:02}", 100 - n] for n in range(14)]],
    "entity_severity": [["HEALTH", "4", 1_240]],
    "field_records": [["NOTE", 951], ["SUIVI", 69], ["col9", 5]],
    "site_records": [["", 45], ["Nord", 12_000], ["Sud", 300]], "site_findings": [["", 13], ["Nord", 814], ["Sud", 193]],
    "author_group_records": [["Gardien", 877], ["Accueil", 143]],
    "month_records": [["2024-01", 512], ["2024-03", 487]], "month_read": [["2024-01", 6_000], ["2024-02", 10], ["2024-03", 6_100]],
    "reason_records": [["field-count", 2], ["analysis-error: ValueError", 1]],
    "first_records": [
        {"record": "1122334455667788", "source": "export.csv", "row": 4_321, "risk": 97, "level": "critical",
         "entities": ["HEALTH", "OFFENCE"], "site": "Nord", "date": "2024-03-05", "action": "quarantine"},
    ],
    "not_scanned": [
        {"source": "export.csv", "row": row, "record_id": "L-SECRET", "reason": reason}
        for row, reason in ((1_501, "field-count"), (1_777, "field-count"), (2_999, "analysis-error: ValueError"))
    ],
}  # fmt: skip


class Page(HTMLParser):
    """The words of a page as a reader sees them, and the attributes and tags of it."""

    def __init__(self, html):
        super().__init__()
        self.words, self.tags, self.attributes, self._hidden = [], [], [], False
        self.feed(html)
        self.text = re.sub(r"[ \n]+", " ", " ".join(self.words))

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        self._hidden = tag == "style"

    def handle_endtag(self, tag):
        self._hidden = False

    def handle_data(self, data):
        if not self._hidden:
            self.words.append(data)


def page(**changes):
    return Page(render({**copy.deepcopy(SUMMARY), **changes}, CATALOGUE))


def narrow(text):
    return text.replace(" ", "\u202f")


FIGURES = [
    "12 345 fiches lues", "1 020 fiches avec constat (8,3 %)", "1 240 constats", "3 fiches non analysées en entier",
    "critique 60", "élevé 640", "moyen 309", "faible 11", "aucun constat 11 323", "sans constat, mais non analysées en entier 2",
    "11 111 textes non vides, 2 222 222 caractères, 12,3 s",
    "Santé 702", "Infractions 288", "Nom de personne 130", "4/4 702 805", "3/4 288 301", "1/4 130 134",
    "affirmé 700", "supposé 0", "rapporté 435", "nié 105", "proche 1 199", "locataire ou demandeur 41",
    "NOTE Note ou consigne de gardien 951", "SUIVI Suivi social 69", "col9 non déclarée 5",
    "Nord 814 Sud 193 (sans site) 13", "Gardien 877 Accueil 143", "Sans date lisible : 21 fiches avec constat.",
    "cancer 423", "chimio… 77", "mot11 89", "et 2 autres",
    "1122334455667788 4 321 Nord 05/03/2024 97 critique Santé, Infractions", "c0ffee00",
    "nombre de cellules différent du nombre de colonnes 2", "erreur de l'analyse (ValueError) 1", "export.csv 2 999 erreur de l'analyse",
    "Fiches mises en quarantaine 61", "Fiches dont des mots sont masqués 739", "Fiches signalées sans changement 100",
    "Fiches dont les constats sont admis par la politique 120", "liste d'exceptions 17", "Exceptions périmées, qui ne s'appliquent plus 1",
    "Analyse du 21/11/2026 · 1 source · règles fedcba9876543210 · analyse n° 0123456789abcdef", "SHA-256 " + "ab" * 32,
]  # fmt: skip


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_of_the_summary_is_in_the_report(figure):
    assert figure in page().text.translate({0x202F: " ", 0xA0: " "})


def test_thousands_are_written_as_french_typography_does():
    assert narrow("12 345") in page().text
    assert (number(1_234_567), number(999)) == (narrow("1 234 567"), "999")
    assert (percent(0.0826), duration(0.04), day("2024-03-05")) == ("8,3\u202f%", "0,0\u00a0s", "05/03/2024")


def test_what_data_files_say_is_typeset():
    assert typeset("l'état d'une personne : 'x' «c'est»") == "l’état d’une personne\u00a0: 'x' «c’est»"


def test_no_line_ends_before_french_punctuation():
    assert unbroken("« oui » : non ; quoi ? l'an 2024: rien") == "«\u00a0oui\u00a0»\u00a0: non\u00a0; quoi\u00a0? l'an 2024: rien"
    assert re.findall(r"(?:« | [:;?!»]).{20}", render(SUMMARY, CATALOGUE)) == []


def test_a_record_is_told_with_its_source_where_there_are_several():
    text = page(sources=[SUMMARY["sources"][0], {**SUMMARY["sources"][0], "source": "b.csv"}]).text
    assert "1122334455667788 export.csv 4\u202f321 Nord" in text


def test_the_longest_bar_is_whole_and_the_others_in_proportion():
    assert [(bar.label, bar.share) for bar in figures.bars([("a", 200), ("b", 50), ("c", 0)])] == [("a", 1.0), ("b", 0.25), ("c", 0.0)]
    assert figures.bars([("a", 0)]) == [figures.Bar("a", 0, 0.0)]
    assert '<svg width="41.0%"' in render(SUMMARY, CATALOGUE)  # 288 of 702


def test_months_without_a_record_keep_their_place():
    assert [(c.name, c.label, c.read, c.found) for c in figures.columns(SUMMARY)] == [
        ("2024-01", "2024", 6_000, 512),
        ("2024-02", "", 10, 0),
        ("2024-03", "", 6_100, 487),
    ]


def test_a_long_time_is_told_by_year():
    months = [[f"{year}-{month:02}", 2] for year in range(2001, 2021) for month in (1, 7)]
    columns = figures.columns({**SUMMARY, "month_read": months, "month_records": months[:2]})
    assert [(c.name, c.read, c.found) for c in columns] == [("2001", 4, 4), *[(str(year), 4, 0) for year in range(2002, 2021)]]
    assert [c.label for c in columns if c.label] == ["2001", "2004", "2007", "2010", "2013", "2016", "2019"]


def test_nothing_is_loaded_from_anywhere():
    parsed = page()
    assert {"script", "link", "img", "iframe", "object", "embed"} & set(parsed.tags) == set()
    assert [pair for pair in parsed.attributes if pair[0] in ("src", "href", "action", "data", "srcset")] == []
    assert re.findall(r"url\(|@import|https?:", render(SUMMARY, CATALOGUE)) == []


def test_hostile_names_are_shown_as_text():
    hostile = '<script>alert(1)</script>"><img src=x>'
    changes = {
        "sources": [{**SUMMARY["sources"][0], **dict.fromkeys(("source", "encoding"), hostile), "text_columns": [hostile]}],
        "site_findings": [[hostile, 3], ["Sud", 1]],
        "author_group_records": [[hostile, 3], ["Accueil", 1]],
        "field_records": [[hostile, 3]],
        "entity_term": [["HEALTH", hostile, 1]],
        "first_records": [{**SUMMARY["first_records"][0], "site": hostile, "source": hostile}],
        "not_scanned": [{"source": hostile, "row": 1, "record_id": hostile, "reason": hostile}],
        "reason_records": [[hostile, 1]],
    }  # fmt: skip
    parsed = page(**changes)
    assert ("script" in parsed.tags, "img" in parsed.tags) == (False, False)
    assert parsed.text.count(hostile) == 11


def test_records_that_were_not_scanned_show_no_id():
    assert "L-SECRET" not in render(SUMMARY, CATALOGUE)


@pytest.mark.parametrize(
    ("status", "notice"),
    [("interrupted", "Analyse interrompue."), ("failed", "Analyse arrêtée par une erreur."), ("complete", None)],
)
def test_a_partial_report_says_so(status, notice):
    text = page(status=status, rows_not_scanned=0, rows_unsettled=0, not_scanned=[], reason_records=[]).text
    shown = [words for words in ("Analyse interrompue.", "Analyse arrêtée par une erreur.") if words in text]
    assert shown == ([notice] if notice else [])
    assert ("Toutes les fiches des fichiers reçus ont été analysées en entier." in text) == (status == "complete")


def test_a_source_that_was_not_read_to_its_end_says_so():
    unread = {key: value for key, value in SUMMARY["sources"][0].items() if key not in ("sha256", "bytes", "seconds")} | {"complete": False}
    text = page(status="interrupted", sources=[{**unread, "rows": 12}, {**unread, "source": "b.csv", "rows": 0}]).text
    assert ("export.csv lecture inachevée csv" in text, "b.csv non lue csv" in text) == (True, True)


def test_one_of_each_is_in_the_singular():
    changes = {"rows_read": 1, "records_with_findings": 1, "findings": 1, "rows_not_scanned": 1, "texts": 1, "characters": 1}
    text = page(**changes).text
    for words in ("1 fiche lue ", "1 fiche avec constat", "1 constat ", "1 fiche non analysée en entier", "1 texte non vide, 1 caractère,"):
        assert words in text
    assert "1 fiche n'a pas pu être analysée en entier." in text


def test_an_entity_of_another_version_is_named_as_it_is():
    text = page(entity_records=[["NEWCOMER", 9]], entity_findings=[["NEWCOMER", 10]]).text
    assert "NEWCOMER 3/4 9 10" in text


@pytest.mark.parametrize("rows", ["", "1;Fuite réparée\n"])
def test_a_scan_without_findings_has_a_report(tmp_path, rows):
    path = tmp_path / "export.csv"
    path.write_text("ID;COMMENTAIRE\n" + rows, encoding="utf-8")
    plan = make_plan([path], tmp_path / "out")
    text = Page(render(scan(plan), plan.catalogue)).text
    assert ("Aucun constat." in text, "Mots relevés" in text) == (True, False)
    assert (f"{len(rows.splitlines())} fiche lue" in text, "(0,0\u202f%)" in text) == (True, bool(rows))


def test_the_report_of_two_scans_is_the_same_but_for_run_and_times(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(f"ID;COMMENTAIRE\n1;un cancer, en prison\n2;{EXPLODES}\n3;cancer\n", encoding="utf-8")
    pages = []
    for name in ("a", "b"):
        plan = make_plan([path], tmp_path / name)
        summary = scan(plan)
        pages.append(render({**summary, "run": "", "started": "2026-11-21", "seconds": 0}, plan.catalogue))
    assert pages[0] == pages[1]


def test_the_report_is_written_whole_or_not_at_all(tmp_path):
    assert write_report(SUMMARY, CATALOGUE, tmp_path).read_text(encoding="utf-8") == render(SUMMARY, CATALOGUE)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "report.html").mkdir()
    with pytest.raises(OutputError, match=r"report\.html cannot be written"):
        write_report(SUMMARY, CATALOGUE, tmp_path / "taken")
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["report.html"]


def test_everything_has_a_french_name():
    assert set(labels.LEVELS) == set(LEVELS)
    assert set(Problem) <= set(labels.REASONS)
    assert labels.reason("analysis-error: KeyError") == "erreur de l'analyse (KeyError)"


DATABASE = {
    **SUMMARY,
    "rows_skipped": 9_876,
    "sources": [{"source": "public.suivi", "format": "postgresql", "encoding": "", "text_columns": ["NOTE"], "id_column": "ID",
                 "key_columns": ["ID"], "purposes": {"NOTE": "caretaker"}, "rows": 12_345, "complete": True}],
    "comparison": {"previous_run": "00112233445566aa", "new": 31, "gone": 17, "unchanged": 1_209},
    "not_scanned": [{"source": "public.suivi", "row": None, "record_id": "L-SECRET", "reason": "no-key"}],
    "first_records": [{**SUMMARY["first_records"][0], "row": None}],
}  # fmt: skip


def test_the_report_of_a_database_compares_with_the_run_before_and_names_no_file():
    page = render(DATABASE, CATALOGUE)
    assert [word for word in ("redacted/", "quarantine.jsonl", "<code>SHA-256", "en-tête", "L-SECRET", "None") if word in page] == []
    for said in ("La base n'a été que lue", "00112233445566aa", "9\u202f876 fiches inchangées", "ligne sans identifiant"):
        assert said in page
    assert [re.search(rf"{label}</td><td class=\"n\">([^<]+)<", page)[1] for label in labels.CHANGES.values()] == ["31", "17", "1\u202f209"]


def test_a_first_run_compares_with_nothing():
    first = {**DATABASE, "rows_skipped": 0, "comparison": {"previous_run": None, "new": 1_240, "gone": 0, "unchanged": 0}}
    assert "Depuis l'analyse précédente" not in render(first, CATALOGUE)
