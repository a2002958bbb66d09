"""``synthese.json``: every figure and proposal of the kit, for scripts and for the next version of the documents."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from scanner.breach.facts import missing
from scanner.breach.gravity import HIGH_RISK
from scanner.breach.kit import Kit
from scanner.breach.people import Count
from scanner.breach.sections import contradictions

SYNTHESIS_FORMAT = "vigie-breach"
SYNTHESIS_VERSION = 1


def synthesis(kit: Kit) -> Mapping[str, Any]:
    """Return the kit as JSON-ready data. Numbers of persons have a ``low`` and a ``high`` bound, ``None`` where nothing bounds them."""
    incident, deadline, people = kit.incident, kit.deadline, kit.people
    return {
        "format": SYNTHESIS_FORMAT,
        "version": SYNTHESIS_VERSION,
        "made": _utc(kit.now),
        "reference": incident.reference,
        "natures": list(incident.natures),
        "not_excluded": list(incident.not_excluded),
        "aware": _utc(incident.aware),
        "deadline": _utc(deadline.due),
        "notified": None if incident.notified is None else _utc(incident.notified),
        "hours": -deadline.hours if deadline.is_late else deadline.hours,
        "overdue": kit.is_overdue,
        "persons": _count(kit.persons),
        "records": people.records if kit.sources else None,
        "categories": {
            key: {"records": records, "persons": _count(people.by_category[key])} for key, records in people.records_by_category.items()
        },
        "families": {
            family.key: {"records": family.records, "persons": family.persons, "everyone": family.everyone} for family in incident.families
        },
        "gravity": {"proposed": kit.gravity.level, "decided": incident.gravity, "reasons": list(kit.gravity.reasons)},
        "notify": kit.must_notify,
        "inform": None if kit.is_high_risk is None else kit.is_high_risk and kit.exemption is None,
        "exemption": kit.exemption,
        "letters": [
            {
                "group": group.slug,
                "topics": [topic.key for topic in group.topics],
                "maybe": [topic.key for topic in group.maybe],
                "persons": _count(group.persons),
                "gravity": gravity.level,
                "due": gravity.level is not None and gravity.level >= HIGH_RISK and kit.exemption is None,
            }
            for group, gravity in kit.letters
        ],
        "sources": [
            {"origin": source.origin, "source": source.source, "made": source.made, "sha256": dict(source.sha256)} for source in kit.sources
        ],
        "added": people.added,
        "complete": people.complete,
        "missing": missing(kit),
        "contradictions": contradictions(kit),
    }


def _count(count: Count) -> dict[str, int | None]:
    return {"low": count.low, "high": count.high}


def _utc(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat(timespec="seconds")
