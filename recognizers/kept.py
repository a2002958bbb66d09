"""What is compiled from the data files, kept as Python keeps compiled modules.

It lies in a ``__pycache__`` folder beside the modules, is trusted as ``.pyc`` files there are, and is made again whenever a file of the
package changes.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TypeVar

from recognizers.collector import collector_paused

PACKAGE = Path(__file__).parent
_FOLDER = PACKAGE / "__pycache__"
_Value = TypeVar("_Value")


def kept(name: str, compiled: Callable[[], _Value]) -> _Value:
    """Return what ``compiled`` returns: what was kept under ``name``, if it is still up to date."""
    path = _FOLDER / f"{name}.{sys.implementation.cache_tag}.pickle"
    with suppress(OSError, pickle.PickleError, EOFError, ValueError, TypeError, AttributeError, ImportError):
        with collector_paused():
            stamp, value = pickle.loads(path.read_bytes())
        if stamp == _stamp():
            found: _Value = value
            return found
    with collector_paused():
        value = compiled()
    with suppress(OSError):  # a read-only installation works as well, only slower to start
        _FOLDER.mkdir(exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(pickle.dumps((_stamp(), value), pickle.HIGHEST_PROTOCOL))
        part.replace(path)
    return value


@cache
def _stamp() -> list[tuple[str, int, int]]:
    """Return name, size and time of change of every file that a compiled form may depend on."""
    files = sorted(path for kind in ("*.py", "*.toml", "*.txt") for path in PACKAGE.rglob(kind))
    return [(path.name, (stat := path.stat()).st_size, stat.st_mtime_ns) for path in files]
