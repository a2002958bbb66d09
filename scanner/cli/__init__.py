"""The command ``vigie``. Only this package prints and chooses exit codes; everything heavy is imported inside the commands.

Exit codes: 0 nothing at or above the threshold, 1 findings, 2 usage or input error, 3 part of the input was not scanned, or interrupted.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from recognizers.errors import LexiconError, ModelError
from scanner.cli import (
    account,
    apikey,
    audit,
    breach,
    check,
    corrections,
    discover,
    entities,
    evaluate,
    evidence,
    explain,
    exposure,
    init,
    keygen,
    purge,
    quarantine,
    redact,
    report,
    retention,
    scan,
    serve,
    spark,
    subject,
)
from scanner.cli.console import warn
from scanner.cli.exits import ExitCode
from scanner.errors import VigieError

__all__ = ["app", "main"]


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:  # typer would exit with 130
            warn("interrupted")
            raise typer.Exit(ExitCode.NOT_SCANNED) from None


app = typer.Typer(
    name="vigie",
    cls=_Commands,
    help="Find, score, redact and quarantine sensitive remarks in French free-text comments.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    scan,
    check,
    explain,
    redact,
    discover,
    corrections,
    report,
    breach,
    evaluate,
    entities,
    exposure,
    init,
    keygen,
    purge,
    retention,
    spark,
    serve,
    subject,
):
    command.register(app)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(audit.app, name="audit")
app.add_typer(evidence.app, name="evidence")
app.add_typer(apikey.app, name="apikey")
app.add_typer(account.app, name="account")


def main() -> None:
    """Run the command line; an error becomes one clear line and exit code 2, never a traceback, which could show a comment."""
    _open_closed_streams()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service manager's stop leaves what Ctrl-C leaves
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that lacks a character must not stop a command
    try:
        app(prog_name="vigie")
    except (VigieError, LexiconError, ModelError) as error:
        warn(str(error))
    except OSError as error:
        warn(f"{error.filename or 'input or output'}: {error.strerror or type(error).__name__}")
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        warn(f"internal error, please report it: {type(error).__name__} at {Path(place.filename).name}, line {place.lineno}")
    sys.exit(ExitCode.ERROR)


def _open_closed_streams() -> None:
    """Give a standard stream that was closed (``2>&-``) a place to go: else the next file opened would take its number, and its output."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - open to the end
