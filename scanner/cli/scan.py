"""``vigie scan``: the main job."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from scanner.cli import scan_options as options
from scanner.cli.console import say, warn
from scanner.cli.gathered import gathered
from scanner.cli.operations import LogFormatOption, LogLevelOption, MetricsOption
from scanner.cli.options import JsonOption, KeyFileOption, PolicyOption
from scanner.cli.read_options import read_options
from scanner.cli.scan_words import exit_code, in_words
from scanner.operations.logs import start_logging
from scanner.outputs import FINDINGS_PART

if TYPE_CHECKING:
    from scanner.sources import ReadOptions


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("scan")(gathered("read", read_options)(scan_cli))


def scan_cli(
    inputs: options.InputsArgument,
    out: options.OutOption = None,
    *,
    read: ReadOptions,
    table: options.TableOption = None,
    state: options.StateOption = None,
    job: options.JobOption = None,
    password_file: options.PasswordFileOption = None,
    max_rows_per_second: options.RateOption = None,
    max_replica_lag: options.LagOption = None,
    statement_timeout: options.TimeoutOption = None,
    policy: PolicyOption = None,
    mode: options.ModeOption = None,
    sample: options.SampleOption = None,
    seed: options.SeedOption = None,
    workers: options.WorkersOption = None,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
    metrics: MetricsOption = None,
    log_format: LogFormatOption = "text",
    log_level: LogLevelOption = None,
) -> None:
    """Scan exports or a database; write findings and a report. The report is French; a database is only read.

    Exports: also the redacted exports and the encrypted quarantine. Database: the state store keeps what is known of each record, and the
    sealed originals of those to correct; the same command goes on after a crash, and run again reads only what has changed.

    --sample N estimates: N records are drawn at random and scanned, and rates come with the interval in which they lie.
    """
    from scanner.cli.scan_database import DatabaseOptions, is_database, make_job, scan_tables
    from scanner.cli.scan_exports import make_plan, scan_exports
    from scanner.cli.scan_sample import SampleOptions, sample_exports, sample_tables
    from scanner.operations.watch import watched

    start_logging(log_format, log_level)
    database = DatabaseOptions(
        tables=tuple(table or ()),
        state=state,
        job=job,
        password_file=password_file,
        max_rows_per_second=max_rows_per_second,
        max_replica_lag=max_replica_lag,
        statement_timeout=statement_timeout,
    )
    drawing = SampleOptions(sample, seed)
    drawing.refuse_what_does_not_fit(inputs, out, database, mode=mode, metrics=metrics)
    if is_database(inputs):
        night = make_job(inputs[0], database, read, out, policy, mode)
        out = night.out
        if sample:
            plan = make_plan([], out, read, night.policy, mode, key_file, workers)
            summary = watched(lambda: sample_tables(night, plan, drawing, quiet=as_json))
        else:
            summary = watched(lambda: scan_tables(night, key_file, workers, quiet=as_json), job=night.name, metrics=metrics)
            left = "what was read is in the state store; run the same command again to go on"
    else:
        database.refuse_for_exports()
        if out is None:
            raise typer.BadParameter("name the folder of the outputs", param_hint="--out")
        paths, folder = [Path(name) for name in inputs], out

        def scan_paths() -> dict[str, Any]:
            plan = make_plan(paths, folder, read, policy, mode, key_file, workers)
            return sample_exports(plan, drawing, quiet=as_json) if sample else scan_exports(plan, quiet=as_json)

        summary = watched(scan_paths, metrics=metrics)
        left = f"the outputs in {out} are partial ({FINDINGS_PART}); run the scan again"
    if summary["status"] != "complete":
        warn(f"interrupted: {'no sample was drawn; run the scan again' if sample else left}")
    say(json.dumps(summary, ensure_ascii=False) if as_json else in_words(summary, out))
    raise typer.Exit(exit_code(summary))
