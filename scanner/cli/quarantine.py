"""``vigie quarantine``: what was taken out of the exports."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.console import say, warn
from scanner.cli.exits import ExitCode
from scanner.cli.options import JsonOption, KeyFileOption

app = typer.Typer(help="List, read and release the records that a scan quarantined.", no_args_is_help=True)

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="quarantine.jsonl of a scan.")]


@app.command("list")
def list_cli(file: FileArgument, as_json: JsonOption = False) -> None:
    """List the entries: pseudonym, entities, level, state. No key is needed, no text is shown."""
    from scanner.quarantine import read_quarantine

    quarantine = read_quarantine(file)
    for entry in quarantine.entries:
        if as_json:
            row = {"id": entry.id, "record": entry.record, "entities": entry.entities, "level": entry.level, "created": entry.created}
            say(json.dumps({**row, "released": entry.released}))
        else:
            state = f"released {entry.released}" if entry.released else "held"
            say(f"{entry.id}  record {entry.record}  {entry.level:8}  {', '.join(entry.entities)}  {entry.created}  {state}")
    if quarantine.damaged_lines:
        warn(f"{file}: damaged lines, not listed: {', '.join(map(str, quarantine.damaged_lines))}")
        raise typer.Exit(ExitCode.NOT_SCANNED)


@app.command("show")
def show_cli(
    file: FileArgument,
    entry_id: Annotated[str, typer.Argument(metavar="ID", help="Entry, as `list` names it.")],
    key_file: KeyFileOption = None,
) -> None:
    """Print the whole row of one entry, as JSON. Needs the key of the scan."""
    from scanner.errors import InputError
    from scanner.keys import load_own_key
    from scanner.quarantine import open_entry, read_quarantine

    entries = {entry.id: entry for entry in read_quarantine(file).entries}
    if entry_id not in entries:
        raise InputError(f"{file} has no entry {entry_id}; `vigie quarantine list` shows them")
    say(json.dumps(open_entry(entries[entry_id], load_own_key(key_file)), ensure_ascii=False, indent=1))


@app.command("release")
def release_cli(
    file: FileArgument,
    entry_ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Entries, as `list` names them.")],
    to: Annotated[Path, typer.Option("--to", help="New file for the rows: .jsonl or .csv.")],
    key_file: KeyFileOption = None,
) -> None:
    """Write the rows of entries to a new file, in clear, and mark them as released. Needs the key of the scan."""
    from scanner.keys import load_own_key
    from scanner.quarantine import release

    count = release(file, entry_ids, load_own_key(key_file), to, datetime.date.today())
    say(f"{count} records written to {to}")
