"""Printing that cannot spoil a result: a reader who goes away, as ``head`` does, changes neither the work nor its exit code."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress

import typer

from scanner.errors import OutputError
from scanner.operations.logs import is_structured


def say(text: str) -> None:
    """Print ``text`` to standard output; once its reader is gone, to nowhere. Raises :class:`OutputError` when it cannot be written."""
    try:
        typer.echo(text)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python would try again at exit, and fail again
        if not isinstance(error, BrokenPipeError):
            raise OutputError(f"standard output cannot be written ({error.strerror})") from None


def warn(text: str) -> None:
    """Print a line to standard error, where it can be; as a log event where `--log-format json` asks for these only."""
    if is_structured():
        logging.getLogger("vigie").warning(text)
        return
    with suppress(OSError):
        print(f"vigie: {text}", file=sys.stderr, flush=True)
