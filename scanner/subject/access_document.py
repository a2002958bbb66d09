"""The answer to an access request, as the person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from scanner.documents.blocks import Block, Bullets, Column, Document, Facts, Heading, Notice, Paragraph, Span, Table, Text, unknown
from scanner.french import counted, day, number
from scanner.organisation import Organisation, Party
from scanner.policy import PURPOSES
from scanner.report.labels import reason
from scanner.subject.access_file import AccessFile, Comment, OthersComment
from scanner.subject.glossary import Code, Glossary
from scanner.subject.portable import in_order
from scanner.subject.retention_rules import RetentionRules
from scanner.subject.stream import SourceFacts
from scanner.subject.wording import heading, law, say, wordings


def access_document(
    file: AccessFile, organisation: Organisation, glossary: Glossary, rules: RetentionRules | None, portable: str
) -> Document:
    """Return the document for the person; ``portable`` is the name of the file for programs that goes with it."""
    blocks: list[Block] = [Paragraph(say("access_lead", json=portable), "lead"), *_draft(file)]
    blocks += [Heading(heading("request")), _request(file, organisation)]
    blocks += [Heading(heading("own")), *_own(file)]
    blocks += [Heading(heading("mentions")), *_mentions(file)]
    if file.codes:
        blocks += [Heading(heading("codes")), *_codes(file, glossary)]
    blocks += [Heading(heading("masked")), _masked(file)]
    blocks += [Heading(heading("purposes")), _purposes(file, organisation, rules), _origin()]
    blocks += [Heading(heading("searched")), *sources_table(file.facts)]
    blocks += [Heading(heading("not_searched"), 2), Bullets([*organisation.mandate.not_covered, *wordings()["lists"]["not_searched"]])]
    blocks += [Heading(heading("rights")), Paragraph(_with_dpo(organisation.dpo)), *law("rights")]
    return Document(
        title=say("access_title"),
        subtitle=say("access_subtitle"),
        blocks=blocks,
        kind="report",
        organisation=organisation.controller.name,
        reference=file.pseudonym,
        date=file.made[:10],
        confidentiality=say("access_confidentiality"),
    )


def sources_table(facts: Sequence[SourceFacts]) -> list[Block]:
    """Return what was read of each source, and a warning about the rows that could not be."""
    columns = [Column("Source"), Column("Champs lus", width=2), Column("Lignes", "right"), Column("Lue le", "right")]
    blocks: list[Block] = [Table(columns, [(one.source, ", ".join(one.fields), one.rows, day(one.read)) for one in facts])]
    unread = sum(one.not_read for one in facts)
    if unread:
        reasons = ", ".join(sorted({reason(problem) for one in facts for problem in one.problems}))
        blocks.append(Notice(say("unread", count=number(unread), reasons=reasons), "warning"))
    return blocks


def said_of(party: Party) -> Text:
    """Return a party with what it can be reached by, marked where that is not told."""
    parts = [part for part in (party.name, *party.address, party.contact, party.email, party.phone) if part]
    return ", ".join(parts) if parts else [unknown("nom et coordonnées")]


def dated(comment: Comment) -> Text:
    """Return the day of a comment, for a table."""
    return day(comment.date) if comment.date else [Span("sans date", "soft")]


def _draft(file: AccessFile) -> Iterator[Block]:
    if file.to_verify:
        count = counted(len(file.to_verify), "mention reste", "mentions restent")
        yield Notice(say("draft", count=count), "warning", say("draft_title"))
    if not file.given:
        yield Notice(say("nothing_found"))


def _request(file: AccessFile, organisation: Organisation) -> Facts:
    return Facts(
        [
            ("Personne", ", ".join(file.person.shown) or [unknown("nom et prénom")]),
            ("Identifiant recherché", [Span(file.subject, "code")]),
            ("Référence du dossier", [Span(file.pseudonym, "code")]),
            ("Demande reçue le", day(file.received.isoformat()) if file.received else [unknown("date de réception de la demande")]),
            ("Recherche faite le", day(file.made)),
            ("Responsable du traitement", said_of(organisation.controller)),
            ("Délégué à la protection des données", said_of(organisation.dpo)),
        ]
    )


def _own(file: AccessFile) -> Iterator[Block]:
    if not file.comments:
        yield Paragraph(say("own_none"))
    for (source, field), comments in groupby(in_order(file.comments), key=lambda one: (one.source, one.field)):
        group = list(comments)
        yield Heading(f"{field} ({source})", 2)
        columns = [Column("Date"), Column("Fiche"), Column("Auteur (service)"), Column("Commentaire", width=4)]
        rows = [(dated(one), [Span(one.record, "code")], one.author_group or "non précisé", _text(one)) for one in group]
        yield Table(columns, rows, counted(len(group), "commentaire"))


def _text(comment: Comment) -> Text:
    if not comment.codes:
        return comment.text
    return [comment.text, Span(f"\nCodes : {', '.join(code.code for code in comment.codes)}", "soft")]


def _mentions(file: AccessFile) -> Iterator[Block]:
    if not file.mentions:
        yield Paragraph(say("mentions_none"))
        return
    yield Paragraph(say("mentions_intro"))
    columns = [Column("Date"), Column("Champ"), Column("Vous êtes cité par"), Column("Passage", width=4)]
    ordered = sorted(file.mentions, key=lambda one: (one.comment.date, one.id))
    yield Table(columns, [(dated(one.comment), one.comment.field, named_by(one), _text(one.comment)) for one in ordered])


def named_by(mention: OthersComment) -> str:
    """Return how a mention names the person."""
    return ", ".join(wordings()["ways"][way] for way in mention.ways)


def _codes(file: AccessFile, glossary: Glossary) -> Iterator[Block]:
    yield Paragraph(say("codes_intro"))
    columns = [Column("Code"), Column("Sens", width=4), Column("Commentaires", "right")]
    yield Table(columns, [([Span(code.code, "strong")], _meaning(code), count) for code, count in file.codes])
    yield Paragraph(say("codes_source", source=glossary.source, as_of=day(glossary.as_of.isoformat())), "note")


def _meaning(code: Code) -> Text:
    meanings = " ; ou ".join(code.meanings)
    if code.house:
        return [say("codes_house", meanings=meanings), " ", unknown("sens donné par le service qui l'emploie")]
    if code.ambiguous:
        return [say("codes_ambiguous", meanings=meanings), " ", unknown("sens retenu par le service")]
    return meanings


def _masked(file: AccessFile) -> Paragraph:
    total = file.masked.total()
    return Paragraph(say("masked_intro", count=counted(total, "fois", "fois")) if total else say("masked_none"))


def _purposes(file: AccessFile, organisation: Organisation, rules: RetentionRules | None) -> Table:
    fields = sorted({(comment.field, comment.purpose) for comment in file.given})
    columns = [Column("Champ"), Column("Nature du champ"), Column("Destinataires", width=2), Column("Durée de conservation", width=2)]
    rows: list[Sequence[Text | int]] = [
        (field, PURPOSES[purpose], _readers(organisation, field), _period(rules, field, purpose)) for field, purpose in fields
    ]
    return Table(columns, rows)


def _origin() -> Facts:
    return Facts(
        [
            ("Finalités du traitement", [unknown("à quoi servent ces données, d'après le registre des traitements")]),
            ("Catégories de données", say("data_kinds")),
            ("Origine des données", [unknown("d'où viennent celles que la personne n'a pas données elle-même")]),
            ("Décision automatisée", [unknown("oui, laquelle et selon quelle logique ; ou non")]),
            ("Transfert hors de l'Union européenne", [unknown("oui, vers quel pays et avec quelles garanties ; ou non")]),
        ]
    )


def _readers(organisation: Organisation, field: str) -> Text:
    readers = [readers.who for readers in organisation.readers if readers.field in ("*", field)]
    return ", ".join(readers) if readers else [unknown("qui peut lire ce champ")]


def _period(rules: RetentionRules | None, field: str, purpose: str) -> Text:
    rule = next((rule for rule in rules.rules if rule.fits(field, purpose)), None) if rules else None
    return rule.in_words() if rule else [unknown("durée de conservation")]


def _with_dpo(dpo: Party) -> Text:
    before, after = say("rights_intro", dpo="\0").split("\0")
    told = said_of(dpo)
    return [before, *([told] if isinstance(told, str) else told), after]
