"""Options that several commands share, declared once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from scanner.errors import InputError

PolicyOption = Annotated[Path | None, typer.Option("--policy", help="Policy file (TOML); `vigie init` writes a commented one.")]
KeyFileOption = Annotated[
    Path | None, typer.Option("--key-file", help="File that holds the secret key; else VIGIE_KEY, VIGIE_KEY_FILE or your own default key.")
]
StateOption = Annotated[str, typer.Option("--state", help="State store: a file, or postgresql://USER@HOST/DATABASE.")]
FieldOption = Annotated[str, typer.Option("--field", help="Name of the field the text stands in; the policy knows its purpose.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text for people.")]
TextArgument = Annotated[
    str, typer.Argument(metavar="TEXT", help="The comment, or - to read it from standard input (UTF-8).", show_default=False)
]


def read_text(text: str) -> str:
    """Return ``text``, or standard input when it is ``-``."""
    if text != "-":
        return text
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"standard input is not UTF-8 (byte {error.start}); convert it first, for instance with iconv") from None
