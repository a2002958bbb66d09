"""What the DPO needs to finish the answer to an access request: what was masked, what to verify, what should be gone already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from scanner.catalogue import Catalogue
from scanner.documents.blocks import (
    Block,
    Bullets,
    Card,
    Cards,
    Column,
    Document,
    Facts,
    Heading,
    Matrix,
    Paragraph,
    Span,
    Table,
    Text,
    unknown,
)
from scanner.french import agreed, counted, day, number
from scanner.organisation import Organisation
from scanner.subject.access_document import dated, named_by, sources_table
from scanner.subject.access_file import AccessFile, Comment
from scanner.subject.masking import Kind
from scanner.subject.portable import in_order
from scanner.subject.retention_rules import months_after
from scanner.subject.wording import heading, law, say, wordings

_MOST_MENTIONS = 50
"""Mentions that the sheet shows; the list holds them all."""


def dpo_document(file: AccessFile, organisation: Organisation, catalogue: Catalogue | None, mentions_csv: str) -> Document:
    """Return the working sheet; ``catalogue`` is given where the findings of the scan are wanted."""
    blocks: list[Block] = [_cards(file)]
    blocks += [Heading(heading("checks")), _deadline(file), Bullets(wordings()["lists"]["checks"]), *law("checks")]
    blocks += [*_to_verify(file, mentions_csv), *_masked(file), *_kept(file)]
    if catalogue:
        blocks += _findings(file, catalogue)
    blocks += [Heading(heading("sources")), *sources_table(file.facts)]
    return Document(
        title=say("dpo_title"),
        subtitle=say("dpo_subtitle"),
        blocks=blocks,
        organisation=organisation.controller.name,
        reference=file.pseudonym,
        date=file.made[:10],
        confidentiality=say("dpo_confidentiality"),
    )


def _cards(file: AccessFile) -> Cards:
    return Cards(
        [
            _card(len(file.comments), "commentaire de la personne", "commentaires de la personne"),
            _card(len(file.mentions), "mention retenue", "mentions retenues"),
            _card(len(file.to_verify), "mention à vérifier", "mentions à vérifier"),
            _card(file.set_aside, "mention écartée", "mentions écartées"),
            _card(file.masked.total(), "masquage"),
            _card(file.homonyms, "homonyme"),
        ]
    )


def _card(count: int, noun: str, plural: str = "") -> Card:
    return Card(number(count), agreed(count, noun, plural))


def _deadline(file: AccessFile) -> Facts:
    """Return when the answer is due: one month after the request, GDPR, article 12(3)."""
    if file.received is None:
        return Facts([("Réponse due au plus tard le", [unknown("un mois après la réception de la demande")])])
    return Facts(
        [
            ("Demande reçue le", day(file.received.isoformat())),
            ("Réponse due au plus tard le", day(months_after(file.received, 1).isoformat())),
        ]
    )


def _to_verify(file: AccessFile, mentions_csv: str) -> Iterator[Block]:
    if not file.to_verify:
        return
    yield Heading(heading("to_verify"))
    yield Paragraph(say("dpo_verify", csv=mentions_csv))
    columns = [Column("Mention"), Column("Date"), Column("Pourquoi"), Column("Citée par"), Column("Passage", width=3)]
    doubts = wordings()["doubts"]
    ordered = sorted(file.to_verify, key=lambda one: (one.doubt, one.comment.date, one.id))
    rows: list[Sequence[Text | int]] = [
        ([Span(one.id, "code")], dated(one.comment), doubts[one.doubt], named_by(one), one.comment.text) for one in ordered[:_MOST_MENTIONS]
    ]
    left = len(ordered) - len(rows)
    yield Table(columns, rows, more=f"et {counted(left, 'autre')} dans {mentions_csv}" if left else "")


def _masked(file: AccessFile) -> Iterator[Block]:
    if not file.masked:
        return
    yield Heading(heading("masked"))
    yield Paragraph(say("dpo_masked"))
    kinds: list[Kind] = sorted(file.masked)
    counts: dict[str, Counter[Kind]] = {}
    for comment in file.given:
        counts.setdefault(comment.field, Counter()).update(comment.masked)
    labels = wordings()["kinds"]
    yield Matrix(
        "Masquages par champ et par nature",
        [labels[kind] for kind in kinds],
        [(f, [c[k] for k in kinds]) for f, c in sorted(counts.items())],
    )


def _kept(file: AccessFile) -> Iterator[Block]:
    if not file.kept:
        return
    yield Heading(heading("kept"))
    late = [(comment, kept) for comment, kept in file.kept if kept.verdict == "overdue" and kept.last]
    yield Paragraph(say("dpo_kept") if late else say("dpo_kept_none"))
    if late:
        columns = [Column("Fiche"), Column("Champ"), Column("Date"), Column("À effacer après le", "right")]
        rows = [([Span(one.record, "code")], one.field, dated(one), day(kept.last.isoformat())) for one, kept in late if kept.last]
        yield Table(columns, sorted(rows, key=str))


def _findings(file: AccessFile, catalogue: Catalogue) -> Iterator[Block]:
    yield Heading(heading("findings"))
    yield Paragraph(say("dpo_findings"))
    columns = [Column("Fiche"), Column("Champ"), Column("Date"), Column("Catégories", width=2), Column("Gravité la plus haute", "right")]
    rows = [
        ([Span(one.record, "code")], one.field, dated(one), ", ".join(labels), max(map(catalogue.severity, one.found)))
        for one in in_order(file.comments)
        if (labels := _labels(one, catalogue))
    ]
    yield Table(columns, rows)


def _labels(comment: Comment, catalogue: Catalogue) -> list[str]:
    return sorted({catalogue.entities[found.entity].label for found in comment.found})
