"""``vigie keygen``: a secret key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.console import say


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("keygen")(keygen_cli)


def keygen_cli(path: Annotated[Path, typer.Argument(help="Where to write the key; must not exist.")]) -> None:
    """Make the secret key of quarantine and pseudonyms. Only you can read its file."""
    from scanner.keys import write_key_file

    key = write_key_file(path)
    say(f"key {key.id} written to {path}: keep a copy apart from the data; without it no quarantine can be read")
