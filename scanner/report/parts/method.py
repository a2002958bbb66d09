"""How remarks are found, how well, and what that cannot do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scanner.documents.blocks import Block, Bullets, Column, Facts, Heading, Paragraph, Rates, Span, Table, Text
from scanner.french import day, number, percent
from scanner.intervals import Rate
from scanner.quality import Measure, Quality, measured_quality
from scanner.report import labels
from scanner.report.dossier import Dossier
from scanner.report.figures import EntityRow
from scanner.report.wording import counted, lines, say
from scanner.sampling import SampleRates, sample_rates


def method_part(dossier: Dossier, rows: Sequence[EntityRow]) -> Iterator[Block]:
    """Yield the method, its versions, the rates of a sample, the quality measured and seen, the limits."""
    yield Heading("Méthode")
    yield Bullets(lines("method"))
    yield Facts(_versions(dossier))
    if (rates := sample_rates(dossier.summary)) is not None:
        yield from _sample(rates, rows)
    yield from _quality(dossier.summary["rules"], rows)
    if dossier.store and dossier.store.seen:
        yield from _seen(dossier.store.seen, rows)
    yield Heading("Limites", 2)
    yield Bullets(lines("limits"))


def interval(rate: Rate) -> str:
    """Return the bounds of a rate in French."""
    return f"{percent(rate.low)} à {percent(rate.high)}"


def _versions(dossier: Dossier) -> list[tuple[str, Text]]:
    summary = dossier.summary
    facts: list[tuple[str, Text]] = [("Règles de détection", [Span(summary["rules"], "code")])]
    facts.append(("Analyse", [Span(summary["run"], "code")]))
    if dossier.store:
        facts.append(("Traitement", dossier.store.job))
    facts.append(("Clé des pseudonymes", [Span(summary["key_id"], "code")]))
    facts.append(("Niveau d'alerte de la politique", labels.LEVELS[summary["alert_level"]]))
    if summary["redaction"]:
        facts.append(("Remplacement des mots masqués", labels.MODES.get(summary["redaction"], summary["redaction"])))
    return facts


def _sample(rates: SampleRates, rows: Sequence[EntityRow]) -> Iterator[Block]:
    yield Heading("Estimation sur échantillon", 2)
    yield Paragraph(say("sample-method", method=rates.method, seed=rates.seed))
    if rates.is_everything:
        yield Paragraph(say("sample-everything"))
    shown = [("Avec constat", rates.with_findings)]
    shown += [(f"Niveau {labels.LEVELS[level]}", rate) for level, rate in rates.levels.items() if level != "none"]
    shown += [(row.info.label, rates.entities[row.info.entity]) for row in rows if row.info.entity in rates.entities]
    shown.append(("Non analysées en entier", rates.not_scanned))
    yield Rates([(label, rate.low, rate.value, rate.high) for label, rate in shown if rate.value is not None], say("sample-rates"))
    low, high = rates.records(rates.with_findings)
    yield Paragraph(say("sample-extent", population=counted(rates.population, "fiche", "fiches"), low=number(low), high=number(high)))


def _quality(rules: str, rows: Sequence[EntityRow]) -> Iterator[Block]:
    quality = measured_quality()
    yield Heading("Précision et rappel mesurés", 2)
    comments = counted(quality.comments, "commentaire", "commentaires")
    yield Paragraph(say("quality", day=day(quality.measured), comments=comments, sample=quality.sample))
    measures = [("Quatre catégories principales", quality.core), ("Quatorze catégories sensibles", quality.sensitive)]
    measures += [("Identifiants", quality.identifiers)]
    measures += [(row.info.label, quality.entities[row.info.entity]) for row in rows if row.info.entity in quality.entities]
    columns = [Column("Catégorie", width=3), Column("Précision", "right", 3), Column("Rappel", "right", 3), Column("F1", "right", 2)]
    yield Table(columns, [_measured(label, measure) for label, measure in measures])
    yield Paragraph(_alarms(quality))
    if not quality.matches(rules):
        yield Paragraph(say("quality-other-rules", rules=quality.rules), "note")


def _measured(label: str, measure: Measure) -> list[str]:
    f1 = "–" if measure.f1 is None else f"{measure.f1:.2f}".replace(".", ",")
    return [label, _in_words(measure.precision), _in_words(measure.recall), f1]


def _in_words(rate: Rate) -> str:
    return "–" if rate.value is None else f"{percent(rate.value)} ({interval(rate)})"


def _alarms(quality: Quality) -> str:
    alarms = quality.false_alarms
    return say("quality-alarms", rate=percent(alarms.value or 0.0), interval=interval(alarms), leak=percent(quality.leak))


def _seen(seen: Mapping[str, Rate], rows: Sequence[EntityRow]) -> Iterator[Block]:
    total = seen.get("")
    if total is None or total.value is None:
        return
    yield Heading("Précision observée sur place", 2)
    judged = counted(total.total, "constat jugé", "constats jugés")
    yield Paragraph(say("seen", right=number(total.count), total=judged, rate=percent(total.value), interval=interval(total)))
    known = {row.info.entity: row.info.label for row in rows}
    columns = [Column("Catégorie", width=3), Column("Confirmés", "right"), Column("Jugés", "right"), Column("Part confirmée", "right", 3)]
    yield Table(columns, [[known.get(entity, entity), rate.count, rate.total, _in_words(rate)] for entity, rate in seen.items() if entity])
