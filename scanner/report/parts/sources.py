"""What was read, of which the digest is, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.documents.blocks import Block, Column, Facts, Heading, Paragraph, Span, Table
from scanner.french import duration, number
from scanner.report.dossier import Dossier
from scanner.report.figures import NAMED_ROWS, purpose_label, reasons
from scanner.report.labels import reason
from scanner.report.wording import counted, say

_UNITS = (("Mo", 1_000_000), ("ko", 1_000), ("o", 1))


def sources_part(dossier: Dossier) -> Iterator[Block]:
    """Yield the sources, and the records that could not be scanned in full, by reason and the first of them by row."""
    summary = dossier.summary
    yield Heading("Sources")
    columns = [Column("Source", width=3), Column("Système", width=2), Column("Colonnes de texte libre", width=4), Column("Fiches", "right")]
    yield Table(columns, [_row(source) for source in summary["sources"]])
    if summary.get("rows_skipped"):
        skipped = counted(summary["rows_skipped"], "fiche est inchangée", "fiches sont inchangées")
        yield Paragraph(say("sources-skipped", skipped=skipped))
    texts = counted(summary["texts"], "texte non vide", "textes non vides")
    characters = counted(summary["characters"], "caractère", "caractères")
    yield Paragraph(say("sources-texts", texts=texts, characters=characters, seconds=duration(summary["seconds"])))
    if digests := [(source["source"], source["sha256"]) for source in summary["sources"] if "sha256" in source]:
        yield Heading(say("source-digests"), 2)
        yield Facts([(name, [Span(f"SHA-256 {digest}", "code")]) for name, digest in digests])
    if summary["reason_records"]:
        yield from _not_scanned(summary)


def _row(source: Mapping[str, Any]) -> list[str | int]:
    name = source["source"]
    if not source["complete"]:
        name += f" ({say('source-unfinished' if source['rows'] else 'source-unread')})"
    system = ", ".join(filter(None, (source["format"], source["encoding"], _size(source.get("bytes")))))
    texts = ", ".join(f"{column} ({purpose_label(source['purposes'].get(column, ''))})" for column in source["text_columns"])
    return [name, system, texts, source["rows"]]


def _size(count: int | None) -> str:
    """Return a size in octets, kilo-octets or mega-octets, rounded up."""
    if count is None:
        return ""
    unit, size = next((unit, size) for unit, size in _UNITS if count >= size or size == 1)
    return f"{number(-(-count // size))}\u00a0{unit}"


def _not_scanned(summary: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading("Fiches non analysées en entier", 2)
    yield Paragraph(say("sources-unread"))
    yield Table([Column("Motif", width=5), Column("Fiches", "right")], reasons(summary))
    named = summary["not_scanned"][:NAMED_ROWS]
    rest = summary["rows_not_scanned"] - sum(row.get("rows", 1) for row in named)
    columns = [Column("Source", width=3), Column("Ligne", "right"), Column("Motif", width=4)]
    rows = [[row["source"], _line(row), reason(row["reason"])] for row in named]
    more = say("sources-more", rest=counted(rest, "autre", "autres")) if rest > 0 else ""
    yield Table(columns, rows, more=more)
    if any(row["row"] for row in named):
        yield Paragraph(say("sources-line"), "note")


def _line(row: Mapping[str, Any]) -> str:
    return number(row["row"]) if row["row"] else "–"
