"""The command ``vigie``. Only this package prints and chooses exit codes; everything heavy is imported inside the commands.

Exit codes: 0 nothing at or above the threshold, 1 findings, 2 usage or input error, 3 part of the input was not scanned.
"""

from __future__ import annotations

import sys

import typer

from scanner.cli import check, entities, evaluate, explain, init, keygen, quarantine, redact, report, scan
from scanner.cli.exits import ExitCode
from scanner.errors import VigieError

__all__ = ["app", "main"]

app = typer.Typer(
    name="vigie",
    help="Find, score, redact and quarantine sensitive remarks in French free-text comments.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (scan, check, explain, redact, report, evaluate, entities, init, keygen):
    command.register(app)
app.add_typer(quarantine.app, name="quarantine")


def main() -> None:
    """Run the command line; a user's mistake becomes one clear line and exit code 2, never a traceback."""
    try:
        app()
    except VigieError as error:
        print(f"vigie: {error}", file=sys.stderr)
        sys.exit(ExitCode.ERROR)
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        sys.stderr.close()
        sys.exit(ExitCode.ERROR)
