"""Regular expressions of callers, kept from running away.

They run in the backtracking engine of the module ``regex``, as in Presidio. So one that would grow without bound when it is compiled is
refused, and matching has a budget of time and of matches for each request. What goes over it is refused: half an answer would pass for a
whole one.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from scanner.service.errors import ApiError

SECONDS: Final = 1.0
"""Time that all regular expressions of one request may take together."""
MATCHES: Final = 1_000
"""What they may find together."""
_WRITTEN_OUT: Final = 400_000
"""Length of all regular expressions of one request, counts written out: compiling takes a microsecond and 250 bytes for each character."""

_TOKEN = re.compile(
    r"\\.|\[(?:\\.|[^\]])*\]|\{(?P<least>\d*)(?:,(?P<most>\d*))?\}|(?P<begin>\()|(?P<end>\))|(?P<repeat>[*+?])|.", re.DOTALL
)
_UNBOUNDED = re.compile(r"\(\?(?:R|&|P>|[+-]?\d|#|[\w-]*[xV])")
"""Recursion; and comments, the verbose form and nested sets, in which only the engine can tell what is a count."""
_FLAGS: Final = 2 | 8 | 16 | 32 | 128
"""IGNORECASE, MULTILINE, DOTALL, UNICODE and ASCII of the module ``regex``; others are verbose, print, or need bytes."""
_UNKNOWN_FLAGS: Final = "Regex flags may be the sum of IGNORECASE 2, MULTILINE 8, DOTALL 16, UNICODE 32 and ASCII 128"
_COSTLY: Final = "The regular expressions cost too much: no recursion, comments or verbose form, and smaller counts in { }, please"


class Budget:
    """What the regular expressions of one request have left: length to be compiled, time, and matches."""

    def __init__(self) -> None:
        self._length = _WRITTEN_OUT
        self._seconds = SECONDS
        self._matches = MATCHES

    def compiled(self, pattern: str, flags: int) -> Any:
        """Return ``pattern`` compiled by the module ``regex``. Raises :class:`ApiError` when it is malformed or costs too much."""
        import regex  # type: ignore[import-untyped]

        if flags & ~_FLAGS:
            raise ApiError(400, "invalid-request", _UNKNOWN_FLAGS)
        self._length -= _written_out(pattern)
        if self._length < 0 or _UNBOUNDED.search(pattern):
            raise ApiError(422, "too-costly", _COSTLY)
        try:
            return regex.compile(pattern, flags=flags, cache_pattern=False)
        except (regex.error, ValueError, OverflowError, RecursionError):
            raise ApiError(400, "invalid-request", "Invalid regex pattern") from None

    @contextmanager
    def time(self) -> Iterator[float]:
        """Yield the seconds that are left and take those that pass. Raises :class:`ApiError` when there is none, or on a time-out."""
        if self._seconds <= 0:
            raise _too_slow()
        start = time.monotonic()
        try:
            yield self._seconds
        except TimeoutError:
            raise _too_slow() from None
        finally:
            self._seconds -= time.monotonic() - start

    def count(self) -> None:
        """Take one match. Raises :class:`ApiError` when there is none left."""
        self._matches -= 1
        if self._matches < 0:
            raise ApiError(422, "too-costly", f"The regular expressions find too much: {MATCHES} matches at most for one request")


def _written_out(pattern: str) -> int:
    """Return how long ``pattern`` would be, in characters or sets of them, were its counts written out."""
    groups = [0]
    last = 0
    for token in _TOKEN.finditer(pattern):
        if token["begin"]:
            groups.append(0)
        elif token["end"] and len(groups) > 1:
            last = groups.pop()
            groups[-1] += last
        elif token["least"] is not None:
            times = max(1, int((token["most"] or token["least"] or "1")[:9]))
            groups[-1] += last * (times - 1)
            last *= times
        elif not token["repeat"]:
            last = 1
            groups[-1] += 1
    return sum(groups)


def _too_slow() -> ApiError:
    return ApiError(422, "too-costly", f"The regular expressions take too long: {SECONDS:g} s at most for one request")
