"""The legal reading of each category: why, what may be written instead, and on what ground, with source and date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from recognizers.legal import LegalGround, legal_grounds
from scanner.documents.blocks import Block, Column, Heading, Paragraph, Table
from scanner.report.dossier import Dossier
from scanner.report.figures import EntityRow
from scanner.report.measures import updates
from scanner.report.wording import MeasureText, say

SCALE = "cnil-2018-pia-scale"
"""The ground of the scale of gravity."""


def legal_part(rows: Sequence[EntityRow]) -> Iterator[Block]:
    """Yield the legal reading of the categories found, nothing when there are none."""
    if not rows:
        return
    yield Heading("Lecture juridique et écriture conseillée")
    yield Paragraph(say("legal"))
    columns = [Column("Catégorie", width=3), Column("Gravité", "center"), Column("Pourquoi", width=5), Column("Écrire plutôt", width=4)]
    columns.append(Column("Fondement", width=4))
    yield Table(columns, [_reading(row) for row in rows])
    yield Paragraph(say("legal-rule"), "note")


def grounds_part(dossier: Dossier, rows: Sequence[EntityRow], proposed: Sequence[MeasureText]) -> Iterator[Block]:
    """Yield every ground that the report names, once, with what it says, its source and the day on which it was checked."""
    keys = [SCALE] if rows else []
    keys += [key for text in proposed for key in text.legal] + [key for text in updates(dossier, rows) for key in text.legal]
    named = dict.fromkeys([*(ground for row in rows for ground in row.grounds), *legal_grounds(keys)])
    if named:
        yield Heading("Fondements cités")
        yield Table([Column("Texte", width=3), Column("Ce qu'il dit", width=6), Column("Source, vérifiée le", width=4)], _grounds(named))


def _grounds(grounds: Iterable[LegalGround]) -> list[list[str]]:
    return [[ground.title, ground.meaning, f"{ground.source}, {ground.as_of:%d/%m/%Y}"] for ground in grounds]


def _reading(row: EntityRow) -> list[str]:
    titles = " ; ".join(ground.title for ground in row.grounds)
    return [row.info.label, f"{row.severity}/4", row.info.why, row.info.instead or say("legal-nothing"), titles]
