"""``vigie report``: the report of a scan, written again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("report")(report_cli)


def report_cli(out: Annotated[Path, typer.Argument(help="Folder of a scan: the report is made of its summary.json.")]) -> None:
    """Write report.html again from the summary of a scan, for instance after an update of Vigie."""
    from scanner.catalogue import default_catalogue
    from scanner.errors import InputError
    from scanner.report import write_report
    from scanner.scan import SUMMARY

    path = out / SUMMARY
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); give the --out folder of a scan") from None
    except ValueError:
        raise InputError(f"{path} is not a summary of Vigie; run the scan again") from None
    typer.echo(f"{write_report(summary, default_catalogue(), out)} written")
