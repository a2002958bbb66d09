"""``vigie retention``: what should already be gone, by the retention rules of the organisation."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.console import say, warn
from scanner.cli.exits import ExitCode
from scanner.cli.options import JsonOption, KeyFileOption, OrganisationOption, day_of
from scanner.cli.source_options import Asked, asks_for_sources


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("retention")(asks_for_sources(retention_cli))


def retention_cli(
    rules: Annotated[Path, typer.Option("--rules", help="Retention rules (TOML); `vigie init FILE --for retention` writes some to adapt.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the outputs; made when absent.")],
    today: Annotated[
        str, typer.Option("--today", help="The day to judge on, such as 2026-11-22; today when absent.", show_default=False)
    ] = "",
    organisation: OrganisationOption = None,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
    *,
    asked: Asked,
) -> None:
    """List what is past its retention period. Counts by field and year, the oldest, every record in a list for its owner only.

    Exit code 1: something should be gone already; 3: part of a source could not be read, or nothing is known to be overdue but some
    comments could not be judged.
    """
    from scanner.cli.scan_exports import key_of_scan
    from scanner.organisation import load_organisation
    from scanner.outputs import prepare_folder
    from scanner.subject.retention_files import FILES, LIST, NAME, check_and_list, figures, write_figures
    from scanner.subject.retention_judge import RetentionJudge
    from scanner.subject.retention_rules import load_rules

    known = load_rules(rules)
    whose = load_organisation(organisation)
    judge = RetentionJudge(known, asked.policy(), day_of(today, "--today") or datetime.date.today())
    stream = asked.stream(known.columns)
    key = key_of_scan(key_file)
    prepare_folder(out, FILES, [*map(Path, asked.inputs), rules])
    check = check_and_list(stream, judge, out)
    facts = list(stream.facts.values())
    write_figures(check, known, facts, whose, key, out)
    undated, unruled = check.total("undated"), check.total("unruled")
    if as_json:
        say(json.dumps(figures(check, known, facts), ensure_ascii=False))
    else:
        say(f"{check.overdue} comments of {check.records_overdue} records should be gone already, of {check.records} records read")
        say(f"{check.total('excepted')} kept by an exception, {undated} without a date to count from, {unruled} without a rule")
        say(f"{out / NAME}.pdf and .json hold counts and pseudonyms; {out / LIST} holds ids, readable by you only (0600)")
    unread = sum(one.not_read for one in facts)
    if unread:
        warn(f"{unread} rows could not be read in full")
        raise typer.Exit(ExitCode.NOT_SCANNED)
    if check.overdue:
        raise typer.Exit(ExitCode.FINDINGS)
    if undated or unruled:
        warn(f"{undated + unruled} comments could not be judged: name their dates with --date-column, and write a rule for their fields")
        raise typer.Exit(ExitCode.NOT_SCANNED)
