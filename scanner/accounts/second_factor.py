"""The second factor: codes of six digits that change every 30 seconds (TOTP, RFC 6238). Its secret is sealed and bound to its account."""

from __future__ import annotations

import datetime
import hmac

from scanner.accounts.derived import derived_key
from scanner.keys import SecretKey
from scanner.sealing import BrokenSealError, unwrap_key, wrap_key

_ISSUER = "Vigie"
_PERIOD = 30
_LATE = (0, -1, 1)
"""Steps beside the present one whose codes are taken: clocks differ, and people type slowly."""


def new_secret() -> str:
    """Return a random secret of 160 bits, in base 32."""
    import pyotp

    return pyotp.random_base32()


def seal_secret(secret: str, account_id: str, key: SecretKey) -> bytes:
    """Return ``secret`` sealed for the store."""
    return wrap_key(derived_key(key, "second factor"), secret.encode("ascii"), account_id.encode("ascii"))


def open_secret(sealed: bytes, account_id: str, key: SecretKey) -> str | None:
    """Return what :func:`seal_secret` was given, ``None`` when it was sealed under another key or for another account."""
    try:
        return unwrap_key(derived_key(key, "second factor"), sealed, account_id.encode("ascii")).decode("ascii")
    except BrokenSealError:
        return None


def secret_uri(secret: str, login: str) -> str:
    """Return the ``otpauth:`` URI that an authenticator reads from a QR code."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=_ISSUER)


def step_of(code: str, secret: str, now: str) -> int | None:
    """Return the time step whose code is ``code``, ``None`` when it is neither the present one nor one beside it."""
    import pyotp

    digits = "".join(code.split())
    present = int(datetime.datetime.fromisoformat(now).timestamp()) // _PERIOD
    totp = pyotp.TOTP(secret, interval=_PERIOD)
    matches = [step for late in _LATE if hmac.compare_digest(totp.generate_otp(step := present + late), digits)] if digits.isascii() else []
    return matches[0] if matches else None
