"""The note for the board: one page to decide on."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.breach import sections
from scanner.breach.duties import deadline_notice, duty_table
from scanner.breach.facts import count_text, missing, value_of
from scanner.breach.kit import Kit
from scanner.breach.knowledge import load_knowledge
from scanner.breach.letters_table import letters_table
from scanner.breach.wordings import words
from scanner.documents.blocks import Block, Bullets, Card, Cards, Document, Heading, Paragraph, Span, Text
from scanner.french import number, uncapitalised

MOST_CONSEQUENCES = 4
MOST_LETTERS = 4
MOST_OPEN = 5
"""What one page holds of each list; the sheet has all."""


def board_note(kit: Kit) -> Document:
    """Return the note."""
    said, sheet = words("note"), words("sheet")
    blocks: list[Block] = [
        deadline_notice(kit),
        _cards(kit),
        Heading(said["what"]),
        Paragraph(value_of(kit, "what_happened")),
        *_risk(kit),
        Heading(said["duties"]),
        duty_table(kit),
        *_letters(kit),
        *_open(kit),
    ]
    return Document(
        title=said["title"],
        subtitle=said["subtitle"],
        blocks=blocks,
        organisation=kit.organisation.controller.name,
        reference=kit.incident.reference,
        date=kit.now.isoformat(),
        confidentiality=sheet["confidentiality"],
    )


def _cards(kit: Kit) -> Cards:
    said, deadline = words("note"), kit.deadline
    if kit.level is None:
        gravity = Card(said["card_unknown"], said["gravity_proposed"])
    else:
        label = said["gravity_decided" if kit.incident.gravity else "gravity_proposed"]
        gravity = Card(said["gravity_of_four"].format(level=kit.level), label, load_knowledge().level(kit.level).label)
    cards = [
        Card(_plain(count_text(kit.persons)) if kit.persons.known else said["card_unknown"], said["persons"]),
        Card(number(kit.people.records) if kit.sources else said["card_unknown"], said["records"]),
        gravity,
    ]
    if kit.must_notify and deadline.notified is None:
        cards.append(Card(number(deadline.hours), said["hours_over" if deadline.is_overdue else "hours_left"]))
    return Cards(cards)


def _plain(text: Text) -> str:
    return text if isinstance(text, str) else "".join(part.text if isinstance(part, Span) else part for part in text)


def _risk(kit: Kit) -> Iterator[Block]:
    if likely := sections.likely_consequences(kit):
        yield Heading(words("note")["risk"], 2)
        yield Bullets(likely[:MOST_CONSEQUENCES])


def _letters(kit: Kit) -> Iterator[Block]:
    if kit.letters:
        yield Heading(words("letters")["title"], 2)
        yield letters_table(kit, MOST_LETTERS)


def _open(kit: Kit) -> Iterator[Block]:
    said, left = words("note"), [*sections.contradictions(kit), *missing(kit)]
    if left:
        yield Heading(said["decide"], 2)
        more = len(left) - MOST_OPEN
        first, *others = [*left[:MOST_OPEN], *([said["more"].format(count=more)] if more > 0 else [])]
        shown = [first, *map(uncapitalised, others)]
        yield Paragraph(" ; ".join(line.removesuffix(".") for line in shown) + ".")
