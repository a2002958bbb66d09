"""What ends the report: excerpts where somebody asked for them, proofs, signatures."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata

from scanner.documents.blocks import Block, Column, Facts, Heading, Paragraph, Signatures, Span, Table, Text, unknown
from scanner.report import labels
from scanner.report.dossier import Dossier
from scanner.report.wording import say

_IN_SUMMARY = {"rules": "Règles de détection", "policy": "Politique (SHA-256)"}
"""Digests that the summary holds."""


def excerpts_part(dossier: Dossier) -> Iterator[Block]:
    """Yield the masked excerpts, nothing when none were asked for."""
    if dossier.excerpts is None:
        return
    yield Heading("Extraits masqués")
    yield Paragraph(say("excerpts"))
    columns = [Column("Fiche (pseudonyme)", width=3), Column("Niveau"), Column("Champ", width=2), Column("Catégories", width=3)]
    columns.append(Column("Extrait", width=7))
    rows: list[list[Text]] = [
        [[Span(item.record, "code")], labels.LEVELS[item.level], item.field, ", ".join(item.entities), item.text]
        for item in dossier.excerpts.items
    ]
    yield Table(columns, rows, more="" if rows else say("excerpts-fewer"))


def proofs_part(dossier: Dossier) -> Iterator[Block]:
    """Yield the digests of what the report rests on, and the head of the audit log."""
    yield Heading("Preuves")
    summary = dossier.summary
    digests = [(proof.what, proof.digest) for proof in dossier.proofs]
    digests += [(label, summary[name]) for name, label in _IN_SUMMARY.items() if name in summary]
    yield Paragraph(say("proofs"))
    yield Facts([(what, [Span(digest, "code")]) for what, digest in digests])
    if dossier.store:
        seq, mac = dossier.store.audit
        yield Paragraph(say("proofs-audit", seq=seq, mac=mac))
    yield Paragraph(say("proofs-offline", version=metadata.version("vigie")), "note")


def signatures_part(dossier: Dossier) -> Iterator[Block]:
    """Yield the blocks to sign."""
    yield Heading("Signatures")
    yield Paragraph(say("signatures"))
    dpo, controller = dossier.organisation.dpo.name, dossier.organisation.controller.representative
    yield Signatures(
        [
            (say("signature-dpo"), dpo or [unknown(say("signature-name"))]),
            (say("signature-controller"), controller or [unknown(say("signature-name"))]),
        ]
    )
