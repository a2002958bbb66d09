"""The entry of the internal register: the facts of the breach, its effects, what was done about it (article 33(5) of the GDPR)."""

from __future__ import annotations

from scanner.breach import sections
from scanner.breach.deadline import paris
from scanner.breach.duties import deadline_notice, duty_table, grounds
from scanner.breach.facts import ask, facts, party_facts, value_of
from scanner.breach.kit import Kit
from scanner.breach.wordings import words
from scanner.documents.blocks import Block, Document, Facts, Heading, Paragraph, Signatures


def register_entry(kit: Kit) -> Document:
    """Return the entry."""
    said, sheet, labels = words("register"), words("sheet"), words("facts")
    controller = kit.organisation.controller
    signers = (("dpo", kit.organisation.dpo.name), ("controller", controller.representative))
    draft = sheet["draft"].format(now=paris(kit.now), sources=sheet["draft_sources"] if kit.sources else "")
    blocks: list[Block] = [
        Paragraph(draft, "note"),
        party_facts(kit, "controller"),
        Heading(said["facts"]),
        Facts([(labels[name], value_of(kit, name)) for name in ("reference", "began", "ended", "discovered", "aware")]),
        *_below(sections.nature(kit)),
        *_below(sections.data(kit)),
        *sections.sources(kit),
        *_below(sections.persons(kit)),
        Heading(said["effects"]),
        *_below(sections.consequences(kit)),
        Heading(said["remedies"]),
        *_below(sections.measures(kit)),
        Heading(said["decisions"]),
        deadline_notice(kit),
        duty_table(kit),
        facts(kit, "notified", "late_reasons", "informed_on", "informed_how", "informed_number", "exemption_why"),
        *_below(sections.open_points(kit)),
        Heading(sheet["grounds"]),
        *grounds(("gdpr-4-12", "gdpr-33-5")),
        Signatures([(said[who], name or ask(said["signer"])) for who, name in signers]),
    ]
    return Document(
        title=said["title"],
        subtitle=said["subtitle"],
        blocks=[block for block in blocks if block != Facts([])],
        organisation=controller.name,
        reference=kit.incident.reference,
        date=kit.now.isoformat(),
        confidentiality=sheet["confidentiality"],
    )


def _below(blocks: list[Block]) -> list[Block]:
    """Return ``blocks`` with their headings one level deeper."""
    return [Heading(block.text, min(3, block.level + 1)) if isinstance(block, Heading) else block for block in blocks]
