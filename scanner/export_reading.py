"""Reading exports to their end: what goes wrong on the way is told, and which file it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scanner.errors import InputError
from scanner.sources import Chunk, ReadOptions, Source, open_sources


def open_distinct(paths: Sequence[Path], options: ReadOptions) -> list[Source[Any]]:
    """Return the sources of ``paths``; raises :class:`InputError` as :func:`open_sources` does, and when a file is named twice."""
    if len({path.resolve() for path in paths}) < len(paths):
        raise InputError("the same file is given twice; name each input once")
    return open_sources(paths, options)


def chunks_of(source: Source[Any]) -> Iterator[Chunk[Any]]:
    """Yield the chunks of ``source``; raises :class:`InputError` when it cannot be read to its end."""
    with _reading(source.path):
        yield from source.chunks()


def file_facts(path: Path) -> dict[str, Any]:
    """Return what tells an export from any other: its SHA-256 and its size. Raises :class:`InputError` when it cannot be read."""
    with _reading(path), path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "bytes": path.stat().st_size}


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read to its end ({error.strerror or type(error).__name__}); check the disk or the share"
        ) from error
