"""The sheet for the authority, in the order of its questions (article 33(3) of the GDPR)."""

from __future__ import annotations

from scanner.breach import sections
from scanner.breach.deadline import paris
from scanner.breach.duties import deadline_notice, duty_table, grounds
from scanner.breach.facts import facts, lines_of, party_facts
from scanner.breach.incident import NOTIFICATION_KINDS
from scanner.breach.kit import Kit
from scanner.breach.knowledge import load_knowledge
from scanner.breach.letters_table import letters_table
from scanner.breach.wordings import words
from scanner.documents.blocks import Block, Bullets, Checks, Document, Facts, Heading, PageBreak, Paragraph

_GROUNDS = ("gdpr-4-12", "gdpr-33-1", "gdpr-33-3", "gdpr-33-4", "gdpr-33-5", "gdpr-34-1", "gdpr-34-3-a", "gdpr-34-3-b", "gdpr-34-3-c")
_METHOD_GROUNDS = ("cnil-2018-breach-doubt", "cnil-2018-pia-scale", "edpb-9-2022-risk")


def notification(kit: Kit) -> Document:
    """Return the sheet, ready to be copied into the authority's form."""
    sheet = words("sheet")
    draft = sheet["draft"].format(now=paris(kit.now), sources=sheet["draft_sources"] if kit.sources else "")
    blocks: list[Block] = [
        deadline_notice(kit),
        Paragraph(draft, "note"),
        Heading(sheet["notification"]),
        _kind(kit),
        facts(kit, "reference", "earlier_reference", "notified", "late_reasons"),
        Paragraph(sheet["phased"], "note"),
        Heading(sheet["organisation"]),
        party_facts(kit, "controller"),
        party_facts(kit, "dpo"),
        Heading(sheet["timeline"]),
        Facts([*facts(kit, "began", "ended", "discovered", "aware").rows, (sheet["deadline"], paris(kit.deadline.due))]),
        *sections.nature(kit),
        *sections.data(kit),
        *sections.sources(kit),
        *sections.persons(kit),
        *sections.consequences(kit),
        *sections.measures(kit),
        Heading(sheet["informing"]),
        duty_table(kit),
        facts(kit, "informed_on", "informed_how", "informed_number", "exemption_why"),
        Paragraph(words("duties")["exceptions"], "note"),
        *_letters(kit),
        Heading(sheet["others"]),
        *_others(kit),
        PageBreak(),
        *sections.open_points(kit),
        Heading(sheet["grounds"]),
        *grounds((*_GROUNDS, *_METHOD_GROUNDS)),
    ]
    return Document(
        title=sheet["title"],
        subtitle=sheet["subtitle"],
        blocks=[block for block in blocks if block != Facts([])],
        organisation=kit.organisation.controller.name,
        reference=kit.incident.reference,
        date=kit.now.isoformat(),
        confidentiality=sheet["confidentiality"],
    )


def _kind(kit: Kit) -> Checks:
    said = words("choices")
    return Checks(words("sheet")["kind"], [(said[kind], kit.incident.notification_kind == kind) for kind in NOTIFICATION_KINDS])


def _letters(kit: Kit) -> list[Block]:
    if not kit.letters:
        return []
    said, known = words("letters"), map(load_knowledge().category, kit.categories)
    guarded = ", ".join(category.label.lower() for category in known if category.guarded)
    warning = [Paragraph(said["guarded"].format(categories=guarded), "note")] if guarded else []
    return [Heading(said["title"], 2), letters_table(kit), *warning]


def _others(kit: Kit) -> list[Block]:
    labels, incident = words("facts"), kit.incident
    return [
        facts(kit, "cross_border"),
        Heading(labels["processors"], 2),
        Bullets(lines_of(incident.processors, labels["processors"])),
        Heading(labels["authorities"], 2),
        Bullets(lines_of(incident.authorities, labels["authorities"])),
    ]
