"""What the report calls things, in French."""

from __future__ import annotations

from collections.abc import Mapping

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
CHANGES: Mapping[str, str] = {"new": "Constats nouveaux", "gone": "Constats disparus", "unchanged": "Constats inchangés"}
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


def reason(problem: str) -> str:
    """Return why a record could not be scanned in full; the type of an exception, after a colon, stays as it is."""
    kind, colon, exception = problem.partition(": ")
    return REASONS.get(kind, kind) + (f" ({exception})" if colon else "")
