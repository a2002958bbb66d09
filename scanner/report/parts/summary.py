"""The page for the board: what was found, where, what was not read, what to do first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.documents.blocks import Bars, Block, Bullets, Card, Cards, Heading, Levels, Notice, PageBreak, Paragraph
from scanner.french import agreed, counted, day, number, percent
from scanner.report.dossier import Dossier
from scanner.report.figures import EntityRow, fields, level_parts
from scanner.report.wording import MeasureText, say
from scanner.sampling import sample_rates

FIRST_STEPS = 3
TOP_ENTITIES = 6


def summary_part(dossier: Dossier, rows: Sequence[EntityRow], proposed: Sequence[MeasureText]) -> Iterator[Block]:
    """Yield the summary for the board."""
    summary = dossier.summary
    yield Heading("Synthèse")
    yield from _notices(dossier)
    yield Cards(_cards(dossier))
    if summary["rows_read"]:
        yield Levels(level_parts(summary), "Fiches par niveau de risque")
    yield Paragraph(_found(dossier), "lead")
    if (rates := sample_rates(summary)) is not None:
        found = rates.with_findings
        whole = counted(rates.population, "fiche", "fiches")
        bounds = {"rate": percent(found.value or 0.0), "low": percent(found.low), "high": percent(found.high)}
        yield Paragraph(say("summary-sample", population=whole, **bounds))
    if rows:
        name, _, records = fields(summary)[0]
        first = max(rows, key=lambda row: row.records)
        yield Paragraph(
            say(
                "summary-where",
                entity=first.info.label,
                entity_records=counted(first.records, "fiche", "fiches"),
                field=name,
                field_records=counted(records, "fiche", "fiches"),
            )
        )
    yield Paragraph(_coverage(dossier))
    if rows:
        most = [(row.info.label, row.records) for row in sorted(rows, key=lambda row: -row.records)[:TOP_ENTITIES]]
        yield Bars(most, "Fiches avec constat, catégories les plus fréquentes")
    yield Heading(say("first-steps"), 2)
    urgent = [text.action for text in proposed if text.urgency == 1][:FIRST_STEPS]
    yield Bullets(urgent, ordered=True) if urgent else Paragraph(say("nothing-first"))
    yield Paragraph(say("summary-meaning"), "note")
    if dossier.excerpts is None:
        yield Paragraph(say("summary-private"), "note")
    yield PageBreak()


def _notices(dossier: Dossier) -> Iterator[Block]:
    status = dossier.summary["status"]
    if status != "complete":
        yield Notice(say(f"status-{status}"), "danger")
    if dossier.is_sample:
        sample = dossier.summary["sample"]
        size, population = counted(sample["size"], "fiche", "fiches"), number(sample["population"])
        yield Notice(say("sample-notice", size=size, population=population), "warning")
    if (asked := dossier.excerpts) is not None:
        excerpts = counted(len(asked.items), "extrait masqué", "extraits masqués")
        yield Notice(say("summary-excerpts", excerpts=excerpts, by=asked.by, day=day(asked.at), why=asked.why), "warning")


def _cards(dossier: Dossier) -> list[Card]:
    summary = dossier.summary
    read, found, missed = summary["rows_read"], summary["records_with_findings"], summary["rows_not_scanned"]
    cards = [
        Card(number(read), agreed(read, "fiche lue", "fiches lues")),
        Card(number(found), agreed(found, "fiche avec constat", "fiches avec constat"), percent(found / read) if 0 < read >= found else ""),
        Card(number(summary["findings"]), agreed(summary["findings"], "constat")),
    ]
    persons = summary.get("persons", {}).get("with_findings")
    if persons is not None:
        shown = number(persons)
        if summary["persons"].get("at_least"):
            shown = say("results-at-least", count=shown)
        cards.append(Card(shown, agreed(persons, "personne concernée", "personnes concernées")))
    cards.append(Card(number(missed), agreed(missed, "fiche non analysée en entier", "fiches non analysées en entier")))
    return cards


def _found(dossier: Dossier) -> str:
    summary = dossier.summary
    read, found = summary["rows_read"], summary["records_with_findings"]
    in_words = counted(read, "fiche lue", "fiches lues")
    if not found:
        return say("summary-clean", read=in_words)
    if found > read:  # of a run that did not end: the findings of the runs before stand
        told = say(
            "summary-standing",
            read=in_words,
            records=counted(found, "fiche porte au moins un constat", "fiches portent au moins un constat"),
        )
    else:
        records = counted(found, "porte au moins un constat", "portent au moins un constat")
        told = say("summary-found", read=in_words, records=records, share=percent(found / read))
    return told + say(
        "summary-levels",
        findings=counted(summary["findings"], "constat", "constats"),
        critical=counted(summary["levels"]["critical"], "fiche est", "fiches sont"),
        high=number(summary["levels"]["high"]),
    )


def _coverage(dossier: Dossier) -> str:
    summary = dossier.summary
    missed = summary["rows_not_scanned"]
    if missed:
        told = counted(missed, "fiche n'a pas pu être analysée en entier", "fiches n'ont pas pu être analysées en entier")
        return say("summary-incomplete", not_scanned=told)
    if summary["status"] != "complete":
        return say(f"status-{summary['status']}")
    where = "de l'échantillon" if dossier.is_sample else "des tables lues" if dossier.is_database else "des fichiers reçus"
    return say("summary-complete", where=where)
