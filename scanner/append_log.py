"""Files that a crash must not spoil: logs that only grow, and files written whole or not at all. Readable by their owner only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from scanner.errors import OutputError


class AppendLog:
    """A file of lines, opened to append, for one process at a time.

    A last line that a crash cut short is closed first, so that the next stands on its own. ``lines`` counts the lines of the file. Raises
    :class:`OutputError` when the file is missing or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            content = path.read_bytes()
            self._file = path.open("ab")
        except OSError as error:
            raise self._unwritable(error) from None
        self.lines = content.count(b"\n")
        if content and not content.endswith(b"\n"):
            self.append(b"")

    def append(self, line: bytes) -> None:
        """Add ``line``, given without its line break."""
        try:
            self._file.write(line + b"\n")
        except OSError as error:
            raise self._unwritable(error) from None
        self.lines += 1

    def flush(self) -> None:
        """Wait until everything added so far is on disk."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._unwritable(error) from None

    def close(self) -> None:
        """Flush and close the file."""
        try:
            self.flush()
        finally:
            self._file.close()

    def _unwritable(self, error: OSError) -> OutputError:
        return OutputError(f"{self._path} cannot be written ({error.strerror})")


def write_whole(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, complete or not at all; raises :class:`OutputError` when it cannot be written."""
    with whole_file(path) as file:
        file.write(content)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write and to read back, which becomes ``path`` at the end of the block, and vanishes when the block raises.

    Raises :class:`OutputError` when it cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror})") from None
    finally:
        with suppress(OSError):
            part.unlink()
