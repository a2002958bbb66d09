"""What a data-entry screen says before a comment is saved: the policy's ``[entry]``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from scanner.config_file import Table

if TYPE_CHECKING:
    from scanner.policy import Action

Verdict = Literal["ok", "warn", "block"]
Saving = Literal["allowed", "with_reason", "refused"]
Threshold = Literal["warn", "redact", "quarantine", "never"]

_ORDER = ("keep", *get_args(Threshold))  # actions from the mildest to the strongest, then what none of them reaches


@dataclass(frozen=True, slots=True)
class EntryRules:
    """From which action on the screen warns, from which it blocks, and whether the comment may be saved all the same after either."""

    warn: Threshold = "warn"
    block: Threshold = "quarantine"
    save_after_warn: Saving = "with_reason"
    save_after_block: Saving = "refused"

    def verdict(self, action: Action) -> Verdict:
        """Return the verdict on what the policy answers with ``action``."""
        strength = _ORDER.index(action)
        if strength >= _ORDER.index(self.block):
            return "block"
        return "warn" if strength >= _ORDER.index(self.warn) else "ok"

    def save_anyway(self, verdict: Verdict) -> Saving:
        """Tell whether a comment may be saved as it is after ``verdict``."""
        return {"ok": "allowed", "warn": self.save_after_warn, "block": self.save_after_block}[verdict]


def parse_entry_rules(table: Table) -> EntryRules:
    """Return the rules in ``table``, ``[entry]`` of a policy; raises :class:`scanner.errors.ConfigError` on an unknown key or value."""
    table.refuse_unknown(("warn", "block", "save_after_warn", "save_after_block"))
    default = EntryRules()
    return EntryRules(
        warn=table.choice("warn", get_args(Threshold), default.warn),
        block=table.choice("block", get_args(Threshold), default.block),
        save_after_warn=table.choice("save_after_warn", get_args(Saving), default.save_after_warn),
        save_after_block=table.choice("save_after_block", get_args(Saving), default.save_after_block),
    )
