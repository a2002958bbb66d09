"""What was decided and corrected: by people where there is a state store, by the policy where an export was scanned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from scanner.catalogue import Catalogue
from scanner.documents.blocks import Bars, Block, Column, Facts, Heading, Paragraph, Period, Periods, Table
from scanner.french import number
from scanner.report import labels
from scanner.report.dossier import Corrections, Decisions, Dossier, Standing, StoreFacts
from scanner.report.figures import actions, info_of, most_first
from scanner.report.wording import counted, say
from scanner.review.words import words


def decisions_part(dossier: Dossier, catalogue: Catalogue) -> Iterator[Block]:
    """Yield decisions and corrections."""
    yield Heading("Décisions et corrections")
    if dossier.store is None:
        yield from _by_policy(dossier)
    else:
        yield from _by_people(dossier, dossier.store, catalogue)


def _by_policy(dossier: Dossier) -> Iterator[Block]:
    if dossier.is_sample:
        yield Paragraph(say("decisions-sample"))
        return
    if done := actions(dossier.summary):
        yield Paragraph(say("decisions-policy"))
        yield Table([Column("Suite donnée", width=5), Column("Nombre", "right")], done)
    yield Paragraph(say("decisions-database" if dossier.is_database else "decisions-export"))


def _by_people(dossier: Dossier, facts: StoreFacts, catalogue: Catalogue) -> Iterator[Block]:
    if facts.standing is not None:
        yield Paragraph(_standing(facts.standing))
    decisions = facts.decisions
    yield Bars([(label, decisions.states.get(state, 0)) for state, label in words("states").items()], "Fiches avec constat, à ce jour")
    if decisions.taken:
        yield from _taken(decisions, catalogue)
    else:
        yield Paragraph(say("decisions-none-period" if dossier.period else "decisions-none"))
    yield Facts(
        [
            ("Confirmées par une seconde personne", number(decisions.confirmed)),
            ("En attente d'une seconde personne", number(decisions.waiting)),
            ("Annulées", number(decisions.undone)),
            ("Dépassées, la fiche ayant changé", number(decisions.overtaken)),
            ("Exceptions en vigueur", number(decisions.exceptions)),
        ]
    )
    yield from _corrections(facts.corrections)
    yield Paragraph(say("decisions-database"))


def _standing(standing: Standing) -> str:
    return say(
        "decisions-standing",
        findings=number(standing.findings),
        records=counted(standing.records, "fiche", "fiches"),
        false_alarms=number(standing.false_alarms),
        allowed=number(standing.allowed),
    )


def decision_rows(decisions: Decisions, catalogue: Catalogue) -> tuple[list[str], list[list[str | int]]]:
    """Return the decisions taken as a table: its columns, and a row for each category."""
    kinds = [kind for kind in words("decisions") if any(taken == kind for taken, _ in decisions.taken)]
    entities = sorted({entity for _, entity in decisions.taken}, key=lambda entity: (entity == "", entity))
    counts = [(entity, [decisions.taken.get((kind, entity), 0) for kind in kinds]) for entity in entities]
    return ["Catégorie", *(words("decisions")[kind] for kind in kinds)], [[_entity(entity, catalogue), *row] for entity, row in counts]


def _taken(decisions: Decisions, catalogue: Catalogue) -> Iterator[Block]:
    from scanner.accounts.roles import roles

    (first, *kinds), rows = decision_rows(decisions, catalogue)
    yield Table([Column(first, width=4), *(Column(kind, "right") for kind in kinds)], rows, "Décisions prises")
    by_role = [(roles()[role].label if role else say("decisions-role-none"), count) for role, count in decisions.roles.items()]
    yield Table([Column("Prises par", width=4), Column("Décisions", "right")], most_first(by_role))
    yield Paragraph(say("decisions-who"), "note")
    months = sorted(decisions.months.items())
    if len(months) > 1:
        yield Periods([Period("/".join(reversed(month.split("-"))), month, count) for month, count in months], "Décisions par mois")


def _entity(entity: str, catalogue: Catalogue) -> str:
    return info_of(entity, catalogue).label if entity else say("decisions-every-entity")


def _corrections(corrections: Corrections) -> Iterator[Block]:
    yield Heading("Corrections à la source", 2)
    if not corrections.plans:
        yield Paragraph(say("corrections-none"))
    else:
        by_state: Counter[str] = Counter()
        for (_, state), count in corrections.changes.items():
            by_state[state] += count
        shown = [(label, by_state[state]) for state, label in labels.CHANGES.items() if by_state[state]]
        yield Table([Column("Cellules à corriger", width=5), Column("Nombre", "right")], shown)
    originals = _originals(corrections.originals)
    if corrections.held:
        originals.append(("Sous conservation obligatoire", corrections.held))
    if originals:
        yield Table([Column("Originaux scellés", width=5), Column("Nombre", "right")], originals)


def _originals(states: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(label, states[state]) for state, label in labels.ORIGINALS.items() if states.get(state)]
