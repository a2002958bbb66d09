"""The letter to the persons of one group (article 34(2) of the GDPR): plain French, short sentences, nothing to guess from outside.

It tells the topics of the group, never its categories: whoever reads it over a shoulder learns no more than needed. Title, reference and
subject are the same for all groups.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.breach.facts import ask, lines_of
from scanner.breach.groups import Group
from scanner.breach.incident import Nature
from scanner.breach.kit import Kit
from scanner.breach.wordings import words
from scanner.documents.blocks import Block, Bullets, Document, Heading, Paragraph, Sender, Text
from scanner.french import long_day
from scanner.organisation import Party


def letter(kit: Kit, group: Group) -> Document:
    """Return the letter to ``group``."""
    said = words("letter")
    controller = kit.organisation.controller
    date = long_day(kit.now.date())
    head = Sender(
        sender=_address(controller) if controller.name else [ask(said["sender"])],
        recipient=[ask(said["recipient_name"]), ask(said["recipient_address"])],
        place_date=[*ask(said["place"]), f", le {date}"],
        subject=said["subject"],
    )
    return Document(
        title=said["title"],
        blocks=[
            head,
            Paragraph(said["greeting"]),
            Paragraph(said["opening"]),
            *_what_happened(kit),
            *_data(group),
            *_consequences(kit, group),
            *_measures(kit),
            *_advice(group),
            *_contact(kit),
            Paragraph(said["closing"]),
            Paragraph(controller.representative or ask(said["signed"])),
        ],
        kind="letter",
        organisation=controller.name,
        reference=kit.incident.reference,
        date=kit.now.isoformat(),
    )


def _what_happened(kit: Kit) -> Iterator[Block]:
    said, incident = words("letter"), kit.incident
    yield Heading(said["what"])
    yield Paragraph(incident.told_simply or ask(words("facts")["told_simply"]))
    yield Paragraph(" ".join(said[f"{name}_{_certainty(kit, name)}"] for name in (*incident.natures, *incident.not_excluded)))


def _certainty(kit: Kit, nature: Nature) -> str:
    if nature == "confidentiality" and kit.incident.protected:
        return "protected"
    return "certain" if nature in kit.incident.natures else "possible"


def _data(group: Group) -> Iterator[Block]:
    said = words("letter")
    yield Heading(said["data"])
    if group.topics:
        yield Bullets([topic.what for topic in group.topics])
    if group.maybe:
        yield Paragraph(said["data_maybe"])
        yield Bullets([topic.what for topic in group.maybe])
    if not group.topics and not group.maybe:
        yield Paragraph(ask(said["data_unknown"]))


def _consequences(kit: Kit, group: Group) -> Iterator[Block]:
    said, natures = words("letter"), kit.incident.possible_natures
    found: list[Text] = []
    if "confidentiality" in natures and not kit.incident.protected:
        found += [line for topic in (*group.topics, *group.maybe) for line in topic.consequences]
    if "availability" in natures:
        found.append(said["service"])
    if "integrity" in natures:
        found.append(said["wrong"])
    if found:
        yield Heading(said["consequences"])
        yield Bullets(found)


def _measures(kit: Kit) -> Iterator[Block]:
    said = words("letter")
    yield Heading(said["done"])
    yield Bullets(lines_of(kit.incident.measures_taken, words("facts")["measures_taken"]))
    if kit.incident.measures_planned:
        yield Heading(said["planned"])
        yield Bullets(kit.incident.measures_planned)


def _advice(group: Group) -> Iterator[Block]:
    said = words("letter")
    yield Heading(said["advice"])
    yield Bullets(list(dict.fromkeys(line for topic in (*group.topics, *group.maybe) for line in topic.advice)) or [said["advice_general"]])


def _contact(kit: Kit) -> Iterator[Block]:
    said, labels, dpo = words("letter"), words("parties"), kit.organisation.dpo
    yield Heading(said["contact"])
    yield Paragraph(said["contact_dpo"])
    ways = [part for part in (dpo.name, dpo.email, dpo.phone, ", ".join(dpo.address)) if part]
    yield Bullets(ways if dpo.email or dpo.phone or dpo.address else [*ways, ask(labels["dpo_email"])])
    yield Paragraph(said["complaint"])


def _address(party: Party) -> list[Text]:
    return [party.name, *party.address, *([party.contact] if party.contact else [])]
