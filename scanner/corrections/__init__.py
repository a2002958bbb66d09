"""Corrections of a production database: planned from what a scan sealed, reviewed by people, applied, undone.

::

    planned = make_plan(store, key, PlanSettings(out, redactor, who))
    with WritableDatabase(url, password) as database:
        plan, outcome = apply_plan(database, store, key, read_plan(out), WriteSettings(who, execute=True))
        plan, outcome = undo_plan(database, store, key, plan.id, WriteSettings(who, execute=True))
"""

from __future__ import annotations

from scanner.corrections.applying import WriteSettings, apply_plan
from scanner.corrections.connection import WritableDatabase
from scanner.corrections.outcome import CONFLICTS, Outcome, write_report
from scanner.corrections.plan_files import read_plan, read_plan_id
from scanner.corrections.planning import REFUSALS, Planned, PlanSettings, make_plan
from scanner.corrections.undoing import undo_plan

__all__ = [
    "CONFLICTS",
    "REFUSALS",
    "Outcome",
    "PlanSettings",
    "Planned",
    "WritableDatabase",
    "WriteSettings",
    "apply_plan",
    "make_plan",
    "read_plan",
    "read_plan_id",
    "undo_plan",
    "write_report",
]
