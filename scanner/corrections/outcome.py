"""What applying or undoing a plan came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from scanner.corrections.ledger import Change, PlanRow
from scanner.json_files import write_json
from scanner.keys import SecretKey, pseudonym

Verdict = Literal[
    "ready",
    "already",
    "changed",
    "gone",
    "ambiguous",
    "undecodable",
    "locked",
    "refused",
    "altered",
    "edited-after",
    "settled",
    "overtaken",
    "damaged",
    "erased",
]

Conflict = tuple[Change, Verdict]

CONFLICTS: Mapping[str, str] = {
    "changed": "the text is not the expected one any more: somebody changed it since",
    "gone": "the row is not there any more",
    "ambiguous": "the key names several rows",
    "undecodable": "the cell holds bytes that are no characters",
    "locked": "somebody else is changing the row right now: run again",
    "refused": "the database refuses the new text: character set, length, constraint or trigger",
    "altered": "the database would store another text than the one given",
    "edited-after": "the change was applied with another text than the file holds now: undo it first",
    "settled": "somebody has settled the sealed original since",
    "overtaken": "a scan has sealed another text since: make a new plan",
    "damaged": "the sealed original was altered or damaged: what is changed could not be undone, or cannot be restored",
    "erased": "the original was erased: nothing can restore it",
}
"""Why a change is left alone, with what that means."""


@dataclass(slots=True)
class Outcome:
    """``changed`` cells (in a dry run: that would change), ``already`` as asked, conflicts by change, and originals ``erased`` or ``held``.

    ``left_out`` are changes of the plan that the reviewer, or ``--only``, left out.
    """

    executed: bool
    changed: int = 0
    already: int = 0
    left_out: int = 0
    erased: int = 0
    held: int = 0
    conflicts: list[Conflict] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts, JSON-ready."""
        return {
            "executed": self.executed,
            "changed": self.changed,
            "already": self.already,
            "left_out": self.left_out,
            "originals_erased": self.erased,
            "originals_held": self.held,
            "conflicts": len(self.conflicts),
            "conflicts_by_reason": dict(sorted(Counter(reason for _, reason in self.conflicts).items())),
        }


def write_report(path: Path, plan: PlanRow, database: str, outcome: Outcome, facts: Mapping[str, Any], key: SecretKey) -> None:
    """Write the report of an apply or undo: ``facts``, counts, and the conflicts, rows named by pseudonyms of their keys."""
    conflicts = [
        {
            "change": change.id,
            "table": change.source,
            "column": change.field,
            "row": pseudonym(change.key_values, key),
            "reason": reason,
            "meaning": CONFLICTS[reason],
        }
        for change, reason in outcome.conflicts
    ]
    content = {"plan": plan.id, "job": plan.job, "database": database, **facts, **outcome.as_dict(), "changes_in_conflict": conflicts}
    write_json(path, content)
