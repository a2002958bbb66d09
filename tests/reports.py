"""Summaries as scans leave them, and the words of the reports that are made of them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pypdfium2

from recognizers.legal import load_legal_grounds
from scanner.catalogue import Catalogue, EntityInfo
from scanner.documents.blocks import Document, Heading, Table
from scanner.french import number
from scanner.organisation import Mandate, Measure, Organisation, Party, Readers
from scanner.report.document import report_document
from scanner.report.dossier import Dossier

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
    "entity_purpose": [["HEALTH", "caretaker", 1_000], ["HEALTH", "social_follow_up", 240]],
    "entity_month": [["HEALTH", "2012-01", 40], ["HEALTH", "2024-01", 700], ["OFFENCE", "2024-03", 500]],
    "persons": {"read": 9_000, "with_findings": 980, "at_least": False, "records_without": 0},
    "entity_persons": [["HEALTH", 690], ["OFFENCE", 250], ["PERSON", 120]],
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
DATABASE = {
    **SUMMARY,
    "rows_skipped": 9_876,
    "sources": [{"source": "public.suivi", "format": "postgresql", "encoding": "", "text_columns": ["NOTE"], "id_column": "ID",
                 "key_columns": ["ID"], "purposes": {"NOTE": "caretaker"}, "rows": 12_345, "complete": True}],
    "comparison": {"previous_run": "00112233445566aa", "new": 31, "gone": 17, "unchanged": 1_209},
    "not_scanned": [{"source": "public.suivi", "row": None, "record_id": "L-SECRET", "reason": "no-key"}],
    "first_records": [{**SUMMARY["first_records"][0], "row": None}],
}  # fmt: skip

ORGANISATION = Organisation(
    controller=Party("Office des Tilleuls", ("1 rue du Port", "75000 Paris"), "000 000 000", "Mme Roc"),
    dpo=Party(name="M. Sable", email="dpo@tilleuls.example"),
    mandate=Mandate("Direction générale", "Contrôle annuel", "Toutes les agences", ("Messagerie",)),
    readers=(Readers("NOTE", "Gardiens", 240), Readers("*", "Éditeur", None, outside=True)),
    plan=(Measure("Écrire une charte", "Juridique", None),),
)  # fmt: skip


def dossier(facts: dict[str, Any] | None = None, **changes: Any) -> Dossier:
    """Return the dossier of ``SUMMARY`` with ``changes``; ``facts`` are the other attributes of the dossier."""
    return Dossier({**copy.deepcopy(SUMMARY), **changes}, **(facts or {}))


def document(facts: dict[str, Any] | None = None, **changes: Any) -> Document:
    """Return the report of :func:`dossier`."""
    return report_document(dossier(facts, **changes), CATALOGUE)


def part(made: Document, title: str) -> list[Any]:
    """Return the blocks of the part of ``made`` with this heading, of whatever level, up to the next one that is not below it."""
    at = next(at for at, block in enumerate(made.blocks) if isinstance(block, Heading) and block.text == title)
    level = made.blocks[at].level
    following = made.blocks[at + 1 :]
    ends = [n for n, block in enumerate(following) if isinstance(block, Heading) and block.level <= level]
    return list(following[: ends[0]] if ends else following)


def tables(blocks: list[Any]) -> list[Table]:
    """Return the tables among ``blocks``."""
    return [block for block in blocks if isinstance(block, Table)]


def headings(made: Document) -> list[str]:
    """Return the headings of the parts."""
    return [block.text for block in made.blocks if isinstance(block, Heading) and block.level == 1]


def words(content: Any) -> str:
    """Return every word and number of a document, or of some of its blocks, in order."""
    return " ".join(_words(content))


def pdf_words(content: bytes) -> str:
    """Return the text of a PDF, its pages one after the other."""
    pages = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_bounded() for page in pages)


def _words(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, int):
        yield number(content)
    elif isinstance(content, float):
        yield str(content)
    elif is_dataclass(content):
        for field in fields(content):
            yield from _words(getattr(content, field.name))
    elif content is not None:
        for item in content:
            yield from _words(item)
