"""Who ordered the control, of what, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.documents.blocks import Block, Bullets, Facts, Heading, Paragraph, Text, unknown
from scanner.french import day
from scanner.report.dossier import Dossier
from scanner.report.period import in_words
from scanner.report.wording import say


def perimeter_part(dossier: Dossier) -> Iterator[Block]:
    """Yield the mandate, the controller, the DPO and the perimeter; what the organisation file does not say is marked."""
    controller, dpo, mandate = dossier.organisation.controller, dossier.organisation.dpo, dossier.organisation.mandate
    yield Heading("Mandat et périmètre")
    contact = ", ".join(filter(None, (dpo.email, dpo.phone, *dpo.address)))
    period = [("Période", in_words(dossier.period))] if dossier.period else []
    yield Facts(
        [
            ("Responsable du traitement", _told(controller.name, "nom du responsable du traitement")),
            ("Adresse", _told(", ".join(controller.address), "adresse")),
            ("Numéro SIREN", _told(controller.registration, "numéro SIREN")),
            ("Représentant", _told(controller.representative, "nom et qualité du représentant")),
            ("Délégué à la protection des données", _told(dpo.name, "nom du délégué")),
            ("Joindre le délégué", _told(contact, "courriel ou téléphone du délégué")),
            ("Contrôle demandé par", _told(mandate.given_by, "qui a demandé le contrôle, et quand")),
            ("Objet", _told(mandate.purpose, "objet du contrôle")),
            ("Périmètre", _told(mandate.perimeter, "périmètre du contrôle")),
            *period,
            ("Analyse", f"{day(dossier.summary['started'])}, n° {dossier.summary['run']}"),
        ]
    )
    yield Heading("Ce qui n'est pas couvert", 2)
    yield Paragraph(say("perimeter-rest"))
    if mandate.not_covered:
        yield Paragraph(say("perimeter-declared"))
        yield Bullets(mandate.not_covered)


def _told(text: str, what: str) -> Text:
    return text or [unknown(what)]
