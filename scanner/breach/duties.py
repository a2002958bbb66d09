"""What the law asks for after a breach, as it follows from its gravity: proposed to the DPO, with article and date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from recognizers.legal import legal_grounds
from scanner.breach.deadline import paris
from scanner.breach.incident import Exempting
from scanner.breach.kit import Kit
from scanner.breach.wordings import words
from scanner.documents.blocks import Block, Column, Notice, Paragraph, Table
from scanner.french import day, number

_EXCEPTIONS: Mapping[Exempting, str] = {"unintelligible": "gdpr-34-3-a", "risk_removed": "gdpr-34-3-b", "disproportionate": "gdpr-34-3-c"}
_KINDS: Mapping[str, Literal["info", "warning", "danger"]] = {
    "open": "warning",
    "overdue": "danger",
    "sent": "info",
    "sent_late": "warning",
    "spared": "info",
}


def deadline_notice(kit: Kit) -> Notice:
    """Return how the 72 hours stand."""
    said, deadline = words("deadline"), kit.deadline
    if deadline.notified is not None:
        state = "sent_late" if deadline.is_late else "sent"
    elif not kit.must_notify:
        state = "spared"
    else:
        state = "overdue" if deadline.is_overdue else "open"
    values = {"aware": paris(deadline.aware), "due": paris(deadline.due), "hours": number(deadline.hours)}
    sent = "" if deadline.notified is None else paris(deadline.notified)
    return Notice(said[state].format(sent=sent, **values), _KINDS[state], said["title"])


def duty_table(kit: Kit) -> Table:
    """Return the three duties: what is proposed, on which ground, until when."""
    said = words("duties")
    columns = [
        Column(said[f"column_{name}"], width=width) for name, width in (("duty", 2.6), ("answer", 4), ("ground", 2.6), ("until", 2.6))
    ]
    rows = [
        (said["notify"], _notify(kit), _titles("gdpr-33-1"), _notify_until(kit)),
        (said["inform"], _inform(kit), _titles("gdpr-34-1", *_exception(kit)), _inform_until(kit)),
        (said["record"], said["record_yes"], _titles("gdpr-33-5"), said["now"]),
    ]
    return Table(columns, rows)


def grounds(keys: Sequence[str]) -> list[Block]:
    """Return the legal grounds ``keys`` with what they say, when that was last checked, and where it stands."""
    sheet, found = words("sheet"), legal_grounds(keys)
    columns = [Column(sheet["column_ground"], width=2), Column(sheet["column_meaning"], width=4), Column(sheet["column_as_of"], width=1)]
    rows = [(ground.title, ground.meaning, day(ground.as_of.isoformat())) for ground in found]
    sources = dict.fromkeys(f"{ground.source}{f', {ground.url}' if ground.url else ''}" for ground in found)
    return [Table(columns, rows), Paragraph(sheet["ground_sources"] + " ; ".join(sources) + ".", "note")]


def _notify(kit: Kit) -> str:
    answer = "notify_doubt" if kit.level is None else "notify_yes" if kit.must_notify else "notify_no"
    return words("duties")[answer]


def _notify_until(kit: Kit) -> str:
    said = words("duties")
    if kit.incident.notified is not None:
        return said["done"]
    return paris(kit.deadline.due) if kit.must_notify else said["none"]


def _inform(kit: Kit) -> str:
    said = words("duties")
    if kit.incident.informed_on is not None:
        return said["inform_done"]
    if kit.is_high_risk is None:
        return said["inform_doubt"]
    if kit.is_high_risk and kit.exemption is not None:
        answer = "inform_publicly" if kit.exemption == "disproportionate" else "inform_exempt"
        return said[answer].format(exemption=words("choices")[kit.exemption])
    return said["inform_yes"] if kit.is_high_risk else said["inform_no"]


def _inform_until(kit: Kit) -> str:
    said = words("duties")
    if kit.incident.informed_on is not None:
        return said["done"]
    is_due = kit.is_high_risk is not False and kit.exemption in (None, "disproportionate")
    return said["without_delay"] if is_due else said["none"]


def _exception(kit: Kit) -> list[str]:
    """Return the ground of the exception that spares a letter which would be due."""
    return [_EXCEPTIONS[kit.exemption]] if kit.is_high_risk and kit.exemption is not None else []


def _titles(*keys: str) -> str:
    """Return the articles of ``keys``, without what their titles add after a colon."""
    return " ; ".join(ground.title.partition(" : ")[0] for ground in legal_grounds(keys))
