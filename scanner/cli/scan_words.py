"""What ``vigie scan`` prints at its end, and the exit code that goes with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.cli.exits import ExitCode
from scanner.outputs import REPORT, SUMMARY

if TYPE_CHECKING:
    from scanner.intervals import Rate
    from scanner.sampling import SampleRates

NAMED_ROWS = 10
"""How many of the rows that were not scanned are printed."""


def exit_code(summary: dict[str, Any]) -> ExitCode:
    """Return the exit code that the summary calls for: what was not scanned weighs more than what was found."""
    if summary["status"] != "complete" or summary["rows_not_scanned"] or summary.get("sample", {}).get("without_key"):
        return ExitCode.NOT_SCANNED
    return ExitCode.FINDINGS if summary["alerts"] else ExitCode.CLEAN


def in_words(summary: dict[str, Any], out: Path) -> str:
    """Return the summary as a few lines for people."""
    actions = ", ".join(f"{action} {summary['actions'].get(action, 0)}" for action in ("keep", "warn", "redact", "quarantine"))
    lines = [
        f"records: {summary['rows_read']} read, {summary['rows_scanned']} scanned, {_skipped(summary)}"
        f"{summary['rows_not_scanned']} not scanned in full",
        f"findings: {summary['findings']}; records with findings: {summary['records_with_findings']}, "
        f"at or above the alert level ({summary['alert_level']}): {summary['alerts']}",
        "levels: " + ", ".join(f"{level} {count}" for level, count in summary["levels"].items()),
        f"actions: {actions}",
        *_compared(summary),
        *_estimated(summary),
        f"report: {out / REPORT}",
    ]
    named = summary["not_scanned"][:NAMED_ROWS]
    lines += [f"not scanned in full: {row['source']}, {_place(row)}: {row['reason']}" for row in named]
    rest = summary["rows_not_scanned"] - sum(row.get("rows", 1) for row in named)
    if rest > 0:
        lines.append(f"and {rest} more: see {SUMMARY}")
    return "\n".join(lines)


def _skipped(summary: dict[str, Any]) -> str:
    return f"{summary['rows_skipped']} unchanged, " if summary["rows_skipped"] else ""


def _place(row: dict[str, Any]) -> str:
    """Return where a row that was not scanned stands: its number in an export, its id in a database, or how many rows have neither."""
    if row["row"] is not None:
        return f"row {row['row']}"
    return f"record {row['record_id']}" if row["record_id"] else f"{row['rows']} rows"


def _compared(summary: dict[str, Any]) -> list[str]:
    """Return the line that compares a database with the run before, none for exports."""
    if "comparison" not in summary:
        return []
    counts = summary["comparison"]
    before = f"run {counts['previous_run']}" if counts["previous_run"] else "no run before"
    return [f"compared with {before}: findings new {counts['new']}, gone {counts['gone']}, unchanged {counts['unchanged']}"]


def _estimated(summary: dict[str, Any]) -> list[str]:
    """Return the lines on the sample: how it was drawn, and the rates that follow; none for a whole scan."""
    from scanner.sampling import sample_rates

    rates = sample_rates(summary)
    if rates is None:
        return []
    lines = [
        f"sample: {rates.size} of {rates.population} records, drawn at random with --seed {rates.seed}; "
        "nothing is redacted or quarantined: a sample is no clean export",
    ]
    if without_key := summary["sample"]["without_key"]:
        lines.append(f"{without_key} rows have no key and could not be drawn: the rates say nothing of them")
    if rates.is_everything:
        return [*lines, "that is every record of the input: the figures are counts, not estimates"]
    named = {"with findings": rates.with_findings, **dict(list(rates.levels.items())[:0:-1]), **rates.entities}
    return [*lines, "estimated for all records, with 95 % confidence:", *(_rate(name, rate, rates) for name, rate in named.items())]


def _rate(name: str, rate: Rate, rates: SampleRates) -> str:
    few, many = rates.records(rate)
    share = f"{rate.value:6.1%}" if rate.value is not None else "     ?"
    return f"  {name:18} {share}  between {rate.low:.1%} and {rate.high:.1%}: {few} to {many} records"
