"""``vigie scan``: the main job."""

from __future__ import annotations

import datetime
import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from scanner.cli.console import say, warn
from scanner.cli.exits import ExitCode
from scanner.cli.options import JsonOption, KeyFileOption, PolicyOption
from scanner.outputs import FINDINGS_PART, REPORT, SUMMARY

if TYPE_CHECKING:
    from scanner.scan import Progress, ScanPlan

PLAIN_LINE_SECONDS = 10.0
NAMED_ROWS = 10
"""How many of the rows that were not scanned are printed."""

Mode = Literal["label", "mask", "remove", "hash", "encrypt", "neutral"]
InputsArgument = Annotated[list[Path], typer.Argument(help="Exports: CSV, TSV, XLSX, Parquet or JSON Lines.")]
OutOption = Annotated[Path, typer.Option("--out", help="Folder for the outputs; made when absent.")]
ModeOption = Annotated[Mode, typer.Option("--mode", help="What stands in place of a redacted remark.")]
IdOption = Annotated[str | None, typer.Option("--id-column", help="Column that identifies the record.")]
TextOption = Annotated[
    list[str] | None, typer.Option("--text-column", help="Free-text column; repeat for several. Found by itself when absent.")
]
TenantOption = Annotated[str | None, typer.Option("--tenant-column", help="Column that identifies the tenant.")]
SiteOption = Annotated[str | None, typer.Option("--site-column", help="Column of the building, site or agency.")]
AuthorOption = Annotated[str | None, typer.Option("--author-group-column", help="Column of the author's role or team.")]
DateOption = Annotated[str | None, typer.Option("--date-column", help="Column of the comment's date.")]
NameOption = Annotated[list[str] | None, typer.Option("--name-column", help="Column of a surname or first name; repeat for several.")]
MappingOption = Annotated[Path | None, typer.Option("--mapping", help="Mapping file (TOML): roles of columns and purposes of fields.")]
EncodingOption = Annotated[str | None, typer.Option("--encoding", help="Encoding of the file, when the one found is not right.")]
DelimiterOption = Annotated[
    str | None, typer.Option("--delimiter", help="Delimiter of the file (or 'tab'), when the one found is not right.")
]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("scan")(scan_cli)


def scan_cli(
    inputs: InputsArgument,
    out: OutOption,
    id_column: IdOption = None,
    text_column: TextOption = None,
    tenant_column: TenantOption = None,
    site_column: SiteOption = None,
    author_group_column: AuthorOption = None,
    date_column: DateOption = None,
    name_column: NameOption = None,
    mapping: MappingOption = None,
    encoding: EncodingOption = None,
    delimiter: DelimiterOption = None,
    policy: PolicyOption = None,
    mode: ModeOption = "label",
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Scan exports: write findings, a French report, the redacted exports and the encrypted quarantine into --out."""
    from scanner.sources import ReadOptions, with_mapping

    options = ReadOptions(
        encoding=encoding,
        delimiter=delimiter,
        text_columns=tuple(text_column or ()),
        name_columns=tuple(name_column or ()),
        id_column=id_column,
        tenant_column=tenant_column,
        site_column=site_column,
        author_group_column=author_group_column,
        date_column=date_column,
    )
    if mapping:
        options = with_mapping(options, mapping)
    plan = make_plan(inputs, out, options, policy, mode, key_file)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service manager's stop leaves what Ctrl-C leaves
    summary = run(plan, quiet=as_json)
    if summary["status"] != "complete":
        warn(f"interrupted: the outputs in {out} are partial ({FINDINGS_PART}); run the scan again")
    say(json.dumps(summary, ensure_ascii=False) if as_json else in_words(summary, out))
    raise typer.Exit(exit_code(summary))


def make_plan(inputs: list[Path], out: Path, options: Any, policy: Path | None, mode: Mode, key_file: Path | None) -> ScanPlan:
    """Gather what a scan needs; raises the typed errors of the policy, the key and the mode before anything is read."""
    from recognizers.detector import default_detector
    from scanner.catalogue import default_catalogue
    from scanner.keys import load_or_make_key
    from scanner.policy import load_policy
    from scanner.redaction import Redactor
    from scanner.scan import ScanPlan

    catalogue = default_catalogue()
    rules = load_policy(policy, catalogue.entities, datetime.date.today())
    key, made = load_or_make_key(key_file)
    if made:
        warn(f"key {key.id} made at {made}: keep a copy apart from the data; without it no quarantine can be read")
    return ScanPlan(
        inputs=inputs,
        out=out,
        detector=default_detector(),
        catalogue=catalogue,
        policy=rules,
        redactor=Redactor(mode, catalogue.tags, catalogue.severities, catalogue.wordings, key),
        key=key,
        options=options,
    )


def run(plan: ScanPlan, *, quiet: bool) -> dict[str, Any]:
    """Scan with a progress bar on a terminal, plain lines elsewhere, nothing when ``quiet``; then write the report."""
    from scanner.report import write_report
    from scanner.scan import scan

    with _progress(quiet=quiet) as progress:
        summary = scan(plan, progress)
    write_report(summary, plan.catalogue, plan.out)
    return summary


def exit_code(summary: dict[str, Any]) -> ExitCode:
    """Return the exit code that the summary calls for: what was not scanned weighs more than what was found."""
    if summary["status"] != "complete" or summary["rows_not_scanned"]:
        return ExitCode.NOT_SCANNED
    return ExitCode.FINDINGS if summary["alerts"] else ExitCode.CLEAN


def in_words(summary: dict[str, Any], out: Path) -> str:
    """Return the summary as a few lines for people."""
    actions = ", ".join(f"{action} {summary['actions'].get(action, 0)}" for action in ("keep", "warn", "redact", "quarantine"))
    lines = [
        f"records: {summary['rows_read']} read, {summary['rows_scanned']} scanned, {summary['rows_not_scanned']} not scanned in full",
        f"findings: {summary['findings']}; records with findings: {summary['records_with_findings']}, "
        f"at or above the alert level ({summary['alert_level']}): {summary['alerts']}",
        "levels: " + ", ".join(f"{level} {count}" for level, count in summary["levels"].items()),
        f"actions: {actions}",
        f"report: {out / REPORT}",
    ]
    named = summary["not_scanned"][:NAMED_ROWS]
    lines += [f"not scanned in full: {row['source']}, row {row['row']}: {row['reason']}" for row in named]
    if summary["rows_not_scanned"] > len(named):
        lines.append(f"and {summary['rows_not_scanned'] - len(named)} more: see {SUMMARY}")
    return "\n".join(lines)


def _progress(*, quiet: bool) -> AbstractContextManager[Progress]:
    if quiet:
        return nullcontext(lambda source, records: None)
    return _bar() if sys.stderr.isatty() else nullcontext(_plain_lines())


def _plain_lines() -> Progress:
    started = last = time.monotonic()

    def show(source: str, records: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= PLAIN_LINE_SECONDS:
            last = now
            warn(f"{source}: {records} records after {now - started:.0f} s")

    return show


@contextmanager
def _bar() -> Iterator[Progress]:
    """Show a progress line on the terminal, by rich."""
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn(), TextColumn("{task.description} {task.completed:.0f} records"), TimeElapsedColumn()
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("scanning")
        yield lambda source, records: bar.update(task, description=source, completed=records)
