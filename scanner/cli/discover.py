"""``vigie discover``: which columns of a database hold free text."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.console import say, warn
from scanner.cli.exits import ExitCode
from scanner.cli.options import JsonOption
from scanner.cli.scan_options import PasswordFileOption

if TYPE_CHECKING:
    from scanner.databases.discover import Discovery

UrlArgument = Annotated[str, typer.Argument(metavar="URL", help="postgresql://, mysql://, mariadb://, sqlite:///, oracle:// or mssql://")]
SchemaOption = Annotated[str | None, typer.Option("--schema", help="Schema to look at; all but the system's own when absent.")]
WriteOption = Annotated[Path | None, typer.Option("--write", help="Where to write a job file to start from; never over an existing file.")]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("discover")(discover_cli)


def discover_cli(
    url: UrlArgument,
    schema: SchemaOption = None,
    as_json: JsonOption = False,
    write: WriteOption = None,
    password_file: PasswordFileOption = None,
) -> None:
    """Propose the free-text columns of a database. Names, types and a sample of each table tell; no value is shown."""
    from sqlalchemy import make_url

    from scanner.databases import open_database
    from scanner.databases.discover import discover, job_file_text
    from scanner.databases.url import read_password

    with open_database(url, password=read_password(password_file)) as database:
        found = discover(database.connector, schema)
    job = job_file_text(found, make_url(url))
    if write:
        _write(write, job)
    say(_as_json(found) if as_json else _in_words(found, job, write))
    for table, reason in found.unreadable.items():
        warn(f"not looked at: {table}: {reason}")
    raise typer.Exit(ExitCode.NOT_SCANNED if found.unreadable else ExitCode.CLEAN)


def _write(path: Path, text: str) -> None:
    from scanner.errors import OutputError

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise OutputError(f"{path} exists: choose another name, or remove it first") from None
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror})") from None


def _as_json(found: Discovery) -> str:
    return json.dumps({"columns": [asdict(column) for column in found.columns], "unreadable": dict(found.unreadable)}, ensure_ascii=False)


def _in_words(found: Discovery, job: str, written: Path | None) -> str:
    lines = []
    for table, columns in found.free_texts.items():
        lines.append(table)
        lines += [
            f"  {column.column:24} {column.type:16} {column.sampled} rows sampled, {column.filled:.0%} filled, "
            f"{column.mean_length:.0f} characters on average, {column.distinct:.0%} distinct: {column.why}"
            for column in columns
        ]
    count = sum(map(len, found.free_texts.values()))
    tables = len({column.table for column in found.columns})
    lines.append(f"{count} free-text columns of {len(found.columns)}, in {tables} tables and views; --json shows them all")
    lines += [f"{written} written: read it first"] if written else ["", job.rstrip("\n")]
    return "\n".join(lines)
