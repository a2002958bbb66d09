"""The facts of a breach, as the DPO knows them. What is not told is ``None``, ``""`` or ``()``."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal, get_args

Nature = Literal["confidentiality", "integrity", "availability"]
Origin = Literal["internal", "external"]
Intent = Literal["accidental", "malicious"]
Identification = Literal["easy", "hard"]
NotificationKind = Literal["initial", "complementary", "complete"]
Exempting = Literal["unintelligible", "risk_removed", "disproportionate"]

NATURES: tuple[Nature, ...] = get_args(Nature)
ORIGINS: tuple[Origin, ...] = get_args(Origin)
INTENTS: tuple[Intent, ...] = get_args(Intent)
IDENTIFICATIONS: tuple[Identification, ...] = get_args(Identification)
NOTIFICATION_KINDS: tuple[NotificationKind, ...] = get_args(NotificationKind)
EXEMPTIONS: tuple[Exempting, ...] = get_args(Exempting)


@dataclass(frozen=True, slots=True)
class Family:
    """A family of data that was touched besides what Vigie found. ``persons`` and ``records`` are ``None`` where not told."""

    key: str
    persons: int | None = None
    records: int | None = None
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Incident:
    """A breach. ``natures`` are certain, ``not_excluded`` possible; ``aware`` is when the controller became aware of it.

    Times have their zone. ``exemption`` is the exception of article 34(3) that the DPO relies on; ``gravity``, 1 to 4, what the DPO
    concluded, for the reason ``gravity_why``.
    """

    natures: tuple[Nature, ...]
    aware: datetime.datetime
    not_excluded: tuple[Nature, ...] = ()
    reference: str = ""
    what_happened: str = ""
    told_simply: str = ""
    discovered_how: str = ""
    origin: Origin | None = None
    intent: Intent | None = None
    recipients: str = ""
    began: datetime.datetime | None = None
    ended: datetime.datetime | None = None
    discovered: datetime.datetime | None = None
    families: tuple[Family, ...] = ()
    persons_who: tuple[str, ...] = ()
    persons_total: int | None = None
    vulnerable: bool | None = None
    vulnerable_who: str = ""
    identification: Identification | None = None
    encrypted: bool | None = None
    keys_safe: bool | None = None
    protections: tuple[str, ...] = ()
    measures_taken: tuple[str, ...] = ()
    measures_planned: tuple[str, ...] = ()
    processors: tuple[str, ...] = ()
    cross_border: bool | None = None
    authorities: tuple[str, ...] = ()
    notification_kind: NotificationKind | None = None
    earlier_reference: str = ""
    notified: datetime.datetime | None = None
    late_reasons: str = ""
    informed_on: datetime.date | None = None
    informed_how: str = ""
    informed_number: int | None = None
    exemption: Exempting | None = None
    exemption_why: str = ""
    gravity: int | None = None
    gravity_why: str = ""

    @property
    def protected(self) -> bool:
        """Whether whoever holds the data cannot read it: encrypted, and the keys safe."""
        return self.encrypted is True and self.keys_safe is True

    @property
    def possible_natures(self) -> tuple[Nature, ...]:
        """What happened or is not excluded, in the order of :data:`NATURES`."""
        return tuple(nature for nature in NATURES if nature in (*self.natures, *self.not_excluded))
