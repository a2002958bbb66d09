"""``vigie audit``: the log of who did what to the data."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.console import say, warn
from scanner.cli.exits import ExitCode
from scanner.cli.options import JsonOption, KeyFileOption, PolicyOption
from scanner.cli.vault import ByOption, StoreArgument, acting, opened

if TYPE_CHECKING:
    from scanner.audit import Anchor
    from scanner.keys import SecretKey
    from scanner.store.engine import Store

app = typer.Typer(help="Verify, anchor, read and prune the audit log.", no_args_is_help=True, rich_markup_mode=None)

OldKeysOption = Annotated[
    list[Path] | None, typer.Option("--old-key-file", help="Key that was in use before a rotation; repeat for several.")
]
AnchorsOption = Annotated[
    list[Path] | None,
    typer.Option("--anchor", help="File that `vigie audit anchor` wrote, or the summary.json of a run; repeat for several."),
]


@app.command("verify")
def verify_cli(
    state: StoreArgument, anchor: AnchorsOption = None, key_file: KeyFileOption = None, old_key_file: OldKeysOption = None
) -> None:
    """Tell whether the log is as it was written. No entry altered, inserted, removed or moved.

    That the end was cut off shows with --anchor only.

    Exit code 3 says that the log is not as it was written. Needs the key of the scans.
    """
    from scanner.audit import read_anchors

    anchors = [item for file in anchor or () for item in read_anchors(file)]
    with opened(state) as store:
        store.check()
        say(_verified(store, _keys(key_file, old_key_file), anchors))


@app.command("anchor")
def anchor_cli(
    state: StoreArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Anchor file; made when absent.")],
    key_file: KeyFileOption = None,
    old_key_file: OldKeysOption = None,
) -> None:
    """Verify the log, then sign its head. The signed head is appended to a file that belongs on another machine."""
    from scanner.audit import append_anchor, head_of

    keys = _keys(key_file, old_key_file)
    with opened(state) as store:
        _verified(store, keys)
        head = head_of(store)
    append_anchor(file, head, keys[0])
    say(f"entry {head['seq']} anchored in {file}: keep that file where nobody who can write the state store can write")


@app.command("export")
def export_cli(state: StoreArgument, file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines file to write.")]) -> None:
    """Write the whole log to a file, one entry a line. No key is needed."""
    from scanner.append_log import write_whole
    from scanner.audit import read_log

    with opened(state) as store:
        lines = [json.dumps(entry.as_dict()) + "\n" for entry in read_log(store)]
    write_whole(file, "".join(lines).encode("ascii"))
    say(f"{len(lines)} entries written to {file}")


@app.command("show")
def show_cli(
    state: StoreArgument,
    last: Annotated[int, typer.Option("--last", min=1, help="How many entries.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Print the newest entries. Of each number, time, who (a pseudonym) and what. No key is needed."""
    from scanner.audit import read_log

    with opened(state) as store:
        for entry in read_log(store, last):
            say(json.dumps(entry.as_dict()) if as_json else f"{entry.seq:6}  {entry.at}  {entry.actor}  {entry.event:17}  {entry.details}")


@app.command("prune")
def prune_cli(
    state: StoreArgument,
    policy: PolicyOption = None,
    by: ByOption = "",
    key_file: KeyFileOption = None,
    old_key_file: OldKeysOption = None,
) -> None:
    """Verify the log, then remove old entries. Those older than the policy keeps them (audit_months)."""
    from scanner.audit import AuditLog
    from scanner.catalogue import default_catalogue
    from scanner.policy import load_policy

    retention = load_policy(policy, default_catalogue().entities, datetime.date.today()).retention
    keys = _keys(key_file, old_key_file)
    with opened(state) as store:
        _verified(store, keys)
        removed = AuditLog(store, keys[0], acting(by)).prune(retention)
    say(f"{removed} entries older than {retention.audit_months} months removed")


def _keys(key_file: Path | None, old: list[Path] | None) -> list[SecretKey]:
    """Return the key in use, then those used before it."""
    from scanner.keys import load_key, load_own_key

    return [load_own_key(key_file), *map(load_key, old or ())]


def _verified(store: Store, keys: list[SecretKey], anchors: list[Anchor] | None = None) -> str:
    """Return in words that the log is as it was written; when it is not, say where and exit."""
    from scanner.audit import verify

    found = verify(store, keys, anchors or ())
    if found.broken is not None:
        warn(f"the audit log of {store.name} is not as it was written: entry {found.broken} {found.reason}")
        raise typer.Exit(ExitCode.NOT_SCANNED)
    if not found.last:
        return "the audit log is empty"
    checked = f"; anchors that hold: {len(anchors)}" if anchors else ""
    return f"entries {found.first} to {found.last} are as they were written{checked}"
