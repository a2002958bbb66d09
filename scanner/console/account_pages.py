"""Administration of accounts: who may do what, and for which sites."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from scanner.accounts import Perimeter, Viewer, roles
from scanner.accounts.account import Account, Actor
from scanner.accounts.refusals import RefusedError, in_french
from scanner.accounts.sites import known_sites
from scanner.console.access import Signed, needs
from scanner.console.people import People, PeopleDesk
from scanner.console.rendering import render

router = APIRouter(dependencies=[needs("accounts")])

_PAGE = 100

Typed = Annotated[str, Form(max_length=1_000)]
Sites = Annotated[list[str], Form()]


@router.get("/accounts")
def accounts_page(request: Request, people: People, viewer: Signed, after: str = "") -> Response:
    """List the accounts, those that follow the login ``after``."""
    return _list(request, people, viewer, after=after)


@router.post("/accounts")
def create_account(
    request: Request,
    people: People,
    viewer: Signed,
    login: Typed = "",
    name: Typed = "",
    role: Typed = "",
    every: Typed = "",
    site: Sites = [],  # noqa: B006 — FastAPI copies defaults
) -> Response:
    """Make an account and show its password, once."""
    typed = {"login": login, "name": name, "role": role, "every": bool(every), "sites": site}
    try:
        perimeter = _perimeter(people, viewer, every, site)
        account_id, password = people.accounts.create(login, name, role, perimeter, by=Actor.of(viewer))
    except RefusedError as refusal:
        return _list(request, people, viewer, refused=in_french(refusal), typed=typed, status=422)
    return _one(request, people, viewer, account_id, password=password, status=201)


@router.get("/accounts/{account_id}")
def account_page(request: Request, people: People, viewer: Signed, account_id: str) -> Response:
    """Show one account."""
    return _one(request, people, viewer, account_id)


@router.post("/accounts/{account_id}/role")
def change_role(request: Request, people: People, viewer: Signed, account_id: str, role: Typed = "") -> Response:
    """Give the account another role."""
    return _changed(request, people, viewer, account_id, lambda by: people.accounts.set_role(account_id, role, by=by))


@router.post("/accounts/{account_id}/perimeter")
def change_perimeter(
    request: Request,
    people: People,
    viewer: Signed,
    account_id: str,
    every: Typed = "",
    site: Sites = [],  # noqa: B006 — FastAPI copies defaults
) -> Response:
    """Give the account other sites."""
    perimeter = _perimeter(people, viewer, every, site)
    return _changed(request, people, viewer, account_id, lambda by: people.accounts.set_perimeter(account_id, perimeter, by=by))


@router.post("/accounts/{account_id}/disable")
def disable(request: Request, people: People, viewer: Signed, account_id: str) -> Response:
    """Disable the account."""
    return _changed(request, people, viewer, account_id, lambda by: people.accounts.disable(account_id, by=by))


@router.post("/accounts/{account_id}/enable")
def enable(request: Request, people: People, viewer: Signed, account_id: str) -> Response:
    """Enable the account again."""
    return _changed(request, people, viewer, account_id, lambda by: people.accounts.enable(account_id, by=by))


@router.post("/accounts/{account_id}/unlock")
def unlock(request: Request, people: People, viewer: Signed, account_id: str) -> Response:
    """Forget the failures to sign in."""
    return _changed(request, people, viewer, account_id, lambda by: people.accounts.unlock(account_id, by=by))


@router.post("/accounts/{account_id}/second-factor")
def reset_second_factor(request: Request, people: People, viewer: Signed, account_id: str) -> Response:
    """Take the second factor away, for who has lost it."""
    return _changed(request, people, viewer, account_id, lambda by: people.accounts.reset_second_factor(account_id, by=by))


@router.post("/accounts/{account_id}/password")
def reset_password(request: Request, people: People, viewer: Signed, account_id: str) -> Response:
    """Give the account a new password and show it, once."""
    try:
        password = people.accounts.reset_password(account_id, by=Actor.of(viewer))
    except RefusedError as refusal:
        return _refused(request, people, viewer, account_id, refusal)
    return _one(request, people, viewer, account_id, password=password)


def _changed(request: Request, people: PeopleDesk, viewer: Viewer, account_id: str, change: Callable[[Actor], None]) -> Response:
    try:
        change(Actor.of(viewer))
    except RefusedError as refusal:
        return _refused(request, people, viewer, account_id, refusal)
    return RedirectResponse(f"/console/accounts/{account_id}?done=saved", 303)


def _refused(request: Request, people: PeopleDesk, viewer: Viewer, account_id: str, refusal: RefusedError) -> Response:
    return _one(request, people, viewer, account_id, refused=in_french(refusal), status=422)


def _one(
    request: Request, people: PeopleDesk, viewer: Viewer, account_id: str, *, password: str = "", refused: str = "", status: int = 200
) -> Response:
    account = people.accounts.find(account_id, viewer.perimeter)
    if account is None:
        raise HTTPException(404)
    return render(
        request,
        "account",
        viewer,
        status,
        account=account,
        locked=people.accounts.locked([account]),
        own=account.id == viewer.account_id,
        password=password,
        refused=refused,
        roles=roles(),
        sites=_sites(people, viewer),
    )


def _list(
    request: Request,
    people: PeopleDesk,
    viewer: Viewer,
    *,
    after: str = "",
    refused: str = "",
    typed: dict[str, object] | None = None,
    status: int = 200,
) -> Response:
    found = people.accounts.page(viewer.perimeter, after=after, limit=_PAGE + 1)
    listed: list[Account] = found[:_PAGE]
    return render(
        request,
        "accounts",
        viewer,
        status,
        listed=listed,
        locked=people.accounts.locked(listed),
        next=listed[-1].login if len(found) > _PAGE else "",
        refused=refused,
        typed=typed or {"login": "", "name": "", "role": "", "every": False, "sites": ()},
        roles=roles(),
        sites=_sites(people, viewer),
    )


def _sites(people: PeopleDesk, viewer: Viewer) -> list[str]:
    with people.store.connect() as connection:
        return known_sites(connection, viewer.perimeter)


def _perimeter(people: PeopleDesk, viewer: Viewer, every: str, sites: list[str]) -> Perimeter:
    """Return the perimeter that a form names, of sites that there are."""
    return Perimeter.everything() if every else Perimeter.of(set(sites) & set(_sites(people, viewer)))
