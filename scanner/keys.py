"""The secret key: made once, kept outside reports and exports, never printed after that.

One master key of 256 bits serves the whole tool: a key is derived from it for each use, so that what one use reveals says nothing about
another. Pseudonyms made with it stay personal data for whoever holds the key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from scanner.errors import OutputError, SecretKeyError

KEY_VARIABLE = "VIGIE_KEY"
KEY_FILE_VARIABLE = "VIGIE_KEY_FILE"
KEY_BYTES = 32
DIGEST_CHARS = 16

Use = Literal["key-id", "quarantine", "pseudonym", "redaction", "digest", "audit", "console", "evidence"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A master key of 32 bytes. Its ``repr`` shows ``id`` only, which tells keys apart and reveals nothing."""

    master: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Eight hexadecimal digits that name the key."""
        return self.derive("key-id").hex()[:8]

    def __repr__(self) -> str:
        return f"SecretKey(id={self.id!r})"

    def derive(self, use: Use) -> bytes:
        """Return the key of 32 bytes for one use (HKDF-SHA-256)."""
        return _derive(self.master, use)


@lru_cache(maxsize=32)
def _derive(master: bytes, use: Use) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"vigie {use} v1".encode()).derive(master)


def generate_key() -> str:
    """Return a new random key, in the base64 form that key files and ``VIGIE_KEY`` hold."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def write_key_file(path: Path) -> SecretKey:
    """Write a new key to ``path``, readable by its owner only, and return it.

    Raises :class:`OutputError` when the file exists (the key in it may be the only way into a quarantine) or cannot be written.
    """
    text = generate_key()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise OutputError(f"{path} exists and may hold a key in use: choose another name") from None
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror})") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
    return parse_key(text, str(path))


def load_key(key_file: Path | None = None, environment: Mapping[str, str] = os.environ) -> SecretKey:
    """Return the key of ``key_file``, else of the variable ``VIGIE_KEY``, else of the file that ``VIGIE_KEY_FILE`` names.

    Raises :class:`SecretKeyError` when there is none or it is malformed. Warns in the log when others may read the file.
    """
    if key_file is None and environment.get(KEY_VARIABLE):
        return parse_key(environment[KEY_VARIABLE], KEY_VARIABLE)
    if key_file is None and environment.get(KEY_FILE_VARIABLE):
        key_file = Path(environment[KEY_FILE_VARIABLE])
    if key_file is None:
        raise SecretKeyError(f"no key: make one with `vigie keygen`, then give --key-file, or set {KEY_FILE_VARIABLE} or {KEY_VARIABLE}")
    try:
        text = key_file.read_text(encoding="ascii")
        status = key_file.stat()
    except UnicodeDecodeError:
        raise SecretKeyError(f"{key_file} is not a key file: it must hold one key in base64 or hexadecimal") from None
    except OSError as error:
        raise SecretKeyError(f"key file {key_file} cannot be read ({error.strerror})") from None
    if os.name == "posix" and _is_open(status):
        _log.warning("key file %s is open to other users; run: chmod 600 %s", key_file, key_file)
    return parse_key(text, str(key_file))


def _is_open(status: os.stat_result) -> bool:
    """Tell whether others may read a key file; service managers hand theirs to one group, owned by root."""
    own = status.st_uid == os.getuid()
    return bool(status.st_mode & (stat.S_IRWXO | (stat.S_IRWXG if own else 0)))


def parse_key(text: str, where: str) -> SecretKey:
    """Return the key written in ``text``: 32 bytes in base64 (plain or URL-safe) or hexadecimal; ``where`` names its origin in errors."""
    text = text.strip()
    try:
        if re.fullmatch(rf"[0-9a-fA-F]{{{2 * KEY_BYTES}}}", text):
            master = bytes.fromhex(text)
        else:
            master = base64.b64decode(text.rstrip("=").translate(str.maketrans("-_", "+/")) + "=", validate=True)
    except (binascii.Error, ValueError):
        raise SecretKeyError(f"the key in {where} is neither base64 nor hexadecimal") from None
    if len(master) != KEY_BYTES:
        raise SecretKeyError(f"the key in {where} has {len(master)} bytes; it must have {KEY_BYTES}: make one with `vigie keygen`")
    return SecretKey(master)


def pseudonym(value: str, key: SecretKey) -> str:
    """Return the pseudonym of ``value``: 16 hexadecimal digits, the same for the same value and key."""
    return keyed_digest(value, key, "pseudonym")


def keyed_digest(value: str, key: SecretKey, use: Use) -> str:
    """Return 16 hexadecimal digits of the HMAC-SHA-256 of ``value`` under the key derived for ``use``."""
    return hmac.new(key.derive(use), value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:DIGEST_CHARS]


def default_key_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where a user's own key lives when none is named: ``vigie/vigie.key`` in the XDG configuration folder."""
    base = environment.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "vigie" / "vigie.key"


def load_own_key(key_file: Path | None = None, environment: Mapping[str, str] = os.environ) -> SecretKey:
    """Return the key that is named as for :func:`load_key`, else the user's own at :func:`default_key_path`.

    Raises :class:`SecretKeyError` when there is none or it is malformed.
    """
    named = key_file or environment.get(KEY_VARIABLE) or environment.get(KEY_FILE_VARIABLE)
    own = default_key_path(environment)
    return load_key(own if not named and own.exists() else key_file, environment)


def load_or_make_key(key_file: Path | None = None, environment: Mapping[str, str] = os.environ) -> tuple[SecretKey, Path | None]:
    """Return the key as :func:`load_own_key` does, made when there is none yet, and where it was made (else ``None``).

    Raises :class:`SecretKeyError` as :func:`load_key` does, and when no key can be made: then the user must name one.
    """
    path = default_key_path(environment)
    if key_file or environment.get(KEY_VARIABLE) or environment.get(KEY_FILE_VARIABLE) or path.exists():
        return load_own_key(key_file, environment), None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return write_key_file(path), path
    except (OSError, OutputError):
        raise SecretKeyError(f"no key, and none can be made at {path}: run `vigie keygen FILE`, then give --key-file FILE") from None
