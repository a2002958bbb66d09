"""What needs packages which a plain installation leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scanner.errors import InputError


@contextmanager
def packages_of(extra: str, needing: str) -> Iterator[None]:
    """Raise :class:`InputError` with the extra to install when an import inside finds no package; ``needing`` is what needs it."""
    try:
        yield
    except ModuleNotFoundError:
        raise InputError(f"{needing} packages that are not installed: pip install 'vigie[{extra}]'") from None
