"""The seal of a pack: the digest of every byte of the file but the seal itself, in the comment at the end of the ZIP."""

from __future__ import annotations

import hashlib
import os
from typing import BinaryIO

_PREFIX = b"sha256:"
COMMENT_BYTES = len(_PREFIX) + 64
UNSEALED = _PREFIX + b"0" * 64
"""The comment that a pack is written with, before its digest is known."""
_CHUNK = 1 << 20


def seal(file: BinaryIO) -> str:
    """Put the digest into the comment at the end of ``file``; return the SHA-256 of the whole file then, in hexadecimal."""
    digest = _digest(file)
    comment = _PREFIX + digest.hexdigest().encode()
    file.seek(-COMMENT_BYTES, os.SEEK_END)
    file.write(comment)
    digest.update(comment)
    return digest.hexdigest()


def is_sealed(file: BinaryIO) -> bool:
    """Tell whether the bytes of ``file`` are those that its seal was made of."""
    digest = _digest(file)
    return file.read() == _PREFIX + digest.hexdigest().encode()


def _digest(file: BinaryIO) -> hashlib._Hash:
    """Return the digest of ``file`` up to its seal, before which it is left."""
    left = file.seek(0, os.SEEK_END) - COMMENT_BYTES
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0:
        chunk = file.read(min(_CHUNK, left))
        digest.update(chunk)
        left -= len(chunk) or left
    return digest
