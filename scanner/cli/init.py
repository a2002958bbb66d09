"""``vigie init``: a commented file to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from scanner.cli.console import say

Kind = Literal["policy", "organisation", "incident", "retention", "exposure"]
_FILES = {
    "policy": ("policy_default.toml", "read it, then give it to `vigie scan --policy FILE`"),
    "organisation": ("organisation.toml", "fill it in, then give it to the commands that write documents: `--organisation FILE`"),
    "incident": ("incident.toml", "write down what is known of the breach, then: `vigie breach SOURCE --incident FILE --out DIR`"),
    "retention": ("retention.toml", "write your own periods into it, then: `vigie retention SOURCE --rules FILE --out DIR`"),
    "exposure": ("exposure_rules.toml", "say what each role needs, then: `vigie exposure --rules FILE … --out DIR`"),
}
"""Template among the package's data, and what to do next."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("init")(init_cli)


def init_cli(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("vigie.toml"),
    kind: Annotated[
        Kind,
        typer.Option("--for", help="What it says: the policy of scans, the organisation, the facts of a breach, or retention periods."),
    ] = "policy",
) -> None:
    """Write a file to adapt, with comments. A policy, or another that a command reads."""
    from scanner.data_files import data_text
    from scanner.errors import OutputError

    template, then = _FILES[kind]
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(data_text(template))
    except FileExistsError:
        raise OutputError(f"{path} exists: choose another name, or remove it first") from None
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror})") from None
    say(f"{path} written: {then.replace('FILE', str(path))}")
