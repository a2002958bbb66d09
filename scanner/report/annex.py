"""The annex of the report: a workbook of every count, complete where the document shows the first only, and the findings one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from scanner.catalogue import Catalogue
from scanner.documents.blocks import Span, Text
from scanner.french import typeset
from scanner.policy import PURPOSES
from scanner.report import labels
from scanner.report.dossier import Dossier
from scanner.report.figures import entity_rows, info_of, purpose_label, reasons
from scanner.report.measures import measures
from scanner.report.parts.decisions import decision_rows
from scanner.report.parts.plan import plan_rows
from scanner.report.wording import say
from scanner.spreadsheets import XLSX_ROWS, Cell, Sheet, xlsx_chunks


@dataclass(frozen=True, slots=True)
class FindingTable:
    """The findings as rows of a table, or none: ``why_none`` then says why."""

    header: Sequence[str] = ()
    rows: Iterable[Sequence[Cell]] = ()
    total: int = 0
    why_none: str = ""


def annex(dossier: Dossier, catalogue: Catalogue, findings: FindingTable) -> Iterator[bytes]:
    """Yield the workbook. Findings beyond :data:`XLSX_ROWS` are left out, which its first sheet says."""
    return xlsx_chunks([_about(dossier, findings), *_counts(dossier.summary, catalogue), *_acts(dossier, catalogue), _findings(findings)])


def _about(dossier: Dossier, findings: FindingTable) -> Sheet:
    summary = dossier.summary
    rows: list[Sequence[Cell]] = [
        ("Analyse", summary["run"]),
        ("Commencée le (UTC)", summary["started"]),
        ("Rapport fait le (UTC)", dossier.made),
        ("Règles de détection", summary["rules"]),
        ("Clé des pseudonymes", summary["key_id"]),
        ("Fiches lues", summary["rows_read"]),
        ("Fiches avec constat", summary["records_with_findings"]),
        ("Constats", summary["findings"]),
        ("Fiches non analysées en entier", summary["rows_not_scanned"]),
        ("Textes non vides", summary["texts"]),
        ("Caractères", summary["characters"]),
    ]
    rows += [(f"Fiches de niveau {label}", summary["levels"][level]) for level, label in labels.LEVELS.items()]
    if findings.total > XLSX_ROWS:
        rows.append(("Constats", say("annex-more", shown=XLSX_ROWS, total=findings.total)))
    if findings.why_none:
        rows.append(("Constats", findings.why_none))
    rows.append(("Confidentialité", say("annex-private")))
    return Sheet("Synthèse", ("Quoi", "Valeur"), _typeset(rows))


def _counts(summary: Mapping[str, Any], catalogue: Catalogue) -> Iterator[Sheet]:
    rows = entity_rows(summary, catalogue)
    yield Sheet(
        "Catégories",
        ("Catégorie", "Gravité", "Fiches", "Constats", "Personnes"),
        _typeset((row.info.label, row.severity, row.records, row.findings, "" if row.persons is None else row.persons) for row in rows),
    )
    for key, title, column, names in _CROSSED:
        if counts := summary.get(key):
            yield Sheet(title, ("Catégorie", column, "Constats"), _typeset(_named(counts, catalogue, names)))
    yield Sheet("Sites", ("Site", "Fiches avec constat"), [(name or labels.NO_SITE, count) for name, count in summary["site_findings"]])
    read, found = dict(map(tuple, summary["month_read"])), dict(map(tuple, summary["month_records"]))
    months = [(month, read.get(month, 0), found.get(month, 0)) for month in sorted({**read, **found})]
    yield Sheet("Mois", ("Mois", "Fiches lues", "Fiches avec constat"), months)
    yield Sheet("Non analysées", ("Motif", "Fiches"), _typeset(reasons(summary)))
    first = [
        (
            entry["record"],
            entry["source"],
            entry["row"] or "",
            entry["site"],
            entry["date"],
            entry["risk"],
            labels.LEVELS[entry["level"]],
            ", ".join(info_of(entity, catalogue).label for entity in entry["entities"]),
        )
        for entry in summary["first_records"]
    ]
    header = ("Fiche (pseudonyme)", "Source", "Ligne", "Site", "Date", "Risque", "Niveau", "Catégories")
    yield Sheet("Fiches d'abord", header, _typeset(first))


def _acts(dossier: Dossier, catalogue: Catalogue) -> Iterator[Sheet]:
    if dossier.store:
        header, rows = decision_rows(dossier.store.decisions, catalogue)
        yield Sheet("Décisions", header, _typeset(rows))
    if dossier.comparisons:
        yield Sheet("Comparaison", _COMPARED, _typeset(_compared(dossier, catalogue)))
    proposed = measures(dossier, entity_rows(dossier.summary, catalogue))
    cells = [[_words(cell) for cell in row] for row in plan_rows(dossier, proposed)]
    yield Sheet("Plan", ("N°", "Mesure", "Pourquoi", "Quand", "Qui", "Échéance"), _typeset(cells))


def _compared(dossier: Dossier, catalogue: Catalogue) -> Iterator[Sequence[Cell]]:
    for one in dossier.comparisons:
        run = one.before.id, one.before.started[:10]
        for level, label in labels.LEVELS.items():
            yield *run, "Niveau", label, one.before.levels.get(level, 0), one.after.levels.get(level, 0)
        for entity in sorted({**one.before.entities, **one.after.entities}):
            label = info_of(entity, catalogue).label
            yield *run, "Catégorie", label, one.before.entities.get(entity, 0), one.after.entities.get(entity, 0)


def _findings(table: FindingTable) -> Sheet:
    return Sheet("Constats", table.header or ("Constats",), islice(table.rows, XLSX_ROWS))


_CROSSED: Sequence[tuple[str, str, str, Mapping[str, str]]] = (
    ("entity_severity", "Gravités", "Gravité", {}),
    ("entity_field", "Champs", "Champ", {}),
    ("entity_purpose", "Finalités", "Finalité", {**PURPOSES, "": purpose_label("")}),
    ("entity_site", "Catégories et sites", "Site", {"": labels.NO_SITE}),
    ("entity_month", "Catégories et mois", "Mois", {}),
    ("entity_term", "Mots", "Mot", {}),
    ("entity_assertion", "Assertions", "Assertion", labels.ASSERTIONS),
    ("entity_subject", "Sujets", "Sujet", labels.SUBJECTS),
)
"""Counters of the summary: key, title of the sheet, what the second column is, and its values in French."""

_COMPARED = ("Analyse antérieure", "Du", "Critère", "Valeur", "Fiches avant", "Fiches maintenant")


def _named(counts: Sequence[Sequence[Any]], catalogue: Catalogue, names: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    for entity, value, count in counts:
        yield info_of(entity, catalogue).label, names.get(value, value), count


def _typeset(rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    for row in rows:
        yield [typeset(cell) if isinstance(cell, str) else cell for cell in row]


def _words(text: Text | int) -> Cell:
    if isinstance(text, str | int):
        return text
    return "".join(part.text if isinstance(part, Span) else part for part in text)
