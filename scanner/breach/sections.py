"""The parts that the sheet and the register share, each as blocks under its heading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scanner.breach.facts import ask, count_text, facts, lines_of, missing
from scanner.breach.incident import INTENTS, NATURES, ORIGINS, Incident, Nature
from scanner.breach.kit import Kit
from scanner.breach.knowledge import load_knowledge
from scanner.breach.people import UNKNOWN, exactly
from scanner.breach.wordings import words
from scanner.documents.blocks import Block, Bullets, Checks, Column, Facts, Heading, Paragraph, Span, Table, Text
from scanner.french import day, number


def nature(kit: Kit) -> list[Block]:
    """Return what happened: what was lost, why, how it was found."""
    incident, sheet = kit.incident, words("sheet")
    blocks: list[Block] = [Heading(sheet["nature"]), _natures(sheet["certain"], incident.natures)]
    if incident.not_excluded:
        blocks.append(_natures(sheet["possible"], incident.not_excluded))
    return [
        *blocks,
        _choice(incident, "origin", ORIGINS),
        _choice(incident, "intent", INTENTS),
        facts(kit, "what_happened", "discovered_how", "recipients"),
    ]


def data(kit: Kit) -> list[Block]:
    """Return the kinds of data with how many records and persons each concerns, and where the figures come from."""
    sheet = words("sheet")
    records: Text = number(kit.people.records) if kit.sources else ask(sheet["records"])
    blocks: list[Block] = [Heading(sheet["data"]), Facts([(sheet["records"], records)])]
    rows = list(_category_rows(kit))
    if rows:
        columns = [
            Column(sheet["column_category"], width=3),
            Column(sheet["column_records"], "right", 1.4),
            Column(sheet["column_persons"], "right", 1.4),
            Column(sheet["column_gravity"], width=1.2),
        ]
        blocks.append(Table(columns, rows, sheet["table_caption"]))
    else:
        blocks.append(Paragraph(ask(sheet["categories_unknown"])))
    if kit.people.added != "one":
        blocks.append(Paragraph(sheet[kit.people.added], "note"))
    if not kit.people.complete:
        blocks.append(Paragraph(sheet["incomplete"], "note"))
    return blocks


def persons(kit: Kit) -> list[Block]:
    """Return which persons are concerned, how many, and which of them are vulnerable."""
    sheet = words("sheet")
    number_of = (sheet["persons_number"], count_text(kit.persons))
    others = facts(kit, "vulnerable", "vulnerable_who", "identification").rows
    return [Heading(sheet["persons"]), Facts([*facts(kit, "persons_who").rows, number_of, *others])]


def consequences(kit: Kit) -> list[Block]:
    """Return what may happen to the persons, the gravity, and why it is proposed."""
    sheet = words("sheet")
    return [Heading(sheet["consequences"]), _likely(kit), Heading(sheet["gravity"]), *_gravity(kit)]


def measures(kit: Kit) -> list[Block]:
    """Return what protected the data before, what was done since, and what is planned."""
    sheet, labels = words("sheet"), words("facts")
    return [
        Heading(sheet["before"]),
        facts(kit, "encrypted", "keys_safe"),
        Heading(labels["protections"], 2),
        Bullets(lines_of(kit.incident.protections, labels["protections"])),
        Heading(sheet["measures"]),
        Heading(labels["measures_taken"], 2),
        Bullets(lines_of(kit.incident.measures_taken, labels["measures_taken"])),
        Heading(labels["measures_planned"], 2),
        Bullets(lines_of(kit.incident.measures_planned, labels["measures_planned"])),
    ]


def open_points(kit: Kit) -> list[Block]:
    """Return everything that is still to be established, and what contradicts itself."""
    sheet, left, odd = words("sheet"), missing(kit), contradictions(kit)
    blocks: list[Block] = [Heading(sheet["missing"])]
    blocks += [Paragraph(sheet["missing_lead"]), Bullets(left)] if left else [Paragraph(sheet["nothing_missing"])]
    return [*blocks, Heading(sheet["contradictions"], 2), Bullets(odd)] if odd else blocks


def sources(kit: Kit) -> list[Block]:
    """Return what the figures were read from, with digests."""
    sheet = words("sheet")
    lines: list[Text] = []
    for source in kit.sources:
        told: list[str | Span] = [sheet["read"].format(source=source.source, date=day(source.made))]
        for name, digest in sorted(source.sha256.items()):
            told += [" ", sheet["hash"].format(name=name), Span(digest, "code"), "."]
        lines.append(told)
    return [Bullets(lines)] if lines else []


def contradictions(kit: Kit) -> list[str]:
    """Return, in French, what of the facts cannot be true together."""
    said, incident, counted = words("contradictions"), kit.incident, kit.people.persons.low
    found = []
    if incident.persons_total is not None and incident.persons_total < counted:
        found.append(said["persons"].format(told=number(incident.persons_total), counted=number(counted)))
    if incident.informed_number is not None and kit.persons.high is not None and incident.informed_number > kit.persons.high:
        found.append(said["informed"].format(told=number(incident.informed_number), counted=number(kit.persons.high)))
    if incident.exemption == "unintelligible" and not incident.protected:
        found.append(said["unencrypted"])
    return found


def level_text(level: int) -> str:
    """Return a level of gravity: « 3, importante (…) »."""
    named = load_knowledge().level(level)
    return f"{level}, {named.label} ({named.meaning})"


def likely_consequences(kit: Kit) -> list[str]:
    """Return what may happen to the persons, the gravest kinds of data first, each once."""
    known, incident = load_knowledge(), kit.incident
    found = [line for name in incident.possible_natures for line in known.nature(name).consequences]
    if "confidentiality" in incident.possible_natures and not incident.protected:
        kinds = sorted(map(known.category, kit.categories), key=lambda kind: (-kind.gravity, kind.key))
        found = [line for kind in kinds for line in kind.consequences] + found
    return list(dict.fromkeys(found))


def _likely(kit: Kit) -> Block:
    sheet = words("sheet")
    if likely := likely_consequences(kit):
        return Bullets(likely)
    return Paragraph(sheet["no_consequence"] if kit.level == 1 else ask(sheet["consequences_unknown"]))


def _gravity(kit: Kit) -> Iterator[Block]:
    sheet, incident = words("sheet"), kit.incident
    proposed: Text = ask(sheet["gravity_unknown"]) if kit.gravity.level is None else level_text(kit.gravity.level)
    rows: list[tuple[str, Text]] = [(sheet["gravity_proposed"], proposed)]
    if incident.gravity is not None:
        rows += [(sheet["gravity_decided"], level_text(incident.gravity)), (sheet["gravity_why"], incident.gravity_why)]
    yield Facts(rows)
    yield Bullets(reasons(kit))
    yield Paragraph(sheet["gravity_note"].format(as_of=day(load_knowledge().as_of.isoformat())), "note")


def reasons(kit: Kit) -> list[str]:
    """Return, in French, why the gravity is proposed."""
    known, said = load_knowledge(), words("reasons")
    values = {
        "heaviest": ", ".join(kind.label.lower() for kind in kit.gravity.heaviest),
        "natures": ", ".join(known.nature(name).short for name in kit.incident.not_excluded),
        "many": number(known.many_persons),
    }
    return [said[reason].format_map(values) for reason in kit.gravity.reasons]


def _natures(label: str, ticked: Sequence[Nature]) -> Checks:
    return Checks(label, [(load_knowledge().nature(name).label, name in ticked) for name in NATURES])


def _choice(incident: Incident, name: str, options: Iterable[str]) -> Checks:
    return Checks(words("facts")[name], [(words("choices")[option], getattr(incident, name) == option) for option in options])


def _category_rows(kit: Kit) -> Iterator[list[Text | int]]:
    """Yield the kinds of data, the gravest first: label, records, persons, gravity."""
    known, sheet = load_knowledge(), words("sheet")
    declared = {family.key: family for family in kit.incident.families}
    for kind in sorted(map(known.category, kit.categories), key=lambda kind: (-kind.gravity, kind.label)):
        level = known.level(kind.gravity).label
        if kind.key in kit.people.records_by_category:
            yield [kind.label, kit.people.records_by_category[kind.key], count_text(kit.people.by_category.get(kind.key, UNKNOWN)), level]
        else:
            family = declared[kind.key]
            told = sheet["everyone"] if family.everyone else sheet["not_told"]
            counted = told if family.persons is None else count_text(exactly(family.persons))
            yield [kind.label, sheet["not_told"] if family.records is None else family.records, counted, level]
