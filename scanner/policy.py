"""The policy: what becomes of a finding, given its entity, the record's level and the purpose of the field it stands in.

The same words can be lawful in a social-follow-up field and excessive in a caretaker's note: rules name purposes. Rules are read from the
top and the first that fits decides; where none fits, ``[defaults] action`` does.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

from recognizers.finding import Finding
from scanner.allowlist import AllowList, parse_allow_entries
from scanner.config_file import Table, parse_toml, read_toml
from scanner.data_files import data_text
from scanner.entry_rules import EntryRules, parse_entry_rules
from scanner.memos.line_columns import LineGroup
from scanner.retention import Retention, parse_retention
from scanner.review_rules import ReviewRules, parse_review
from scanner.scoring import LEVELS, Level, at_least

Action = Literal["keep", "warn", "redact", "quarantine"]
ACTIONS: tuple[Action, ...] = get_args(Action)  # from the mildest to the strongest

# What a field is for: a closed list, with the names that reports print.
PURPOSES: Mapping[str, str] = {
    "general": "Commentaire général",
    "caretaker": "Note ou consigne de gardien",
    "social_follow_up": "Suivi social",
    "litigation": "Précontentieux et contentieux",
    "allocation": "Demande et attribution",
    "technical": "Technique et travaux",
    "accounting": "Comptabilité et quittancement",
    "call_centre": "Centre de relation clients",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Empty ``entities`` or ``purposes`` mean any; ``min_score`` is in [0, 1]; ``why`` is French, for the report."""

    action: Action
    entities: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    min_level: Level = "none"
    min_score: float = 0.0
    why: str = ""

    def fits(self, finding: Finding, level: Level, purpose: str) -> bool:
        """Tell whether the rule decides on ``finding``, in a record of ``level``, in a field of ``purpose``."""
        return (
            (not self.entities or finding.entity in self.entities)
            and (not self.purposes or purpose in self.purposes)
            and at_least(level, self.min_level)
            and finding.score >= self.min_score
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a finding, by which rule (from 1 in the order of the file; 0: no rule fitted), and why, in French."""

    action: Action
    rule: int
    why: str


@dataclass(frozen=True)
class Policy:
    """A policy.

    ``fields`` maps field names to purposes; ``purpose`` is that of the fields it does not name. ``digest`` is the SHA-256 of its file.
    """

    rules: tuple[Rule, ...]
    allow: AllowList
    fields: Mapping[str, str]
    purpose: str = "general"
    action: Action = "keep"
    alert_level: Level = "low"
    retention: Retention = field(default_factory=Retention)
    entry: EntryRules = field(default_factory=EntryRules)
    review: ReviewRules = field(default_factory=ReviewRules)
    digest: str = ""

    def with_purposes(self, purposes: Mapping[str, str], lines: Iterable[LineGroup] = ()) -> Policy:
        """Return the policy with these purposes of fields besides its own, over which they win.

        A text of numbered ``lines`` has the purpose that is given to it, else that of its first column that has one.
        """
        policy = replace(self, fields={**self.fields, **purposes}) if purposes else self
        of_lines = {}
        for group in lines:
            given = [policy._purposes[name] for name in map(_folded, (group.name, *group.columns)) if name in policy._purposes]
            if given:
                of_lines[group.name] = given[0]
        return replace(policy, fields={**policy.fields, **of_lines}) if of_lines else policy

    def purpose_of(self, field: str) -> str:
        """Return the purpose of ``field``, whatever the case of its name."""
        return self._purposes.get(_folded(field), self.purpose)

    def decide(self, finding: Finding, level: Level, field: str) -> Decision:
        """Return what becomes of ``finding``, found in ``field`` of a record of ``level``."""
        purpose = self.purpose_of(field)
        for number, rule in enumerate(self.rules, start=1):
            if rule.fits(finding, level, purpose):
                return Decision(rule.action, number, rule.why)
        return Decision(self.action, 0, "")

    def alerts(self, level: Level, action: Action) -> bool:
        """Tell whether a record of ``level`` whose strongest action is ``action`` must change the exit code."""
        return action != "keep" and at_least(level, self.alert_level)

    @cached_property
    def _purposes(self) -> dict[str, str]:
        return {_folded(name): purpose for name, purpose in self.fields.items()}


def strongest(actions: Iterable[Action]) -> Action:
    """Return the strongest of ``actions``, ``"keep"`` when there are none."""
    return max(actions, key=ACTIONS.index, default="keep")


def default_policy_text() -> str:
    """Return the commented policy that ``vigie init`` writes and that holds where no file is given."""
    return data_text("policy_default.toml")


def load_policy(path: Path | None, entities: Collection[str], today: datetime.date) -> Policy:
    """Return the policy of the file at ``path``, the default policy when ``None``.

    ``entities`` are the entity names that exist; ``today`` settles which allow-list entries have expired. Raises
    :class:`scanner.errors.ConfigError` naming file, line, reason and allowed values when the file is malformed.
    """
    root = parse_toml(default_policy_text(), "policy_default.toml") if path is None else read_toml(path)
    if not root.values:
        raise root.error("holds nothing, as after a failed copy: nothing would ever be reported; `vigie init` writes a policy to adapt")
    root.refuse_unknown(("defaults", "fields", "entry", "retention", "review", "rules", "allow"))
    defaults, fields = root.table("defaults"), root.table("fields")
    defaults.refuse_unknown(("action", "purpose", "alert_level"))
    known = tuple(entities)
    purposes = tuple(PURPOSES)
    return Policy(
        rules=tuple(_rule(table, known, purposes) for table in root.tables("rules")),
        allow=AllowList(parse_allow_entries(root.tables("allow"), known), today),
        fields={name: fields.one_of(name, fields.text(name), purposes) for name in fields.values},
        purpose=defaults.choice("purpose", purposes, "general"),
        action=defaults.choice("action", ACTIONS, "keep"),
        alert_level=defaults.choice("alert_level", LEVELS, "low"),
        retention=parse_retention(root.table("retention")),
        entry=parse_entry_rules(root.table("entry")),
        review=parse_review(root.table("review")),
        digest=hashlib.sha256(root.source.encode()).hexdigest(),
    )


def _folded(field: str) -> str:
    return field.strip().casefold()


def _rule(table: Table, entities: tuple[str, ...], purposes: tuple[str, ...]) -> Rule:
    table.refuse_unknown(("entity", "purpose", "min_level", "min_score", "action", "why"))
    return Rule(
        action=table.one_of("action", table.required("action"), ACTIONS),
        entities=table.choices("entity", entities),
        purposes=table.choices("purpose", purposes),
        min_level=table.choice("min_level", LEVELS, "none"),
        min_score=table.fraction("min_score", 0.0),
        why=table.text("why"),
    )
