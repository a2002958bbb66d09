"""``vigie purge``: the end of retention."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict
from typing import Annotated

import typer

from scanner.cli.console import say, warn
from scanner.cli.exits import ExitCode
from scanner.cli.options import JsonOption, KeyFileOption, PolicyOption
from scanner.cli.vault import ByOption, StoreArgument, acting, open_vault


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("purge")(purge_cli)


def purge_cli(
    store: StoreArgument,
    policy: PolicyOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be erased.")] = False,
    by: ByOption = "",
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase sealed originals that the policy no longer keeps. Those decided on longer ago than vault_days, but for legal holds.

    Originals that wait for a decision as long are not erased: they are counted, and the exit code is 3.
    """
    from scanner.catalogue import default_catalogue
    from scanner.policy import load_policy

    retention = load_policy(policy, default_catalogue().entities, datetime.date.today()).retention
    with open_vault(store, key_file) as vault:
        counts = vault.purge(retention, who=acting(by), dry_run=dry_run)
    if as_json:
        say(json.dumps({**asdict(counts), "vault_days": retention.vault_days, "dry_run": dry_run}))
    else:
        done = "would be erased" if dry_run else "erased"
        say(f"{counts.erased} originals {done}, decided on more than {retention.vault_days} days ago; {counts.held} kept by a legal hold")
    if counts.overdue:
        warn(f"{counts.overdue} originals have waited for a decision for over {retention.vault_days} days: see `vigie quarantine list`")
        raise typer.Exit(ExitCode.NOT_SCANNED)
