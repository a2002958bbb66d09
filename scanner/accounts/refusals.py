"""Why a change of an account is refused, by name: in the words of ``data/accounts.toml`` in the console, in English on the command line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from scanner.accounts.roles import roles
from scanner.data_files import data_text
from scanner.errors import InputError
from scanner.french import unbroken

Reason = Literal[
    "login-form",
    "login-taken",
    "name-form",
    "role-unknown",
    "sites-missing",
    "account-unknown",
    "last-keeper",
    "own-account",
    "beyond-perimeter",
    "password-short",
    "password-long",
    "password-common",
    "password-login",
    "password-same",
    "password-wrong",
    "sign-in-wrong",
    "code-wrong",
    "second-factor-set",
    "locked",
]

_ENGLISH: Mapping[Reason, str] = {
    "login-form": "a login has 2 to 64 characters: a-z, 0-9 and . - _ @, beginning with a letter or digit",
    "login-taken": "there is an account of this login already; `vigie account list` shows them",
    "name-form": "a name has 1 to 100 characters",
    "role-unknown": "there is no such role; there are {roles}",
    "sites-missing": "say which sites the account sees: --site SITE, repeatable, or --every-site",
    "account-unknown": "there is no account of this login; `vigie account list` shows them",
    "last-keeper": "this is the last enabled account that may administer accounts: create another first",
    "own-account": "for their own account people ask somebody else",
    "beyond-perimeter": "nobody gives sites beyond their own perimeter",
}


class RefusedError(InputError):
    """A change of an account that is refused. ``seconds`` is how long a lock lasts, with the reason ``locked`` only."""

    def __init__(self, reason: Reason, seconds: int = 0) -> None:
        super().__init__(_ENGLISH.get(reason, reason).format(roles=", ".join(roles())))
        self.reason = reason
        self.seconds = seconds


@cache
def account_wordings() -> Mapping[str, Any]:
    """Return the content of ``data/accounts.toml``, with the no-break spaces of French typography."""
    return tomllib.loads(unbroken(data_text("accounts.toml")))


def in_french(refusal: RefusedError) -> str:
    """Return what the console says about ``refusal``."""
    limits = account_wordings()["passwords"]
    count = -(-refusal.seconds // 60)
    minutes = "une minute" if count <= 1 else f"{count} minutes"
    wording: str = account_wordings()["refusals"][refusal.reason]
    return wording.format(least=limits["least"], most=limits["most"], minutes=minutes)
