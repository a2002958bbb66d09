"""``vigie report``: the report of a scan, written again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from scanner.cli.console import say


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("report")(report_cli)


def report_cli(out: Annotated[Path, typer.Argument(help="Folder of a scan: the report is made of its summary.json.")]) -> None:
    """Write report.html again from the summary of a scan, for instance after an update of Vigie."""
    from scanner.catalogue import default_catalogue
    from scanner.report import write_report

    say(f"{write_report(read_summary(out), default_catalogue(), out)} written")


def read_summary(out: Path) -> dict[str, Any]:
    """Return the summary of the scan that wrote into ``out``; raises :class:`InputError` when there is none of this version."""
    from scanner.errors import InputError
    from scanner.outputs import SUMMARY
    from scanner.summary import SUMMARY_FORMAT, SUMMARY_VERSION

    path = out / SUMMARY
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); give the --out folder of a scan") from None
    except ValueError:
        summary = None
    if not isinstance(summary, dict) or (summary.get("format"), summary.get("version")) != (SUMMARY_FORMAT, SUMMARY_VERSION):
        raise InputError(f"{path} is not a summary that this version of Vigie reads; run the scan again")
    return summary
