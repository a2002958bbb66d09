"""``vigie quarantine``: what was taken out of the exports, and the sealed originals of a state store."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from scanner.cli import vault
from scanner.cli.console import say, warn
from scanner.cli.exits import ExitCode
from scanner.cli.options import JsonOption, KeyFileOption

app = typer.Typer(help="List, read and settle the originals that scans sealed.", no_args_is_help=True, rich_markup_mode=None)

FileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="quarantine.jsonl of the scan of an export, or the state store of scans of a database.")
]
StateOption = Annotated[Literal["pending", "released", "redacted", "erased"] | None, typer.Option("--state", help="Only in this state.")]
EntityOption = Annotated[str, typer.Option("--entity", help="Only with this entity.")]
LevelOption = Annotated[
    Literal["low", "medium", "high", "critical"] | None, typer.Option("--min-level", help="Only at or above this level.")
]
SourceOption = Annotated[str, typer.Option("--source", help="Only of this table.")]
HeldOption = Annotated[bool, typer.Option("--held", help="Only under legal hold.")]


@app.command("list")
def list_cli(
    file: FileArgument,
    state: StateOption = None,
    entity: EntityOption = "",
    min_level: LevelOption = None,
    source: SourceOption = "",
    held: HeldOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the entries: record, entities, level, state. No key is needed, no text is shown. The filters need a state store."""
    from scanner.store.engine import is_store

    if is_store(file):
        from scanner.vault import EntryFilter

        _check_entity(entity)
        vault.list_entries(file, EntryFilter(state or "", entity, min_level or "none", source, held), as_json=as_json)
    else:
        _refuse_for_exports({"--state": state, "--entity": entity, "--min-level": min_level, "--source": source, "--held": held})
        _list_file(Path(file), as_json=as_json)


@app.command("show")
def show_cli(
    file: FileArgument,
    entry_id: vault.IdArgument,
    why: vault.WhyOption = "",
    by: vault.ByOption = "",
    key_file: KeyFileOption = None,
) -> None:
    """Print the original of one entry, as JSON. Needs the key of the scan. A state store keeps who read it, when and why."""
    from scanner.errors import InputError
    from scanner.keys import load_own_key
    from scanner.quarantine import open_entry, read_quarantine
    from scanner.store.engine import is_store

    if is_store(file):
        vault.show_texts(file, entry_id, why, by, key_file)
        return
    _refuse_for_exports({"--why": why, "--by": by})
    entries = {entry.id: entry for entry in read_quarantine(Path(file)).entries}
    if entry_id not in entries:
        raise InputError(f"{file} has no entry {entry_id}; `vigie quarantine list` shows them")
    say(json.dumps(open_entry(entries[entry_id], load_own_key(key_file)), ensure_ascii=False, indent=1))


@app.command("release")
def release_cli(
    file: FileArgument,
    entry_ids: vault.IdsArgument,
    to: Annotated[Path | None, typer.Option("--to", help="New file for the rows of an export: .jsonl or .csv.")] = None,
    why: vault.WhyOption = "",
    by: vault.ByOption = "",
    key_file: KeyFileOption = None,
) -> None:
    """Let texts stay as they are. Export: rows are written to a new file (--to), in clear. State store: a decision (--why)."""
    from scanner.errors import InputError
    from scanner.keys import load_own_key
    from scanner.quarantine import release
    from scanner.store.engine import is_store

    if is_store(file):
        if to is not None:
            raise InputError("--to is for the quarantine of an export; in a database the released texts are where they were")
        vault.decide(file, entry_ids, "release", why, by, key_file)
        return
    _refuse_for_exports({"--why": why, "--by": by})
    if to is None:
        raise InputError("--to is missing: name a new file for the rows, .jsonl or .csv")
    count = release(Path(file), entry_ids, load_own_key(key_file), to, datetime.date.today())
    say(f"{count} records written to {to}")


vault.register(app)


def _list_file(file: Path, *, as_json: bool) -> None:
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


def _check_entity(entity: str) -> None:
    from scanner.catalogue import default_catalogue
    from scanner.errors import InputError

    if entity and entity not in default_catalogue().entities:
        raise InputError(f"there is no entity {entity}; `vigie entities` lists them")


def _refuse_for_exports(options: dict[str, object]) -> None:
    from scanner.errors import InputError

    if given := [name for name, value in options.items() if value]:
        raise InputError(f"{', '.join(given)}: only for a state store, not for the quarantine of an export")
