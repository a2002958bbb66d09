"""The report of an audit, in French, for the DPO's file. Users are pseudonyms, persons and records are counted and never named."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

from recognizers.legal import legal_grounds
from scanner.documents.blocks import (
    Block,
    Bullets,
    Card,
    Cards,
    Column,
    Document,
    Facts,
    Heading,
    Notice,
    Paragraph,
    Period,
    Periods,
    Signatures,
    Span,
    Table,
    Text,
    unknown,
)
from scanner.exposure.audit import Audit
from scanner.exposure.records import fold_value
from scanner.exposure.settings import Report, settings
from scanner.exposure.view_blocks import view_blocks
from scanner.french import day, number
from scanner.keys import SecretKey, pseudonym
from scanner.organisation import Organisation

_DAYS = 62
"""Days that a series shows one by one; a longer one is shown by month."""


def audit_document(audit: Audit, organisation: Organisation, key: SecretKey, made: str) -> Document:
    """Return the report of ``audit``, made at ``made`` (ISO); user ids become pseudonyms under ``key``."""
    report = settings().report
    return Document(
        title=report.texts["title"],
        subtitle=report.texts["subtitle"],
        blocks=list(_blocks(audit, organisation, key, report)),
        kind="report",
        organisation=organisation.controller.name,
        date=made,
        confidentiality=report.texts["confidentiality"],
    )


def _blocks(audit: Audit, organisation: Organisation, key: SecretKey, report: Report) -> Iterator[Block]:
    yield Heading(report.headings["summary"])
    yield Paragraph(report.texts["something" if audit.exposed.any() else "nothing"], "lead")
    yield from _cards(audit, report)
    if audit.unjudged.total:
        yield Notice(report.texts["incomplete"], "warning")
    yield Heading(report.headings["compared"])
    yield from _compared(audit, key, report)
    if audit.could:
        yield Heading(report.headings["page" if audit.request.page else "could"])
        yield from view_blocks(audit.could, audit.categories, key, "could")
    if audit.did:
        yield Heading(report.headings["did"])
        yield from view_blocks(audit.did.view, audit.categories, key, "did")
        if audit.did.days:
            yield Heading(report.headings["days"], 2)
            yield Periods(_periods(audit.did.days), report.labels["days_caption"])
    yield Heading(report.headings["unjudged"])
    yield from _unjudged(audit, report)
    yield Heading(report.headings["legal"])
    yield _legal(audit, report)
    yield Heading(report.headings["next"])
    yield Bullets(report.paragraphs["next_steps"], ordered=True)
    yield Signatures([(report.labels["dpo"], organisation.dpo.name or [unknown(report.labels["dpo_name"])])])


def _cards(audit: Audit, report: Report) -> Iterator[Block]:
    labels, cards = report.labels, []
    if audit.could:
        of = f"{labels['judged_users']} {number(audit.could.judged)}"
        cards += [
            Card(number(len(audit.could.users)), labels["could_users"], of),
            Card(number(audit.could.persons), labels["could_persons"]),
            Card(number(audit.could.records), labels["could_records"]),
        ]
    if audit.did:
        of = f"{labels['judged_accesses']} {number(audit.did.judged)}"
        cards += [Card(number(audit.did.beyond), labels["did_accesses"], of), Card(number(audit.did.view.persons), labels["did_persons"])]
    cards.append(Card(number(audit.unjudged.total), labels["unjudged"]))
    yield Cards(cards)


def _compared(audit: Audit, key: SecretKey, report: Report) -> Iterator[Block]:
    labels, columns = report.labels, report.columns
    facts: list[tuple[str, Text]] = [
        (labels["records_count"], number(len(audit.records))),
        (labels["persons_count"], number(audit.records.person_count)),
    ]
    if audit.request.page:
        facts.append((labels["seen_by"], [Span(pseudonym(audit.request.user, key), "code")]))
    else:
        facts.append((labels["day"], day(audit.request.day.isoformat())))
    if audit.did:
        facts.append((labels["zone"], audit.request.zone))
    yield Facts(facts)
    yield Table(
        [Column(columns["what"], width=2), Column(columns["file"], width=3), Column(columns["sha256"], width=5)],
        [(report.sources[kind], name, [Span(sha256, "code")]) for kind, (name, sha256) in audit.sources.items()],
    )
    yield Heading(report.headings["rules"], 2)
    yield from _rules(audit, report)
    yield Heading(report.headings["method"], 2)
    yield Bullets([*report.paragraphs["method"], *(report.paragraphs["method_accesses"] if audit.did else ())])


def _rules(audit: Audit, report: Report) -> Iterator[Block]:
    if not audit.rules:
        yield Paragraph(report.labels["page_rules" if audit.request.page else "no_rules"])
        return
    columns = report.columns
    everything = audit.categories.everything
    rows = [
        (
            rule.role,
            report.reads[rule.reads],
            report.reads["all"] if rule.bits == everything else audit.categories.in_words(rule.bits),
            rule.why,
        )
        for rules in audit.rules.values()
        for rule in rules
    ]
    widths = {"role": 2, "reads": 2, "categories": 4, "why": 3}
    yield Table([Column(columns[name], width=width) for name, width in widths.items()], rows)


def _unjudged(audit: Audit, report: Report) -> Iterator[Block]:
    if not audit.unjudged.total:
        yield Paragraph(report.labels["all_judged"])
        return
    columns = report.columns
    heads = [Column(columns["object"], width=2), Column(columns["reason"], width=6), Column(columns["count"], "right", 1)]
    yield Table(heads, audit.unjudged.by_reason())
    yield Paragraph(report.labels["unjudged_note"], "note")


def _legal(audit: Audit, report: Report) -> Table:
    """Return the legal grounds: those of every audit, then those of the roles in it."""
    columns, words = report.columns, settings().words
    views = [view for view in (audit.could, audit.did.view if audit.did else None) if view]
    roles = " ".join(fold_value("name", line.role) for view in views for line in view.roles if line.role != words["no_role"])
    keys = [*report.paragraphs["legal"], *(key for role, key in report.role_grounds.items() if role in roles)]
    rows = [(ground.title, ground.meaning, f"{ground.as_of:%d/%m/%Y}") for ground in legal_grounds(keys)]
    return Table([Column(columns["text"], width=3), Column(columns["meaning"], width=6), Column(columns["as_of"], width=2)], rows)


def _periods(days: Mapping[str, int]) -> list[Period]:
    """Return the series from the first day to the last, those without access included; by month when it is long."""
    first, last = (datetime.date.fromisoformat(one) for one in (min(days), max(days)))
    span = [first + datetime.timedelta(at) for at in range((last - first).days + 1)]
    by_day = len(span) <= _DAYS
    counts: dict[str, int] = {}
    for one in span:
        name = one.isoformat() if by_day else one.isoformat()[:7]
        counts[name] = counts.get(name, 0) + days.get(one.isoformat(), 0)
    every = -(-len(counts) // 10)
    return [Period(day(name), day(name) if at % every == 0 else "", count) for at, (name, count) in enumerate(counts.items())]
