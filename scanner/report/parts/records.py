"""The records to treat first, by pseudonym, and who can read the fields in which something was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from scanner.catalogue import Catalogue
from scanner.documents.blocks import Block, Column, Heading, Paragraph, Span, Table, Text, unknown
from scanner.french import day, number
from scanner.organisation import Readers
from scanner.report import labels
from scanner.report.dossier import Dossier
from scanner.report.figures import TOP_RECORDS, fields, info_of, purpose_label
from scanner.report.measures import readers_of
from scanner.report.wording import counted, say


def records_part(dossier: Dossier, catalogue: Catalogue) -> Iterator[Block]:
    """Yield the riskiest records, nothing when there are none."""
    first = dossier.summary["first_records"][:TOP_RECORDS]
    if not first:
        return
    yield Heading("Fiches à traiter d'abord")
    several = len(dossier.summary["sources"]) > 1
    numbered = any(entry["row"] for entry in first)
    columns = [
        Column("Fiche (pseudonyme)", width=4),
        *([Column("Ligne", "right")] if numbered else []),
        Column("Site", width=3),
        Column("Date"),
    ]
    columns += [Column("Risque", "right"), Column("Niveau"), Column("Catégories", width=5)]
    yield Table(columns, [_row(entry, catalogue, several=several, numbered=numbered) for entry in first])
    yield Paragraph(say("records-pseudonym", key_id=dossier.summary["key_id"]), "note")


def readers_part(dossier: Dossier) -> Iterator[Block]:
    """Yield who can read each field in which something was found; a field of which nobody told is marked."""
    found = [(name, purpose, records) for name, purpose, records in fields(dossier.summary) if records]
    if not found:
        return
    yield Heading("Qui peut lire les champs touchés")
    yield Paragraph(say("readers"))
    columns = [Column("Champ", width=3), Column("Finalité", width=3), Column("Fiches avec constat", "right"), Column("Lecteurs", width=5)]
    rows: list[list[Text | int]] = [
        [name, purpose_label(purpose), records, _told(readers_of(dossier, name))] for name, purpose, records in found
    ]
    yield Table(columns, rows)


def _row(entry: dict[str, Any], catalogue: Catalogue, *, several: bool, numbered: bool) -> list[Text | int]:
    record: list[str | Span] = [Span(entry["record"], "code")]
    if several:
        record.append(f" {entry['source']}")
    entities = ", ".join(info_of(entity, catalogue).label for entity in entry["entities"])
    line = [number(entry["row"]) if entry["row"] else "–"] if numbered else []
    date = day(entry["date"]) if entry["date"] else ""
    return [record, *line, entry["site"], date, entry["risk"], labels.LEVELS[entry["level"]], entities]


def _told(readers: Sequence[Readers]) -> Text:
    return "\u00a0; ".join(map(_reader, readers)) if readers else [unknown(say("readers-who"))]


def _reader(reader: Readers) -> str:
    who = say("readers-outside", who=reader.who) if reader.outside else reader.who
    return who if reader.people is None else say("readers-people", who=who, people=counted(reader.people, "personne", "personnes"))
