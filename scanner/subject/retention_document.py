"""What should be gone already, for the file: counts and pseudonyms, no name, no id, no text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from scanner.documents.blocks import (
    Bars,
    Block,
    Bullets,
    Card,
    Cards,
    Column,
    Document,
    Heading,
    Levels,
    Matrix,
    Notice,
    Paragraph,
    Span,
    Table,
    Text,
    unknown,
)
from scanner.french import agreed, counted, day, number
from scanner.keys import SecretKey, pseudonym
from scanner.organisation import Organisation
from scanner.policy import PURPOSES
from scanner.subject.access_document import sources_table
from scanner.subject.retention_check import Place, RetentionCheck
from scanner.subject.retention_judge import Verdict
from scanner.subject.retention_rules import RetentionRule, RetentionRules
from scanner.subject.stream import SourceFacts
from scanner.subject.wording import heading, law, say, wordings

_STYLES: Sequence[tuple[str, Verdict]] = (
    ("critical", "overdue"),
    ("medium", "excepted"),
    ("low", "unruled"),
    ("unsettled", "undated"),
    ("none", "kept"),
)

_MOST_YEARS = 8
"""Years that a matrix shows one by one; those before are one column."""


def retention_document(
    check: RetentionCheck, rules: RetentionRules, facts: Sequence[SourceFacts], organisation: Organisation, key: SecretKey, list_name: str
) -> Document:
    """Return the document; ``list_name`` is that of the file that names the records."""
    blocks: list[Block] = [*_summary(check), Heading(heading("places")), _places(check), *_years(check)]
    if check.oldest:
        blocks += [Heading(heading("oldest")), Paragraph(say("retention_list", csv=list_name)), _oldest(check, key)]
    blocks += [Heading(heading("rules")), _rules(rules)]
    blocks += [Heading(heading("before")), Bullets([say("retention_litigation"), say("retention_archives")]), *law("retention")]
    blocks += [Heading(heading("sources")), *sources_table(facts)]
    return Document(
        title=say("retention_title"),
        subtitle=say("retention_subtitle"),
        blocks=blocks,
        organisation=organisation.controller.name,
        date=check.today.isoformat(),
        confidentiality=say("retention_confidentiality"),
    )


def _summary(check: RetentionCheck) -> Iterator[Block]:
    today, records = day(check.today.isoformat()), counted(check.records, "fiche")
    key = "retention_lead" if check.overdue else "retention_none"
    yield Paragraph(say(key, today=today, overdue=counted(check.overdue, "commentaire"), records=records), "lead")
    yield Cards(
        [
            Card(number(check.overdue), agreed(check.overdue, "commentaire à effacer", "commentaires à effacer")),
            Card(number(check.records_overdue), agreed(check.records_overdue, "fiche concernée", "fiches concernées")),
            Card(number(check.total("excepted")), agreed(check.total("excepted"), "gardé par exception", "gardés par exception")),
            Card(number(check.total("undated")), "sans date lisible"),
        ]
    )
    yield Levels([(style, wordings()["verdicts"][verdict], check.total(verdict)) for style, verdict in _STYLES], "Tous les commentaires")
    if undated := check.total("undated"):
        yield Notice(say("retention_undated", count=number(undated)), "warning")
    if unruled := check.total("unruled"):
        yield Notice(say("retention_unruled", count=number(unruled)), "warning")


def _places(check: RetentionCheck) -> Table:
    shown = [verdict for _, verdict in _STYLES if verdict == "overdue" or check.total(verdict)]
    columns = [Column("Source", width=3), Column("Champ", width=3), Column("Règle", "center", 1)]
    columns += [Column(wordings()["verdicts"][verdict], "right", 2) for verdict in shown]
    rows: list[Sequence[Text | int]] = []
    for place in check.places():
        rule = str(place.rule + 1) if place.rule >= 0 else "aucune"
        rows.append((place.source, place.field, rule, *(check.verdicts[place, verdict] for verdict in shown)))
    return Table(columns, rows)


def _years(check: RetentionCheck) -> Iterator[Block]:
    if not check.years:
        return
    yield Heading(heading("years"))
    years = sorted({year for _, year in check.years})
    shown = years[-_MOST_YEARS:]
    earlier = [year for year in years if year < shown[0]]
    columns = [*([f"avant {shown[0]}"] if earlier else []), *map(str, shown)]
    rows = []
    for field, places in _by_field(check).items():
        counts = Counter({year: sum(check.years[place, year] for place in places) for year in years})
        rows.append((field, [*([sum(counts[year] for year in earlier)] if earlier else []), *(counts[year] for year in shown)]))
    yield Matrix("Commentaires à effacer, par champ et par année de départ du délai", columns, rows)
    totals = [(field, sum(check.verdicts[place, "overdue"] for place in places)) for field, places in _by_field(check).items()]
    yield Bars(sorted(totals, key=lambda bar: (-bar[1], bar[0])), "Commentaires à effacer, par champ")


def _by_field(check: RetentionCheck) -> dict[str, list[Place]]:
    fields: dict[str, list[Place]] = {}
    for place in check.places():
        if check.verdicts[place, "overdue"]:
            fields.setdefault(place.field, []).append(place)
    return fields


def _oldest(check: RetentionCheck, key: SecretKey) -> Table:
    columns = [Column("Fiche (pseudonyme)"), Column("Champ"), Column("Départ du délai", "right"), Column("À effacer après le", "right")]
    columns.append(Column("Jours de retard", "right"))
    rows: list[Sequence[Text | int]] = [
        ([Span(pseudonym(one.record, key), "code")], one.field, day(one.start), day(one.last), one.days) for one in check.oldest
    ]
    left = check.overdue - len(rows)
    return Table(columns, rows, more=f"et {counted(left, 'autre')}" if left else "")


def _rules(rules: RetentionRules) -> Table:
    columns = [Column("Règle", "center"), Column("Champs", width=2), Column("Durée", width=2), Column("Pourquoi", width=2)]
    columns.append(Column("Où c'est écrit", width=2))
    rows: list[Sequence[Text | int]] = [
        (str(at), _about(rule), rule.in_words(), rule.why or [unknown("motif")], rule.source or [unknown("source")])
        for at, rule in enumerate(rules.rules, start=1)
    ]
    exceptions = rules.exceptions
    if exceptions.column:
        values = ", ".join(exceptions.values) or "toute valeur"
        about = f"Colonne {exceptions.column} : {values}"
        rows.append(("exception", about, "tant que la colonne le dit", exceptions.why or [unknown("motif")], ""))
    return Table(columns, rows)


def _about(rule: RetentionRule) -> str:
    parts = [*rule.fields, *(PURPOSES[purpose] for purpose in rule.purposes)]
    return ", ".join(parts) or "tous les autres champs"
