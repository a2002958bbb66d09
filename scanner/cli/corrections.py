"""``vigie plan``, ``vigie apply`` and ``vigie undo``: corrections of a production database."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from scanner.cli.console import say, warn
from scanner.cli.exits import ExitCode
from scanner.cli.options import JsonOption, KeyFileOption, StoredJobOption
from scanner.cli.vault import ByOption, StoreArgument, acting, opened

if TYPE_CHECKING:
    from scanner.corrections import Outcome, WritableDatabase
    from scanner.corrections.ledger import PlanRow
    from scanner.keys import SecretKey
    from scanner.store.engine import Store

APPLY_REPORT = "apply-report.json"
UNDO_REPORT = "undo-report.json"

ModeOption = Annotated[Literal["label", "mask", "remove", "neutral"], typer.Option("--mode", help="What stands in place of a remark.")]
UrlArgument = Annotated[str, typer.Argument(metavar="URL", help="The database to change, such as postgresql://USER@HOST/DATABASE.")]
StateOption = Annotated[str, typer.Option("--state", help="State store that `vigie plan` read.")]
ExecuteOption = Annotated[bool, typer.Option("--execute", help="Change the database. Without it nothing is changed, only counted.")]
BatchOption = Annotated[int, typer.Option("--batch", min=1, max=10_000, help="Rows changed, and locked, in one transaction.")]
PasswordOption = Annotated[
    Path | None, typer.Option("--password-file", help="File with the database password; else VIGIE_DB_PASSWORD, or what the driver finds.")
]

Work = Callable[["WritableDatabase", "Store", "SecretKey"], "tuple[PlanRow, Outcome]"]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("plan")(plan_cli)
    app.command("apply")(apply_cli)
    app.command("undo")(undo_cli)


def plan_cli(
    store: StoreArgument,
    out: Annotated[Path, typer.Option("--out", help="New folder for the plan.")],
    job: StoredJobOption = "",
    mode: ModeOption = "label",
    by: ByOption = "",
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the corrections to be made, for review. Decisions and policy call for them: changes.csv, changes.sql, plan.json.

    Nothing is changed. In changes.csv rows may be deleted and new texts edited before `vigie apply`.
    """
    from scanner.catalogue import default_catalogue
    from scanner.corrections import PlanSettings, make_plan
    from scanner.keys import load_own_key
    from scanner.redaction import Redactor

    catalogue = default_catalogue()
    redactor = Redactor(mode, catalogue.tags, catalogue.severities, catalogue.wordings)
    with opened(store) as state:
        planned = make_plan(state, load_own_key(key_file), PlanSettings(out, redactor, acting(by), job))
    if as_json:
        say(json.dumps({"plan": planned.plan_id, "job": planned.job, **planned.as_dict()}))
    else:
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(planned.changes.items())) or "none"
        say(f"plan {planned.plan_id} of the job {planned.job}: {planned.changes.total()} changes ({kinds}) of {planned.entries} records")
        say(f"review {out}; `vigie apply URL --plan {out} --state STATE` tells what it would change")
    if planned.changes["erase"]:
        warn(f"{planned.changes['erase']} changes erase the original for good once applied: they cannot be undone")
    if planned.old_decisions:
        warn(f"{planned.old_decisions} decisions were taken on older texts: the policy decided instead")
    for plan_id, count in planned.half_done.items():
        warn(f"{count} changes of plan {plan_id} were cut short: run `vigie apply` or `vigie undo` with that plan again")
    warn_refused(planned.refused)


def apply_cli(
    url: UrlArgument,
    plan: Annotated[Path, typer.Option("--plan", help="Folder that `vigie plan` wrote.")],
    state: StateOption,
    execute: ExecuteOption = False,
    batch: BatchOption = 500,
    password_file: PasswordOption = None,
    by: ByOption = "",
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Apply a reviewed plan. A row changes only if its text is still the scanned one. A dry run unless --execute is given.

    Writes apply-report.json into the plan's folder. Exit code 3 says that some rows are in conflict and were left alone.
    """
    from scanner.corrections import WriteSettings, apply_plan, read_plan

    reviewed = read_plan(plan)
    settings = WriteSettings(acting(by), execute, batch)
    facts = {"changes_csv_sha256": reviewed.sha256, "changes_csv_edited": reviewed.edited, "by": settings.who}

    def work(database: WritableDatabase, store: Store, key: SecretKey) -> tuple[PlanRow, Outcome]:
        return apply_plan(database, store, key, reviewed, settings)

    _write(work, url, state, password_file, key_file, plan / APPLY_REPORT, facts, as_json=as_json)


def undo_cli(
    url: UrlArgument,
    plan: Annotated[str, typer.Option("--plan", help="Folder that `vigie plan` wrote, or the id of the plan.")],
    state: StateOption,
    execute: ExecuteOption = False,
    only: Annotated[list[str] | None, typer.Option("--only", help="Undo this change, as changes.csv names it; repeat for several.")] = None,
    batch: BatchOption = 500,
    password_file: PasswordOption = None,
    by: ByOption = "",
    key_file: KeyFileOption = None,
    plan_key_file: Annotated[
        Path | None, typer.Option("--plan-key-file", help="Key that the plan was made with, where the vault was rotated since.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write originals back from the vault. Only where the texts are still the applied ones. A dry run unless --execute is given.

    Writes undo-report.json into the plan's folder, where there is one. Exit code 3 says that some rows are in conflict.
    """
    from scanner.corrections import WriteSettings, read_plan_id, undo_plan
    from scanner.keys import load_key

    folder = Path(plan)
    plan_id = read_plan_id(folder) if folder.is_dir() else plan
    settings = WriteSettings(acting(by), execute, batch)
    plan_key = load_key(plan_key_file) if plan_key_file else None

    def work(database: WritableDatabase, store: Store, key: SecretKey) -> tuple[PlanRow, Outcome]:
        return undo_plan(database, store, key, plan_id, settings, only or (), plan_key)

    report = folder / UNDO_REPORT if folder.is_dir() else None
    _write(work, url, state, password_file, key_file, report, {"by": settings.who}, as_json=as_json)


def warn_refused(refused: dict[str, list[str]]) -> None:
    """Name the originals that a plan leaves out, and exit with the code that says so."""
    from scanner.corrections import REFUSALS

    for reason, ids in sorted(refused.items()):
        warn(f"{len(ids)} originals left out, {REFUSALS[reason]}: {', '.join(ids[:10])}{' …' if len(ids) > 10 else ''}")
    if refused:
        raise typer.Exit(ExitCode.NOT_SCANNED)


def _write(
    work: Work,
    url: str,
    state: str,
    password_file: Path | None,
    key_file: Path | None,
    report: Path | None,
    facts: dict[str, Any],
    *,
    as_json: bool,
) -> None:
    """Do ``work``, write its report, say what it came to, and exit."""
    from scanner.corrections import CONFLICTS, WritableDatabase, write_report
    from scanner.databases.url import read_password
    from scanner.keys import load_own_key

    key = load_own_key(key_file)
    with opened(state) as store, WritableDatabase(url, read_password(password_file)) as database:
        plan, outcome = work(database, store, key)
    if report:
        write_report(report, plan, database.name, outcome, facts, key)
    if plan.database != database.name:
        warn(f"the plan was made from {plan.database}, this is {database.name}")
    if as_json:
        say(json.dumps({"plan": plan.id, **facts, **outcome.as_dict()}))
    else:
        say(_in_words(outcome))
    for reason, count in sorted(Counter(reason for _, reason in outcome.conflicts).items()):
        warn(f"{count} in conflict: {CONFLICTS[reason]}")
    if outcome.conflicts:
        raise typer.Exit(ExitCode.NOT_SCANNED)


def _in_words(outcome: Outcome) -> str:
    done = "changed" if outcome.executed else "would change (a dry run; --execute changes them)"
    lines = [f"{outcome.changed} cells {done}, {outcome.already} were so already, {len(outcome.conflicts)} in conflict"]
    if outcome.left_out:
        lines.append(f"{outcome.left_out} changes left out")
    if outcome.erased or outcome.held:
        lines.append(f"{outcome.erased} originals erased, {outcome.held} kept by a legal hold")
    return "\n".join(lines)
