"""Which measures of ``report.toml`` the figures call for, and what to update in the registre and the AIPD."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from scanner.organisation import Readers
from scanner.report.dossier import Dossier
from scanner.report.figures import EntityRow, fields
from scanner.report.wording import MeasureText, UpdateText, measure_texts, update_texts

OLD_YEARS = 5
"""Years after which a comment with findings calls for a rule of retention."""


def measures(dossier: Dossier, rows: Sequence[EntityRow]) -> list[MeasureText]:
    """Return the measures that the figures call for, the most urgent first."""
    known = _known(dossier, rows)
    fitting = [text for text in measure_texts() if _fits(text.when, known)]
    return sorted(fitting, key=lambda text: text.urgency)


def updates(dossier: Dossier, rows: Sequence[EntityRow]) -> list[UpdateText]:
    """Return what the figures call for in the registre and the AIPD, in the order of the file."""
    known = _known(dossier, rows)
    entities = ", ".join(row.info.label.lower() for row in rows)
    return [replace(text, what=text.what.format(entities=entities)) for text in update_texts() if _fits(text.when, known)]


def readers_of(dossier: Dossier, field: str) -> list[Readers]:
    """Return who, as far as the organisation told, can read ``field``."""
    return [readers for readers in dossier.organisation.readers if readers.field in (field, "*")]


def _fits(when: Mapping[str, Sequence[str]], known: Mapping[str, set[str]]) -> bool:
    return all(known[name] & set(values) for name, values in when.items())


def _known(dossier: Dossier, rows: Sequence[EntityRow]) -> dict[str, set[str]]:
    """Return what conditions can ask for, by their names in the file."""
    summary = dossier.summary
    touched = [(name, purpose) for name, purpose, records in fields(summary) if records]
    return {
        "entities": {row.info.entity for row in rows},
        "levels": {level for level, count in summary["levels"].items() if count},
        "purposes": {purpose or "general" for _, purpose in touched},
        "facts": {name for name, holds in _facts(dossier, [name for name, _ in touched]).items() if holds},
    }


def _facts(dossier: Dossier, touched: Sequence[str]) -> dict[str, bool]:
    summary = dossier.summary
    readers = [readers_of(dossier, name) for name in touched]
    return {
        "always": True,
        "not_scanned": summary["rows_not_scanned"] > 0 or summary["status"] != "complete",
        "outside_readers": any(reader.outside for of_field in readers for reader in of_field),
        "readers_unknown": not all(readers),
        "old_comments": _has_old(summary),
        "pending": bool(dossier.store and (dossier.store.decisions.states.get("open") or dossier.store.decisions.waiting)),
        "corrections_waiting": bool(dossier.store and any(state == "planned" for _, state in dossier.store.corrections.changes)),
    }


def _has_old(summary: Mapping[str, Any]) -> bool:
    """Tell whether a comment with findings was more than ``OLD_YEARS`` old when it was scanned."""
    limit = f"{int(summary['started'][:4]) - OLD_YEARS:04}{summary['started'][4:7]}"
    return any(month[:1].isdigit() and month < limit for month, _ in summary["month_records"])
