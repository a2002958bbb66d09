"""How serious a record is: a risk from 0 to 100 and its level, by arithmetic that a DPO can redo by hand.

1. A finding weighs ``impact(severity) x score x assertion weight``. Severity is the CNIL's impact scale, 1 to 4 (``IMPACT``). Whom the
   remark is about does not count: a relative's illness is as sensitive as the tenant's.
2. In one category (entity), the heaviest rule counts in full, every further rule for a quarter (``REPEAT_WEIGHT``): "cancer" and
   "chimiothérapie" tell more than "cancer" twice.
3. Shares add as independent risks do: ``risk = 100 x (1 - product of (1 - share))``, rounded up to a whole number.
4. The level is the highest whose floor the risk reaches (``LEVEL_FLOORS``).

The risk is monotone: one more finding, a higher score or a higher severity never lowers it, and a record with a finding is never "none".
One certain finding of severity 4 is "high"; "critical" takes several serious ones.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from recognizers.finding import Assertion, Finding
from recognizers.lexicon import Lexicon

Level = Literal["none", "low", "medium", "high", "critical"]
LEVELS: tuple[Level, ...] = get_args(Level)
_RANKS: Mapping[Level, int] = {level: rank for rank, level in enumerate(LEVELS)}

# Shares are counted in ten-thousandths, as whole numbers, so that the result is exact and the same on every machine.
WHOLE = 10_000

# Risk that one certain, affirmed finding brings, by severity: 1 négligeable, 2 limitée, 3 importante, 4 maximale.
IMPACT: Mapping[int, int] = {1: 1_000, 2: 2_500, 3: 5_000, 4: 7_000}

# A denial still says something of the person, hence lower and not nothing. Doubt, hearsay and the past are data as well.
ASSERTION_WEIGHT: Mapping[Assertion, float] = {"affirmed": 1.0, "past": 0.9, "hypothetical": 0.85, "reported": 0.85, "negated": 0.5}

REPEAT_WEIGHT = 0.25

# Lowest risk of each level above "none".
LEVEL_FLOORS: Mapping[Level, int] = {"low": 1, "medium": 30, "high": 55, "critical": 80}

# Identifiers have no lexicon to carry their severity.
IDENTIFIER_SEVERITIES: Mapping[str, int] = {
    "NIR": 4,
    "IBAN_CODE": 3,
    "CREDIT_CARD": 3,
    "ACCESS_CODE": 3,
    "PHONE_NUMBER": 1,
    "EMAIL_ADDRESS": 1,
    "PERSON": 1,
}

# For an entity that no lexicon describes (a recognizer that the user added): "importante" until told otherwise.
UNKNOWN_SEVERITY = 3


@dataclass(frozen=True, slots=True)
class RiskPart:
    """What one rule brought to the risk: ``share`` is in (0, 1], ``score`` in [0, 1], ``severity`` 1 to 4."""

    entity: str
    rule: str
    severity: int
    score: float
    assertion: Assertion
    share: float


@dataclass(frozen=True, slots=True)
class Risk:
    """The risk of a record: ``value`` from 0 to 100, its level, and the parts that made it, heaviest first."""

    value: int
    level: Level
    parts: tuple[RiskPart, ...] = ()


def severity_table(lexicons: Iterable[Lexicon]) -> dict[str, int]:
    """Return the severity, 1 to 4, of every entity, and of every rule that overrides its entity's."""
    table = dict(IDENTIFIER_SEVERITIES)
    for lexicon in lexicons:
        table[lexicon.entity] = lexicon.severity
        table.update({rule.id: rule.severity for rule in lexicon.rules if rule.severity != lexicon.severity})
    return table


def revealing_rules(lexicons: Iterable[Lexicon]) -> frozenset[str]:
    """Return the ids of the rules whose denial itself reveals ("ne boit plus")."""
    return frozenset(rule.id for lexicon in lexicons for rule in lexicon.rules if rule.reveals_when_negated)


def severity_of(finding: Finding, severities: Mapping[str, int]) -> int:
    """Return the severity of ``finding``, 1 to 4: its rule's, else its entity's, else ``UNKNOWN_SEVERITY``."""
    return severities.get(finding.rule) or severities.get(finding.entity, UNKNOWN_SEVERITY)


def record_risk(findings: Sequence[Finding], severities: Mapping[str, int], revealing: Collection[str] = frozenset()) -> Risk:
    """Return the risk of a record from all the findings of all its fields.

    ``severities`` maps rule ids and entities to 1..4 (:func:`severity_table`); ``revealing`` are the rules whose denial is not lowered
    (:func:`revealing_rules`). Raises :class:`ValueError` on a severity outside 1..4 or a score outside [0, 1].
    """
    heaviest: dict[tuple[str, str], tuple[int, Finding]] = {}
    for finding in findings:
        weight = _weight(finding, severity_of(finding, severities), finding.rule in revealing)
        key = (finding.entity, finding.rule)
        if key not in heaviest or weight > heaviest[key][0]:
            heaviest[key] = (weight, finding)
    parts: list[RiskPart] = []
    remaining, scale = 1, 1
    seen: set[str] = set()
    for weight, finding in sorted(heaviest.values(), key=lambda item: (-item[0], item[1].entity, item[1].rule)):
        share = math.ceil(weight * REPEAT_WEIGHT) if finding.entity in seen else weight
        seen.add(finding.entity)
        remaining *= WHOLE - share
        scale *= WHOLE
        severity = severity_of(finding, severities)
        parts.append(RiskPart(finding.entity, finding.rule, severity, finding.score, finding.assertion, share / WHOLE))
    value = 100 - 100 * remaining // scale
    return Risk(value, level_of(value), tuple(sorted(parts, key=lambda part: (-part.share, part.entity, part.rule))))


def level_of(value: int) -> Level:
    """Return the level of a risk from 0 to 100."""
    reached: Level = "none"
    for level, floor in LEVEL_FLOORS.items():
        if value >= floor:
            reached = level
    return reached


def at_least(level: Level, floor: Level) -> bool:
    """Tell whether ``level`` is ``floor`` or higher."""
    return _RANKS[level] >= _RANKS[floor]


def _weight(finding: Finding, severity: int, reveals: bool) -> int:
    """Return the weight of a finding on its own, in ten-thousandths, at least 1."""
    if severity not in IMPACT or not 0 <= finding.score <= 1:
        raise ValueError(f"rule {finding.rule}: severity {severity} must be 1, 2, 3 or 4 and score {finding.score} in [0, 1]")
    factor = 1.0 if reveals and finding.assertion == "negated" else ASSERTION_WEIGHT[finding.assertion]
    return max(1, round(IMPACT[severity] * finding.score * factor))
