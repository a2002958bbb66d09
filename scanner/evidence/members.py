"""What goes into a pack: its members with their contents, and what was left out."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scanner.errors import InputError
from scanner.quarantine import FORMAT

_CHUNK = 1 << 20
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')  # what Windows or ZIP programs refuse, or take for something else
_SECRETS = (b"SQLite format 3\x00", f'{{"format":"{FORMAT}"'.encode())
"""How files begin that never enter a pack, whatever they are called."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the pack: its name there, what it is (French), and its content, read when it is packed.

    ``content`` may be iterated once. A path is read with :func:`chunks_of`.
    """

    name: str
    what: str
    content: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file of a source that did not go into the pack, and why (French)."""

    name: str
    why: str


def is_safe(name: str) -> bool:
    """Tell whether ``name`` can be unpacked anywhere and stays within the folder: relative, no ``..``, no character with a meaning."""
    parts = name.split("/")
    return not _FORBIDDEN.search(name) and all(part.rstrip(" .") == part != "" for part in parts)


def same_name(name: str) -> str:
    """Return what names have in common that some file system takes for one."""
    return unicodedata.normalize("NFC", name).casefold()


def chunks_of(path: Path) -> Iterator[bytes]:
    """Yield the content of the file at ``path``. Raises :class:`InputError` when it cannot be read or is no plain file, even a link to one.

    Raises it as well when the file is a state store or a quarantine, whatever its name.
    """
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise InputError(f"{path} is not a file: an evidence pack holds plain files only")
            chunk = file.read(_CHUNK)
            if chunk.startswith(_SECRETS):
                raise InputError(
                    f"{path} holds originals or a state store under another name: it never enters an evidence pack; move it away"
                )
            while chunk:
                yield chunk
                chunk = file.read(_CHUNK)
    except OSError as error:
        if path.is_symlink():
            raise InputError(f"{path} is a symbolic link: an evidence pack holds plain files only") from None
        raise InputError(f"{path} cannot be read ({error.strerror})") from None
