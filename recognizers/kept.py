"""What is compiled from the data files, kept as Python keeps compiled modules.

It lies in a ``__pycache__`` folder beside the modules, is trusted as ``.pyc`` files there are, and is made again whenever a file of the
package changes.
"""

from __future__ import annotations

import os
import pickle
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, TypeVar

from recognizers.collector import collector_paused

PACKAGE = Path(__file__).parent
_FOLDER = PACKAGE / "__pycache__"
_SIZE = struct.Struct("<Q")
_Value = TypeVar("_Value")


def kept(name: str, compiled: Callable[[], _Value]) -> _Value:
    """Return what ``compiled`` returns: what was kept under ``name``, if it is still up to date."""
    path = _FOLDER / f"{name}.{sys.implementation.cache_tag}.pickle"
    with suppress(OSError, pickle.PickleError, EOFError, ValueError, TypeError, AttributeError, ImportError, struct.error):
        with collector_paused():
            stamp, value = _opened(path)
        if stamp == _stamp():
            found: _Value = value
            return found
    with collector_paused():
        value = compiled()
    with suppress(OSError):  # a read-only installation works as well, only slower to start
        _FOLDER.mkdir(exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(_closed((_stamp(), value)))
        part.replace(path)
    return value


def _closed(value: object) -> bytes:
    """Return ``value`` pickled, and after it the large parts that need not be copied when it is read (PEP 574), each after its size."""
    apart: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL, buffer_callback=apart.append)
    parts = [pickled, *(bytes(buffer.raw()) for buffer in apart)]
    return b"".join(piece for part in parts for piece in (_SIZE.pack(len(part)), part))


def _opened(path: Path) -> Any:
    """Return what :func:`_closed` wrote to the file ``path``, which stays mapped while any of its large parts is in use."""
    with path.open("rb") as file:
        first, *apart = _split(memoryview(mmap(file.fileno(), 0, access=ACCESS_READ)))
        file.seek(_SIZE.size)
        return pickle.loads(file.read(len(first)), buffers=apart)


def _split(content: memoryview) -> Iterator[memoryview]:
    while content:
        end = _SIZE.size + _SIZE.unpack_from(content)[0]
        if end > len(content):
            raise EOFError
        yield content[_SIZE.size : end]
        content = content[end:]


@cache
def _stamp() -> list[tuple[str, int, int]]:
    """Return name, size and time of change of every file that a compiled form may depend on."""
    files = sorted(path for kind in ("*.py", "*.toml", "*.txt") for path in PACKAGE.rglob(kind))
    return [(path.name, (stat := path.stat()).st_size, stat.st_mtime_ns) for path in files]
