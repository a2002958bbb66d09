"""Keys for what accounts need, each for one purpose, from the master key."""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal

from scanner.keys import SecretKey

Purpose = Literal["forms", "second factor", "logins"]


def derived_key(key: SecretKey, purpose: Purpose) -> bytes:
    """Return the key of 32 bytes for ``purpose``."""
    return hmac.new(key.derive("console"), purpose.encode("ascii"), hashlib.sha256).digest()
