"""Cells of a database as text, whatever their type and whatever their bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scanner.sources.base import cell_text, has_surrogates, readable


class RawText(bytes):
    """The bytes of a text that is not valid in the encoding of its database."""


def decode(raw: bytes) -> str:
    """Return ``raw`` read as UTF-8, else as cp1252; where that fails too, as UTF-8 with lone surrogates for the bytes that are none."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "surrogateescape")


def text_or_raw(raw: bytes) -> str | RawText:
    """Return ``raw`` as the text that it is in UTF-8, or as it is."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return RawText(raw)


def cells_as_text(values: Sequence[Any]) -> tuple[list[str], list[int]]:
    """Return the cells of one column as text, and the positions of those with bytes that no encoding explains, shown as U+FFFD.

    ``NULL`` is ``""``; bytes are decoded; numbers and dates are as in an export.
    """
    kinds = set(map(type, values))
    if kinds == {str}:
        return list(values), []
    cells = [value if value.__class__ is str else _as_text(value) for value in values]
    undecodable = [at for at, cell in enumerate(cells) if has_surrogates(cell)] if any(issubclass(kind, bytes) for kind in kinds) else []
    for at in undecodable:
        cells[at] = readable(cells[at])
    return cells, undecodable


def key_as_text(values: Sequence[Any]) -> list[str]:
    """Return the values of one key column as text, bytes in hexadecimal."""
    return [value.hex() if isinstance(value, bytes) else cell_text(value) for value in values]


def _as_text(value: Any) -> str:
    return decode(value) if isinstance(value, bytes) else cell_text(value)
