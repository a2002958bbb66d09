"""Passwords: what makes a good one, and its argon2id hash, which is all that is kept."""

from __future__ import annotations

import itertools
import re
import secrets
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from scanner.accounts.refusals import RefusedError, account_wordings

_ADDED = 6
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # without l, o, 0 and 1, which are taken for one another
_GROUPS, _GROUP = 4, 5
_RUN = 4

_hasher = PasswordHasher()  # RFC 9106, second choice: 64 MiB, three passes
_at_once = threading.BoundedSemaphore(4)  # so that many who sign in at once do not take the memory


def new_password() -> str:
    """Return a random password of 100 bits, in groups that can be read out: ``k7mpq-…``."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def check_strength(password: str, login: str, name: str) -> None:
    """Raise :class:`RefusedError` when ``password`` is too short or long, or could be guessed by who knows French or the person."""
    limits = account_wordings()["passwords"]
    length = len(_normal(password))
    if length < limits["least"]:
        raise RefusedError("password-short")
    if length > limits["most"]:
        raise RefusedError("password-long")
    plain = _plain(password)
    if any(_is_most_of(_plain(part), plain) for part in (login, name, *re.split(r"\W", name)) if len(_plain(part)) > _RUN - 1):
        raise RefusedError("password-login")
    if _is_monotonous(password) or any(_is_most_of(word, plain) for word in limits["common"]):
        raise RefusedError("password-common")


def hash_password(password: str) -> str:
    """Return the argon2id hash of ``password`` in the form of a PHC string."""
    with _at_once:
        return _hasher.hash(_normal(password))


def is_password(password: str, stored: str | None) -> bool:
    """Tell whether ``stored`` is the hash of ``password``. ``None``, for who does not exist, takes the same time."""
    with _at_once:
        try:
            return _hasher.verify(stored or _nobodys_hash(_hasher), _normal(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Tell whether ``stored`` was made with other parameters than are used now."""
    return _hasher.check_needs_rehash(stored)


@cache
def _nobodys_hash(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_hex())


def _normal(password: str) -> str:
    """Return ``password`` in one form, whatever keyboard wrote its accents."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in letters if char.isalnum())


def _is_most_of(word: str, password: str) -> bool:
    return word in password and len(password.replace(word, "")) < _ADDED


def _is_monotonous(password: str) -> bool:
    """Tell whether few different characters, or one sequence, make the whole password."""
    steps = {ord(second) - ord(first) for first, second in itertools.pairwise(password)}
    return len(set(password)) < _RUN or len(steps) == 1
