"""What to do: the corrective plan, and what to update in the registre and the impact assessment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recognizers.legal import legal_grounds
from scanner.documents.blocks import Block, Column, Heading, Paragraph, Table, Text, unknown
from scanner.report import labels
from scanner.report.dossier import Dossier
from scanner.report.figures import EntityRow
from scanner.report.measures import updates
from scanner.report.wording import MeasureText, say


def plan_part(dossier: Dossier, proposed: Sequence[MeasureText]) -> Iterator[Block]:
    """Yield the measures that the figures call for, then the organisation's own."""
    yield Heading("Plan correctif")
    yield Paragraph(say("plan"))
    columns = [Column("N°", "right"), Column("Mesure", width=6), Column("Pourquoi", width=6), Column("Quand", width=2)]
    columns += [Column("Qui", width=2.6), Column("Échéance", width=2.6)]
    yield Table(columns, plan_rows(dossier, proposed))


def plan_rows(dossier: Dossier, proposed: Sequence[MeasureText]) -> list[list[Text | int]]:
    """Return the measures as rows: number, what, why, when, by whom, until when."""
    rows: list[list[Text | int]] = [
        [at, text.action, _why(text), labels.URGENCIES[text.urgency], [unknown(say("plan-who"))], [unknown(say("plan-until"))]]
        for at, text in enumerate(proposed, 1)
    ]
    for at, measure in enumerate(dossier.organisation.plan, len(rows) + 1):
        who: Text = measure.who or [unknown(say("plan-who"))]
        until: Text = f"{measure.until:%d/%m/%Y}" if measure.until else [unknown(say("plan-until"))]
        rows.append([at, measure.action, say("plan-own"), "", who, until])
    return rows


def updates_part(dossier: Dossier, rows: Sequence[EntityRow]) -> Iterator[Block]:
    """Yield what to update in the registre and the AIPD."""
    yield Heading("Registre des traitements et analyse d'impact")
    yield Paragraph(say("updates"))
    columns = [Column("Document", width=2), Column("À vérifier ou à écrire", width=7), Column("Fondement", width=4)]
    yield Table(columns, [[labels.PLACES[item.where], item.what, _titles(item.legal)] for item in updates(dossier, rows)])


def _why(text: MeasureText) -> str:
    return f"{text.why} ({_titles(text.legal)})" if text.legal else text.why


def _titles(keys: Sequence[str]) -> str:
    return "\u00a0; ".join(ground.title for ground in legal_grounds(keys))
