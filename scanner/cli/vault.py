"""``vigie quarantine`` on a state store: the originals in its vault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.console import say, warn
from scanner.cli.exits import ExitCode
from scanner.cli.options import JsonOption, KeyFileOption

if TYPE_CHECKING:
    from scanner.store.engine import Store
    from scanner.vault import Decision, Entry, EntryFilter, Vault

StoreArgument = Annotated[
    str, typer.Argument(metavar="STATE", help="State store of the scans: a file, or postgresql://USER@HOST/DATABASE.")
]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Entry, as `list` names it.")]
IdsArgument = Annotated[list[str], typer.Argument(metavar="ID...", help="Entries, as `list` names them.")]
ByOption = Annotated[str, typer.Option("--by", help="Who acts; your login name when absent.", show_default=False)]
WhyOption = Annotated[str, typer.Option("--why", help="The reason, for whoever asks later.")]


def register(app: typer.Typer) -> None:
    """Add the commands that only a state store has to ``app``."""
    app.command("history")(history_cli)
    app.command("redact")(redact_cli)
    app.command("erase")(erase_cli)
    app.command("hold")(hold_cli)
    app.command("free")(free_cli)
    app.command("rotate")(rotate_cli)


def history_cli(store: StoreArgument, entry_id: IdArgument, as_json: JsonOption = False) -> None:
    """Show what happened to an entry: who, when, why. No key is needed, no text is shown."""
    from scanner.vault import history_of

    with opened(store) as state, state.connect() as connection:
        lines = history_of(connection, entry_id)
    for line in lines:
        say(json.dumps(asdict(line), ensure_ascii=False) if as_json else f"{line.at}  {line.event:8}  {line.who}  {line.why}".rstrip())


def redact_cli(store: StoreArgument, entry_ids: IdsArgument, why: WhyOption, by: ByOption = "", key_file: KeyFileOption = None) -> None:
    """Have the texts redacted at the source. `vigie plan` then writes the corrections."""
    decide(store, entry_ids, "redact", why, by, key_file)


def erase_cli(store: StoreArgument, entry_ids: IdsArgument, why: WhyOption, by: ByOption = "", key_file: KeyFileOption = None) -> None:
    """Have the texts erased at the source. Where nothing is left to correct there, the originals are erased at once."""
    decide(store, entry_ids, "erase", why, by, key_file)


def hold_cli(store: StoreArgument, entry_ids: IdsArgument, why: WhyOption, by: ByOption = "", key_file: KeyFileOption = None) -> None:
    """Put originals under legal hold. Nothing erases or overwrites them until `free`."""
    with open_vault(store, key_file) as vault:
        vault.hold(entry_ids, who=acting(by), why=why)
    say(f"{len(entry_ids)} entries are under legal hold")


def free_cli(store: StoreArgument, entry_ids: IdsArgument, why: WhyOption, by: ByOption = "", key_file: KeyFileOption = None) -> None:
    """End the legal hold of originals."""
    with open_vault(store, key_file) as vault:
        vault.free(entry_ids, who=acting(by), why=why)
    say(f"{len(entry_ids)} entries are free")


def rotate_cli(
    store: StoreArgument,
    new_key_file: Annotated[Path, typer.Option("--new-key-file", help="File of the new key, made with `vigie keygen`.")],
    by: ByOption = "",
    key_file: KeyFileOption = None,
) -> None:
    """Put what is sealed under a new key. That is the originals and the secrets of second factors.

    Stopped half-way, the same command goes on; until it is done, keep both keys.
    """
    from scanner.accounts.rotation import reseal_second_factors
    from scanner.keys import load_key, load_own_key

    new, old = load_key(new_key_file), load_own_key(key_file)
    with open_vault(store, key_file) as vault:
        counts = vault.rotate(new, who=acting(by))
    with opened(store) as state:
        reseal_second_factors(state, old, new)
    say(f"{counts.rotated} entries put under key {new.id}: give that key from now on; the next scan reads every row again")
    for entry_id in counts.damaged:
        warn(f"entry {entry_id} was altered or damaged and is still under the old key: keep that key, restore the entry from a backup")
    for key_id, count in counts.other_keys.items():
        warn(f"{count} entries are under another key, {key_id}: rotate them as well, with --key-file naming that key")
    if counts.damaged or counts.other_keys:
        raise typer.Exit(ExitCode.NOT_SCANNED)


def list_entries(store: str, wanted: EntryFilter, *, as_json: bool) -> None:
    """Print the entries that fit, oldest first, one a line."""
    from scanner.vault import find_entries

    with opened(store) as state, state.connect() as connection:
        page = find_entries(connection, wanted)
        while page:
            for entry in page:
                say(json.dumps(asdict(entry), ensure_ascii=False) if as_json else _in_words(entry))
            page = find_entries(connection, wanted, after=page[-1])


def show_texts(store: str, entry_id: str, why: str, by: str, key_file: Path | None) -> None:
    """Print the texts of one entry by column, as JSON, once that is written down."""
    with open_vault(store, key_file) as vault:
        texts = vault.open(entry_id, who=acting(by), why=why)
    say(json.dumps(texts, ensure_ascii=False, indent=1))


def decide(store: str, entry_ids: list[str], decision: Decision, why: str, by: str, key_file: Path | None) -> None:
    """Write a decision down and say what it changed."""
    with open_vault(store, key_file) as vault:
        settled = vault.decide(entry_ids, decision, who=acting(by), why=why)
    if settled:
        say(f"{len(settled)} entries {'released' if decision == 'release' else 'erased'}")
    if left := len(set(entry_ids)) - len(settled):
        say(f"{left} decisions written down: `vigie plan` writes the corrections, `vigie apply` makes them")


@contextmanager
def opened(where: str) -> Iterator[Store]:
    """Open the state store at ``where``, which must exist."""
    from scanner.store.engine import open_store

    with open_store(where, make=False) as store:
        yield store


@contextmanager
def open_vault(where: str, key_file: Path | None) -> Iterator[Vault]:
    """Open the vault of the state store at ``where`` with the key that is named, else the user's own."""
    from scanner.keys import load_own_key
    from scanner.vault import Vault

    with opened(where) as store:
        yield Vault(store, load_own_key(key_file))


def acting(by: str) -> str:
    """Return ``by``, or the login name of whoever runs the command."""
    import getpass

    from scanner.errors import InputError

    try:
        return by or getpass.getuser()
    except (KeyError, OSError):
        raise InputError("this user has no login name: say who acts with --by") from None


def _in_words(entry: Entry) -> str:
    state = f"{entry.state}, held: {entry.held}" if entry.held else entry.state
    named = f"{entry.source} {entry.record}"
    return f"{entry.id}  {named}  {entry.level:8}  {', '.join(entry.entities)}  {entry.action}  {entry.changed[:10]}  {state}"
