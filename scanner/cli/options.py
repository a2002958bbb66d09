"""Options that several commands share, declared once."""

from __future__ import annotations

import datetime
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
OrganisationOption = Annotated[
    Path | None, typer.Option("--organisation", help="Controller, DPO, mandate, readers (TOML): `vigie init FILE --for organisation`.")
]
StoredJobOption = Annotated[str, typer.Option("--job", help="Job of the state store; needed where it holds several.")]
StoredRunOption = Annotated[
    int | None, typer.Option("--run", min=1, help="Number of the run in the state store; the last complete one when absent.")
]
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


def day_of(text: str, option: str) -> datetime.date | None:
    """Return the day that ``option`` gives as ``text``, ``None`` for ``""``; raise :class:`InputError` when it is none."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.datetime.strptime(text, form).date()
        except ValueError:
            continue
    if text:
        raise InputError(f"{option} {text!r} is no day: write it as 2026-11-22 or 22/11/2026")
    return None
