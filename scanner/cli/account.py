"""``vigie account``: the people who use the console."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.console import say
from scanner.cli.options import JsonOption, KeyFileOption, StateOption
from scanner.cli.vault import ByOption, acting, opened
from scanner.extras import packages_of

if TYPE_CHECKING:
    from scanner.accounts import Perimeter
    from scanner.accounts.account import Account, Actor
    from scanner.accounts.accounts import Accounts

app = typer.Typer(
    help="Accounts of the console. The people who use it: their roles, the sites they see, their passwords.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

LoginArgument = Annotated[str, typer.Argument(metavar="LOGIN", help="Login of the account.")]
RoleOption = Annotated[str, typer.Option("--role", help="dpo, reviewer, site_manager (counts only) or auditor (counts, audit, reports).")]
SiteOption = Annotated[list[str], typer.Option("--site", help="A site that the person sees, as the source writes it; repeatable.")]
EverySiteOption = Annotated[bool, typer.Option("--every-site", help="The person sees every site, and records without one.")]


@app.command("create")
def create_cli(
    login: LoginArgument,
    role: RoleOption,
    name: Annotated[str, typer.Option("--name", help="The person's name, as colleagues know it.")],
    state: StateOption,
    site: SiteOption = [],  # noqa: B006 — typer reads the default, nobody changes it
    every_site: EverySiteOption = False,
    by: ByOption = "",
    key_file: KeyFileOption = None,
) -> None:
    """Make an account. Its password is printed once and must be changed at the first sign-in."""
    with _desk(state, key_file, by, make=True) as (accounts, actor):
        _, password = accounts.create(login, name, role, _perimeter(site, every_site), by=actor)
    _say_password(login, password)


@app.command("list")
def list_cli(state: StateOption, as_json: JsonOption = False) -> None:
    """List the accounts."""
    from scanner.accounts.account import read_accounts

    with opened(state) as store, store.connect() as connection:
        listed = read_accounts(connection)
    for account in listed:
        say(json.dumps(_facts(account), ensure_ascii=False) if as_json else _in_words(account))


@app.command("role")
def role_cli(login: LoginArgument, role: RoleOption, state: StateOption, by: ByOption = "", key_file: KeyFileOption = None) -> None:
    """Give an account another role. That ends its sessions."""
    with _desk(state, key_file, by) as (accounts, actor):
        accounts.set_role(accounts.of_login(login).id, role, by=actor)
    say(f"{login} has the role {role}")


@app.command("sites")
def sites_cli(
    login: LoginArgument,
    state: StateOption,
    site: SiteOption = [],  # noqa: B006 — typer reads the default, nobody changes it
    every_site: EverySiteOption = False,
    by: ByOption = "",
    key_file: KeyFileOption = None,
) -> None:
    """Give an account other sites. In place of those that it had; that ends its sessions."""
    with _desk(state, key_file, by) as (accounts, actor):
        accounts.set_perimeter(accounts.of_login(login).id, _perimeter(site, every_site), by=actor)
    say(f"{login} sees {'every site' if every_site else ', '.join(sorted(set(site)))}")


@app.command("disable")
def disable_cli(login: LoginArgument, state: StateOption, by: ByOption = "", key_file: KeyFileOption = None) -> None:
    """Disable an account, which ends its sessions. The last one that may administer accounts stays."""
    with _desk(state, key_file, by) as (accounts, actor):
        accounts.disable(accounts.of_login(login).id, by=actor)
    say(f"{login} is disabled")


@app.command("enable")
def enable_cli(login: LoginArgument, state: StateOption, by: ByOption = "", key_file: KeyFileOption = None) -> None:
    """Enable an account that was disabled."""
    with _desk(state, key_file, by) as (accounts, actor):
        accounts.enable(accounts.of_login(login).id, by=actor)
    say(f"{login} is enabled")


@app.command("unlock")
def unlock_cli(login: LoginArgument, state: StateOption, by: ByOption = "", key_file: KeyFileOption = None) -> None:
    """Let somebody sign in again who failed too often."""
    with _desk(state, key_file, by) as (accounts, actor):
        accounts.unlock(accounts.of_login(login).id, by=actor)
    say(f"{login} is unlocked")


@app.command("password")
def password_cli(login: LoginArgument, state: StateOption, by: ByOption = "", key_file: KeyFileOption = None) -> None:
    """Give an account a new password. It is printed once, to be changed at the next sign-in; sessions end."""
    with _desk(state, key_file, by) as (accounts, actor):
        password = accounts.reset_password(accounts.of_login(login).id, by=actor)
    _say_password(login, password)


@app.command("reset-second-factor")
def reset_second_factor_cli(login: LoginArgument, state: StateOption, by: ByOption = "", key_file: KeyFileOption = None) -> None:
    """Take the second factor of an account away. For who has lost it, or after a rotation of the key; sessions end."""
    with _desk(state, key_file, by) as (accounts, actor):
        accounts.reset_second_factor(accounts.of_login(login).id, by=actor)
    say(f"{login} signs in without a second factor until another is set up")


@contextmanager
def _desk(state: str, key_file: Path | None, by: str, *, make: bool = False) -> Iterator[tuple[Accounts, Actor]]:
    """Open the accounts of the state store at ``state``, to be changed by who runs the command, for every site."""
    from scanner.accounts import Perimeter
    from scanner.accounts.account import Actor
    from scanner.keys import load_own_key
    from scanner.store.engine import open_store

    with packages_of("service", "accounts need"):
        from scanner.accounts.accounts import Accounts
    actor = Actor(acting(by), Perimeter.everything())
    with open_store(state, make=make) as store:
        yield Accounts(store, load_own_key(key_file)), actor


def _perimeter(sites: list[str], every_site: bool) -> Perimeter:
    from scanner.accounts import Perimeter
    from scanner.errors import InputError

    if every_site and sites:
        raise InputError("give either --every-site or --site, not both")
    return Perimeter.everything() if every_site else Perimeter.of(sites)


def _say_password(login: str, password: str) -> None:
    say(f"password of {login}, shown this once, to be changed at the first sign-in: {password}")


def _facts(account: Account) -> dict[str, object]:
    sites = account.perimeter.sites
    return {
        "id": account.id,
        "login": account.login,
        "name": account.name,
        "role": account.role.key,
        "sites": None if sites is None else sorted(sites),
        "second_factor": account.second_factor,
        "must_change": account.must_change,
        "disabled": account.disabled,
        "created": account.created,
    }


def _in_words(account: Account) -> str:
    sites = "every site" if account.perimeter.sites is None else ", ".join(sorted(account.perimeter.sites))
    state = f"disabled {account.disabled[:10]}" if account.disabled else "password not changed yet" if account.must_change else "active"
    factor = "second factor" if account.second_factor else "password only"
    return f"{account.login}  {account.name}  {account.role.key}  {sites}  {factor}  {state}"
