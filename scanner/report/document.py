"""The report as a document: its parts in their order."""

from __future__ import annotations

from scanner.catalogue import Catalogue
from scanner.documents.blocks import Block, Document
from scanner.french import day
from scanner.report import figures
from scanner.report.dossier import Dossier
from scanner.report.measures import measures
from scanner.report.parts.closing import excerpts_part, proofs_part, signatures_part
from scanner.report.parts.comparison import comparison_part
from scanner.report.parts.decisions import decisions_part
from scanner.report.parts.legal import grounds_part, legal_part
from scanner.report.parts.method import method_part
from scanner.report.parts.perimeter import perimeter_part
from scanner.report.parts.plan import plan_part, updates_part
from scanner.report.parts.records import readers_part, records_part
from scanner.report.parts.results import results_part
from scanner.report.parts.sources import sources_part
from scanner.report.parts.summary import summary_part
from scanner.report.period import in_words
from scanner.report.wording import say


def report_document(dossier: Dossier, catalogue: Catalogue) -> Document:
    """Return the report of ``dossier``. It holds no text of any comment but the masked excerpts that were asked for."""
    rows = figures.entity_rows(dossier.summary, catalogue)
    proposed = measures(dossier, rows)
    blocks: list[Block] = [
        *summary_part(dossier, rows, proposed),
        *perimeter_part(dossier),
        *sources_part(dossier),
        *method_part(dossier, rows),
        *results_part(dossier, rows),
        *legal_part(rows),
        *records_part(dossier, catalogue),
        *readers_part(dossier),
        *decisions_part(dossier, catalogue),
        *plan_part(dossier, proposed),
        *comparison_part(dossier, catalogue),
        *updates_part(dossier, rows),
        *excerpts_part(dossier),
        *grounds_part(dossier, rows, proposed),
        *proofs_part(dossier),
        *signatures_part(dossier),
    ]
    summary = dossier.summary
    subtitle = say("subtitle-run", day=day(summary["started"]))
    if dossier.period:
        subtitle = say("subtitle-period", period=in_words(dossier.period))
    return Document(
        title=say("title"),
        blocks=blocks,
        kind="report",
        subtitle=subtitle,
        organisation=dossier.organisation.controller.name,
        reference=summary["run"],
        date=(dossier.made or summary["started"])[:10],
        confidentiality=say("confidential-excerpts" if dossier.excerpts else "confidential"),
    )
