"""The key of a row as JSON, to go on from, and as a text that sorts as the key does."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

Key = tuple[Any, ...]
"""Values of the key columns, each of one of :data:`KEY_TYPES`."""
KEY_TYPES = (int, str, Decimal, datetime.date, uuid.UUID, bytes)

_SEPARATOR = "\x1f"
_CONTROLS = str.maketrans({"\x00": "\x1e.", "\x1e": "\x1e/", "\x1f": "\x1e0"})
_COMPLEMENT = str.maketrans("0123456789", "9876543210")
_DIGITS, _MORE_DIGITS = 20, 60
_READERS: dict[str, Callable[[str], Any]] = {
    "decimal": Decimal,
    "datetime": datetime.datetime.fromisoformat,
    "date": datetime.date.fromisoformat,
    "uuid": uuid.UUID,
    "bytes": bytes.fromhex,
}


def key_to_json(key: Key) -> str:
    """Return ``key`` as a JSON list: numbers and texts as they are, other values as an object of one entry, type to text.

    Raises :class:`TypeError` for a type that is none of :data:`KEY_TYPES`.
    """
    return json.dumps([_to_json(part) for part in key])


def key_from_json(text: str) -> Key:
    """Return the key that :func:`key_to_json` wrote."""
    return tuple(_from_json(part) for part in json.loads(text))


def sort_key(key: Key) -> str:
    r"""Return a text, different for each key, that sorts code point by code point as the key does.

    Numbers have a sign and leading zeros, dates are ISO and in UTC, bytes hexadecimal, texts as they are; parts are joined by ``\x1f``.

    >>> sort_key((7, "B")), sort_key((-7,))
    ('000000000000000000007\x1fB', '-99999999999999999992~')
    """
    return _SEPARATOR.join(map(_sortable, key))


def _to_json(part: Any) -> Any:
    if isinstance(part, str | int):
        return part
    if isinstance(part, bytes):
        return {"bytes": part.hex()}
    kind = type(part).__name__.lower()
    if kind not in _READERS:
        raise TypeError(f"no key can hold a {kind}")
    return {kind: part.isoformat() if isinstance(part, datetime.date) else str(part)}


def _from_json(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    ((kind, text),) = part.items()
    return _READERS[kind](text)


def _sortable(part: Any) -> str:
    if isinstance(part, str):
        return part.translate(_CONTROLS)
    if isinstance(part, int | Decimal):
        return _sortable_number(part)
    if isinstance(part, bytes):
        return part.hex()
    if isinstance(part, datetime.datetime) and part.tzinfo is not None:
        part = part.astimezone(datetime.UTC)
    return part.isoformat() if isinstance(part, datetime.date) else str(part)


def _sortable_number(number: int | Decimal) -> str:
    """Return ``number`` with 20 digits before the point, or 60; below zero each digit is replaced by what it lacks to nine."""
    whole, _, fraction = f"{abs(number):f}".partition(".") if isinstance(number, Decimal) else (str(abs(number)), "", "")
    width = _DIGITS if len(whole) <= _DIGITS else _MORE_DIGITS
    fraction = fraction.rstrip("0")
    digits = whole.zfill(width) + (f".{fraction}" if fraction else "")
    if number < 0:
        return ("-" if width == _DIGITS else ",") + digits.translate(_COMPLEMENT) + "~"
    return ("0" if width == _DIGITS else "1") + digits
