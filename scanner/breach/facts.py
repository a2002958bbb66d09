"""The facts as documents print them: label and value, or the mark of what is still to be established."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from scanner.breach.deadline import paris
from scanner.breach.kit import Kit
from scanner.breach.people import Count
from scanner.breach.wordings import words
from scanner.documents.blocks import Facts, Text, unknown
from scanner.french import long_day, number, uncapitalised
from scanner.organisation import Party

_CHOSEN = ("origin", "intent", "identification", "notification_kind", "exemption")
_PARTIES = {
    "controller": ("name", "address", "registration", "representative"),
    "dpo": ("name", "email", "phone", "address"),
}


def facts(kit: Kit, *names: str) -> Facts:
    """Return the facts ``names``, attributes of :class:`Incident`, without those that do not matter here."""
    labels = words("facts")
    return Facts([(labels[name], value_of(kit, name)) for name in names if _matters(kit, name)])


def value_of(kit: Kit, name: str) -> Text:
    """Return the fact ``name`` in French, or its mark when it is not known."""
    value = getattr(kit.incident, name)
    if _is_missing(value):
        return ask(words("facts")[name])
    return words("choices")[value] if name in _CHOSEN else _in_french(value)


def party_facts(kit: Kit, who: str) -> Facts:
    """Return what is told of the controller or of the DPO."""
    return Facts([(label, value or ask(label)) for label, value in _party_rows(kit, who)])


def missing(kit: Kit) -> list[str]:
    """Return, in French, everything that the documents mark as still to be established; what does not matter here is left out."""
    parties = [label for who in _PARTIES for label, value in _party_rows(kit, who) if not value]
    open_facts = [label for name, label in words("facts").items() if _matters(kit, name) and _is_missing(getattr(kit.incident, name))]
    sheet = words("sheet")
    figures = [
        (sheet["persons_number"], kit.persons.low != kit.persons.high),
        (sheet["records"], not kit.sources),
        (sheet["categories_unknown"], not kit.categories),
    ]
    return [*open_facts, *(label for label, is_open in figures if is_open), *parties]


def count_text(count: Count) -> Text:
    """Return how many persons ``count`` says, in French."""
    said = words("count")
    low, high = number(count.low), "" if count.high is None else number(count.high)
    if count.low == count.high:
        return low
    if not count.low:
        return said["at_most"].format(high=high) if high else ask(said["unknown"])
    return said["between"].format(low=low, high=high) if high else said["at_least"].format(low=low)


def lines_of(values: Sequence[str], what: str) -> list[Text]:
    """Return ``values`` as items of a list, or the mark of ``what`` when there are none."""
    return list(values) or [ask(what)]


def ask(what: str) -> Text:
    """Return the mark of ``what``, a label, which a person must still fill in."""
    return [unknown(uncapitalised(what))]


def _party_rows(kit: Kit, who: str) -> list[tuple[str, str]]:
    party: Party = getattr(kit.organisation, who)
    labels = words("parties")
    values = {"address": ", ".join(party.address)}
    return [(labels[f"{who}_{name}"], values.get(name) or str(getattr(party, name) or "")) for name in _PARTIES[who]]


def _matters(kit: Kit, name: str) -> bool:
    """Tell whether the fact ``name`` is told, or asked for, given the others."""
    incident = kit.incident
    conditions = {
        "earlier_reference": incident.notification_kind == "complementary",
        "notified": incident.notified is not None,
        "late_reasons": kit.must_notify and kit.deadline.is_late,
        "vulnerable_who": incident.vulnerable is True,
        "keys_safe": incident.encrypted is True,
        "told_simply": bool(kit.letters),
        "exemption_why": incident.exemption is not None,
        **dict.fromkeys(("informed_on", "informed_how", "informed_number"), kit.is_high_risk is not False and kit.exemption is None),
    }
    return conditions.get(name, True) or not _is_missing(getattr(incident, name))


def _is_missing(value: object) -> bool:
    return value is None or value in ("", ())


def _in_french(value: object) -> str:
    if isinstance(value, bool):
        return words("choices")[str(value).lower()]
    if isinstance(value, datetime.datetime):
        return paris(value)
    if isinstance(value, datetime.date):
        return long_day(value)
    if isinstance(value, int):
        return number(value)
    if isinstance(value, tuple):
        return " ; ".join(value)
    return str(value)
