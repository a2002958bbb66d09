"""What the report calls things, in French."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.catalogue import default_catalogue
from scanner.french import typeset
from scanner.recognition import ANALYSIS_ERROR

LEVELS: Mapping[str, str] = {"critical": "critique", "high": "élevé", "medium": "moyen", "low": "faible", "none": "aucun constat"}
UNSETTLED = "sans constat, mais non analysées en entier"
ACTIONS: Mapping[str, str] = {
    "quarantine": "Fiches mises en quarantaine",
    "redact": "Fiches dont des mots sont masqués",
    "warn": "Fiches signalées sans changement",
    "keep": "Fiches dont les constats sont admis par la politique",
    "allowed": "Constats écartés par la liste d'exceptions",
    "expired": "Exceptions périmées, qui ne s'appliquent plus",
}
ASSERTIONS: Mapping[str, str] = {
    "affirmed": "affirmé",
    "hypothetical": "supposé",
    "reported": "rapporté",
    "past": "passé",
    "negated": "nié",
}
SUBJECTS: Mapping[str, str] = {
    "tenant": "locataire ou demandeur",
    "relative": "proche",
    "third_party": "tiers",
    "staff": "personnel",
    "unknown": "non précisé",
}
COMPARED = ("Constats nouveaux", "Constats disparus", "Constats inchangés")
TREATMENTS: Mapping[str, str] = {"keep": "admis", "warn": "signalé", "redact": "à masquer", "quarantine": "à retirer"}
FINDING_COLUMNS = (
    "champ",
    "ligne",
    "catégorie",
    "début",
    "fin",
    "certitude",
    "gravité",
    "assertion",
    "sujet",
    "règle",
    "terme",
    "action",
    "niveau de la fiche",
)
"""Columns of findings in spreadsheets. ``début`` and ``fin`` are code points of the cell as stored, end exclusive."""
CHANGES: Mapping[str, str] = {
    "planned": "Prévues",
    "applying": "En cours",
    "applied": "Appliquées",
    "undoing": "Annulation en cours",
    "undone": "Annulées",
    "conflict": "En conflit : le texte a changé",
}
ORIGINALS: Mapping[str, str] = {
    "pending": "En attente d'une décision ou d'une correction",
    "released": "Conservés tels quels",
    "redacted": "Corrigés à la source",
    "erased": "Effacés",
}
MODES: Mapping[str, str] = {
    "label": "le nom de la catégorie",
    "mask": "des étoiles",
    "remove": "rien",
    "hash": "une empreinte à clé",
    "encrypt": "le texte chiffré",
    "neutral": "une formulation neutre",
}
URGENCIES: Mapping[int, str] = {1: "sans attendre", 2: "dans le trimestre", 3: "dans l'année"}
PLACES: Mapping[str, str] = {"registre": "Registre", "aipd": "Analyse d'impact"}
REASONS: Mapping[str, str] = {
    "field-count": "nombre de cellules différent du nombre de colonnes",
    "unclosed-quote": "guillemet jamais refermé",
    "undecodable": "octets illisibles dans l'encodage du fichier",
    "invalid-json": "ligne qui n'est pas un objet JSON",
    "no-key": "ligne sans identifiant",
    ANALYSIS_ERROR: "erreur de l'analyse",
}
NO_SITE = "(sans site)"
NO_AUTHOR_GROUP = "(sans groupe)"
UNDECLARED = "non déclarée"
OTHERS = "autres"


def entity_label(entity: str) -> str:
    """Return what people call an entity; its name where no lexicon has it any more."""
    info = default_catalogue().entities.get(entity)
    return typeset(info.label) if info else entity


def before(year: str) -> str:
    """Return what stands for all years before ``year``."""
    return f"avant {year}"


def reason(problem: str) -> str:
    """Return why a record could not be scanned in full; the type of an exception, after a colon, stays as it is."""
    kind, colon, exception = problem.partition(": ")
    return REASONS.get(kind, kind) + (f" ({exception})" if colon else "")
