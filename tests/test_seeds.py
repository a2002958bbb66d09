"""The remarks that the CNIL and the press quoted in 2012, and the minimal pairs of the field: each found as what it is, or not at all."""

from __future__ import annotations

import pytest

from recognizers.detector import Detector
from scanner.evaluate import SENSITIVE

QUOTED = {
    "alcoolique": {"ADDICTION"},
    "personne très difficile à vivre de tempérament agressif et violent très procédurier": {"JUDGEMENT"},
    "violence conjugale": {"DOMESTIC_VIOLENCE"},
    "ancien SDF addiction boisson": {"SOCIAL_HARDSHIP", "ADDICTION"},
    "ancien SDF avec addiction à la boisson": {"SOCIAL_HARDSHIP", "ADDICTION"},
    "n’est pas de nationalité française": {"NATIONALITY"},
    "séropositif": {"HEALTH"},
    "cancer": {"HEALTH"},
    "personne cardiaque": {"HEALTH"},
    "sous chimiothérapie": {"HEALTH"},
    "Alzheimer aveugle": {"HEALTH"},
    "Alzeimer aveugle": {"HEALTH"},
    "maladie de parkinson": {"HEALTH"},
    "souffrant d’une pathologie respiratoire et chronique": {"HEALTH"},
    "dépression hôpital psychiatrique": {"HEALTH"},
    "fils cancer Mme malade des poumons": {"HEALTH"},
    "cancer des intestins opération du cerveau": {"HEALTH"},
}

# Left: nothing sensitive. Right: what must be found, and nothing else sensitive.
PAIRS = [
    ("LOC PRÉSENT AVC SA FILLE, JOINT WC À REFAIRE", "LOC FAIT UN AVC EN JANVIER, FUME DES JOINTS DS LE HALL", {"HEALTH", "ADDICTION"}),
    ("main courante du 2e étage descellée", "main courante déposée contre son mari", {"DOMESTIC_VIOLENCE", "OFFENCE"}),
    ("demande régularisation de charges 2023", "en attente de régularisation préfecture, ss papiers", {"NATIONALITY"}),
    (
        "carrelage d'origine, fuite d'origine inconnue",
        "famille d'origine malienne, refus: trop de familles africaines",
        {"ETHNIC_ORIGIN"},
    ),
    ("HP/HC à vérifier sur compteur", "sort de HP, a arrêté son traitement", {"HEALTH"}),
    ("TS acceptés par le maître d'ouvrage", "TS par médicaments au mois de mars", {"HEALTH"}),
    ("fenêtre aveugle côté cour", "Mme aveugle, alzeimer débutant", {"HEALTH"}),
    ("dépression VMC insuffisante", "Mr en dépression depuis le divorce", {"HEALTH", "PRIVATE_LIFE"}),
    ("logement témoin visitable", "témoin de Jéhovah, fait du prosélytisme", {"RELIGION"}),
    ("greffe du TJ: copie du jugement demandée", "greffé du rein, dialysé avant", {"HEALTH"}),
    ("RDC demandé, douche de plain-pied, largeur fauteuil", "RDC demandé car sclérose en plaques", {"HEALTH"}),
    ("plan d'apurement 60 €/mois respecté", "mauvais payeur, touche le RSA et roule en Mercedes", {"FINANCIAL", "SOCIAL_HARDSHIP"}),
    # A "cas social" is a judgement as well as a hardship, says the annotation guide.
    ("syndic CS du 12/06: devis fibre FO validé", "délégué CGT, meneur, cas soc", {"TRADE_UNION", "JUDGEMENT", "SOCIAL_HARDSHIP"}),
    ("squat constaté lot 12, huissier mandaté", "squatteurs roumains, encore des gitans", {"OFFENCE", "NATIONALITY", "ETHNIC_ORIGIN"}),
    ("voile béton fissuré, porte voilée", "Mme voilée, très pratiquante", {"RELIGION"}),
    ("bouteille de gaz à changer", "n'est plus alcoolique depuis 2 ans", {"ADDICTION"}),
    ("conne-xion internet à revoir", "attention grosse conne, ne pas recevoir", {"JUDGEMENT"}),
]


def sensitive(detector: Detector, text: str) -> set[str]:
    return {finding.entity for finding in detector.find(text)} & set(SENSITIVE)


def test_reported_incident_is_ordinary_management(detector: Detector) -> None:
    assert sensitive(detector, '« M. X a traité la gardienne de "conne" le 04/05, courrier envoyé »') == set()


@pytest.mark.parametrize(("remark", "entities"), QUOTED.items())
def test_quoted_remark_is_found(detector: Detector, remark: str, entities: set[str]) -> None:
    assert sensitive(detector, remark) == entities


@pytest.mark.parametrize(("remark", "entities"), QUOTED.items())
def test_quoted_remark_is_found_in_capitals_without_accents(detector: Detector, remark: str, entities: set[str]) -> None:
    plain = remark.upper().translate(str.maketrans("ÀÉÈÊÔ’", "AEEEO'"))
    assert sensitive(detector, plain) == entities


@pytest.mark.parametrize(("benign", "finding", "entities"), PAIRS)
def test_minimal_pair(detector: Detector, benign: str, finding: str, entities: set[str]) -> None:
    assert (sensitive(detector, benign), sensitive(detector, finding)) == (set(), entities)
