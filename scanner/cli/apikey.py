"""``vigie apikey``: keys of programs that call the service."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.console import say
from scanner.cli.options import JsonOption, KeyFileOption, StateOption
from scanner.cli.vault import ByOption, acting

if TYPE_CHECKING:
    from scanner.accounts.api_keys import ApiKey, ApiKeys

app = typer.Typer(help="Make, list and revoke the API keys of `vigie serve`.", no_args_is_help=True, rich_markup_mode=None)

ScopeOption = Annotated[
    list[str], typer.Option("--scope", help="What the key is for: check, scan, presidio or metrics; repeat for several.")
]
ExpiresOption = Annotated[datetime.datetime | None, typer.Option("--expires", formats=["%Y-%m-%d"], help="Last day on which it holds.")]


@app.command("create")
def create_cli(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which program, on which machine.")],
    scope: ScopeOption,
    state: StateOption,
    expires: ExpiresOption = None,
    by: ByOption = "",
    key_file: KeyFileOption = None,
) -> None:
    """Make an API key and print it. This once, for it is kept nowhere."""
    with _opened(state, key_file, make=True) as keys:
        made = keys.create(name, scope, expires and expires.date(), by=acting(by))
    say(made.secret)


@app.command("list")
def list_cli(state: StateOption, key_file: KeyFileOption = None, as_json: JsonOption = False) -> None:
    """List the API keys. Id, name, scopes, when each expires or was revoked, the last day it was used; never the key itself."""
    with _opened(state, key_file) as keys:
        known = keys.all()
    for key in known:
        say(json.dumps(_facts(key), ensure_ascii=False) if as_json else _in_words(key))


@app.command("revoke")
def revoke_cli(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The key, as `list` names it.")],
    state: StateOption,
    by: ByOption = "",
    key_file: KeyFileOption = None,
) -> None:
    """End an API key. A running service refuses it within a second."""
    with _opened(state, key_file) as keys:
        keys.revoke(key_id, by=acting(by))
    say(f"API key {key_id} is revoked")


@contextmanager
def _opened(state: str, key_file: Path | None, *, make: bool = False) -> Iterator[ApiKeys]:
    from scanner.accounts.api_keys import ApiKeys
    from scanner.keys import load_own_key
    from scanner.store.engine import open_store

    with open_store(state, make=make) as store:
        yield ApiKeys(store, load_own_key(key_file))


def _facts(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created": key.created,
        "expires": key.expires,
        "revoked": key.revoked,
        "used": key.used,
    }


def _in_words(key: ApiKey) -> str:
    state = f"revoked {key.revoked[:10]}" if key.revoked else f"expires {key.expires[:10] or 'never'}"
    return f"{key.id}  {key.name}  {', '.join(sorted(key.scopes))}  {state}  last used {key.used or 'never'}"
