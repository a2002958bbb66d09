"""The facts file of a breach: TOML, whose errors name file, line and reason."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from scanner.breach.incident import (
    EXEMPTIONS,
    IDENTIFICATIONS,
    INTENTS,
    NATURES,
    NOTIFICATION_KINDS,
    ORIGINS,
    Family,
    Incident,
    Nature,
)
from scanner.breach.knowledge import load_knowledge
from scanner.config_file import Choice, Table, read_toml

_TABLES = {
    "facts": ("what_happened", "told_simply", "discovered_how", "origin", "intent", "recipients"),
    "dates": ("began", "ended", "discovered", "aware"),
    "persons": ("who", "total", "vulnerable", "vulnerable_who", "identification"),
    "protections": ("encrypted", "keys_safe", "before"),
    "measures": ("taken", "planned"),
    "others": ("processors", "cross_border", "authorities"),
    "notification": ("kind", "earlier_reference", "sent", "late_reasons"),
    "informed": ("on", "how", "number", "exception", "exception_why"),
    "assessment": ("gravity", "why"),
}
_YEARS = range(1990, 3000)  # others are slips of the hand, and at the ends of the calendar a deadline cannot be counted


def load_incident(path: Path) -> Incident:
    """Return the facts that the file at ``path`` tells. Raises :class:`ConfigError` naming file, line and reason."""
    root = read_toml(path)
    root.refuse_unknown(("reference", "nature", "not_excluded", "data", *_TABLES))
    tables = {name: root.table(name) for name in _TABLES}
    for name, known in _TABLES.items():
        tables[name].refuse_unknown(known)
    if not root.values.get("nature"):
        raise root.error("'nature' is missing: say what is certain, one or more of " + ", ".join(NATURES), _if_present(root, "nature"))
    natures = _natures(root, "nature")
    return Incident(
        natures=natures,
        not_excluded=tuple(nature for nature in _natures(root, "not_excluded") if nature not in natures),
        reference=root.text("reference"),
        families=_families(root),
        **_facts(tables["facts"]),
        **_dates(tables["dates"]),
        **_persons(tables["persons"]),
        **_protections(tables["protections"]),
        measures_taken=tables["measures"].texts("taken"),
        measures_planned=tables["measures"].texts("planned"),
        **_others(tables["others"]),
        **_notification(tables["notification"]),
        **_informed(tables["informed"]),
        **_assessment(tables["assessment"]),
    )


def _natures(root: Table, key: str) -> tuple[Nature, ...]:
    if not root.values.get(key):
        return ()
    told = root.choices(key, NATURES)
    return tuple(nature for nature in NATURES if nature in told)


def _facts(table: Table) -> dict[str, Any]:
    texts = {key: table.text(key) for key in ("what_happened", "told_simply", "discovered_how", "recipients")}
    return {**texts, "origin": _choice(table, "origin", ORIGINS), "intent": _choice(table, "intent", INTENTS)}


def _dates(table: Table) -> dict[str, Any]:
    aware = _moment(table, "aware")
    if aware is None:
        raise table.error("'aware' is missing: the 72 hours run from then; write it as aware = 2026-11-02T10:00:00+01:00")
    began, ended, discovered = (_moment(table, key) for key in ("began", "ended", "discovered"))
    if began and ended and ended < began:
        raise table.error("'ended' is before 'began'", "ended")
    if began and discovered and discovered < began:
        raise table.error("'discovered' is before 'began'", "discovered")
    if discovered and aware < discovered:
        raise table.error("'aware' is before 'discovered'", "aware")
    return {"aware": aware, "began": began, "ended": ended, "discovered": discovered}


def _persons(table: Table) -> dict[str, Any]:
    return {
        "persons_who": table.texts("who"),
        "persons_total": table.whole("total"),
        "vulnerable": _answer(table, "vulnerable"),
        "vulnerable_who": table.text("vulnerable_who"),
        "identification": _choice(table, "identification", IDENTIFICATIONS),
    }


def _protections(table: Table) -> dict[str, Any]:
    return {"encrypted": _answer(table, "encrypted"), "keys_safe": _answer(table, "keys_safe"), "protections": table.texts("before")}


def _others(table: Table) -> dict[str, Any]:
    return {
        "processors": table.texts("processors"),
        "cross_border": _answer(table, "cross_border"),
        "authorities": table.texts("authorities"),
    }


def _notification(table: Table) -> dict[str, Any]:
    return {
        "notification_kind": _choice(table, "kind", NOTIFICATION_KINDS),
        "earlier_reference": table.text("earlier_reference"),
        "notified": _moment(table, "sent"),
        "late_reasons": table.text("late_reasons"),
    }


def _informed(table: Table) -> dict[str, Any]:
    exemption = _choice(table, "exception", EXEMPTIONS)
    return {
        "informed_on": table.date("on") if "on" in table.values else None,
        "informed_how": table.text("how"),
        "informed_number": table.whole("number"),
        "exemption": exemption,
        "exemption_why": table.required("exception_why") if exemption else table.text("exception_why"),
    }


def _assessment(table: Table) -> dict[str, Any]:
    gravity = table.whole("gravity")
    if gravity is not None and gravity not in range(1, 5):
        raise table.error("'gravity' must be 1, 2, 3 or 4", "gravity")
    return {"gravity": gravity, "gravity_why": table.required("why") if gravity else table.text("why")}


def _families(root: Table) -> tuple[Family, ...]:
    found: dict[str, Family] = {}
    for table in root.tables("data"):
        family = _family(table)
        if family.key in found:
            raise table.error(f"{family.key!r} is told twice: write one block for it", "family")
        found[family.key] = family
    return tuple(found.values())


def _family(table: Table) -> Family:
    table.refuse_unknown(("family", "persons", "records", "everyone"))
    key = table.one_of("family", table.required("family"), load_knowledge().families)
    return Family(key, table.whole("persons"), table.whole("records"), table.flag("everyone"))


def _choice(table: Table, key: str, allowed: tuple[Choice, ...]) -> Choice | None:
    return table.one_of(key, table.text(key), allowed) if table.text(key) else None


def _answer(table: Table, key: str) -> bool | None:
    return table.flag(key) if key in table.values else None


def _moment(table: Table, key: str) -> datetime.datetime | None:
    value = table.values.get(key)
    if value is None:
        return None
    if not isinstance(value, datetime.datetime) or value.tzinfo is None:
        raise table.error(f"{key!r} must be a time with its zone, without quotes, such as 2026-11-02T10:00:00+01:00", key)
    if value.year not in _YEARS:
        raise table.error(f"{key!r} cannot be in the year {value.year}: correct it", key)
    return value


def _if_present(table: Table, key: str) -> str | None:
    return key if key in table.values else None
