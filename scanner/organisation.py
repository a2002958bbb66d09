"""The organisation whose data is scanned: what documents print of it. A TOML file, everything in it optional."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scanner.config_file import Table, read_toml


@dataclass(frozen=True, slots=True)
class Party:
    """The controller or its DPO. ``""`` and ``()``: not told."""

    name: str = ""
    address: tuple[str, ...] = ()
    registration: str = ""
    representative: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Mandate:
    """Who asked for the control, why, of what; ``not_covered`` lists what it leaves out."""

    given_by: str = ""
    purpose: str = ""
    perimeter: str = ""
    not_covered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Readers:
    """A group of people who can read ``field`` (``*``: every field); ``people`` is how many, ``None``: not told."""

    field: str
    who: str
    people: int | None = None
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of the corrective plan: what, by whom, until when."""

    action: str
    who: str = ""
    until: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everything that the file says."""

    controller: Party = field(default_factory=Party)
    dpo: Party = field(default_factory=Party)
    mandate: Mandate = field(default_factory=Mandate)
    readers: tuple[Readers, ...] = ()
    plan: tuple[Measure, ...] = ()


def load_organisation(path: Path | None) -> Organisation:
    """Return what the file at ``path`` says, nothing when there is none. Raises :class:`ConfigError` naming file, line and reason."""
    if path is None:
        return Organisation()
    root = read_toml(path)
    root.refuse_unknown(("controller", "dpo", "mandate", "readers", "plan"))
    return Organisation(
        controller=_party(root.table("controller"), ("name", "registration", "representative", "contact")),
        dpo=_party(root.table("dpo"), ("name", "email", "phone")),
        mandate=_mandate(root.table("mandate")),
        readers=tuple(map(_readers, root.tables("readers"))),
        plan=tuple(map(_measure, root.tables("plan"))),
    )


def _party(table: Table, texts: Sequence[str]) -> Party:
    table.refuse_unknown((*texts, "address"))
    return Party(**{name: table.text(name) for name in texts}, address=table.texts("address"))


def _mandate(table: Table) -> Mandate:
    table.refuse_unknown(("given_by", "purpose", "perimeter", "not_covered"))
    return Mandate(table.text("given_by"), table.text("purpose"), table.text("perimeter"), table.texts("not_covered"))


def _readers(table: Table) -> Readers:
    table.refuse_unknown(("field", "who", "people", "outside"))
    return Readers(table.required("field"), table.required("who"), table.whole("people"), table.flag("outside"))


def _measure(table: Table) -> Measure:
    table.refuse_unknown(("action", "who", "until"))
    return Measure(table.required("action"), table.text("who"), table.date("until") if "until" in table.values else None)
