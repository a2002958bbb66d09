"""How serious a breach is for the persons concerned: documented arithmetic, proposed to the DPO, who confirms it.

On the scale of the CNIL's PIA method, 1 négligeable to 4 maximale:

1. **Data read by strangers** (confidentiality lost or not excluded) is as serious as the most serious kind of data in it
   (``breach.toml``). It is 1 where the data was encrypted and the keys are safe: nobody can read it (see article 34(3)(a) of the GDPR).
2. **Data changed or lost** (integrity, availability, lost or not excluded) has the gravity of its nature in ``breach.toml``.
3. The gravity is the highest of these, one level higher, 4 at most, where vulnerable persons are concerned or where the persons are as
   many as ``many_persons``. Data that nobody can read is not raised.

What is not known never lowers it: a nature that is not excluded counts as if it had happened. Where it is not known what data was read, and
nothing else tells, there is no proposal. Likelihood is not weighed: that is the DPO's part.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from scanner.breach.incident import Incident
from scanner.breach.knowledge import Category, load_knowledge
from scanner.breach.people import Count

HIGHEST = 4
HIGH_RISK = 3
"""From this gravity on the risk for persons is proposed as high (article 34(1)); above 1 there is a risk (article 33(1))."""

Reason = Literal[
    "category", "integrity", "availability", "not_excluded", "vulnerable", "many", "encrypted", "free_text", "easy", "hard", "unknown_data"
]


@dataclass(frozen=True, slots=True)
class Gravity:
    """A proposed gravity, ``None`` where nothing can be proposed, with its reasons in order and the categories that weigh most."""

    level: int | None
    reasons: tuple[Reason, ...]
    heaviest: tuple[Category, ...] = ()


def gravity_of(incident: Incident, categories: Collection[str], persons: Count, *, free_text: bool) -> Gravity:
    """Return the gravity for persons of whom ``categories`` were exposed; ``free_text`` tells that comments were among the data."""
    known = load_knowledge()
    natures = incident.possible_natures
    kinds = sorted(map(known.category, categories), key=lambda kind: kind.label)
    read = max((kind.gravity for kind in kinds), default=None)
    readable = "confidentiality" in natures and not incident.protected
    parts = [info.gravity for nature in natures if (info := known.nature(nature)).gravity]
    if readable and read is not None:
        parts.append(read)
    raised = _raising(incident, persons) if parts else ()
    level = min(HIGHEST, max(parts) + bool(raised)) if parts else None
    unknown = readable and read is None
    if incident.protected and "confidentiality" in natures and not parts:
        level = 1
    heaviest = tuple(kind for kind in kinds if readable and kind.gravity == read)
    reasons: list[tuple[Reason, bool]] = [
        ("category", bool(heaviest)),
        ("integrity", "integrity" in natures),
        ("availability", "availability" in natures),
        ("not_excluded", bool(incident.not_excluded)),
        *[(reason, True) for reason in raised],
        ("encrypted", incident.protected and "confidentiality" in natures),
        ("free_text", free_text and readable),
        ("easy", incident.identification == "easy" and readable),
        ("hard", incident.identification == "hard" and readable),
        ("unknown_data", unknown),
    ]
    return Gravity(level, tuple(reason for reason, holds in reasons if holds), heaviest)


def _raising(incident: Incident, persons: Count) -> tuple[Reason, ...]:
    many = persons.low >= load_knowledge().many_persons
    return (*(("vulnerable",) if incident.vulnerable else ()), *(("many",) if many else ()))
