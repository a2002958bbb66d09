"""``vigie init``: a policy to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.console import say


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("init")(init_cli)


def init_cli(path: Annotated[Path, typer.Argument(help="Where to write the policy.")] = Path("vigie.toml")) -> None:
    """Write a commented default policy."""
    from scanner.errors import OutputError
    from scanner.policy import default_policy_text

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(default_policy_text())
    except FileExistsError:
        raise OutputError(f"{path} exists: choose another name, or remove it first") from None
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror})") from None
    say(f"{path} written: read it, then give it to `vigie scan --policy {path}`")
